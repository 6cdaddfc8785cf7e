//! An account of ours: where people write to us, how it signed in, and how it is doing.

use crate::{AccountId, DAY, MetaAccountId, Problem, SignInFault, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a conversation takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Instagram,
    Messenger,
    WhatsApp,
}

impl Channel {
    /// Every channel, in the order the interface shows them.
    pub const ALL: [Self; 3] = [Self::Instagram, Self::Messenger, Self::WhatsApp];

    /// The name people know.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::Messenger => "Messenger",
            Self::WhatsApp => "WhatsApp",
        }
    }

    /// The word stored and sent; the same that serde writes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Messenger => "messenger",
            Self::WhatsApp => "whats_app",
        }
    }

    /// The channel of a stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.key() == key)
    }
}

/// How the account's token was obtained; decides the host and the calls (graph-api a.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// A Page token: Messenger, and Instagram through the Page.
    FacebookPage,
    /// Instagram Login: an Instagram user token on its own host.
    InstagramLogin,
    /// WhatsApp Cloud API with a system-user token.
    WhatsAppCloud,
}

impl Login {
    /// Every way to sign in.
    pub const ALL: [Self; 3] = [Self::FacebookPage, Self::InstagramLogin, Self::WhatsAppCloud];

    /// The word stored and sent; the same that serde writes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FacebookPage => "facebook_page",
            Self::InstagramLogin => "instagram_login",
            Self::WhatsAppCloud => "whats_app_cloud",
        }
    }

    /// The login of a stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.key() == key)
    }
}

/// A connected account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub channel: Channel,
    pub login: Login,
    pub meta_id: MetaAccountId,
    /// "Jasper's Market".
    pub name: String,
    /// "@jaspersmarket", "+1 555 078 3881"; empty when the channel gives none.
    pub handle: String,
    /// Content hash of its picture in the media store.
    pub picture: Option<String>,
    /// Belongs to the demo world: its Meta is the built-in simulator.
    pub demo: bool,
    pub health: Health,
    pub import: Import,
}

/// Whether news arrive and replies leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Health {
    /// What must be mended by a person; `None` when nothing is.
    pub problem: Option<Problem>,
    /// When the problem began.
    pub problem_since: Option<Timestamp>,
    /// `None` = the token has no end that Meta tells.
    pub token_expires_at: Option<Timestamp>,
    /// Meta's 90-day limit on personal data; `None` when not told.
    pub data_access_expires_at: Option<Timestamp>,
    /// What the token may do, in Meta's words.
    pub scopes: Vec<String>,
    /// What it would need and lacks.
    pub missing_scopes: Vec<String>,
    /// Why Meta does not let the account in, where that is the problem.
    #[serde(default)]
    pub fault: Option<SignInFault>,
    /// When Meta was last asked how the token stands.
    #[serde(default)]
    pub inspected_at: Option<Timestamp>,
    /// When the token was given or renewed, as far as known here.
    #[serde(default)]
    pub renewed_at: Option<Timestamp>,
    /// The reminders of an end that were told.
    #[serde(default)]
    pub reminded: Option<Reminded>,
    pub last_webhook_at: Option<Timestamp>,
    pub last_poll_at: Option<Timestamp>,
    pub next_poll_at: Option<Timestamp>,
    /// Highest figure of Meta's usage headers, in percent.
    pub quota_percent: Option<u8>,
    /// Calls are held back until then.
    pub paused_until: Option<Timestamp>,
    /// The newest grave news from Meta that nobody has dismissed.
    #[serde(default)]
    pub alert: Option<AccountEvent>,
    /// Meta said that the app lacks the feature *Human Agent* (graph-api c.1).
    #[serde(default)]
    pub lacks_human_agent: bool,
}

/// What an account will lose and when, unless somebody signs in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub at: Timestamp,
    /// Meta's limit on personal data, not the token itself.
    pub of_data: bool,
}

/// A reminder that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    pub of: Ending,
    /// Days before the end.
    pub days: u8,
}

impl Health {
    /// Days before an end on which it is said.
    pub const REMINDERS: [u8; 2] = [7, 1];

    /// Notes what a person must mend; the same trouble keeps its beginning.
    pub fn trouble(&mut self, problem: Problem, fault: Option<SignInFault>, now: Timestamp) {
        let same = self.problem.as_ref().is_some_and(|p| p.code == problem.code) && self.fault == fault;
        if !same {
            self.problem_since = Some(now);
        }
        (self.problem, self.fault) = (Some(problem), fault);
    }

    /// Meta answered a call: what that proves mended is over. That data come back empty, or that something else is not
    /// permitted, it does not prove.
    pub fn answered(&mut self) {
        let stays = match self.fault {
            Some(SignInFault::DataEnded) => true,
            Some(SignInFault::MissingScope) => !self.missing_scopes.is_empty(),
            _ => false,
        };
        if !stays {
            self.mended();
        }
    }

    /// Nothing is wrong any more.
    pub fn mended(&mut self) {
        (self.problem, self.problem_since, self.fault) = (None, None, None);
    }

    /// The first end: of the token, or of personal data.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        let of = |at: Option<Timestamp>, of_data| at.map(|at| Ending { at, of_data });
        of(self.token_expires_at, false)
            .into_iter()
            .chain(of(self.data_access_expires_at, true))
            .min_by_key(|e| e.at)
    }

    /// The end, where it is time to say so. A token of Instagram Login comes that near only if it could not be renewed.
    #[must_use]
    pub fn ends_soon(&self, now: Timestamp) -> Option<Ending> {
        let near = i64::from(Self::REMINDERS[0]) * DAY;
        self.ending().filter(|e| (1..=near).contains(&now.until(e.at)))
    }
}

/// How far the import of earlier conversations is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Import {
    pub state: ImportState,
    /// Conversations read so far.
    pub conversations: u32,
    /// Messages stored so far.
    pub messages: u32,
}

/// See [`Import`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    #[default]
    Waiting,
    Running,
    Paused,
    Done,
    /// WhatsApp: Meta has no call that reads past messages (graph-api g.4).
    NotPossible,
}

/// An account that a token reaches and that can be connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub channel: Channel,
    pub login: Login,
    pub meta_id: MetaAccountId,
    pub name: String,
    pub handle: String,
    /// The business it was reached through; `None` = the person's own.
    #[serde(default)]
    pub business: Option<String>,
    /// Already connected: connecting again replaces its token.
    pub connected: Option<AccountId>,
    /// Why it would not work fully, in words: a missing task or scope.
    pub caution: Option<String>,
}

/// Something Meta said of the account as a whole: a template, its quality, a restriction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEvent {
    pub at: Timestamp,
    /// Meta's field.
    pub name: String,
    pub words: String,
    /// Sending or receiving is in danger.
    pub grave: bool,
}

/// How complete the webhooks of a day were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapDay {
    /// Midnight UTC.
    pub day: Timestamp,
    pub by_webhook: u32,
    /// Messages that only a poll brought although webhooks were reaching the account.
    pub missed: u32,
    /// When the last of them was found.
    pub recovered_at: Option<Timestamp>,
}
