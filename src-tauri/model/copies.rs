//! Copies of everything: backups to one file, daily copies beside the database, the export, and what examining the
//! database found.

use crate::{Problem, Timestamp};
use serde::{Deserialize, Serialize};

/// Shortest passphrase of a new backup, in characters.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// The page of copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Copies {
    /// What a backup would hold, in bytes.
    pub database_bytes: u64,
    pub media_bytes: u64,
    pub media_files: u64,
    /// Bytes free on the disk of the data folder; `None` = the system does not say.
    pub free_bytes: Option<u64>,
    /// Where copies are kept.
    pub folder: String,
    /// The daily copies, the newest first.
    pub daily: Vec<CopyFile>,
    /// Why the latest daily copy was not made.
    pub daily_problem: Option<Problem>,
    /// When the next daily copy is tried; `None` = they are off.
    pub next_daily_at: Option<Timestamp>,
    /// Backups in the folder of this computer, the newest first: made from a browser, or brought here by one.
    pub backups: Vec<CopyFile>,
    /// What a restore put aside, the newest first.
    pub aside: Vec<CopyFile>,
    /// What the latest examination of the database found.
    pub examined: Option<Examined>,
    /// An examination is under way.
    pub examining: bool,
}

/// A file or folder of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyFile {
    pub kind: CopyKind,
    pub name: String,
    pub bytes: u64,
    pub made_at: Timestamp,
}

/// What a [`CopyFile`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyKind {
    /// A copy of the database, made by itself.
    Daily,
    /// A backup: one encrypted file.
    Backup,
    /// An export: one zip.
    Export,
    /// The data as it was before a restore.
    Aside,
}

/// What examining the database found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    pub at: Timestamp,
    pub took_ms: u32,
    /// Faults in SQLite's own words, a few at most; none = it is whole.
    pub faults: Vec<String>,
}

/// The work that is under way or has just ended; one at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copying {
    pub work: CopyWork,
    pub state: CopyState,
    /// Bytes, of `total`.
    pub done: u64,
    pub total: u64,
}

/// Which work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyWork {
    Backup,
    Restore,
    Export,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CopyState {
    /// The database is copied as it is at this moment.
    Gathering,
    Writing,
    /// What was written is read again, to the last byte.
    Verifying,
    /// The file is whole, under its name.
    Done {
        file: String,
        name: String,
        bytes: u64,
    },
    /// A restore is verified and waits for the person's word.
    Ready {
        about: BackupAbout,
    },
    Failed {
        problem: Problem,
    },
}

impl CopyState {
    /// Nothing moves any more.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Ready { .. } | Self::Failed { .. })
    }
}

/// What a backup holds, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupAbout {
    pub made_at: Timestamp,
    /// The version of Heliograph that made it.
    pub version: String,
    pub accounts: u64,
    pub conversations: u64,
    pub messages: u64,
    /// Files in it; `None` = it was made without them.
    pub media_files: Option<u64>,
    /// The accounts' tokens are in it.
    pub tokens: bool,
    /// Sends that waited when it was made: they come back held.
    pub held: u64,
    /// Files that messages show and that are neither in it nor on this computer.
    pub missing_files: u64,
}

/// What to restore from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum RestoreFrom {
    /// A backup anywhere on this computer: the desktop's own dialog gave it.
    File { path: String },
    /// A backup in the folder of backups.
    Kept { name: String },
    /// A daily copy.
    Daily { name: String },
}
