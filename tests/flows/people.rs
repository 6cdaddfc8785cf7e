//! One person on several channels: suggested, confirmed, taken apart; deleted everywhere; their profile with its age.

use crate::desk::{Scene, call};
use crate::leaving::files_with;
use engine::model::*;

/// A desk with Messenger and WhatsApp, and the door open.
async fn desk() -> (Scene, AccountId) {
    let scene = Scene::new(6, 18).await;
    let messenger = scene.connect(Channel::Messenger).await;
    scene.connect(Channel::WhatsApp).await;
    scene.imported(messenger).await;
    scene.open_door().await;
    (scene, messenger)
}

/// Somebody new writes on a channel: the conversation and their id.
async fn writes(scene: &Scene, channel: Channel, text: &str) -> (Conversation, String) {
    let said = scene.meta.say(&scene.sim(channel).meta_id, None, text);
    (scene.conversation_saying(text).await, said.person)
}

/// The person pane, after the index of words is complete.
async fn pane(scene: &Scene, conversation: ConversationId) -> Contact {
    scene.ask(call::Search { text: "x".into(), after: None, limit: 1 }).await;
    scene.ask(call::GetContact { conversation }).await
}

fn conversations(contact: &Contact) -> Vec<ConversationId> {
    let mut all: Vec<_> = contact.conversations.iter().map(|c| c.id).collect();
    all.sort_unstable();
    all
}

/// Someone who may be the same person, and why.
type Suggested = (ContactId, Vec<String>);

/// What the pane says of who they are; names and pictures may come meanwhile.
fn said(contact: &Contact) -> (Vec<ConversationId>, Vec<Suggested>, usize) {
    let suggested = contact.suggestions.iter().map(|s| (s.kin.contact.id, s.reasons.clone())).collect();
    (conversations(contact), suggested, contact.merges.len())
}

async fn merge(scene: &Scene, one: &Conversation, other: &Conversation, reason: &str) {
    let (one, other) = (one.contact.id, other.contact.id);
    scene.ask(call::MergePeople { one, other, reason: reason.into() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_is_suggested_confirmed_and_taken_apart_exactly() {
    let (scene, _) = desk().await;
    let (whatsapp, phone) = writes(&scene, Channel::WhatsApp, "Hello from my phone").await;
    let (messenger, _) = writes(&scene, Channel::Messenger, &format!("You reach me at +{phone}, too")).await;
    for (here, there) in [(&messenger, &whatsapp), (&whatsapp, &messenger)] {
        let contact = pane(&scene, here.id).await;
        assert_eq!(conversations(&contact), [here.id], "a suggestion joins nothing");
        let suggestion = contact.suggestions.first().expect("it is suggested");
        assert_eq!((suggestion.kin.contact.id, suggestion.conversation), (there.contact.id, there.id));
        assert!(suggestion.reasons[0].contains(&phone[phone.len() - 4..]), "{:?}", suggestion.reasons);
    }
    let before = pane(&scene, messenger.id).await;
    let reason = before.suggestions[0].reasons[0].clone();
    merge(&scene, &messenger, &whatsapp, &reason).await;

    let both = {
        let mut both = [messenger.id, whatsapp.id];
        both.sort_unstable();
        both
    };
    for here in both {
        let contact = pane(&scene, here).await;
        assert_eq!(conversations(&contact), both, "both panes show both channels");
        assert!(contact.suggestions.is_empty());
        assert_eq!(contact.merges.len(), 1);
        assert_eq!(contact.merges[0].reason, reason);
        assert!(contact.conversations.iter().all(|c| c.window.closes_at.is_some()), "with their windows");
    }
    assert_eq!(scene.thread(messenger.id).await.len(), 1, "no message moved");
    let again =
        call::MergePeople { one: messenger.contact.id, other: whatsapp.contact.id, reason: String::new() };
    assert_eq!(scene.engine.ask(again).await.unwrap_err().code, Code::BadRequest);

    let (one, other) = (whatsapp.contact.id, messenger.contact.id);
    scene.ask(call::SeparatePeople { one, other }).await;
    assert_eq!(said(&pane(&scene, messenger.id).await), said(&before), "as if it had never been");

    scene.ask(call::NotTheSame { one, other, on: true }).await;
    for here in both {
        assert!(pane(&scene, here).await.suggestions.is_empty(), "it is remembered on both sides");
    }
    scene.ask(call::NotTheSame { one, other, on: false }).await;
    assert_eq!(said(&pane(&scene, messenger.id).await), said(&before));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_who_are_one_each_word_is_taken_back_alone() {
    let (scene, _) = desk().await;
    let (a, _) = writes(&scene, Channel::Messenger, "It is me").await;
    let (b, _) = writes(&scene, Channel::WhatsApp, "Me again").await;
    let (c, _) = writes(&scene, Channel::Messenger, "And me once more").await;
    merge(&scene, &a, &b, "").await;
    merge(&scene, &b, &c, "").await;
    assert_eq!(pane(&scene, a.id).await.conversations.len(), 3);
    scene.ask(call::SeparatePeople { one: a.contact.id, other: b.contact.id }).await;
    assert_eq!(conversations(&pane(&scene, a.id).await), [a.id]);
    assert_eq!(pane(&scene, c.id).await.conversations.len(), 2, "the other two stay one");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_deleted_on_every_channel_and_their_past_does_not_come_back() {
    let (scene, account) = desk().await;
    let page = scene.sim(Channel::Messenger).meta_id;
    let (whatsapp, phone) = writes(&scene, Channel::WhatsApp, "Zirkonia on the phone").await;
    let (messenger, person) = writes(&scene, Channel::Messenger, "Zirkonia on the screen").await;
    let (other, _) = writes(&scene, Channel::Messenger, "Somebody else altogether").await;
    merge(&scene, &messenger, &whatsapp, "").await;
    scene.ask(call::AddNote { conversation: messenger.id, text: "Zirkonia, size nine".into() }).await;
    scene.ask(call::SaveDraft { conversation: whatsapp.id, text: "Zirkonia draft".into() }).await;
    let send_at = Some(scene.engine.clock().now().plus(HOUR));
    let manner = Manner { send_at, ..Manner::default() };
    let text = "Zirkonia tomorrow".to_owned();
    scene.ask(call::SendText { conversation: messenger.id, text, key: "later".into(), manner }).await;
    pane(&scene, messenger.id).await;

    let plan = scene.ask(call::PlanDeletePerson { conversation: messenger.id }).await;
    assert_eq!((plan.people.len(), plan.amounts.conversations, plan.amounts.notes), (2, 2, 1));
    assert_eq!((plan.amounts.scheduled, plan.amounts.drafts), (1, 1));
    assert!(!files_with(&scene, "zirkonia").is_empty());
    let deleted = scene.ask(call::DeletePerson { conversation: whatsapp.id }).await;
    assert_eq!(deleted.amounts, plan.amounts, "from whichever channel it is asked");
    for needle in ["zirkonia", &phone, &person] {
        assert_eq!(files_with(&scene, needle), Vec::<String>::new(), "{needle} is nowhere");
    }
    let left = scene.conversations().await;
    assert!(left.iter().any(|c| c.id == other.id) && left.iter().all(|c| c.id != messenger.id));

    // Meta tells it again: by webhook once more, by polling, by a new import.
    let old = scene.engine.clock().now().plus(-HOUR).0;
    let body = serde_json::json!({"object": "page", "entry": [{"id": page, "time": old, "messaging": [
        {"sender": {"id": person}, "recipient": {"id": page}, "timestamp": old,
            "message": {"mid": "m_told_again", "text": "Zirkonia told again"}}]}]});
    scene.deliver(&body.to_string()).await;
    scene.ask(call::DisconnectAccount { account, keep_history: true, at_meta: false }).await;
    scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    for needle in ["zirkonia", &person] {
        assert_eq!(files_with(&scene, needle), Vec::<String>::new(), "{needle} stays away");
    }

    scene.meta.say(&page, Some(&person), "I am back, and new here");
    let fresh = scene.conversation_saying("I am back, and new here").await;
    assert_ne!(fresh.contact.id, messenger.contact.id, "a fresh person");
    let contact = pane(&scene, fresh.id).await;
    assert!(contact.deleted_at.is_some() && contact.merges.is_empty());
    assert_eq!(scene.thread(fresh.id).await.len(), 1);

    // Only when somebody asks for it.
    scene.ask(call::ReadPastAgain { conversation: fresh.id }).await;
    let thread = call::ListMessages { conversation: fresh.id, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("the past is read again", thread, |page| {
            page.rows.iter().any(|m| m.content.text() == "Zirkonia on the screen").then_some(())
        })
        .await;
    assert_eq!(pane(&scene, fresh.id).await.deleted_at, None);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_not_shared_is_quiet_and_is_read_when_somebody_asks() {
    let scene = Scene::new(0, 0).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Instagram).meta_id;
    scene.meta.withhold_profiles(true);
    let (row, _) = writes(&scene, Channel::Instagram, "Who am I?").await;
    let conversation = row.id;
    scene.until("Meta was asked", call::GetContact { conversation }, |c| c.profile_asked_at.map(drop)).await;
    assert!(!scene.ask(call::RefreshProfile { conversation }).await, "not shared");
    let contact = scene.ask(call::GetContact { conversation }).await;
    assert_eq!(contact.profile_read_at, None);
    let health = scene.ask(call::ListAccounts {}).await.remove(0).health;
    assert_eq!(health.problem, None, "no trouble of the account");
    assert!(!sim.is_empty());

    scene.meta.withhold_profiles(false);
    assert!(scene.ask(call::RefreshProfile { conversation }).await);
    let contact = scene.ask(call::GetContact { conversation }).await;
    assert!(contact.profile_read_at.is_some() && contact.profile_read_at >= contact.profile_asked_at);
    assert!(contact.summary.picture.is_some());
    scene.end().await;
}
