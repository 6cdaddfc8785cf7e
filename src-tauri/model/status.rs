//! The engine's own state.

use crate::{AccountId, FileKind, Problem, Timestamp};
use serde::{Deserialize, Serialize};

/// What the frame of the window needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    /// The engine's clock, so that countdowns agree with it.
    pub now: Timestamp,
    /// What stands around the engine.
    pub host: Host,
    /// The demo world is running.
    pub demo: bool,
    /// "Try with demo data" can be offered.
    pub demo_possible: bool,
    /// No call has reached Meta lately although it was tried.
    pub offline_since: Option<Timestamp>,
    /// Replies waiting to leave, and the earliest end of window among them.
    pub queued: u32,
    pub queued_leave_before: Option<Timestamp>,
    /// Where the master key lives, in words.
    pub key_home: String,
    /// The database has faults, or daily copies fail.
    #[serde(default)]
    pub copies_trouble: Option<Problem>,
}

/// Who shows the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    Desktop,
    Server,
}

/// The storage page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct StorageFigures {
    pub folder: String,
    pub database_bytes: u64,
    pub media_bytes: u64,
    pub conversations: u64,
    pub messages: u64,
    pub journal_rows: u64,
    /// Their bodies, and when the oldest came.
    #[serde(default)]
    pub journal_bytes: u64,
    #[serde(default)]
    pub journal_since: Option<Timestamp>,
    /// Oldest message kept.
    pub since: Option<Timestamp>,
    /// Kept files by account and kind, as messages have them: one that came twice counts twice.
    #[serde(default)]
    pub media: Vec<MediaFigure>,
    /// Files that are still to be fetched.
    #[serde(default)]
    pub media_waiting: u64,
}

/// Kept files of one account and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFigure {
    pub account: AccountId,
    pub kind: FileKind,
    pub files: u64,
    pub bytes: u64,
}

/// The listener for Meta's webhooks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct WebhookDoor {
    pub enabled: bool,
    /// "127.0.0.1:8787".
    pub listen: String,
    /// The address it really listens on; `None` = closed.
    pub listening: Option<String>,
    /// The path Meta calls.
    pub path: String,
    /// Set by us, pasted into Meta's dashboard.
    pub verify_token: String,
    /// App secrets on file, by name; the secrets themselves never leave the vault.
    pub secrets: Vec<String>,
    pub problem: Option<Problem>,
    pub last_delivery_at: Option<Timestamp>,
    /// Since the start of this process.
    pub accepted: u64,
    pub refused: u64,
}
