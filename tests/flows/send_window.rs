//! The reply window: what may leave when it is closed, and that Meta's word wins over our clock.

use crate::desk::{Scene, call};
use crate::send::{seen, somebody_asks, status};
use engine::model::*;

const GONE: [DeliveryStatus; 3] = [DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read];

fn reply(conversation: ConversationId, text: &str, human_agent: bool) -> call::SendText {
    let manner = Manner { human_agent, ..Manner::default() };
    call::SendText { conversation, text: text.into(), key: text.into(), manner }
}

/// A conversation of the past whose last word of theirs is between one and seven days old.
async fn yesterday(scene: &Scene) -> Conversation {
    let now = scene.engine.clock().now();
    let all = scene.conversations().await;
    let late = |c: &&Conversation| {
        let until = c.window.human_agent_until(c.channel);
        !c.window.is_open(now) && until.is_some_and(|until| now.plus(HOUR) < until)
    };
    all.iter().find(late).expect("somebody wrote some days ago").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_only_a_human_agent_answers_once_that_was_accepted() {
    let scene = Scene::new(60, 600).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let conversation = yesterday(&scene).await.id;
    let plain = scene.engine.ask(reply(conversation, "Plain", false)).await.unwrap_err();
    assert_eq!(plain.code, Code::WindowClosed);
    let unread = scene.engine.ask(reply(conversation, "Too early", true)).await.unwrap_err();
    assert_eq!(unread.code, Code::NotAllowed, "the rule must have been accepted");
    scene.settings(|s| s.sending.knows_human_agent = true).await;
    let queued = scene.ask(reply(conversation, "We looked into it", true)).await;
    assert!(queued.detail.human_agent);
    status(&scene, conversation, "We looked into it", &GONE).await;
    let sent = scene.meta.sends().into_iter().find(|s| s.text == "We looked into it").unwrap();
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(
        (body["messaging_type"].as_str(), body["tag"].as_str()),
        (Some("MESSAGE_TAG"), Some("HUMAN_AGENT"))
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn within_the_window_a_reply_is_never_marked_as_a_human_agents() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    scene.settings(|s| s.sending.knows_human_agent = true).await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "Quick question").await;
    let queued = scene.ask(reply(conversation.id, "Quick answer", true)).await;
    assert!(!queued.detail.human_agent);
    status(&scene, conversation.id, "Quick answer", &GONE).await;
    let sent = scene.meta.sends().into_iter().find(|s| s.text == "Quick answer").unwrap();
    assert!(!sent.body.contains("HUMAN_AGENT"));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_the_feature_is_not_offered_it_again() {
    let scene = Scene::new(60, 600).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.meta.set_human_agent(false);
    scene.settings(|s| s.sending.knows_human_agent = true).await;
    let conversation = yesterday(&scene).await.id;
    scene.ask(reply(conversation, "May I?", true)).await;
    status(&scene, conversation, "May I?", &[DeliveryStatus::Failed]).await;
    let accounts = scene.ask(call::ListAccounts {}).await;
    assert!(accounts[0].health.lacks_human_agent);
    let again = scene.engine.ask(reply(conversation, "And now?", true)).await.unwrap_err();
    assert_eq!(again.code, Code::WindowClosed);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metas_refusal_closes_the_window_and_their_next_word_opens_it() {
    for channel in [Channel::Messenger, Channel::WhatsApp] {
        let scene = Scene::new(12, 60).await;
        scene.connect(channel).await;
        scene.open_door().await;
        let sim = scene.sim(channel).meta_id;
        let conversation = somebody_asks(&scene, channel, "Hello, shop").await;
        let person = scene.meta.truth(&sim).into_iter().find(|m| m.text == "Hello, shop").unwrap().person;
        // Meta's clock is ahead of ours: for Meta the day is over.
        scene.meta.advance(25 * HOUR);
        scene.ask(reply(conversation.id, "In time, we thought", false)).await;
        let failed = status(&scene, conversation.id, "In time, we thought", &[DeliveryStatus::Failed]).await;
        let failure = failed.failure.expect("it says why");
        assert_eq!(failure.problem.code, Code::WindowClosed);
        assert!(matches!(failure.code, Some(10 | 131_047)), "{:?}", failure.code);
        let row = scene
            .until("the window is closed", call::GetConversation { conversation: conversation.id }, |c| {
                c.window.refused_at.is_some().then(|| c.clone())
            })
            .await;
        let now = scene.engine.clock().now();
        assert!(!row.window.is_open(now) && row.window.closes_at.is_some_and(|end| now < end));
        let refused = scene.engine.ask(reply(conversation.id, "And again", false)).await.unwrap_err();
        assert_eq!(refused.code, Code::WindowClosed);

        scene.meta.say(&sim, Some(&person), "Still here");
        scene.conversation_saying("Still here").await;
        scene.ask(call::RetryMessage { message: failed.id }).await;
        status(&scene, conversation.id, "In time, we thought", &GONE).await;
        assert_eq!(scene.ask(call::CountConversations {}).await.all.failed, 0);
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_makes_replies_wait_and_signing_in_again_lets_them_go() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "Are you there?").await;
    let sim = scene.sim(Channel::Messenger);
    scene.meta.expire_token(&sim.meta_id, 460);
    scene.ask(reply(conversation.id, "We are", false)).await;
    let waits = scene
        .until("it says why it waits", call::ListOutbox {}, |all| {
            all.iter().find(|e| e.failure.is_some()).cloned()
        })
        .await;
    assert_eq!(waits.status, DeliveryStatus::Queued, "the message is as good as before");
    let failure = waits.failure.unwrap();
    assert_eq!((failure.code, failure.subcode), (Some(190), Some(460)));
    assert_eq!(failure.problem.action, Some(Action::Reconnect));
    scene
        .until("the account says so too", call::ListAccounts {}, |all| {
            let health = &all.iter().find(|a| a.id == account)?.health;
            health.problem.as_ref().filter(|p| p.code == Code::SignInAgain).cloned()
        })
        .await;
    assert_eq!(seen(&scene, "We are"), 0);
    scene.reconnect(Channel::Messenger).await;
    status(&scene, conversation.id, "We are", &GONE).await;
    assert_eq!(seen(&scene, "We are"), 1);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_accounts_trouble_never_delays_another() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let page = scene.sim(Channel::Messenger).meta_id;
    for n in 0..12 {
        scene.meta.say(&page, None, &format!("Question {n}"));
    }
    scene.conversation_saying("Question 11").await;
    // Every answer of the Page trickles for seconds.
    scene.meta.slow(8_000, None, Some(&format!("POST {page}")));
    let waiting: Vec<_> = scene
        .conversations()
        .await
        .into_iter()
        .filter(|c| c.last.as_ref().is_some_and(|l| l.text.starts_with("Question ")))
        .collect();
    for c in &waiting {
        scene.ask(reply(c.id, &format!("Answer to {}", c.id), false)).await;
    }
    let other = somebody_asks(&scene, Channel::WhatsApp, "And me?").await;
    let begun = std::time::Instant::now();
    scene.ask(reply(other.id, "You too", false)).await;
    status(&scene, other.id, "You too", &GONE).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(6), "{:?}", begun.elapsed());
    scene.meta.clear_faults();
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_to_one_person_wait_and_go_by_themselves() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::WhatsApp, "Tell me").await;
    scene.meta.fault("131056", Some(1), None);
    scene.ask(reply(conversation.id, "Slowly", false)).await;
    let waits = scene
        .until("it waits", call::ListOutbox {}, |all| all.iter().find(|e| e.failure.is_some()).cloned())
        .await;
    assert_eq!(waits.failure.unwrap().problem.code, Code::RateLimited);
    let now = scene.engine.clock().now();
    assert!(waits.due_at.is_some_and(|at| now < at && at <= now.plus(6_000)));
    status(&scene, conversation.id, "Slowly", &GONE).await;
    assert_eq!(seen(&scene, "Slowly"), 1);
    scene.end().await;
}
