//! One message, where it came from and what became of it.

use crate::{
    Activity, Attachment, ConversationId, MessageId, MetaMessageId, Problem, Reacting, Referral, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Who speaks. Decided by `is_echo`, never by ids (graph-api d).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the person to us.
    Inbound,
    /// From us to the person.
    Outbound,
}

/// Which tool an outbound message left from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person's side.
    Person,
    /// Written here.
    Heliograph,
    /// The phone app or another tool: it came to us as an echo or by import.
    Elsewhere,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Inbound.
    Received,
    /// In our outbox; no call made.
    Queued,
    /// A call is under way.
    Sending,
    /// Meta gave it an id.
    Sent,
    Delivered,
    Read,
    /// Refused, for good; `failure` says why.
    Failed,
    /// The answer was lost: it may have left. Resolved by its echo or by looking; never sent again by itself.
    Unsure,
}

impl DeliveryStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Received,
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Unsure,
    ];

    /// The word stored and sent; the same that serde writes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unsure => "unsure",
        }
    }

    /// The status of a stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }
}

/// A bubble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub conversation: ConversationId,
    /// `None` until Meta gave one.
    pub meta_id: Option<MetaMessageId>,
    pub direction: Direction,
    pub origin: Origin,
    pub content: Content,
    pub attachments: Vec<Attachment>,
    /// What it answers.
    #[serde(default)]
    pub quote: Option<Quote>,
    #[serde(default)]
    pub reactions: Vec<Reaction>,
    #[serde(default)]
    pub detail: Detail,
    /// Meta's time; ours while Meta has not answered. Orders the thread.
    pub sent_at: Timestamp,
    /// When it reached this database.
    pub recorded_at: Timestamp,
    pub status: DeliveryStatus,
    /// Why it failed or what is unsure about it.
    pub failure: Option<Failure>,
    /// A queued reply must leave before this: the window's end.
    pub leave_before: Option<Timestamp>,
    /// The next attempt, while queued and held back.
    pub next_attempt_at: Option<Timestamp>,
    /// It waits for this time, which somebody chose.
    #[serde(default)]
    pub scheduled_for: Option<Timestamp>,
    /// An emoji of ours that Meta has not taken yet.
    #[serde(default)]
    pub reacting: Option<Reacting>,
}

/// What a bubble says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    Text {
        text: String,
    },
    /// Something we keep but cannot show yet, named for people ("Photo", "Story reply"), with
    /// whatever text came along.
    Placeholder {
        what: String,
        text: String,
    },
    /// Taken back by whoever wrote it: words and files are gone for good.
    Unsent,
    /// A private note of ours: nobody outside sees it.
    Note {
        text: String,
        author: String,
    },
    /// A line between bubbles.
    Activity {
        activity: Activity,
    },
}

impl Content {
    /// The words in it, possibly none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text { text } | Self::Placeholder { text, .. } | Self::Note { text, .. } => text,
            Self::Unsent | Self::Activity { .. } => "",
        }
    }

    /// Somebody said it to somebody: no note of ours and no line between bubbles.
    #[must_use]
    pub const fn is_said(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Placeholder { .. } | Self::Unsent)
    }
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Quote {
    /// A message of this conversation; `message` is `None` when it is not kept here.
    Message { message: Option<MessageId>, from_us: bool, text: String },
    /// A story of ours. Meta forbids keeping it; the link works for a day (graph-api b).
    Story { link: Option<String>, ends_at: Timestamp },
}

/// An emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub emoji: String,
    pub from_us: bool,
}

/// What else Meta told of a message; each part is rare.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Who wrote it in a group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// The button or row that was tapped to say this.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tapped: String,
    /// What a form was filled in with: name and answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    #[serde(skip_serializing_if = "is_false")]
    pub forwarded: bool,
    /// How often it was edited.
    #[serde(skip_serializing_if = "is_zero")]
    pub edits: u32,
    /// The app at Meta that sent it, if it was not this one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app: String,
    /// Another app owned the conversation when it came.
    #[serde(skip_serializing_if = "is_false")]
    pub standby: bool,
    /// Sent as a human agent after the reply window (graph-api c.1).
    #[serde(skip_serializing_if = "is_false")]
    pub human_agent: bool,
    /// The quick replies or buttons that went with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// Why a send did not succeed, with Meta's own figures for support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub problem: Problem,
    pub code: Option<i64>,
    pub subcode: Option<i64>,
    /// Meta's trace id.
    pub trace: Option<String>,
}

/// A stretch of a thread, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessagePage {
    pub rows: Vec<Message>,
    /// Give it back as [`Stretch::Before`]; `None` = the beginning is here.
    pub older: Option<String>,
    /// Give it back as [`Stretch::After`]; `None` = the newest is here.
    pub newer: Option<String>,
}

/// Which part of a thread to read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    #[default]
    Newest,
    Before(String),
    After(String),
    /// Half before and half after this message.
    Around(MessageId),
}

/// Meta's limit for one text (graph-api c.2, g.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextLimit {
    /// UTF-8 bytes.
    Bytes(usize),
    /// Unicode scalar values.
    Chars(usize),
}

impl TextLimit {
    /// The limit on `channel`.
    #[must_use]
    pub const fn of(channel: crate::Channel) -> Self {
        match channel {
            crate::Channel::Instagram => Self::Bytes(1000),
            crate::Channel::Messenger => Self::Chars(2000),
            crate::Channel::WhatsApp => Self::Chars(4096),
        }
    }

    /// The figure itself.
    #[must_use]
    pub const fn max(self) -> usize {
        match self {
            Self::Bytes(n) | Self::Chars(n) => n,
        }
    }

    /// How much of it `text` uses, in the limit's own unit.
    #[must_use]
    pub fn used(self, text: &str) -> usize {
        match self {
            Self::Bytes(_) => text.len(),
            Self::Chars(_) => text.chars().count(),
        }
    }
}
