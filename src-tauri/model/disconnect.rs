//! Leaving: how much there is, what ends at Meta's side, and what became of it.

use crate::{AccountId, Channel, Login, MetaAccountId, Timestamp};
use serde::{Deserialize, Serialize};

/// How much of an account or a person is kept on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Amounts {
    pub conversations: u64,
    pub messages: u64,
    /// Files that no other conversation shows.
    pub files: u64,
    pub bytes: u64,
    /// Replies that wait to leave.
    pub unsent: u64,
    /// Replies that wait for a chosen time.
    pub scheduled: u64,
    pub drafts: u64,
    pub notes: u64,
}

/// What disconnecting an account would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisconnectPlan {
    pub amounts: Amounts,
    /// What would end at Meta's side, and what would not.
    pub at_meta: Vec<AtMeta>,
}

/// Something at Meta's side that a connection made or needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMeta {
    pub part: MetaPart,
    pub fate: MetaFate,
    /// The whole of it in a sentence.
    pub words: String,
}

/// See [`AtMeta`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetaPart {
    /// Meta sends what happens to the app.
    Webhooks,
    /// The person who signed in allowed the app to act.
    Permission,
}

/// See [`AtMeta`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetaFate {
    /// It ends, or has ended.
    Ends,
    /// It stays, since another connected account needs it, or the person wants it to.
    Stays,
    /// Meta has no call for it: a person does it at Meta's side.
    ByHand,
    /// Meta could not be asked, or refused.
    Refused,
}

/// What became of a disconnected account. Its token is gone from this computer in any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disconnected {
    /// What was deleted; `None` = the history is kept.
    pub deleted: Option<Deleted>,
    /// Replies that had not left and will not.
    pub held_back: u64,
    pub at_meta: Vec<AtMeta>,
}

/// What was deleted from this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Deleted {
    pub amounts: Amounts,
    /// Copies of the database that were made earlier and still hold it: their file names.
    pub copies: Vec<String>,
    /// Where those copies are.
    pub folder: String,
}

/// An account that was disconnected and whose history stayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerAccount {
    pub id: AccountId,
    pub channel: Channel,
    pub login: Login,
    pub meta_id: MetaAccountId,
    pub name: String,
    pub handle: String,
    /// Content hash of its picture in the media store.
    pub picture: Option<String>,
    pub disconnected_at: Timestamp,
    /// Wherever they stand.
    pub conversations: u64,
}
