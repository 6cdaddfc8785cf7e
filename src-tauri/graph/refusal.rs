//! Meta's refusals in all their shapes, read once, and what a person is told about each (graph-api k.1).

use super::codes::{self, Class, Row};
use crate::model::{Action, Code, Problem, SignInFault};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

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
    /// The HTTP status it came with; 0 for an error that a webhook tells.
    #[serde(skip)]
    pub status: u16,
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
                Some(Self { message: told.unwrap_or_else(|| kind.clone()), ..Self::read(body) })
            }
            _ if body.contains_key("error_type") || body.contains_key("error_message") => {
                Some(Self::read(body))
            }
            // rupload
            _ => body.get("debug_info").and_then(Value::as_object).map(|info| Self {
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

    /// A token that Meta calls invalid without saying why.
    pub(super) fn of_a_dead_token() -> Self {
        Self { code: 190, ..Self::read(&Map::new()) }
    }

    fn read(error: &Map<String, Value>) -> Self {
        let data = match error.get("error_data") {
            Some(Value::Object(data)) => Some(data.clone()),
            Some(Value::String(json)) => {
                serde_json::from_str::<Value>(json).ok().and_then(|v| v.as_object().cloned())
            }
            _ => None,
        };
        let details = data.as_ref().and_then(|d| words(d, "details")).or_else(|| words(error, "details"));
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
            status: 0,
        }
    }

    /// The table's row for it.
    #[must_use]
    pub fn row(&self) -> Option<&'static Row> {
        codes::row(self.code, self.subcode)
    }

    /// What it means. Unknown codes go by `is_transient` and the HTTP status (graph-api k.1).
    #[must_use]
    pub fn class(&self) -> Class {
        let known = self.row().map(|r| r.class);
        match (known, self.is_transient) {
            // A limit is transient too, but has its own pause; so has what was done although refused.
            (Some(class @ (Class::Wait(_) | Class::WaitForPerson(_) | Class::MaybeDone)), _) => class,
            (_, Some(true)) => Class::Transient,
            // Codes 1 and 2 can be for good, when Meta says so in words for people.
            (Some(Class::Transient), Some(false)) if self.for_people.is_some() => Class::Permanent,
            (Some(class), _) => class,
            (None, _) => match self.status {
                401 => Class::SignInAgain,
                429 => Class::Wait(5 * 60_000),
                500.. => Class::Transient,
                _ => Class::Permanent,
            },
        }
    }

    /// Why the sign-in is good no longer, where that is what it says.
    #[must_use]
    pub fn fault(&self) -> Option<SignInFault> {
        let dead = || (self.class() == Class::SignInAgain).then_some(SignInFault::NotAccepted);
        codes::fault(self.code, self.subcode).or_else(dead)
    }

    /// What a person is told about it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let class = self.class();
        let row = self.row().filter(|r| r.class == class);
        let sentence = row.map_or_else(|| default_sentence(class), |r| r.tell);
        let mut message = sentence.to_owned();
        if let Some(words) = &self.for_people {
            message = format!("{message} Meta says: {words}");
        } else if (row.is_none() || matches!(class, Class::Bug | Class::Permanent))
            && !self.message.is_empty()
        {
            message = format!("{message} Meta says: {}", self.message);
        }
        let problem = Problem::new(code_of(class), message);
        let settled_at_meta = self.fault().is_some_and(|fault| !fault.wants_new_token());
        match action_of(class).map(|action| if settled_at_meta { Action::OpenAccounts } else { action }) {
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

fn words(of: &Map<String, Value>, key: &str) -> Option<String> {
    of.get(key).and_then(Value::as_str).filter(|s| !s.trim().is_empty()).map(str::to_owned)
}

fn number(of: &Map<String, Value>, key: &str) -> Option<i64> {
    match of.get(key)? {
        Value::Number(n) => n.as_i64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}
