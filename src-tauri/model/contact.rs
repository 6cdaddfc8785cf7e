//! The person on the other side.

use crate::{AccountId, Channel, ContactId, ConversationId, Timestamp};
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
    /// Every conversation with this person, newest first.
    pub conversations: Vec<ContactConversation>,
    pub messages_received: u32,
    pub messages_sent: u32,
}

/// A conversation in the person pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactConversation {
    pub id: ConversationId,
    pub account: AccountId,
    pub channel: Channel,
    pub preview: String,
    pub last_at: Timestamp,
}
