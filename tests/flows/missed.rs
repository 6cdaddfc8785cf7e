//! What webhooks miss is found and told; "why do I receive nothing?" names the broken link.

use crate::desk::{Scene, call};
use engine::model::*;
use heliograph_simulator::{Along, Content as Sim, WebhookBehaviour};
use serde_json::json;

async fn link(scene: &Scene, account: AccountId, link: LinkKind) -> Link {
    let found = scene.ask(call::DiagnoseReceiving { account, only: Some(link) }).await;
    assert_eq!((found.len(), found[0].link), (1, link));
    found.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_dropped_is_recovered_by_a_poll_and_counted_by_day() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let person = scene.meta.say(&sim, None, "By webhook").person;
    scene.conversation_saying("By webhook").await;
    assert!(scene.ask(call::ListGaps { account }).await.iter().all(|day| day.missed == 0));
    // Two minutes old and no webhook told of it: dropped.
    for text in ["Dropped one", "Dropped two"] {
        let along = Along { ago_ms: 2 * MINUTE, silent: true, ..Along::default() };
        scene.meta.say_along(&sim, None, Sim::Text(text.into()), along);
    }
    scene.ask(call::PollNow { account }).await;
    scene.conversation_saying("Dropped one").await;
    scene.conversation_saying("Dropped two").await;
    let days = scene.ask(call::ListGaps { account }).await;
    let (missed, by_webhook) =
        days.iter().fold((0, 0), |(missed, by), day| (missed + day.missed, by + day.by_webhook));
    assert_eq!(missed, 2);
    assert!(by_webhook >= 1 && days.iter().any(|day| day.recovered_at.is_some()));
    // A webhook that is only late is not a gap.
    scene.meta.set_webhook_behaviour(WebhookBehaviour { delay_ms: 700, ..Default::default() });
    scene.meta.say(&sim, Some(&person), "A little late");
    scene.ask(call::PollNow { account }).await;
    scene.conversation_saying("A little late").await;
    scene.meta.webhooks_idle().await;
    let after = scene.ask(call::ListGaps { account }).await;
    assert_eq!(after.iter().map(|day| day.missed).sum::<u32>(), 2);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_dropped_is_found_although_many_newer_ones_came() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let person = scene.meta.say(&sim, None, "Before").person;
    scene.conversation_saying("Before").await;
    // Three are dropped: more newer ones stand before them than a poll looks at first.
    for (text, silent) in
        [("Dropped one", true), ("Dropped two", true), ("Heard", false), ("Dropped three", true)]
    {
        let along = Along { silent, ..Along::default() };
        scene.meta.say_along(&sim, Some(&person), Sim::Text(text.into()), along);
    }
    for n in 0..7 {
        scene.meta.say(&sim, Some(&person), &format!("Newer {n}"));
    }
    let conversation = scene.conversation_saying("Newer 6").await.id;
    scene.meta.webhooks_idle().await;
    scene.ask(call::PollNow { account }).await;
    let ask = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("all of them are there", ask, |page| {
            let said: Vec<&str> = page.rows.iter().map(|m| m.content.text()).collect();
            ["Dropped one", "Dropped two", "Dropped three"].iter().all(|t| said.contains(t)).then_some(())
        })
        .await;
    assert_eq!(scene.thread(conversation).await.len(), 12, "each once");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_dropped_is_found_although_nothing_older_is_left_in_its_thread() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let first = scene.meta.say(&sim, None, "Taken back soon");
    scene.conversation_saying("Taken back soon").await;
    let silent = Along { silent: true, ..Along::default() };
    scene.meta.say_along(&sim, Some(&first.person), Sim::Text("Dropped".into()), silent);
    scene.meta.unsend(&first.mid, false);
    for n in 0..7 {
        scene.meta.say(&sim, Some(&first.person), &format!("Newer {n}"));
    }
    let conversation = scene.conversation_saying("Newer 6").await.id;
    scene.meta.webhooks_idle().await;
    scene.ask(call::PollNow { account }).await;
    let ask = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("it is there", ask, |page| {
            page.rows.iter().any(|m| m.content.text() == "Dropped").then_some(())
        })
        .await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_an_account_are_kept_once_and_grave_ones_stay_until_somebody_saw_them() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    scene.meta.set_webhook_behaviour(WebhookBehaviour { duplicate_every: 1, ..Default::default() });
    let sim = scene.sim(Channel::WhatsApp).meta_id;
    let template = json!({
        "event": "APPROVED", "message_template_id": 1689556908129832_u64, "message_template_name": "order_ready",
        "message_template_language": "en_US", "reason": "NONE",
    });
    scene.meta.news(&sim, "message_template_status_update", template);
    scene.meta.news(&sim, "account_update", json!({ "event": "ACCOUNT_RESTRICTION" }));
    let news = scene
        .until("both are there", call::ListAccountEvents { account }, |news| {
            (news.len() >= 2).then(|| news.clone())
        })
        .await;
    scene.meta.webhooks_idle().await;
    assert_eq!(scene.ask(call::ListAccountEvents { account }).await.len(), 2, "{news:?}");
    assert!(news.iter().any(|n| n.words == "Template order_ready is approved" && !n.grave));
    let alert =
        |accounts: &Vec<Account>| accounts.iter().find(|a| a.id == account).unwrap().health.alert.clone();
    let raised = alert(&scene.ask(call::ListAccounts {}).await).expect("a restriction is grave");
    assert_eq!(raised.words, "Account: account restriction");
    scene.ask(call::CheckAccount { account }).await;
    assert!(alert(&scene.ask(call::ListAccounts {}).await).is_some(), "a good token does not answer it");
    scene.ask(call::DismissAlert { account }).await;
    assert_eq!(alert(&scene.ask(call::ListAccounts {}).await), None);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn why_nothing_arrives_is_told_link_by_link_with_what_helps() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::WhatsApp).await;
    let all = scene.ask(call::DiagnoseReceiving { account, only: None }).await;
    let kinds: Vec<_> = all.iter().map(|l| l.link).collect();
    assert_eq!(kinds, LinkKind::chain(Channel::WhatsApp), "each once, in order, and no poll");
    let verdict = |all: &[Link], kind| all.iter().find(|l| l.link == kind).unwrap().verdict;
    assert_eq!(verdict(&all, LinkKind::Token), Verdict::Good);
    assert_eq!(verdict(&all, LinkKind::Callback), Verdict::Bad, "{all:?}");
    assert_eq!(verdict(&all, LinkKind::Delivery), Verdict::Bad);
    let door = all.iter().find(|l| l.link == LinkKind::Door).unwrap();
    assert_eq!((door.verdict, door.remedy), (Verdict::Bad, Some(Remedy::OpenDoor)));

    scene.open_door().await;
    scene.meta.say(&scene.sim(Channel::WhatsApp).meta_id, None, "Now it comes");
    scene.conversation_saying("Now it comes").await;
    let all = scene.ask(call::DiagnoseReceiving { account, only: None }).await;
    assert!(all.iter().all(|l| l.verdict == Verdict::Good), "{all:#?}");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_subscription_a_dead_token_and_a_stranger_are_named_and_mended() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger);
    // Whoever runs the app took the account's webhooks away.
    #[allow(clippy::disallowed_methods, reason = "somebody else's tool")]
    let other = reqwest::Client::new();
    let url = format!("{}/v26.0/{}/subscribed_apps", scene.meta.origin(), sim.meta_id);
    assert_eq!(other.delete(&url).bearer_auth(&sim.token).send().await.unwrap().status(), 200);
    let lost = link(&scene, account, LinkKind::Subscription).await;
    assert_eq!((lost.verdict, lost.remedy), (Verdict::Bad, Some(Remedy::Subscribe)));
    scene.ask(call::Subscribe { account }).await;
    let found = link(&scene, account, LinkKind::Subscription).await;
    assert_eq!(found.verdict, Verdict::Good, "{}", found.words);

    scene
        .deliver(
            r#"{"object":"page","entry":[{"id":"999000111","time":1763628902,"messaging":[{
            "sender":{"id":"77"},"recipient":{"id":"999000111"},"timestamp":1763628902000,
            "message":{"mid":"foreign_1","text":"Not for you"}}]}]}"#,
        )
        .await;
    let stranger = link(&scene, account, LinkKind::Foreign).await;
    // By Meta's own time it is long ago; what counts is when it came.
    assert!(stranger.verdict == Verdict::Bad && stranger.words.contains("999000111"), "{}", stranger.words);

    scene.meta.expire_token(&sim.meta_id, 463);
    let dead = link(&scene, account, LinkKind::Token).await;
    assert_eq!((dead.verdict, dead.remedy), (Verdict::Bad, Some(Remedy::Reconnect)));
    scene.end().await;
}
