//! What one item of a delivery can be, in Meta's words and fully typed. See
//! [`super::words`] for their open enums (graph-api d.3 to d.5).

use super::words::{AttachmentKind, ReceiptStatus, Verb};
use crate::{
    graph::Refusal,
    model::{MetaMessageId, MetaPersonId, Timestamp},
};
use serde::Serialize;
use serde_json::Value;

/// The person an item is about: the other side, never us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// PSID, IGSID, BSUID or, when WhatsApp tells no BSUID, the `wa_id`.
    pub id: MetaPersonId,
    /// Further ids of the same person told with it: a `wa_id` beside a BSUID, former ones, a parent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<MetaPersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Without the "@".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Digits with country code; WhatsApp only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Person {
    /// A person of whom only the id is known.
    #[must_use]
    pub fn of(id: impl Into<String>) -> Self {
        Self { id: MetaPersonId(id.into()), also: Vec::new(), name: None, username: None, phone: None }
    }
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A chat message, theirs or (an echo) ours.
    Message(Message),
    /// A message of the past: WhatsApp coexistence history. Never new, never unread.
    History(Message),
    Reaction(Reaction),
    Receipt(Receipt),
    /// Unsent: content, files and index entries must go (graph-api l.2).
    Delete {
        mid: MetaMessageId,
        from_us: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        person: Option<Person>,
    },
    Edit(Edit),
    Postback(Postback),
    /// They came through a link or an ad.
    Referral {
        person: Person,
        referral: Referral,
    },
    Optin(Optin),
    Comment(Comment),
    Mention(Mention),
    /// Figures of a story at its end.
    Insight {
        #[serde(skip_serializing_if = "Option::is_none")]
        media: Option<String>,
        values: Value,
    },
    /// Anything else with a name: account, template, call, group, hand-over, feed, preferences.
    Event(Event),
    /// The same message, comment or status a second time in this body.
    Duplicate {
        id: String,
    },
    /// Nothing for an inbox; `reason` says why.
    Ignored {
        reason: String,
    },
}

/// A chat message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    pub mid: MetaMessageId,
    /// `is_echo`: we, our phone app or another tool of ours wrote it. The ids never decide this.
    pub from_us: bool,
    pub person: Person,
    /// Text or caption or the words of a tapped button; possibly empty.
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyTo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tap: Option<Tap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Meta says that it cannot be shown through the API; possibly with what it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// Why Meta cannot pass it on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Refusal>,
    /// The app that sent an echo; unknown ones are "another tool" (graph-api m.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// What the sender attached for itself; our own sends carry their idempotency key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// WhatsApp group it was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub forwarded: bool,
    /// How far a message of the past had got, as history tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ReceiptStatus>,
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyTo {
    Message(MetaMessageId),
    Story { id: Option<String>, url: Option<String> },
}

/// A button or list row that was tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tap {
    /// `quick_reply`, `button`, `button_reply`, `list_reply`, `nfm_reply`, `call_permission_reply`, …
    pub form: String,
    /// The developer's payload or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A form's answers, as the JSON text Meta sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
}

impl Tap {
    /// A form's answers as name and words, in Meta's order; internal fields are left out.
    #[must_use]
    pub fn answers(&self) -> Vec<(String, String)> {
        let told = self.response.as_deref().and_then(|r| serde_json::from_str::<Value>(r).ok());
        let Some(Value::Object(fields)) = told else {
            return Vec::new();
        };
        let words = |value: Value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        fields
            .into_iter()
            .filter(|(name, _)| name != "flow_token")
            .map(|(name, value)| (name.replace('_', " "), words(value)))
            .take(50)
            .collect()
    }
}

/// What travels with a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attachment {
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// A file that expires, or a page: told by [`Attachment::is_page`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Media id, post id, reel id, story id or sticker id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Caption of a shared post, name of a file or place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Latitude and longitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(f64, f64)>,
    /// Meta's own words for what has no field here: templates, cards, orders, contacts.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub raw: Value,
}

impl Attachment {
    /// An attachment of which only the kind is known.
    #[must_use]
    pub const fn of(kind: AttachmentKind) -> Self {
        Self {
            kind,
            url: None,
            id: None,
            title: None,
            mime: None,
            sha256: None,
            place: None,
            raw: Value::Null,
        }
    }

    /// Its link leads to a page for people, not to a file (graph-api d.3).
    #[must_use]
    pub fn is_page(&self) -> bool {
        let host = self.url.as_deref().and_then(|u| url::Url::parse(u).ok());
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        ["instagram.com", "facebook.com", "fb.com", "messenger.com"]
            .iter()
            .any(|page| host == *page || host.strip_suffix(page).is_some_and(|rest| rest.ends_with('.')))
            || self.kind == AttachmentKind::Fallback
    }
}

/// An emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// The message reacted to.
    pub mid: MetaMessageId,
    pub from_us: bool,
    pub person: Person,
    /// `None` with `removed`, or when only a name was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// Meta's name: love, laugh, …, other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub removed: bool,
}

impl Reaction {
    /// The emoji to show; Meta's names where it sends no emoji (graph-api d.3, d.4).
    #[must_use]
    pub fn shown(&self) -> &str {
        match (self.emoji.as_deref(), self.name.as_deref()) {
            (Some(emoji), _) if !emoji.is_empty() => emoji,
            (_, Some("love")) => "❤️",
            (_, Some("laugh" | "haha")) => "😆",
            (_, Some("smile")) => "😊",
            (_, Some("wow")) => "😮",
            (_, Some("sad")) => "😢",
            (_, Some("angry")) => "😠",
            (_, Some("dislike")) => "👎",
            _ => "👍",
        }
    }
}

/// How far messages of ours got.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    pub status: ReceiptStatus,
    /// The messages named; with none, everything up to `watermark`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mids: Vec<MetaMessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Refusal>,
    /// `biz_opaque_callback_data`: our idempotency key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// One member of a group said so; not the whole group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// A changed message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    pub mid: MetaMessageId,
    pub from_us: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// How often it was edited so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_edit: Option<i64>,
}

/// A tap on a button that is not a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Postback {
    pub person: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mid: Option<MetaMessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
}

/// Where a person came from: an ad, a link, a shop page.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Referral {
    /// `ADS`, `SHORTLINK`, `IGME`, WhatsApp's `ad` or `post`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Click id that conversions are reported with (graph-api i).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctwa_clid: Option<String>,
    /// Everything Meta said.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub raw: Value,
}

/// Consent to be written to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Optin {
    /// `None` when only a `user_ref` is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// `plugin` or `notification_messages`.
    pub form: String,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_ref: Option<String>,
    pub raw: Value,
}

/// Whether an opt-in says that the person no longer wants to be written to.
#[must_use]
pub fn stopped(optin: &Optin) -> bool {
    let status = optin.raw.get("notification_messages_status").and_then(Value::as_str);
    status.is_some_and(|word| word.starts_with("STOP"))
}

/// A comment under a post, or what happened to it: see `verb`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comment {
    pub id: String,
    pub verb: Verb,
    /// `None` for people who did not authorise the app: keep the comment (graph-api d.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    pub text: String,
    /// The post or media it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// The comment it answers; `None` = top level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub live: bool,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub raw: Value,
}

/// Somebody named us.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mention {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Something with a name that is not a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Meta's field or key: `account_update`, `pass_thread_control`, `feed`, `calls`, `system`, …
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    pub raw: Value,
}
