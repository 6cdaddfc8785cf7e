//! A thread with one person on one account, as the list and the header show it.

use crate::{
    AccountId, Channel, ColleagueId, ContactSummary, ConversationId, DeliveryStatus, Direction, LabelId,
    ReplyWindow, State, Timestamp,
};
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
    #[serde(default)]
    pub state: State,
    /// When it comes back by itself; `None` with [`State::Snoozed`] = when they write.
    #[serde(default)]
    pub snoozed_until: Option<Timestamp>,
    #[serde(default)]
    pub assignee: Option<ColleagueId>,
    /// In the order of the labels' names.
    #[serde(default)]
    pub labels: Vec<LabelId>,
    #[serde(default)]
    pub pinned: bool,
    /// The person was blocked from here.
    #[serde(default)]
    pub blocked: bool,
    /// Sends that wait for a chosen time.
    #[serde(default)]
    pub scheduled: u32,
    /// Meta keeps it among its message requests, and nobody accepted it here.
    #[serde(default)]
    pub request: bool,
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

/// Which conversations to list. Every field narrows; the default is everything at work.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Filter {
    pub channel: Option<Channel>,
    pub account: Option<AccountId>,
    pub show: Show,
    pub label: Option<LabelId>,
    pub assignee: Option<ColleagueId>,
}

/// The tabs of the list. "At work" is open or pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Everything at work.
    #[default]
    All,
    /// At work and unread.
    Unread,
    /// At work, and they wrote last.
    Waiting,
    /// Has a draft, wherever it stands, spam apart.
    Drafts,
    /// A send failed or is unsure, wherever it stands, spam apart: a failure must not hide in a resolved one.
    Failed,
    /// A send waits for a chosen time, wherever the conversation stands.
    Scheduled,
    /// At work and mine.
    Mine,
    /// At work and nobody's.
    Unassigned,
    /// At work, and Meta keeps it among its message requests.
    Requests,
    Pending,
    Snoozed,
    Resolved,
    Spam,
}

impl Show {
    /// All of them, in the order of the rail.
    pub const ALL: [Self; 13] = [
        Self::All,
        Self::Unread,
        Self::Waiting,
        Self::Mine,
        Self::Unassigned,
        Self::Requests,
        Self::Drafts,
        Self::Failed,
        Self::Scheduled,
        Self::Pending,
        Self::Snoozed,
        Self::Resolved,
        Self::Spam,
    ];

    /// The states of its conversations.
    #[must_use]
    pub const fn states(self) -> &'static [State] {
        match self {
            Self::All | Self::Unread | Self::Waiting | Self::Mine | Self::Unassigned | Self::Requests => {
                &[State::Open, State::Pending]
            }
            Self::Drafts | Self::Failed => &[State::Open, State::Pending, State::Snoozed, State::Resolved],
            Self::Scheduled => &[State::Open, State::Pending, State::Snoozed, State::Resolved, State::Spam],
            Self::Pending => &[State::Pending],
            Self::Snoozed => &[State::Snoozed],
            Self::Resolved => &[State::Resolved],
            Self::Spam => &[State::Spam],
        }
    }
}

/// What decides whether a conversation belongs to a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub account: AccountId,
    pub channel: Channel,
    pub state: State,
    pub unread: bool,
    pub waiting: bool,
    pub draft: bool,
    pub failed: bool,
    pub scheduled: bool,
    pub request: bool,
    pub assignee: Option<ColleagueId>,
    pub labels: Vec<LabelId>,
    pub window_closes_at: Option<Timestamp>,
}

impl Conversation {
    /// What filters look at.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            account: self.account,
            channel: self.channel,
            state: self.state,
            unread: self.unread > 0,
            waiting: self.waiting_since.is_some(),
            draft: !self.draft.is_empty(),
            failed: self.failed > 0,
            scheduled: self.scheduled > 0,
            request: self.request,
            assignee: self.assignee,
            labels: self.labels.clone(),
            window_closes_at: self.window.closes_at.filter(|_| self.window.refused_at.is_none()),
        }
    }
}

impl Filter {
    /// Whether a conversation with these facts is in the list in the order `sort` at `now`.
    #[must_use]
    pub fn holds(&self, facts: &Facts, sort: Sort, now: Timestamp) -> bool {
        let shown = match self.show {
            Show::All | Show::Pending | Show::Snoozed | Show::Resolved | Show::Spam => true,
            Show::Unread => facts.unread,
            Show::Waiting => facts.waiting,
            Show::Drafts => facts.draft,
            Show::Failed => facts.failed,
            Show::Scheduled => facts.scheduled,
            Show::Requests => facts.request,
            Show::Mine => facts.assignee == Some(ColleagueId::ME),
            Show::Unassigned => facts.assignee.is_none(),
        };
        let sorted = match sort {
            Sort::Newest => true,
            Sort::WaitingLongest => facts.waiting,
            Sort::EndingSoonest => facts.window_closes_at.is_some_and(|end| now < end),
        };
        shown
            && sorted
            && self.show.states().contains(&facts.state)
            && self.channel.is_none_or(|channel| channel == facts.channel)
            && self.account.is_none_or(|account| account == facts.account)
            && self.assignee.is_none_or(|assignee| facts.assignee == Some(assignee))
            && self.label.is_none_or(|label| facts.labels.contains(&label))
    }
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
    /// What is pinned of this list, in its order; it stands above the rows of the first page and in no page's rows.
    #[serde(default)]
    pub pinned: Vec<Conversation>,
    /// May be short, or even empty, although there is a `next`: a page looks at so many conversations at most.
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
#[serde(default)]
pub struct Tally {
    /// At work: open or pending.
    pub conversations: u32,
    pub unread: u32,
    pub waiting: u32,
    pub drafts: u32,
    pub failed: u32,
    pub mine: u32,
    pub unassigned: u32,
    pub pending: u32,
    pub snoozed: u32,
    pub resolved: u32,
    pub spam: u32,
    /// Wherever they stand.
    pub scheduled: u32,
    pub requests: u32,
}

impl Tally {
    /// The figure beside a tab.
    #[must_use]
    pub const fn of(&self, show: Show) -> u32 {
        match show {
            Show::All => self.conversations,
            Show::Unread => self.unread,
            Show::Waiting => self.waiting,
            Show::Drafts => self.drafts,
            Show::Failed => self.failed,
            Show::Mine => self.mine,
            Show::Unassigned => self.unassigned,
            Show::Pending => self.pending,
            Show::Snoozed => self.snoozed,
            Show::Resolved => self.resolved,
            Show::Spam => self.spam,
            Show::Scheduled => self.scheduled,
            Show::Requests => self.requests,
        }
    }
}
