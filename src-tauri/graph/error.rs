//! What went wrong with a call, and its fate: what happens next is decided here and nowhere else
//! (graph-api k.1). Neither a token nor a URL is ever part of an error.

use super::{Refusal, codes::Class};
use crate::model::{Action, Code, MINUTE, Problem, SignInFault};

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing happened at Meta's side and it may go better soon: try again with growing pauses.
    Retry,
    /// Meta wants a pause of this many milliseconds; then the same again.
    Wait(i64),
    /// Nothing left this computer: try again when there is a connection.
    Offline,
    /// It may have been done. Look; never just do it again.
    Uncertain,
    /// The token is no longer good.
    SignInAgain,
    /// Somebody must change something at Meta's side.
    UserAction,
    /// The reply window is closed until the person writes.
    OutsideWindow,
    /// This person cannot be written to.
    Unreachable,
    /// Every write of this account must stop until a person has looked.
    StopWrites,
    /// For good.
    GiveUp,
}

/// Whether doing it twice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// A read, or a write that can be repeated without harm.
    Asking,
    /// A send: a lost answer leaves it uncertain.
    Sending,
}

/// Why a call has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("secure connections could not be set up: {0}")]
    Setup(#[source] reqwest::Error),
    #[error("the configured address of one of Meta's hosts is not usable")]
    Address,
    #[error("Meta refused with HTTP {}: {refusal}", refusal.status)]
    Refused {
        refusal: Box<Refusal>,
        doing: Doing,
        /// The pause that Meta or the pacing asks for, in milliseconds.
        wait: Option<i64>,
    },
    #[error("Meta failed with HTTP {status}")]
    Failed { status: u16, doing: Doing },
    #[error("Meta's answer could not be read")]
    Unreadable { doing: Doing },
    #[error("no connection to Meta: {0}")]
    Offline(#[source] reqwest::Error),
    #[error("the connection to Meta ended before the answer: {cause}")]
    Lost { cause: reqwest::Error, doing: Doing },
    #[error("calls are held back for {0} ms")]
    HeldBack(i64),
    #[error("this channel has no such call")]
    NoSuchCall,
    #[error("the file could not be read")]
    NoFile,
}

impl Error {
    /// What happens next.
    #[must_use]
    pub fn fate(&self) -> Fate {
        match self {
            Self::Setup(_) | Self::Address | Self::NoSuchCall | Self::NoFile => Fate::GiveUp,
            Self::Offline(_) => Fate::Offline,
            Self::HeldBack(ms) => Fate::Wait(*ms),
            // Without a word of Meta's, the class of the status decides (graph-api k.1).
            Self::Failed { status: 401, .. } => Fate::SignInAgain,
            Self::Failed { status: 429, .. } => Fate::Wait(5 * MINUTE),
            Self::Failed { status: 400..500, .. } => Fate::GiveUp,
            Self::Failed { doing, .. } | Self::Unreadable { doing } | Self::Lost { doing, .. } => match doing
            {
                Doing::Asking => Fate::Retry,
                Doing::Sending => Fate::Uncertain,
            },
            Self::Refused { refusal, doing, wait } => match refusal.class() {
                // A send that Meta stumbled over may have gone through (graph-api k.2).
                Class::Transient if *doing == Doing::Asking => Fate::Retry,
                Class::Transient | Class::MaybeDone => Fate::Uncertain,
                Class::Wait(ms) | Class::WaitForPerson(ms) => Fate::Wait(wait.unwrap_or(ms)),
                Class::SignInAgain => Fate::SignInAgain,
                Class::UserAction | Class::Setup | Class::NotOwner => Fate::UserAction,
                Class::OutsideWindow => Fate::OutsideWindow,
                Class::Unreachable => Fate::Unreachable,
                Class::StopWrites => Fate::StopWrites,
                Class::NotShared
                | Class::NoDetails
                | Class::Missing
                | Class::Content
                | Class::Bug
                | Class::Permanent => Fate::GiveUp,
            },
        }
    }

    /// What a person is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        if self.fate() == Fate::Uncertain {
            return Problem::new(
                Code::MetaFailed,
                "Meta did not answer properly. It may have been sent all the same.",
            )
            .with(Action::CheckAtMeta);
        }
        match self {
            Self::Refused { refusal, .. } => refusal.problem(),
            Self::Setup(_) => {
                Problem::new(Code::Internal, "Secure connections cannot be set up on this computer.")
            }
            Self::Address => {
                Problem::new(Code::Internal, "The configured address of Meta's servers is not usable.")
            }
            Self::Offline(_) => {
                Problem::new(Code::Offline, "There is no connection to Meta.").with(Action::Retry)
            }
            Self::HeldBack(_) => Problem::new(
                Code::RateLimited,
                "Meta asked this account to slow down. It goes on by itself when Meta allows it.",
            ),
            Self::Failed { status: 401, .. } => {
                Problem::new(Code::SignInAgain, "Meta does not accept the token. Connect the account again.")
                    .with(Action::Reconnect)
            }
            Self::Failed { status: 429, .. } => Problem::new(Code::RateLimited, "Meta asks to slow down."),
            Self::Failed { .. } | Self::Unreadable { .. } | Self::Lost { .. } => {
                Problem::new(Code::MetaFailed, "Meta did not answer properly.").with(Action::Retry)
            }
            Self::NoFile => Problem::new(Code::Storage, "The file could not be read from this computer."),
            Self::NoSuchCall => Problem::new(Code::BadRequest, "This channel cannot do that."),
        }
    }

    /// Too many messages to this one person: nothing else waits.
    #[must_use]
    pub fn is_pair_limit(&self) -> bool {
        matches!(self.class(), Some(Class::WaitForPerson(_)))
    }

    /// What Meta said, if it answered with an error.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// What Meta's error means, if it answered with one.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal.class()),
            _ => None,
        }
    }

    /// Why the sign-in is good no longer, where that is what went wrong.
    #[must_use]
    pub fn fault(&self) -> Option<SignInFault> {
        match self {
            Self::Failed { status: 401, .. } => Some(SignInFault::NotAccepted),
            other => other.refusal().and_then(Refusal::fault),
        }
    }

    /// Meta's code.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.refusal().map(|r| r.code)
    }

    /// Meta's subcode.
    #[must_use]
    pub fn subcode(&self) -> Option<i64> {
        self.refusal().and_then(|r| r.subcode)
    }

    /// Meta's trace id.
    #[must_use]
    pub fn trace(&self) -> Option<String> {
        self.refusal().and_then(|r| r.trace.clone())
    }
}
