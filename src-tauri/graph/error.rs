//! What went wrong with a call, and its fate: what happens next is decided here and nowhere else
//! (graph-api k.1). Neither a token nor a URL is ever part of an error.

use super::codes::{self, Class, Row};
use crate::model::{Action, Code, Problem};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

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

/// What Meta said when it refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    pub code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcode: Option<i64>,
    /// For developers.
    pub message: String,
    /// For people, in Meta's words and the account's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_people: Option<String>,
    /// Meta's trace id, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_transient: Option<bool>,
}

impl Refusal {
    /// Reads any of Meta's error shapes (graph-api k.1); `None` when the body is no error.
    #[must_use]
    pub fn of(body: &Value) -> Option<Self> {
        let body = body.as_object()?;
        match body.get("error") {
            Some(Value::Object(error)) => Some(Self::read(error)),
            // An OAuth redirect or a refusal of the token host in short form.
            Some(Value::String(kind)) => {
                let told = words(body, "error_description").or_else(|| words(body, "error_message"));
                Some(Self {
                    message: told.unwrap_or_else(|| kind.clone()),
                    ..Self::read(body)
                })
            }
            _ if body.contains_key("error_type") || body.contains_key("error_message") => {
                Some(Self::read(body))
            }
            // rupload
            _ => body
                .get("debug_info")
                .and_then(Value::as_object)
                .map(|info| Self {
                    code: 1,
                    is_transient: info.get("retriable").and_then(Value::as_bool),
                    ..Self::read(info)
                }),
        }
    }

    /// Reads a member of `errors` in a WhatsApp webhook.
    #[must_use]
    pub fn of_webhook(error: &Value) -> Option<Self> {
        error.as_object().map(Self::read)
    }

    fn read(error: &Map<String, Value>) -> Self {
        let data = match error.get("error_data") {
            Some(Value::Object(data)) => Some(data.clone()),
            Some(Value::String(json)) => serde_json::from_str::<Value>(json)
                .ok()
                .and_then(|v| v.as_object().cloned()),
            _ => None,
        };
        let details = data
            .as_ref()
            .and_then(|d| words(d, "details"))
            .or_else(|| words(error, "details"));
        let message = words(error, "message")
            .or_else(|| words(error, "error_message"))
            .or_else(|| words(error, "title"))
            .unwrap_or_default();
        let user = words(error, "error_user_msg").or_else(|| words(error, "error_user_title"));
        Self {
            code: number(error, "code").unwrap_or(-1),
            subcode: number(error, "error_subcode").filter(|s| *s != 0),
            message: match details {
                Some(details) if !message.contains(&details) => format!("{message} ({details})"),
                _ => message,
            },
            for_people: user,
            trace: words(error, "fbtrace_id"),
            is_transient: error.get("is_transient").and_then(Value::as_bool),
        }
    }

    /// The table's row for it.
    #[must_use]
    pub fn row(&self) -> Option<&'static Row> {
        codes::row(self.code, self.subcode)
    }

    /// What it means. Unknown codes go by `is_transient` and the HTTP status (graph-api k.1).
    #[must_use]
    pub fn class(&self, status: u16) -> Class {
        let known = self.row().map(|r| r.class);
        match (known, self.is_transient) {
            // A limit is transient too, but has its own pause; so has what was done although refused.
            (Some(class @ (Class::Wait(_) | Class::WaitForPerson(_) | Class::MaybeDone)), _) => class,
            (_, Some(true)) => Class::Transient,
            // Codes 1 and 2 can be for good, when Meta says so in words for people.
            (Some(Class::Transient), Some(false)) if self.for_people.is_some() => Class::Permanent,
            (Some(class), _) => class,
            (None, _) => match status {
                401 => Class::SignInAgain,
                429 => Class::Wait(5 * 60_000),
                500.. => Class::Transient,
                _ => Class::Permanent,
            },
        }
    }

    /// What a person is told about it.
    #[must_use]
    pub fn problem(&self, status: u16) -> Problem {
        let class = self.class(status);
        let row = self.row().filter(|r| r.class == class);
        let sentence = row.map_or_else(|| default_sentence(class), |r| r.tell);
        let mut message = sentence.to_owned();
        if let Some(words) = &self.for_people {
            message = format!("{message} Meta says: {words}");
        } else if row.is_none() && !self.message.is_empty() {
            message = format!("{message} Meta says: {}", self.message);
        }
        let problem = Problem::new(code_of(class), message);
        match action_of(class) {
            Some(action) => problem.with(action),
            None => problem,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}", self.code)?;
        if let Some(subcode) = self.subcode {
            write!(f, "/{subcode}")?;
        }
        if let Some(trace) = &self.trace {
            write!(f, ", trace {trace}")?;
        }
        Ok(())
    }
}

const fn default_sentence(class: Class) -> &'static str {
    match class {
        Class::Transient => "Meta had a problem on its side.",
        Class::Wait(_) | Class::WaitForPerson(_) => "Meta asks to slow down.",
        Class::SignInAgain => "Meta does not accept the token. Connect the account again.",
        Class::UserAction => "Something must be changed at Meta's side.",
        Class::Setup => "Meta says that a permission is missing for this.",
        Class::OutsideWindow => "The 24-hour reply window is closed.",
        Class::Unreachable => "This person cannot be reached.",
        Class::StopWrites => "Meta blocked this account's actions.",
        Class::MaybeDone => "Meta may have done this although it complained.",
        Class::NotOwner => "Another app is handling this conversation.",
        Class::NotShared => "This person's profile is not shared.",
        Class::NoDetails | Class::Missing => "Meta does not find this.",
        Class::Content => "Meta could not take this as it is.",
        Class::Bug | Class::Permanent => "Meta refused this.",
    }
}

const fn code_of(class: Class) -> Code {
    match class {
        Class::Transient | Class::MaybeDone | Class::Bug | Class::Permanent => Code::MetaFailed,
        Class::Wait(_) | Class::WaitForPerson(_) => Code::RateLimited,
        Class::SignInAgain => Code::SignInAgain,
        Class::UserAction | Class::Setup | Class::NotOwner | Class::NotShared => Code::NotAllowed,
        Class::OutsideWindow => Code::WindowClosed,
        Class::Unreachable => Code::Unreachable,
        Class::StopWrites => Code::Blocked,
        Class::NoDetails | Class::Missing => Code::NotFound,
        Class::Content => Code::BadRequest,
    }
}

const fn action_of(class: Class) -> Option<Action> {
    match class {
        Class::SignInAgain => Some(Action::Reconnect),
        Class::UserAction | Class::Setup | Class::StopWrites => Some(Action::OpenAccounts),
        Class::Transient => Some(Action::Retry),
        Class::MaybeDone => Some(Action::CheckAtMeta),
        _ => None,
    }
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
    #[error("the address of Meta's {0} host is not usable")]
    Address(&'static str),
    #[error("Meta refused with HTTP {status}: {refusal}")]
    Refused {
        refusal: Box<Refusal>,
        status: u16,
        doing: Doing,
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
}

impl Error {
    /// What happens next.
    #[must_use]
    pub fn fate(&self) -> Fate {
        match self {
            Self::Setup(_) | Self::Address(_) | Self::NoSuchCall => Fate::GiveUp,
            Self::Offline(_) => Fate::Offline,
            Self::HeldBack(ms) => Fate::Wait(*ms),
            Self::Failed { doing, .. } | Self::Unreadable { doing } | Self::Lost { doing, .. } => match doing
            {
                Doing::Asking => Fate::Retry,
                Doing::Sending => Fate::Uncertain,
            },
            Self::Refused {
                refusal,
                status,
                doing,
                wait,
            } => match refusal.class(*status) {
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
        match self {
            Self::Refused { refusal, status, .. } => refusal.problem(*status),
            Self::Setup(_) => Problem::new(
                Code::Internal,
                "Secure connections cannot be set up on this computer.",
            ),
            Self::Address(_) => Problem::new(
                Code::Internal,
                "The configured address of Meta's servers is not usable.",
            ),
            Self::Offline(_) => {
                Problem::new(Code::Offline, "There is no connection to Meta.").with(Action::Retry)
            }
            Self::HeldBack(_) => Problem::new(
                Code::RateLimited,
                "Meta asked this account to slow down. It goes on by itself when Meta allows it.",
            ),
            Self::Failed { .. } | Self::Unreadable { .. } | Self::Lost { .. } => {
                if self.fate() == Fate::Uncertain {
                    Problem::new(
                        Code::MetaFailed,
                        "Meta did not answer properly. It may have been sent all the same.",
                    )
                    .with(Action::CheckAtMeta)
                } else {
                    Problem::new(Code::MetaFailed, "Meta did not answer properly.").with(Action::Retry)
                }
            }
            Self::NoSuchCall => Problem::new(Code::BadRequest, "This channel cannot do that."),
        }
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
            Self::Refused { refusal, status, .. } => Some(refusal.class(*status)),
            _ => None,
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

fn words(of: &Map<String, Value>, key: &str) -> Option<String> {
    of.get(key)
        .and_then(Value::as_str)
        .filter(|s| !s.trim().is_empty())
        .map(str::to_owned)
}

fn number(of: &Map<String, Value>, key: &str) -> Option<i64> {
    match of.get(key)? {
        Value::Number(n) => n.as_i64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}
