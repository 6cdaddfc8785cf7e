//! What went wrong: a code for programs, a sentence for people, an action for the button.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The one error that leaves the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Code,
    /// Plain words: what happened.
    pub message: String,
    /// What would help; the interface makes it a button.
    pub action: Option<Action>,
}

impl Problem {
    /// A problem without a button.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), action: None }
    }

    /// The same with a button.
    #[must_use]
    pub fn with(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// A closed set: added to only when a program branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request itself makes no sense.
    BadRequest,
    NotFound,
    /// The token is no longer good.
    SignInAgain,
    /// A permission or a setting at Meta's side is missing.
    NotAllowed,
    /// The person cannot be reached, or blocked us.
    Unreachable,
    /// Outside the reply window.
    WindowClosed,
    /// The person wrote before a reply of a chosen time had left.
    Overtaken,
    /// Longer than the channel allows.
    TooLong,
    /// Meta asks to slow down.
    RateLimited,
    /// Meta blocked this kind of action for a while.
    Blocked,
    /// No connection, or Meta does not answer.
    Offline,
    /// Meta failed on its side.
    MetaFailed,
    /// The disk is full or the database cannot be written.
    Storage,
    /// The app lock is on, or the key does not open the vault.
    Locked,
    /// Ours: a bug.
    Internal,
}

/// What the button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Retry,
    Reconnect,
    OpenAccounts,
    OpenSettings,
    /// Cut the text in parts that fit.
    Shorten,
    /// Look at Meta's side whether it was sent.
    CheckAtMeta,
}
