//! Signing in: how Meta leads the person back, what came of it, and why a sign-in that was good is not any more.

use crate::{Candidate, Problem, SecretText, Timestamp};
use serde::{Deserialize, Serialize};

/// A person's own app in Meta's dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaApp {
    pub id: String,
    /// Travels only inward.
    pub secret: SecretText,
}

/// How Meta leads the person back after a sign-in (graph-api a.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ComeBack {
    /// To a port of this computer: the browser is here too, and the app in development mode. Facebook only.
    #[default]
    Loopback,
    /// In a window of the desktop app, closed as soon as Meta's last page is reached. Facebook only.
    Window,
    /// To an https address registered in the app. Its page hands the person's return over to a port of this computer,
    /// or the person brings back the address they landed on ([`crate::call::FinishSignIn`]).
    Address { address: String },
}

/// The address of Instagram Login that needs no page of anybody's: nothing answers there, and the browser's address
/// bar holds what is to be brought back (graph-api a.3).
pub const NOBODYS_ADDRESS: &str = "https://localhost/signed-in";

/// The app an account was signed in with: it need not be typed again to connect the account again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptApp {
    pub id: String,
    pub back: ComeBack,
}

/// What a token reaches. Kept for ten minutes under `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    pub id: String,
    pub candidates: Vec<Candidate>,
    pub scopes: Vec<String>,
    pub token_expires_at: Option<Timestamp>,
}

/// A sign-in that waits for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInStarted {
    pub sign_in: String,
    /// Meta's page, to be opened in a browser.
    pub url: String,
    /// Where Meta leads back to: to be registered in the app, letter for letter.
    #[serde(default)]
    pub redirect: String,
}

/// See [`crate::call::GetSignIn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignInState {
    Waiting,
    Found { discovery: Discovery },
    Failed { problem: Problem },
}

/// Why Meta no longer lets an account in, sorted (graph-api a.2, k.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInFault {
    /// The token's time was up.
    Expired,
    PasswordChanged,
    /// The person removed the app.
    Revoked,
    /// Facebook wants to see the person first.
    Checkpoint,
    /// The person's account at Facebook is not confirmed.
    Unconfirmed,
    /// The person lost their role on the Page.
    RoleLost,
    /// The token is good and lacks a permission.
    MissingScope,
    /// Meta's 90 days on personal data are over: calls work and bring nothing.
    DataEnded,
    /// Not accepted, and Meta does not say why.
    NotAccepted,
}

impl SignInFault {
    /// Every fault.
    pub const ALL: [Self; 9] = [
        Self::Expired,
        Self::PasswordChanged,
        Self::Revoked,
        Self::Checkpoint,
        Self::Unconfirmed,
        Self::RoleLost,
        Self::MissingScope,
        Self::DataEnded,
        Self::NotAccepted,
    ];

    /// What happened, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Expired => "The sign-in has expired",
            Self::PasswordChanged => "The password was changed",
            Self::Revoked => "The app was removed",
            Self::Checkpoint => "Facebook wants to check who you are",
            Self::Unconfirmed => "The Facebook account is not confirmed",
            Self::RoleLost => "The role on the Page was taken away",
            Self::MissingScope => "A permission is missing",
            Self::DataEnded => "Access to personal data has ended",
            Self::NotAccepted => "Meta does not accept the sign-in",
        }
    }

    /// What helps, in one or two sentences.
    #[must_use]
    pub const fn helps(self) -> &'static str {
        match self {
            Self::Expired => "Sign in again: a new token takes the old one's place.",
            Self::PasswordChanged => "Meta ended every token with it. Sign in again with the new password.",
            Self::Revoked => {
                "Somebody took the app out of the account's settings at Meta. Sign in again and allow it, if it should \
                 go on."
            }
            Self::Checkpoint => {
                "Sign in at facebook.com as the person who connected this account and answer what it asks. The token \
                 is good again afterwards; a new one is not needed."
            }
            Self::Unconfirmed => {
                "Confirm the e-mail address or number of the person who connected this account at facebook.com. The \
                 token is good again afterwards."
            }
            Self::RoleLost => {
                "The person who connected this account may no longer act for the Page. An admin of the Page must sign \
                 in instead, or give the role back."
            }
            Self::MissingScope => "Sign in again and leave every box in Meta's dialog ticked.",
            Self::DataEnded => {
                "Meta hands out personal data for 90 days after the person was last seen. Signing in again starts the \
                 90 days anew."
            }
            Self::NotAccepted => "Sign in again: a new token takes the old one's place.",
        }
    }

    /// A new token is what helps. Else the person settles it at facebook.com, and the token is good again.
    #[must_use]
    pub const fn wants_new_token(self) -> bool {
        !matches!(self, Self::Checkpoint | Self::Unconfirmed)
    }
}
