//! One message of every kind that a bubble can show, in groups that fit on a page of the thread. Whatever the model
//! can say must be said by one of them: what is added to it does not compile here, or is missed, until it has a
//! specimen (see `coverage.rs`).

mod carried;
mod happenings;

use carried::{cards, files, kept};
use happenings::happenings;
use heliograph_model::{
    Action, Attachment, AttachmentId, Code, Content, ConversationId, DeliveryStatus, Detail, Direction,
    Failure, Message, MessageId, MetaMessageId, Origin, Problem, Quote, Reacting, Reaction, Referral,
    Timestamp,
};

/// The thread that they stand in.
pub const THREAD: i64 = 900;
/// 4 March 2025; each specimen is ten minutes later than the one before, so that each stands alone.
const BEGIN: i64 = 1_741_080_000_000;
const APART: i64 = 600_000;
/// Long over, and never over.
const PAST: Timestamp = Timestamp(1_000_000_000_000);
const FUTURE: Timestamp = Timestamp(4_000_000_000_000);

/// A message with the name it has in the portraits.
pub struct Specimen {
    pub name: &'static str,
    pub message: Message,
}

/// Every group with its name.
pub fn all() -> Vec<(&'static str, Vec<Specimen>)> {
    let groups = [
        ("words", words()),
        ("files", files()),
        ("cards", cards()),
        ("sending", sending()),
        ("happenings", happenings()),
    ];
    groups.into_iter().map(|(name, group)| (name, numbered(group))).collect()
}

/// Ids and times in the order of the group.
fn numbered(mut group: Vec<Specimen>) -> Vec<Specimen> {
    for (n, specimen) in (1..).zip(&mut group) {
        specimen.message.id = MessageId(n);
        specimen.message.sent_at = Timestamp(BEGIN + n * APART);
        specimen.message.recorded_at = specimen.message.sent_at;
    }
    group
}

fn specimen(name: &'static str, content: Content, dress: impl FnOnce(&mut Message)) -> Specimen {
    let mut message = Message {
        id: MessageId(0),
        conversation: ConversationId(THREAD),
        meta_id: Some(MetaMessageId("m_specimen".into())),
        direction: Direction::Inbound,
        origin: Origin::Person,
        content,
        attachments: Vec::new(),
        quote: None,
        reactions: Vec::new(),
        detail: Detail::default(),
        sent_at: PAST,
        recorded_at: PAST,
        status: DeliveryStatus::Received,
        failure: None,
        leave_before: None,
        next_attempt_at: None,
        scheduled_for: None,
        reacting: None,
    };
    dress(&mut message);
    Specimen { name, message }
}

fn said(name: &'static str, text: &str, dress: impl FnOnce(&mut Message)) -> Specimen {
    specimen(name, Content::Text { text: text.into() }, dress)
}

/// What has a name and attachments, as the engine writes it.
fn carried(name: &'static str, what: &str, attachments: Vec<Attachment>) -> Specimen {
    with(name, what, attachments, |_| {})
}

fn with(
    name: &'static str,
    what: &str,
    attachments: Vec<Attachment>,
    dress: impl FnOnce(&mut Message),
) -> Specimen {
    specimen(name, Content::Placeholder { what: what.into(), text: String::new() }, |m| {
        m.attachments = attachments;
        dress(m);
    })
}

fn ours(m: &mut Message, status: DeliveryStatus) {
    m.direction = Direction::Outbound;
    m.origin = Origin::Heliograph;
    m.status = status;
    if !matches!(status, DeliveryStatus::Sent | DeliveryStatus::Delivered | DeliveryStatus::Read) {
        m.meta_id = None;
    }
}

fn read(m: &mut Message) {
    ours(m, DeliveryStatus::Read);
}

fn elsewhere(m: &mut Message) {
    read(m);
    m.origin = Origin::Elsewhere;
}

fn attachment(kind: &str) -> Attachment {
    Attachment::of(AttachmentId(1), kind)
}

fn words() -> Vec<Specimen> {
    let quote = |from_us| Quote::Message { message: Some(MessageId(1)), from_us, text: "Hello!".into() };
    let story = |ends_at| Quote::Story { link: Some("https://cdn.example/story".into()), ends_at };
    vec![
        said("words", "Hello!", |_| {}),
        said("words with a link", "It is https://lamps.example/3 that I mean.", |_| {}),
        said("a few emoji", "👍🏽", |_| {}),
        said("a reply", "We make it ourselves.", read),
        said("an answer to one of theirs", "It is.", |m| {
            read(m);
            m.quote = Some(quote(false));
        }),
        said("an answer to one of ours", "Is it?", |m| m.quote = Some(quote(true))),
        said("an answer to a message that is not here", "As I wrote…", |m| {
            m.quote = Some(Quote::Message { message: None, from_us: false, text: String::new() });
        }),
        said("an answer to a story", "Where is it from?", |m| m.quote = Some(story(FUTURE))),
        said("an answer to a story that has expired", "And this?", |m| m.quote = Some(story(PAST))),
        said("an answer of ours to their story", "Lovely!", |m| {
            read(m);
            m.quote = Some(story(FUTURE));
        }),
        said("reactions of both sides", "Thank you.", |m| {
            let r = |emoji: &str, from_us| Reaction { emoji: emoji.into(), from_us };
            m.reactions = vec![r("❤️", false), r("👍", true), r("👍", false)];
        }),
        said("our emoji on its way", "It came.", |m| {
            m.reacting = Some(Reacting { emoji: Some("🙏".into()), failure: None });
        }),
        said("our emoji refused", "It broke.", |m| {
            let failure = Some(failure(Code::WindowClosed, "The 24 hours are over.", None));
            m.reacting = Some(Reacting { emoji: Some("😢".into()), failure });
        }),
        said("edited", "Second floor.", |m| m.detail.edits = 2),
        said("forwarded", "Parcels leave at four.", |m| m.detail.forwarded = true),
        specimen("unsent", Content::Unsent, |_| {}),
        specimen("unsent by us", Content::Unsent, read),
        said("a quick reply tapped", "Yes", |m| m.detail.tapped = "Yes".into()),
        said("a row of a list tapped", "Lamp No. 3, brass", |m| m.detail.tapped = "Lamp No. 3".into()),
        with("a form answered", "Answered form", Vec::new(), |m| {
            m.detail.answers = vec![("Name".into(), "Amélie".into()), ("Day".into(), "Saturday".into())];
        }),
        said("quick replies of ours", "Which colour?", |m| {
            read(m);
            m.detail.buttons = vec!["Brass".into(), "Oak".into()];
        }),
        said("came through an ad", "I saw your lamp.", |m| {
            m.detail.referral = Some(Referral {
                ad: true,
                title: "Handmade lamps".into(),
                link: Some("https://www.facebook.com/1".into()),
                reference: "spring".into(),
                ..Referral::default()
            });
        }),
        said("came through a link", "Hi.", |m| {
            m.detail.referral = Some(Referral { reference: "card".into(), ..Referral::default() });
        }),
        said("sent from the phone", "It leaves tomorrow.", elsewhere),
        said("sent by another app", "I am a robot.", |m| {
            elsewhere(m);
            m.detail.app = "263902037430900".into();
            m.detail.standby = true;
        }),
        said("sent as a human agent", "Here it is.", |m| {
            read(m);
            m.detail.human_agent = true;
        }),
        said("somebody in a group", "I speak first.", |m| m.detail.author = "Tomás Ribeiro".into()),
        specimen(
            "a private note",
            Content::Note { author: "Mira".into(), text: "Offer her the discount.".into() },
            |m| ours(m, DeliveryStatus::Received),
        ),
        with("what Meta does not pass on", "Message that Meta does not pass on", Vec::new(), |_| {}),
        said("the last word", "Good night.", |_| {}),
    ]
}

fn failure(code: Code, words: &str, action: Option<Action>) -> Failure {
    let problem = Problem { code, message: words.into(), action };
    Failure { problem, code: Some(10), subcode: Some(2_018_278), trace: Some("Az8or2yhqkZfEZ".into()) }
}

fn sending() -> Vec<Specimen> {
    use DeliveryStatus::{Delivered, Failed, Queued, Read, Sending, Sent, Unsure};
    let reply = |name, status, dress: fn(&mut Message)| {
        said(name, "We send a new one today.", |m| {
            ours(m, status);
            dress(m);
        })
    };
    vec![
        reply("sent", Sent, |_| {}),
        reply("delivered", Delivered, |_| {}),
        reply("read", Read, |_| {}),
        reply("queued", Queued, |m| m.leave_before = Some(FUTURE)),
        reply("held back after a refusal", Queued, |m| {
            m.failure = Some(failure(Code::RateLimited, "Meta asks to slow down.", Some(Action::Retry)));
            m.next_attempt_at = Some(FUTURE);
            m.leave_before = Some(FUTURE);
        }),
        reply("leaving", Sending, |_| {}),
        reply("failed", Failed, |m| {
            m.failure = Some(failure(Code::WindowClosed, "The 24 hours are over.", None));
        }),
        reply("failed for a token that ended", Failed, |m| {
            m.failure = Some(failure(Code::SignInAgain, "The sign-in has expired.", Some(Action::Reconnect)));
        }),
        reply("unsure", Unsure, |m| {
            m.failure = Some(failure(Code::Offline, "The answer was lost.", Some(Action::CheckAtMeta)));
        }),
        with("a photo that failed", "Photo", vec![kept("image", "image/jpeg", 1)], |m| {
            ours(m, Failed);
            m.failure = Some(failure(Code::MetaFailed, "Meta could not take it.", None));
        }),
        // The thread puts what waits for its time below all else.
        reply("sent later", Queued, |m| m.scheduled_for = Some(FUTURE)),
    ]
}
