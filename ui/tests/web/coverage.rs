//! What the model can say of a message, variant by variant and field by field. A variant or field that is added to the
//! model does not compile here until it has a name, and then has no portrait until there is a specimen of it.

use super::specimens;
use heliograph_model::{
    Activity, Attachment, CallOutcome, Card, Content, DeliveryStatus, Detail, Direction, FileState, Message,
    Origin, Quote, Reacting, Referral,
};
use std::collections::BTreeSet;
use wasm_bindgen_test::wasm_bindgen_test;

/// A function from a value to its variant's name, and the names of all variants.
macro_rules! named {
    ($($name:ident($type:ty) { $($variant:pat => $word:literal),+ $(,)? })+) => {$(
        pub fn $name(value: &$type) -> (&'static str, &'static [&'static str]) {
            let word = match value { $($variant => $word),+ };
            (word, &[$($word),+])
        }
    )+};
}

named! {
    content(Content) {
        Content::Text { .. } => "text",
        Content::Placeholder { .. } => "placeholder",
        Content::Unsent => "unsent",
        Content::Note { .. } => "note",
        Content::Activity { .. } => "activity",
    }
    quote(Quote) {
        Quote::Message { message: Some(_), .. } => "a message",
        Quote::Message { message: None, .. } => "a lost message",
        Quote::Story { .. } => "a story",
    }
    card(Card) {
        Card::Place { .. } => "place",
        Card::Person { .. } => "person",
        Card::Order { .. } => "order",
        Card::Post { .. } => "post",
        Card::Panels { .. } => "panels",
    }
    file(FileState) {
        FileState::None => "none",
        FileState::Waiting => "waiting",
        FileState::Kept => "kept",
        FileState::Expired => "expired",
        FileState::Refused => "refused",
        FileState::TooLarge => "too large",
        FileState::Evicted => "evicted",
    }
    status(DeliveryStatus) {
        DeliveryStatus::Received => "received",
        DeliveryStatus::Queued => "queued",
        DeliveryStatus::Sending => "sending",
        DeliveryStatus::Sent => "sent",
        DeliveryStatus::Delivered => "delivered",
        DeliveryStatus::Read => "read",
        DeliveryStatus::Failed => "failed",
        DeliveryStatus::Unsure => "unsure",
    }
    origin(Origin) {
        Origin::Person => "person",
        Origin::Heliograph => "heliograph",
        Origin::Elsewhere => "elsewhere",
    }
    direction(Direction) {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    }
    call(CallOutcome) {
        CallOutcome::Ringing => "a call ringing",
        CallOutcome::Answered => "a call answered",
        CallOutcome::Missed => "a call missed",
        CallOutcome::Declined => "a call declined",
        CallOutcome::Ended => "a call ended",
        CallOutcome::Permission => "leave to call",
    }
    reacting(Reacting) {
        Reacting { failure: None, emoji: _ } => "on its way",
        Reacting { failure: Some(_), emoji: _ } => "refused",
    }
    activity(Activity) {
        Activity::CameFrom { referral: Referral { ad: true, .. } } => "came from an ad",
        Activity::CameFrom { referral: Referral { ad: false, .. } } => "came from a link",
        Activity::Tapped { .. } => "tapped a button",
        Activity::OptIn { allowed: true } => "opted in",
        Activity::OptIn { allowed: false } => "opted out",
        Activity::Call { .. } => "a call",
        Activity::HandedOver { .. } => "handed over",
        Activity::TakenOver => "taken over",
        Activity::HandOverAsked => "hand-over asked",
        Activity::NumberChanged { .. } => "number changed",
        Activity::IdentityChanged => "identity changed",
        Activity::Group { .. } => "group",
        Activity::Feedback { .. } => "feedback",
        Activity::Assigned { .. } => "assigned",
        Activity::Snoozed { until: Some(_) } => "snoozed",
        Activity::Snoozed { until: None } => "snoozed until they write",
        Activity::Woke { they_wrote: true } => "woke since they wrote",
        Activity::Woke { they_wrote: false } => "woke",
        Activity::Resolved => "resolved",
        Activity::Reopened { they_wrote: true } => "reopened since they wrote",
        Activity::Reopened { they_wrote: false } => "reopened",
        Activity::NotSent => "a reply was not sent",
        Activity::Pending => "pending",
        Activity::Labelled { on: true, .. } => "label added",
        Activity::Labelled { on: false, .. } => "label removed",
        Activity::Blocked { on: true } => "blocked",
        Activity::Blocked { on: false } => "unblocked",
        Activity::Spam { on: true } => "spam",
        Activity::Spam { on: false } => "no spam",
        Activity::Merged { .. } => "merged",
        Activity::Other { .. } => "something else of Meta's",
    }
}

/// Meta's words for attachments that the interface tells apart (`bubble/shape.rs`).
const WORDS: [&str; 18] = [
    "image",
    "video",
    "audio",
    "voice",
    "file",
    "document",
    "sticker",
    "like_heart",
    "share",
    "ig_post",
    "ig_reel",
    "ig_story",
    "story_mention",
    "fallback",
    "template",
    "location",
    "contacts",
    "order",
];

/// The fields of a message that are rarely there: whether this one has them.
fn rare(m: &Message) -> Vec<(&'static str, bool)> {
    let Message {
        id: _,
        conversation: _,
        meta_id,
        direction: _,
        origin: _,
        content: _,
        attachments,
        quote,
        reactions,
        detail,
        sent_at: _,
        recorded_at: _,
        status: _,
        failure,
        leave_before,
        next_attempt_at,
        scheduled_for,
        reacting,
    } = m;
    let Detail { author, tapped, answers, referral, forwarded, edits, app, standby, human_agent, buttons } =
        detail;
    vec![
        ("no id of Meta's", meta_id.is_none()),
        ("several attachments", attachments.len() > 1),
        ("a quote", quote.is_some()),
        ("reactions", !reactions.is_empty()),
        ("a failure", failure.is_some()),
        ("an end", leave_before.is_some()),
        ("a next attempt", next_attempt_at.is_some()),
        ("a chosen time", scheduled_for.is_some()),
        ("an emoji of ours on its way", reacting.is_some()),
        ("an author", !author.is_empty()),
        ("a tap", !tapped.is_empty()),
        ("answers", !answers.is_empty()),
        ("a referral", referral.is_some()),
        ("forwarded", *forwarded),
        ("edits", *edits > 0),
        ("an app", !app.is_empty()),
        ("standby", *standby),
        ("a human agent", *human_agent),
        ("buttons", !buttons.is_empty()),
    ]
}

/// The same of an attachment.
fn rare_of(a: &Attachment) -> Vec<(&'static str, bool)> {
    let Attachment {
        id: _,
        kind: _,
        name,
        mime,
        file,
        thumbnail,
        state: _,
        fault,
        again,
        link,
        link_ends_at,
        card,
        bytes,
        size,
        length_ms,
        waveform,
    } = a;
    vec![
        ("a name", !name.is_empty()),
        ("a type", !mime.is_empty()),
        ("a file", file.is_some()),
        ("a thumbnail", thumbnail.is_some()),
        ("a fault in words", !fault.is_empty()),
        ("can be fetched again", *again),
        ("a link", link.is_some()),
        ("an end of its link", link_ends_at.is_some()),
        ("a card", card.is_some()),
        ("bytes", bytes.is_some()),
        ("pixels", size.is_some()),
        ("a length", length_ms.is_some()),
        ("a waveform", !waveform.is_empty()),
    ]
}

/// What has been seen, and what there is.
#[derive(Default)]
struct Seen(BTreeSet<&'static str>, BTreeSet<&'static str>);

impl Seen {
    fn note(&mut self, (word, all): (&'static str, &'static [&'static str])) {
        self.0.insert(word);
        self.1.extend(all);
    }

    fn complete(&self, what: &str) {
        let missed: Vec<_> = self.1.difference(&self.0).collect();
        assert!(missed.is_empty(), "no specimen of {what}: {missed:?}");
    }
}

#[wasm_bindgen_test]
fn whatever_the_model_can_say_has_a_specimen() {
    let messages: Vec<Message> =
        specimens::all().into_iter().flat_map(|(_, group)| group).map(|s| s.message).collect();
    let attachments: Vec<&Attachment> = messages.iter().flat_map(|m| &m.attachments).collect();
    let each = |what: &str, note: &dyn Fn(&mut Seen, &Message)| {
        let mut seen = Seen::default();
        messages.iter().for_each(|m| note(&mut seen, m));
        seen.complete(what);
    };
    each("content", &|seen, m| seen.note(content(&m.content)));
    each("quote", &|seen, m| m.quote.iter().for_each(|q| seen.note(quote(q))));
    each("status", &|seen, m| seen.note(status(&m.status)));
    each("origin", &|seen, m| seen.note(origin(&m.origin)));
    each("direction", &|seen, m| seen.note(direction(&m.direction)));
    each("reacting", &|seen, m| m.reacting.iter().for_each(|r| seen.note(reacting(r))));
    each("file", &|seen, m| m.attachments.iter().for_each(|a| seen.note(file(&a.state))));
    each("card", &|seen, m| {
        m.attachments.iter().filter_map(|a| a.card.as_ref()).for_each(|c| seen.note(card(c)))
    });
    each("activity", &|seen, m| {
        if let Content::Activity { activity: a } = &m.content {
            seen.note(activity(a));
        }
    });
    each("call", &|seen, m| {
        if let Content::Activity { activity: Activity::Call { outcome, .. } } = &m.content {
            seen.note(call(outcome));
        }
    });
    let rare_ones = messages.iter().flat_map(rare).chain(attachments.iter().flat_map(|a| rare_of(a)));
    let (mut there, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (field, is_there) in rare_ones {
        all.insert(field);
        if is_there {
            there.insert(field);
        }
    }
    assert_eq!(all.difference(&there).collect::<Vec<_>>(), Vec::<&&str>::new(), "no specimen with these");
    let shown: BTreeSet<&str> = attachments.iter().map(|a| a.kind.as_str()).collect();
    assert_eq!(WORDS.iter().filter(|w| !shown.contains(**w)).collect::<Vec<_>>(), Vec::<&&str>::new());
}
