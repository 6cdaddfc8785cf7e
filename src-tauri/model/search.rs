//! Finding messages and people.

use crate::{AccountId, Channel, ContactSummary, ConversationId, Direction, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a search found, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct SearchPage {
    /// Only on the first page.
    pub people: Vec<PersonHit>,
    pub messages: Vec<MessageHit>,
    pub next: Option<String>,
    /// How the query was understood, for the empty state: words and operators.
    pub understood: Vec<String>,
    /// Operators that could not be understood, in words.
    pub warnings: Vec<String>,
    /// The oldest message that could have been found.
    pub since: Option<Timestamp>,
}

/// What was found in one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FoundMessages {
    /// Newest first.
    pub messages: Vec<MessageId>,
    /// There are older ones besides.
    pub more: bool,
}

/// A message that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageHit {
    pub message: MessageId,
    pub conversation: ConversationId,
    pub account: AccountId,
    pub channel: Channel,
    pub contact: ContactSummary,
    pub direction: Direction,
    pub sent_at: Timestamp,
    /// The text around the match, cut into plain and matching pieces.
    pub snippet: Vec<Piece>,
}

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    pub hit: bool,
}

/// A person that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHit {
    pub contact: ContactSummary,
    pub channel: Channel,
    pub account: AccountId,
    /// Their newest conversation.
    pub conversation: ConversationId,
    pub last_at: Timestamp,
}
