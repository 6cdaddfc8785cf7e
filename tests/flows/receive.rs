//! Conversations arrive by import, by polling and by signed webhook, each message once.

use crate::desk::{Scene, call, list};
use engine::model::*;

#[tokio::test(flavor = "multi_thread")]
async fn connecting_imports_what_meta_still_shows_of_every_conversation() {
    let scene = Scene::new(60, 600).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let stored = scene.everything(account).await;
    let truth = scene.truth(Channel::Messenger);
    assert!(!stored.is_empty());
    for row in &stored {
        assert!(truth.iter().any(|t| t.0 == row.0 && t.2 == row.2), "{row:?} is nothing Meta ever held");
    }
    // Meta gives the details of the 20 newest of a thread only.
    let conversations = scene.conversations().await.len();
    let people: std::collections::HashSet<_> =
        scene.meta.truth(&scene.sim(Channel::Messenger).meta_id).into_iter().map(|m| m.person).collect();
    assert_eq!(conversations, people.len(), "every conversation is there");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_message_is_found_by_polling_alone() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    let said = scene.meta.say(&scene.sim(Channel::Instagram).meta_id, None, "Do you ship to Malta?");
    scene.ask(call::PollNow { account }).await;
    let conversation = scene.conversation_saying("Do you ship to Malta?").await;
    assert_eq!(conversation.channel, Channel::Instagram);
    assert!(conversation.unread >= 1, "it waits to be read");
    assert!(conversation.waiting_since.is_some(), "and for an answer");
    let thread = scene.thread(conversation.id).await;
    let last = thread.last().unwrap();
    assert_eq!(last.meta_id.as_ref().map(|m| m.0.as_str()), Some(said.mid.as_str()));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_webhook_is_on_screen_within_a_moment_on_all_three_channels() {
    let scene = Scene::new(12, 60).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for (channel, text) in [
        (Channel::Instagram, "Grüße aus Köln, geht das auch in Größe S?"),
        (Channel::Messenger, "هل المتجر مفتوح اليوم؟"),
        (Channel::WhatsApp, "まだ在庫はありますか 🙏"),
    ] {
        scene.meta.say(&scene.sim(channel).meta_id, None, text);
        let conversation = scene.conversation_saying(text).await;
        assert_eq!(conversation.channel, channel);
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_by_webhook_twice_and_by_poll_is_one_bubble() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    scene.meta.set_webhook_behaviour(heliograph_simulator::WebhookBehaviour {
        duplicate_every: 1,
        ..Default::default()
    });
    scene.meta.say(&scene.sim(Channel::Messenger).meta_id, None, "Only once, please");
    let conversation = scene.conversation_saying("Only once, please").await;
    scene.meta.webhooks_idle().await;
    scene.ask(call::PollNow { account }).await;
    let said = |m: &&Message| m.content.text() == "Only once, please";
    assert_eq!(scene.thread(conversation.id).await.iter().filter(said).count(), 1);
    assert_eq!(
        scene.ask(call::GetConversation { conversation: conversation.id }).await.unread,
        conversation.unread
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_from_the_phone_app_appears_marked_and_ends_the_waiting() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Instagram).meta_id;
    let said = scene.meta.say(&sim, None, "Is anybody there?");
    let conversation = scene.conversation_saying("Is anybody there?").await;
    scene.meta.echo(&sim, &said.person, "Yes, from my phone");
    scene.conversation_saying("Yes, from my phone").await;
    let thread = scene.thread(conversation.id).await;
    let last = thread.last().unwrap();
    assert_eq!((last.direction, last.origin), (Direction::Outbound, Origin::Elsewhere));
    let row = scene.ask(call::GetConversation { conversation: conversation.id }).await;
    assert_eq!(row.waiting_since, None, "somebody answered");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_stores_nothing() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let before = scene.ask(call::GetStorage {}).await;
    let door = scene.ask(call::GetWebhookDoor {}).await;
    let url = format!("http://{}{}", door.listening.unwrap(), door.path);
    #[allow(clippy::disallowed_methods, reason = "a stranger has no client of ours")]
    let stranger = reqwest::Client::new();
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    for signature in [None, Some("sha256=00"), Some(&*format!("sha256={}", "0".repeat(64)))] {
        let mut request = stranger.post(&url).body(body);
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    let after = scene.ask(call::GetStorage {}).await;
    assert_eq!((before.journal_rows, before.messages), (after.journal_rows, after.messages));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_tests_are_answered_and_not_stored() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Instagram).await;
    scene
        .deliver(
            r#"{"object":"instagram","entry":[{"id":"0","time":1527459824,"changes":[{"field":"messages","value":{
            "sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":"1527459824",
            "message":{"mid":"random_mid","text":"random_text"}}}]}]}"#,
        )
        .await;
    let page = scene.ask(list(Filter::default())).await;
    assert!(page.rows.iter().all(|c| c.last.as_ref().is_none_or(|l| l.text != "random_text")));
    scene.end().await;
}
