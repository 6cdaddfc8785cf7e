//! How an account stands, judged from its health alone: one sentence with a colour and an icon. Nothing
//! is called good that has not been heard from.

use crate::{format, parts::Icon};
use heliograph_model::{Account, Channel, DAY, Ending, HOUR, MINUTE, Problem, SignInFault, Timestamp};

/// What else than the account's own health decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    /// Whether the webhook door listens; `None` = not known yet.
    pub door: Option<bool>,
    /// Meta cannot be reached since.
    pub offline_since: Option<Timestamp>,
}

/// The one thing to say about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A person must mend something.
    Broken { since: Option<Timestamp>, problem: Problem, fault: Option<SignInFault> },
    /// Meta warned, and nobody has said that it was seen.
    Warned { at: Timestamp, words: String },
    /// Meta's limit on personal data has passed: calls work but bring nothing.
    DataEnded { at: Timestamp },
    /// `WhatsApp` without an open door hears nothing.
    NoDoor,
    /// Calls are held back.
    Paused { until: Timestamp },
    /// No connection to Meta.
    Offline { since: Timestamp },
    /// News arrive, but a person must sign in again soon.
    Ending { of: Ending, heard: Option<Heard> },
    /// News arrive, but the token lacks something.
    Lacking { scopes: Vec<String>, heard: Option<Heard> },
    /// News arrive.
    Receiving { heard: Heard },
    /// Connected; nothing heard yet.
    Waiting,
}

/// The latest sign of life from Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub at: Timestamp,
    pub by_webhook: bool,
}

impl Standing {
    /// Of `account` at `now`.
    #[must_use]
    pub fn of(account: &Account, now: Timestamp, around: Around) -> Self {
        let health = &account.health;
        if let Some(problem) = &health.problem {
            let (since, fault) = (health.problem_since, health.fault);
            return Self::Broken { since, problem: problem.clone(), fault };
        }
        if let Some(alert) = &health.alert {
            return Self::Warned { at: alert.at, words: alert.words.clone() };
        }
        if let Some(at) = health.data_access_expires_at.filter(|at| *at <= now) {
            return Self::DataEnded { at };
        }
        if account.channel == Channel::WhatsApp && !account.demo && around.door == Some(false) {
            return Self::NoDoor;
        }
        if let Some(until) = health.paused_until.filter(|until| *until > now) {
            return Self::Paused { until };
        }
        if let Some(since) = around.offline_since {
            return Self::Offline { since };
        }
        let heard = latest(account);
        let over = health.token_expires_at.filter(|at| *at <= now).map(|at| Ending { at, of_data: false });
        if let Some(of) = over.or_else(|| health.ends_soon(now)) {
            return Self::Ending { of, heard };
        }
        if !health.missing_scopes.is_empty() {
            return Self::Lacking { scopes: health.missing_scopes.clone(), heard };
        }
        heard.map_or(Self::Waiting, |heard| Self::Receiving { heard })
    }

    /// A style class: `good`, `plain`, `warn`, `bad`.
    #[must_use]
    pub const fn tone(&self) -> &'static str {
        match self {
            Self::Broken { .. } | Self::Warned { .. } | Self::DataEnded { .. } => "bad",
            Self::NoDoor
            | Self::Paused { .. }
            | Self::Offline { .. }
            | Self::Ending { .. }
            | Self::Lacking { .. } => "warn",
            Self::Receiving { .. } => "good",
            Self::Waiting => "plain",
        }
    }

    /// The icon beside the words.
    #[must_use]
    pub const fn icon(&self) -> Icon {
        match self {
            Self::Broken { .. } | Self::Warned { .. } | Self::DataEnded { .. } | Self::Lacking { .. } => {
                Icon::Alert
            }
            Self::NoDoor => Icon::Webhook,
            Self::Paused { .. } => Icon::Pause,
            Self::Offline { .. } => Icon::Offline,
            Self::Ending { .. } => Icon::Clock,
            Self::Receiving { .. } => Icon::Check,
            Self::Waiting => Icon::Clock,
        }
    }

    /// Whether connecting again is what helps.
    #[must_use]
    pub fn wants_reconnect(&self) -> bool {
        use heliograph_model::{Action, Code};
        match self {
            Self::Broken { fault: Some(fault), .. } => fault.wants_new_token(),
            Self::Broken { problem, .. } => {
                matches!(problem.action, Some(Action::Reconnect))
                    || matches!(problem.code, Code::SignInAgain | Code::NotAllowed)
            }
            Self::DataEnded { .. } | Self::Ending { .. } | Self::Lacking { .. } => true,
            _ => false,
        }
    }

    /// Whether the person settles it at Facebook, with the token as it is.
    #[must_use]
    pub const fn wants_facebook(&self) -> bool {
        matches!(self, Self::Broken { fault: Some(SignInFault::Checkpoint | SignInFault::Unconfirmed), .. })
    }

    /// Whether a person must do something now.
    #[must_use]
    pub const fn needs_you(&self) -> bool {
        matches!(self, Self::Broken { .. } | Self::Warned { .. } | Self::DataEnded { .. } | Self::NoDoor)
    }

    /// The sentence. `moment` writes a point in time for the viewer.
    #[must_use]
    pub fn words(&self, now: Timestamp, moment: impl Fn(Timestamp) -> String) -> String {
        match self {
            Self::Broken { since, fault: Some(fault), .. } => {
                let since = since.map(|at| format!(" · since {}", moment(at))).unwrap_or_default();
                format!("{}{since}", fault.title())
            }
            Self::Broken { since: Some(at), .. } => format!("Stopped receiving at {}", moment(*at)),
            Self::Broken { since: None, .. } => "Stopped receiving".into(),
            Self::Warned { at, words } => format!("{words} · {}", moment(*at)),
            Self::DataEnded { at } => {
                format!("Receives nothing since {}: Meta's 90-day limit on personal data passed", moment(*at))
            }
            Self::NoDoor => "Cannot receive: the webhook door is closed".into(),
            Self::Paused { until } => format!("Paused until {}: Meta asked to slow down", moment(*until)),
            Self::Offline { since } => format!("Offline since {}: Meta cannot be reached", moment(*since)),
            Self::Ending { of, heard } => {
                let ends = ending(*of, now);
                if heard.is_some() { format!("Receiving · {ends}") } else { capital(&ends) }
            }
            Self::Lacking { scopes, .. } => {
                let lacks = if scopes.len() == 1 { "a permission is" } else { "permissions are" };
                format!("Works in part: {lacks} missing ({})", scopes.join(", "))
            }
            Self::Receiving { heard } => format!("Receiving · {}", heard.words(now)),
            Self::Waiting => "Connected · waiting for the first answer".into(),
        }
    }
}

impl Heard {
    /// "last webhook 2 min ago", "asked Meta 31 s ago".
    #[must_use]
    pub fn words(self, now: Timestamp) -> String {
        let ago = format::ago(self.at.until(now));
        if self.by_webhook { format!("last webhook {ago}") } else { format!("asked Meta {ago}") }
    }
}

fn latest(account: &Account) -> Option<Heard> {
    let by = |at: Option<Timestamp>, by_webhook| at.map(|at| Heard { at, by_webhook });
    let health = &account.health;
    by(health.last_webhook_at, true).into_iter().chain(by(health.last_poll_at, false)).max_by_key(|h| h.at)
}

/// "the sign-in ends in 3 days", "the sign-in has ended", "access to personal data ends in 5 hours".
#[must_use]
pub fn ending(of: Ending, now: Timestamp) -> String {
    let what = if of.of_data { "access to personal data" } else { "the sign-in" };
    if of.at <= now {
        format!("{what} has ended")
    } else {
        format!("{what} ends {}", ahead(now.until(of.at)))
    }
}

/// The same with a capital letter.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

/// How far ahead, never more than there is: "in 3 days", "in 5 hours", "in 12 min", "in 40 s", "now".
#[must_use]
pub fn ahead(ms: i64) -> String {
    let some = |n: i64, one: &str, many: &str| format!("in {}", format::plural(n.unsigned_abs(), one, many));
    match ms {
        ..1_000 => "now".into(),
        1_000..MINUTE => format!("in {} s", ms / 1_000),
        MINUTE..HOUR => format!("in {} min", ms / MINUTE),
        HOUR..DAY => some(ms / HOUR, "hour", "hours"),
        DAY.. => some(ms / DAY, "day", "days"),
    }
}

/// Why an account stopped, told to somebody who runs a shop and not a server.
#[must_use]
pub fn why(standing: &Standing) -> Option<&'static str> {
    use heliograph_model::Code;
    Some(match standing {
        Standing::Broken { fault: Some(fault), .. } => fault.helps(),
        Standing::Broken { problem, .. } => match problem.code {
            Code::SignInAgain => {
                "A token ends when the password changes, when the app or the person's role is removed, when Meta \
                 asks for a security check, or when its time is up. Connecting again puts a new token in its place. \
                 Nothing is lost: conversations, drafts and what waits to be sent stay, and what arrived at Meta \
                 meanwhile is read afterwards."
            }
            Code::NotAllowed => {
                "The token works but lacks a permission or a task that this channel needs. Give it in Meta's \
                 settings, then connect again so that the new token carries it."
            }
            Code::Blocked => {
                "Meta blocks this kind of action for a while, mostly after many messages in a short time or \
                 reports from people. It ends by itself; sending more meanwhile makes it longer."
            }
            Code::Locked => {
                "The token is sealed with a key that your system's keychain keeps, and the keychain does not give \
                 it out. Unlock the keychain, then check again."
            }
            Code::Offline | Code::MetaFailed | Code::RateLimited => {
                "This is on the way to Meta or at Meta's side. Heliograph keeps trying, more and more slowly; \
                 checking again tries at once."
            }
            _ => "Checking again asks Meta how things stand and clears what is mended.",
        },
        Standing::Warned { .. } => {
            "Meta said this of the account as a whole, by webhook. What exactly it asks for stands in Meta's own Business \
             Support home and in the e-mails to the account's owner. Sending may be limited until it is settled there."
        }
        Standing::DataEnded { .. } => {
            "Meta hands out personal data for 90 days after the person last used the app. The token still exists \
             but brings nothing. Connecting again starts the 90 days anew."
        }
        Standing::Ending { of, .. } if of.of_data => {
            "Meta hands out personal data for 90 days after the person was last seen. Signing in again before the end \
             starts the 90 days anew; nothing is lost."
        }
        Standing::Ending { .. } => {
            "Meta renews no sign-in of Facebook by itself. Sign in again before the end and nothing stops; afterwards \
             sending waits and nothing arrives until you do."
        }
        Standing::Lacking { .. } => {
            "The token works, and Meta refuses what the missing permission is for. Sign in again and leave every box in \
             Meta's dialog ticked."
        }
        Standing::NoDoor => {
            "Meta has no call that reads WhatsApp messages: they only ever come to a webhook. Open the door in the \
             settings and point your Meta app at it. Sending works meanwhile."
        }
        _ => return None,
    })
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
