//! More than words: quotes, buttons, emojis, signs, a moment to undo, a chosen time.

use crate::desk::{Scene, call};
use crate::send::{seen, somebody_asks, status};
use engine::model::*;
use serde_json::Value;

const GONE: [DeliveryStatus; 3] = [DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read];

/// What Meta was sent with these words.
fn body(scene: &Scene, text: &str) -> Value {
    let sends = scene.meta.sends();
    let send = sends.iter().find(|s| s.text == text).expect("it was sent");
    serde_json::from_str(&send.body).expect("a JSON body")
}

fn reply(conversation: &Conversation, text: &str, manner: Manner) -> call::SendText {
    call::SendText { conversation: conversation.id, text: text.into(), key: text.into(), manner }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_quotes_what_it_answers_and_offers_answers_to_tap() {
    let scene = Scene::new(12, 60).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for channel in Channel::ALL {
        let conversation = somebody_asks(&scene, channel, &format!("Which size, {}?", channel.name())).await;
        let question = scene.thread(conversation.id).await.pop().expect("their question");
        let text = format!("We have these on {}", channel.name());
        let manner = Manner {
            quotes: Some(question.id),
            buttons: vec!["Small".into(), "Large".into()],
            ..Manner::default()
        };
        let queued = scene.ask(reply(&conversation, &text, manner)).await;
        assert!(matches!(queued.quote, Some(Quote::Message { message: Some(id), .. }) if id == question.id));
        assert_eq!(queued.detail.buttons, ["Small", "Large"]);
        status(&scene, conversation.id, &text, &GONE).await;
        let body = body(&scene, &text);
        let mid = question.meta_id.expect("Meta's id").0;
        match channel {
            Channel::WhatsApp => {
                assert_eq!(body["context"]["message_id"], mid);
                assert_eq!(body["interactive"]["action"]["buttons"][1]["reply"]["title"], "Large");
            }
            Channel::Instagram | Channel::Messenger => {
                assert_eq!(body["reply_to"]["mid"], mid);
                assert_eq!(body["message"]["quick_replies"][0]["title"], "Small");
            }
        }
        let many = (0..14).map(|n| n.to_string()).collect();
        let manner = Manner { buttons: many, ..Manner::default() };
        let problem = scene.engine.ask(reply(&conversation, "Too many", manner)).await.unwrap_err();
        assert_eq!(problem.code, Code::BadRequest, "said before Meta refuses it");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emoji_of_ours_shows_when_meta_has_it_and_goes_again() {
    let scene = Scene::new(12, 60).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for channel in Channel::ALL {
        let conversation = somebody_asks(&scene, channel, &format!("Thank you {}", channel.name())).await;
        let message = scene.thread(conversation.id).await.pop().expect("their message");
        let mid = message.meta_id.clone().expect("Meta's id").0;
        let emoji = |emoji: Option<&str>, key: &str| call::React {
            message: message.id,
            emoji: emoji.map(str::to_owned),
            key: format!("{key} {}", channel.name()),
        };
        let under_way = scene.ask(emoji(Some("❤️"), "on")).await;
        assert!(under_way.reactions.is_empty(), "nothing is shown as done before it is");
        let thread =
            call::ListMessages { conversation: conversation.id, stretch: Stretch::Newest, limit: 50 };
        let look = |page: &MessagePage| page.rows.iter().find(|m| m.id == message.id).cloned();
        scene
            .until("the emoji is on", thread.clone(), |page| {
                look(page).filter(|m| m.reactions.iter().any(|r| r.from_us) && m.reacting.is_none())
            })
            .await;
        assert_eq!(scene.meta.our_reaction(&mid).as_deref(), Some("❤️"));
        scene.ask(emoji(None, "off")).await;
        scene
            .until("the emoji is gone", thread, |page| {
                look(page).filter(|m| m.reactions.is_empty() && m.reacting.is_none())
            })
            .await;
        assert_eq!(scene.meta.our_reaction(&mid), None);
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_sees_of_the_desk_is_a_setting() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let signs = |scene: &Scene| scene.meta.signs().into_iter().map(|s| s.sign).collect::<Vec<_>>();
    scene.settings(|s| s.sending.shows_seen = false).await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "Anybody there?").await;
    scene.ask(call::MarkRead { conversation: conversation.id }).await;
    scene.ask(call::ShowTyping { conversation: conversation.id }).await;
    scene.settings(|s| (s.sending.shows_seen, s.sending.shows_typing) = (true, true)).await;
    scene.ask(call::ShowTyping { conversation: conversation.id }).await;
    while signs(&scene).is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(signs(&scene), ["typing_on"], "what was switched off was not shown");
    scene.ask(call::MarkUnread { conversation: conversation.id }).await;
    scene.ask(call::MarkRead { conversation: conversation.id }).await;
    while signs(&scene).len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(signs(&scene)[1], "mark_seen");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_is_held_for_a_moment_and_can_be_taken_back_before_any_call() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    scene.settings(|s| s.sending.undo_seconds = 2).await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "How much?").await;
    let now = scene.engine.clock().now();
    let wrong = scene.ask(reply(&conversation, "A milion", Manner::default())).await;
    assert!(wrong.next_attempt_at.is_some_and(|at| at >= now.plus(2_000)), "held, and it says how long");
    scene.ask(call::DiscardMessage { message: wrong.id }).await;
    scene.ask(reply(&conversation, "A million", Manner::default())).await;
    status(&scene, conversation.id, "A million", &GONE).await;
    assert_eq!((seen(&scene, "A milion"), seen(&scene, "A million")), (0, 1));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_a_chosen_time_waits_lets_others_pass_and_leaves_when_told() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "When do you open?").await;
    let now = scene.engine.clock().now();
    let at = |ms| Manner { send_at: Some(now.plus(ms)), ..Manner::default() };
    let past = scene.engine.ask(reply(&conversation, "Yesterday", at(-1))).await.unwrap_err();
    assert_eq!(past.code, Code::BadRequest);
    let late = scene.engine.ask(reply(&conversation, "In two days", at(2 * DAY))).await.unwrap_err();
    assert_eq!(late.code, Code::WindowClosed, "refused when the window will be closed at that time");

    let later = scene.ask(reply(&conversation, "At nine", at(2 * HOUR))).await;
    assert_eq!((later.status, later.scheduled_for), (DeliveryStatus::Queued, Some(now.plus(2 * HOUR))));
    let filter = Filter { show: Show::Scheduled, ..Filter::default() };
    let listed = scene.ask(crate::desk::list(filter)).await;
    assert_eq!(listed.rows.iter().map(|c| (c.id, c.scheduled)).collect::<Vec<_>>(), [(conversation.id, 1)]);
    assert_eq!(listed.rows[0].last.as_ref().unwrap().text, "When do you open?", "it is not said yet");
    assert_eq!(scene.ask(call::CountConversations {}).await.all.scheduled, 1);

    scene.ask(reply(&conversation, "Let me look", Manner::default())).await;
    status(&scene, conversation.id, "Let me look", &GONE).await;
    assert_eq!(seen(&scene, "At nine"), 0);
    let thread = scene.thread(conversation.id).await;
    assert_eq!(thread.last().unwrap().id, later.id, "it stands at the end");

    scene.ask(call::Reschedule { message: later.id, send_at: Some(now.plus(3 * HOUR)) }).await;
    scene.ask(call::Reschedule { message: later.id, send_at: None }).await;
    status(&scene, conversation.id, "At nine", &GONE).await;
    assert_eq!(seen(&scene, "At nine"), 1);
    assert_eq!(scene.ask(call::CountConversations {}).await.all.scheduled, 0);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_a_chosen_time_is_taken_back_when_they_write_first() {
    let scene = Scene::new(12, 60).await;
    scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let conversation = somebody_asks(&scene, Channel::Messenger, "Is it ready?").await;
    let page = scene.sim(Channel::Messenger).meta_id;
    let person = scene.meta.truth(&page).into_iter().find(|m| m.text == "Is it ready?").unwrap().person;
    let now = scene.engine.clock().now();
    let later = Manner { send_at: Some(now.plus(HOUR)), ..Manner::default() };
    scene.ask(reply(&conversation, "It is ready", later.clone())).await;
    scene.meta.say(&page, Some(&person), "Never mind");
    let overtaken = status(&scene, conversation.id, "It is ready", &[DeliveryStatus::Failed]).await;
    assert_eq!(overtaken.failure.expect("it says why").problem.code, Code::Overtaken);
    assert_eq!(scene.ask(call::CountConversations {}).await.all.scheduled, 0);
    scene.ask(call::DiscardMessage { message: overtaken.id }).await;

    scene.settings(|s| s.sending.cancels_if_they_write = false).await;
    let kept = scene
        .ask(call::SendText {
            conversation: conversation.id,
            text: "All the same".into(),
            key: "k2".into(),
            manner: later,
        })
        .await;
    scene.meta.say(&page, Some(&person), "Or wait");
    scene.conversation_saying("Or wait").await;
    let thread = scene.thread(conversation.id).await;
    let kept = thread.iter().find(|m| m.id == kept.id).expect("it stays");
    assert_eq!((kept.status, kept.scheduled_for), (DeliveryStatus::Queued, Some(now.plus(HOUR))));
    assert_eq!(seen(&scene, "It is ready") + seen(&scene, "All the same"), 0);
    scene.end().await;
}
