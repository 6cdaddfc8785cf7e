//! A thread with one person on one account, as the list and the header show it.

use crate::{AccountId, Channel, ContactSummary, ConversationId, DeliveryStatus, Direction, Timestamp};
use serde::{Deserialize, Serialize};

/// A row of the list, and the header of the thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub account: AccountId,
    pub channel: Channel,
    pub contact: ContactSummary,
    pub last: Option<Preview>,
    /// Meta's time of the last message; orders the list.
    pub last_at: Timestamp,
    /// Messages of theirs since it was last read here.
    pub unread: u32,
    /// Their first message that nobody answered; `None` = we wrote last.
    pub waiting_since: Option<Timestamp>,
    pub window: ReplyWindow,
    /// Text kept for the composer; empty = none.
    pub draft: String,
    /// Sends that failed or whose fate is unsure.
    pub failed: u32,
}

/// The last message in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub direction: Direction,
    pub text: String,
    /// The text stands for something that is not text ("Photo").
    pub placeholder: bool,
    pub status: DeliveryStatus,
}

/// Until when a free reply is allowed (graph-api c.1, g.1): 24 hours from the last customer event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct ReplyWindow {
    /// `None` = the person never wrote, so it never opened.
    pub closes_at: Option<Timestamp>,
}

impl ReplyWindow {
    /// Whether a reply may leave at `now`.
    #[must_use]
    pub fn is_open(self, now: Timestamp) -> bool {
        self.closes_at.is_some_and(|end| now < end)
    }
}

/// Which conversations to list. Every field narrows; the default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Filter {
    pub channel: Option<Channel>,
    pub account: Option<AccountId>,
    pub show: Show,
}

/// The tabs of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    #[default]
    All,
    Unread,
    /// They wrote last.
    Waiting,
    /// Has a draft.
    Drafts,
    /// A send failed or is unsure.
    Failed,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Newest,
    /// Those who wait longest first; only those who wait.
    WaitingLongest,
    /// Open windows that close next first; only open ones.
    EndingSoonest,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationPage {
    pub rows: Vec<Conversation>,
    /// Give it back as `after` for the next page; `None` = the end.
    pub next: Option<String>,
}

/// Figures beside the filters. Each counts conversations, not messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Counts {
    pub all: Tally,
    pub accounts: Vec<(AccountId, Tally)>,
    pub channels: Vec<(Channel, Tally)>,
}

/// See [`Counts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Tally {
    pub conversations: u32,
    pub unread: u32,
    pub waiting: u32,
    pub drafts: u32,
    pub failed: u32,
}
