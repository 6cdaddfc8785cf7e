//! An account of ours: where people write to us, how it signed in, and how it is doing.

use crate::{AccountId, MetaAccountId, Problem, Timestamp};
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
