//! The person on the other side.

use crate::{AccountId, Amounts, Channel, ContactId, ConversationId, ReplyWindow, State, Timestamp};
use serde::{Deserialize, Serialize};

/// What a list row or a header shows of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSummary {
    pub id: ContactId,
    /// The best name known: profile name, handle, phone number, or the id's end. Never empty.
    pub name: String,
    /// "@sheena.n" or "+1 650 555 1234"; empty when not shared.
    pub handle: String,
    /// Content hash of the picture in the media store.
    pub picture: Option<String>,
}

/// The person pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub summary: ContactSummary,
    pub account: AccountId,
    pub channel: Channel,
    /// Meta's id for this person, as text to copy.
    pub meta_id: String,
    pub phone: Option<String>,
    pub first_seen_at: Timestamp,
    /// When the profile was last read; `None` = Meta has not shared it.
    pub profile_read_at: Option<Timestamp>,
    /// When Meta was last asked for it; later than `profile_read_at` = it did not share it then.
    #[serde(default)]
    pub profile_asked_at: Option<Timestamp>,
    /// Every conversation with this person, on every channel that is known to be theirs, newest first.
    pub conversations: Vec<ContactConversation>,
    pub messages_received: u32,
    pub messages_sent: u32,
    /// What makes contacts of several accounts one person, newest first.
    #[serde(default)]
    pub merges: Vec<Merge>,
    /// Who might be the same person.
    #[serde(default)]
    pub suggestions: Vec<KinSuggestion>,
    /// They were deleted here then: what Meta has of them from before is not read.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
}

/// A conversation in the person pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactConversation {
    pub id: ConversationId,
    pub account: AccountId,
    pub channel: Channel,
    pub contact: ContactSummary,
    pub preview: String,
    pub last_at: Timestamp,
    pub window: ReplyWindow,
    pub unread: u32,
    pub state: State,
}

/// A contact on one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KinContact {
    pub contact: ContactSummary,
    pub account: AccountId,
    pub channel: Channel,
}

/// Two contacts that somebody at the desk called one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    pub one: KinContact,
    pub other: KinContact,
    /// What spoke for it, in words; empty = only somebody's word.
    pub reason: String,
    pub at: Timestamp,
}

/// Somebody who might be the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KinSuggestion {
    pub kin: KinContact,
    /// Their newest conversation.
    pub conversation: ConversationId,
    /// What speaks for it, in words; never empty.
    pub reasons: Vec<String>,
}

/// What deleting a person would take away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPlan {
    /// The person as each account knows them.
    pub people: Vec<KinContact>,
    pub amounts: Amounts,
}
