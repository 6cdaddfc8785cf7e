//! "Why do I receive nothing?": the way of a message from Meta to this inbox, link by link.

use crate::Channel;
use serde::{Deserialize, Serialize};

/// One link of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The token is good and may do what is needed.
    Token,
    /// Meta answers when it is asked for news.
    Poll,
    /// Meta is told to send this account's webhooks.
    Subscription,
    /// The app has an address that Meta sends webhooks to.
    Callback,
    /// The door listens here and knows a secret.
    Door,
    /// What came through the door was signed with a secret that is known.
    Signature,
    /// Something came for this account.
    Delivery,
    /// What came was not for another account.
    Foreign,
}

impl LinkKind {
    /// The links of a channel, in the order of testing.
    #[must_use]
    pub const fn chain(channel: Channel) -> &'static [Self] {
        const ALL: &[LinkKind] = &[
            LinkKind::Token,
            LinkKind::Poll,
            LinkKind::Subscription,
            LinkKind::Callback,
            LinkKind::Door,
            LinkKind::Signature,
            LinkKind::Delivery,
            LinkKind::Foreign,
        ];
        // Meta has no call that lists WhatsApp messages (graph-api g.4).
        const WITHOUT_POLL: &[LinkKind] = &[
            LinkKind::Token,
            LinkKind::Subscription,
            LinkKind::Callback,
            LinkKind::Door,
            LinkKind::Signature,
            LinkKind::Delivery,
            LinkKind::Foreign,
        ];
        match channel {
            Channel::WhatsApp => WITHOUT_POLL,
            Channel::Instagram | Channel::Messenger => ALL,
        }
    }

    /// What is tested, as a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Token => "Token and permissions",
            Self::Poll => "Asking Meta for news",
            Self::Subscription => "Webhooks of this account",
            Self::Callback => "Address of the app",
            Self::Door => "Webhook door",
            Self::Signature => "Signatures",
            Self::Delivery => "Deliveries for this account",
            Self::Foreign => "Deliveries for others",
        }
    }
}

/// How a link was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Good,
    Bad,
    /// Nothing here can tell.
    NotKnown,
}

/// A tested link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub link: LinkKind,
    pub verdict: Verdict,
    /// What was found, in plain words.
    pub words: String,
    /// What would help.
    pub remedy: Option<Remedy>,
}

/// What helps a broken link; the interface makes it a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    Reconnect,
    PollNow,
    /// `Subscribe`: ask Meta to send this account's webhooks.
    Subscribe,
    /// The door's settings: listening, secrets, address.
    OpenDoor,
}
