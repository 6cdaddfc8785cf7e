//! Whatever way and in whatever order things come, the database equals Meta's truth.

use crate::desk::{Scene, call};
use engine::model::*;
use heliograph_simulator::WebhookBehaviour;

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_messages_by_import_poll_and_webhook_with_duplicates_and_disorder_equal_the_truth() {
    // Fewer than twenty messages a thread: Meta gives the details of the newest twenty only.
    let scene = Scene::new(400, 4_000).await;
    let account = scene.connect(Channel::Messenger).await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    scene.open_door().await;
    scene.meta.set_webhook_behaviour(WebhookBehaviour {
        batch: 7,
        duplicate_every: 3,
        reorder: true,
        drop_every: 5,
        ..Default::default()
    });
    // News come while the past is still being read.
    let people: Vec<String> = {
        let mut people: Vec<_> = scene.meta.truth(&sim).into_iter().map(|m| m.person).collect();
        people.sort();
        people.dedup();
        people
    };
    for n in 0..1_000 {
        scene.meta.say(&sim, Some(&people[n % people.len()]), &format!("News {n}"));
        if n % 100 == 0 {
            scene.ask(call::PollNow { account }).await;
        }
    }
    scene.imported(account).await;
    scene.meta.webhooks_idle().await;
    scene.ask(call::PollNow { account }).await;
    let truth: std::collections::BTreeSet<_> = newest_twenty(&scene, &sim);
    scene
        .until("the poll has found what the webhooks dropped", call::GetStorage {}, |storage| {
            (storage.messages >= truth.len() as u64).then_some(())
        })
        .await;
    let stored = scene.everything(account).await;
    let distinct: std::collections::BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(stored.len(), distinct.len(), "nothing twice");
    let missing: Vec<_> = truth.difference(&distinct).take(5).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    for row in &distinct {
        assert!(truth.contains(row) || scene.truth(Channel::Messenger).contains(row), "never said: {row:?}");
    }

    // The list says of each conversation what its messages say.
    for conversation in scene.conversations().await {
        let thread = scene.thread(conversation.id).await;
        assert!(thread.is_sorted_by_key(|m| m.sent_at), "in Meta's order of time");
        let last = thread.last().expect("no conversation is empty");
        assert_eq!(conversation.last_at, last.sent_at);
        let last_in = thread.iter().filter(|m| m.direction == Direction::Inbound).map(|m| m.sent_at).max();
        assert_eq!(conversation.window.closes_at, last_in.map(|at| at.plus(DAY)));
        if last.direction == Direction::Outbound {
            assert_eq!(conversation.waiting_since, None, "answered");
        }
    }
    scene.end().await;
}

/// What Meta still shows the details of, in the shape of [`Scene::everything`].
fn newest_twenty(scene: &Scene, sim: &str) -> std::collections::BTreeSet<(String, String, bool)> {
    let mut by_person: std::collections::HashMap<String, Vec<_>> = Default::default();
    for message in scene.meta.truth(sim) {
        by_person.entry(message.person.clone()).or_default().push(message);
    }
    by_person
        .into_values()
        .flat_map(|mut messages| {
            messages.sort_by_key(|m| m.at_ms);
            messages.into_iter().rev().take(20).map(|m| (m.mid, m.text, m.from_us)).collect::<Vec<_>>()
        })
        .collect()
}
