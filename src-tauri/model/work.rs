//! Working the inbox: where a conversation stands, what is done with it, and what the desk has of its own for
//! that: labels, colleagues, saved views.

use crate::{ColleagueId, ConversationId, Filter, LabelId, MessageId, Problem, Sort, Timestamp, ViewId};
use serde::{Deserialize, Serialize};

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    Open,
    /// Waits for something that is not ours to do; opens when they write.
    Pending,
    /// Out of sight until its time, or until they write.
    Snoozed,
    /// Done; opens when they write.
    Resolved,
    /// Moved away, and silent: nothing that they write brings it back.
    Spam,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Open, Self::Pending, Self::Snoozed, Self::Resolved, Self::Spam];

    /// Its word in database and on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Spam => "spam",
        }
    }

    /// The reverse of [`State::key`].
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Opens when they write.
    #[must_use]
    pub const fn wakes(self) -> bool {
        matches!(self, Self::Pending | Self::Snoozed | Self::Resolved)
    }
}

/// Something that is done with conversations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// To work again: reopened, woken, or no spam.
    Open,
    Pending,
    /// `None` = until they write.
    Snooze {
        until: Option<Timestamp>,
    },
    /// Done: nobody waits any more for an answer to what was written so far.
    Resolve,
    Spam,
    /// `None` = to nobody.
    Assign {
        to: Option<ColleagueId>,
    },
    Label {
        label: LabelId,
        on: bool,
    },
    Pin {
        on: bool,
    },
    /// `false` = a message request is accepted here.
    Request {
        on: bool,
    },
    Read,
    Unread,
    /// Where it stood before: what an undo of a move is made of.
    Restore {
        was: Standing,
    },
}

/// Where a conversation stood, with all that a move changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Standing {
    pub state: State,
    pub snoozed_until: Option<Timestamp>,
    /// What was written up to then was done with when it was resolved.
    pub settled_at: Timestamp,
    pub marked_unread: bool,
}

/// What an act came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Acted {
    /// Conversations that are different than before.
    pub changed: u32,
    /// The acts that undo it, to be given back as [`crate::call::ActOn`] with `undo`.
    pub undo: Vec<Inverse>,
}

/// One act that undoes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inverse {
    pub act: Act,
    pub conversations: Vec<ConversationId>,
}

/// An act on all that match, as it goes on behind the writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    pub act: Act,
    /// Conversations that matched when it began, and those gone through.
    pub total: u32,
    pub done: u32,
    /// Conversations that are different than before.
    pub changed: u32,
    pub state: BulkState,
}

/// See [`Bulk`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BulkState {
    Running,
    Done,
    /// Stopped by the person; what was done stays and can be undone.
    Stopped,
    Failed {
        problem: Problem,
    },
}

/// A private note, as the person pane lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: MessageId,
    pub text: String,
    /// Who wrote it, as they were called then; empty = the person at this desk, before they gave a name.
    pub author: String,
    pub at: Timestamp,
}

/// A label of this desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub id: LabelId,
    pub name: String,
    pub colour: Colour,
    /// Conversations at work that bear it.
    pub conversations: u32,
}

/// Colours of labels: few, so that they stay apart in light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    #[default]
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
    Pink,
}

impl Colour {
    pub const ALL: [Self; 9] = [
        Self::Grey,
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Purple,
        Self::Pink,
    ];

    /// Its word in database and style sheets.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Pink => "pink",
        }
    }

    /// The reverse of [`Colour::key`]; a colour of a later version is grey.
    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|colour| colour.key() == key).unwrap_or_default()
    }
}

/// Somebody who answers at this desk or another: a name, no account of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub id: ColleagueId,
    /// Empty for [`ColleagueId::ME`] until it is given.
    pub name: String,
}

impl ColleagueId {
    /// The person at this desk.
    pub const ME: Self = Self(1);
}

/// A filter and an order under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub id: ViewId,
    pub name: String,
    pub filter: Filter,
    pub sort: Sort,
    /// Conversations in it.
    pub conversations: u32,
}
