//! A reply leaves once and shows what became of it.

use crate::desk::{Scene, call};
use engine::model::*;

pub async fn somebody_asks(scene: &Scene, channel: Channel, text: &str) -> Conversation {
    scene.meta.say(&scene.sim(channel).meta_id, None, text);
    scene.conversation_saying(text).await
}

pub async fn status(
    scene: &Scene,
    conversation: ConversationId,
    text: &str,
    wanted: &[DeliveryStatus],
) -> Message {
    let text = text.to_owned();
    scene
        .until(
            &format!("{text:?} is {wanted:?}"),
            call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 },
            |page| page.rows.iter().find(|m| m.content.text() == text && wanted.contains(&m.status)).cloned(),
        )
        .await
}

pub fn seen(scene: &Scene, text: &str) -> usize {
    scene.meta.sends().iter().filter(|s| s.text == text).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_leaves_once_on_all_three_channels_and_gets_its_tick() {
    let scene = Scene::new(12, 60).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for channel in Channel::ALL {
        let question = format!("Hello {}", channel.name());
        let answer = format!("Good day from {}", channel.name());
        let conversation = somebody_asks(&scene, channel, &question).await;
        let queued = scene
            .ask(call::SendText {
                conversation: conversation.id,
                text: answer.clone(),
                key: answer.clone(),
                manner: Manner::default(),
            })
            .await;
        assert_eq!(queued.status, DeliveryStatus::Queued, "nothing is shown as sent before it is");
        let again = scene
            .ask(call::SendText {
                conversation: conversation.id,
                text: answer.clone(),
                key: answer.clone(),
                manner: Manner::default(),
            })
            .await;
        assert_eq!(again.id, queued.id, "one click is at most one message");
        let sent = status(
            &scene,
            conversation.id,
            &answer,
            &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
        )
        .await;
        assert!(sent.meta_id.is_some(), "a tick means that Meta gave an id");
        scene.meta.webhooks_idle().await;
        assert_eq!(seen(&scene, &answer), 1);
        let thread = scene.thread(conversation.id).await;
        assert_eq!(
            thread.iter().filter(|m| m.content.text() == answer).count(),
            1,
            "the echo is the same bubble"
        );
        assert_eq!(thread.last().unwrap().origin, Origin::Heliograph);
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_whose_answer_is_lost_is_sent_once() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "Did you get my order?").await;
    scene.meta.fault("dead_after_delivery", Some(1), None);
    let text = "We did, thank you";
    scene
        .ask(call::SendText {
            conversation: conversation.id,
            text: text.into(),
            key: "k".into(),
            manner: Manner::default(),
        })
        .await;
    let settled = status(
        &scene,
        conversation.id,
        text,
        &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
    )
    .await;
    assert!(settled.meta_id.is_some());
    scene.meta.webhooks_idle().await;
    assert_eq!(seen(&scene, text), 1);
    assert_eq!(scene.thread(conversation.id).await.iter().filter(|m| m.content.text() == text).count(), 1);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_without_an_echo_is_found_by_looking() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    let conversation = {
        scene.meta.say(&scene.sim(Channel::Instagram).meta_id, None, "Hello?");
        scene.ask(call::PollNow { account }).await;
        scene.conversation_saying("Hello?").await
    };
    scene.meta.fault("dead_after_delivery", Some(1), None);
    scene
        .ask(call::SendText {
            conversation: conversation.id,
            text: "Here".into(),
            key: "k".into(),
            manner: Manner::default(),
        })
        .await;
    status(
        &scene,
        conversation.id,
        "Here",
        &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
    )
    .await;
    assert_eq!(seen(&scene, "Here"), 1);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_of_one_conversation_leave_in_the_order_they_were_written() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::WhatsApp, "Tell me everything").await;
    for n in 1..=5 {
        scene
            .ask(call::SendText {
                conversation: conversation.id,
                text: format!("Part {n}"),
                key: format!("p{n}"),
                manner: Manner::default(),
            })
            .await;
    }
    status(
        &scene,
        conversation.id,
        "Part 5",
        &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
    )
    .await;
    let parts: Vec<String> =
        scene.meta.sends().into_iter().map(|s| s.text).filter(|t| t.starts_with("Part ")).collect();
    let accepted: Vec<_> = parts.iter().map(String::as_str).collect();
    let mut sorted = accepted.clone();
    sorted.sort_unstable();
    assert_eq!(accepted, sorted, "in order");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_refuses_the_reply_before_any_call() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let now = scene.engine.clock().now();
    let closed = scene
        .conversations()
        .await
        .into_iter()
        .find(|c| !c.window.is_open(now))
        .expect("the world has closed windows");
    let refused = scene
        .engine
        .ask(call::SendText {
            conversation: closed.id,
            text: "Too late".into(),
            key: "k".into(),
            manner: Manner::default(),
        })
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::WindowClosed);
    assert_eq!(seen(&scene, "Too late"), 0);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_over_the_limit_is_refused_with_the_limit() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    scene.meta.say(&scene.sim(Channel::Instagram).meta_id, None, "Write me a novel");
    scene.ask(call::PollNow { account }).await;
    let conversation = scene.conversation_saying("Write me a novel").await;
    let refused = scene
        .engine
        .ask(call::SendText {
            conversation: conversation.id,
            text: "ä".repeat(501),
            key: "k".into(),
            manner: Manner::default(),
        })
        .await
        .unwrap_err();
    assert_eq!((refused.code, refused.action), (Code::TooLong, Some(Action::Shorten)));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_meta_that_something_went_wrong_is_not_taken_for_a_refusal() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "Any news?").await;
    // "Service temporarily unavailable": the send may have gone through (graph-api k.2).
    scene.meta.fault("2", Some(1), Some("/messages"));
    scene
        .ask(call::SendText {
            conversation: conversation.id,
            text: "Soon".into(),
            key: "k".into(),
            manner: Manner::default(),
        })
        .await;
    let unsure = status(&scene, conversation.id, "Soon", &[DeliveryStatus::Unsure]).await;
    let refused = scene.engine.ask(call::CheckMessage { message: unsure.id }).await.unwrap_err();
    assert_eq!(
        refused.action,
        Some(Action::Retry),
        "Meta does not have it, so it may be sent again: {refused:?}"
    );
    assert_eq!(seen(&scene, "Soon"), 0);
    scene.ask(call::RetryMessage { message: unsure.id }).await;
    status(
        &scene,
        conversation.id,
        "Soon",
        &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
    )
    .await;
    assert_eq!(seen(&scene, "Soon"), 1);
    scene.end().await;
}
