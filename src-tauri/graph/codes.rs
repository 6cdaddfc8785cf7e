//! The one table of Meta's codes: what each means, what happens next, what a person is told
//! (graph-api k.2 to k.4). A pair with a subcode stands before its code alone; the first row that fits
//! decides.

mod alone;
mod pairs;

use crate::model::SignInFault;

#[cfg(test)]
mod tests;

/// What a code means for whoever called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Meta stumbled: a read may be asked again; a write may have happened.
    Transient,
    /// Too many calls; wait at least this many milliseconds.
    Wait(i64),
    /// Too many to this one person, or of this one template; nothing else waits.
    WaitForPerson(i64),
    SignInAgain,
    /// Somebody must change something at Meta's side.
    UserAction,
    /// A permission, review or setting of the app or the account is missing.
    Setup,
    OutsideWindow,
    /// This person cannot be written to.
    Unreachable,
    /// Meta blocked actions of the account; going on makes it worse.
    StopWrites,
    /// It was or may have been done although Meta complains.
    MaybeDone,
    /// Another app owns the thread.
    NotOwner,
    /// The profile is not shared; normal, not worth a word.
    NotShared,
    /// Deleted, or older than the newest 20 of its thread: keep what we have.
    NoDetails,
    /// The object is not there or not visible.
    Missing,
    /// What was sent is not acceptable as it is: the sender can change it.
    Content,
    /// A request that should not have been made: ours to mend.
    Bug,
    /// For good, without more to say.
    Permanent,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// First and last code.
    pub codes: (i64, i64),
    /// First and last subcode; `None` = any or none.
    pub subcodes: Option<(i64, i64)>,
    pub class: Class,
    /// A sentence for people.
    pub tell: &'static str,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Graph-api k.5: the pause when Meta does not tell one.
const PAUSE: i64 = 5 * MINUTE;

const fn code(code: i64, class: Class, tell: &'static str) -> Row {
    Row { codes: (code, code), subcodes: None, class, tell }
}

const fn codes(first: i64, last: i64, class: Class, tell: &'static str) -> Row {
    Row { codes: (first, last), subcodes: None, class, tell }
}

const fn pair(code: i64, subcode: i64, class: Class, tell: &'static str) -> Row {
    Row { codes: (code, code), subcodes: Some((subcode, subcode)), class, tell }
}

/// A subcode that means the same under every code.
const fn sub(subcode: i64, class: Class, tell: &'static str) -> Row {
    Row { codes: (i64::MIN, i64::MAX), subcodes: Some((subcode, subcode)), class, tell }
}

/// The row for a code and subcode; `None` = Meta has a new one.
#[must_use]
pub fn row(code: i64, subcode: Option<i64>) -> Option<&'static Row> {
    let fits = |row: &&Row| {
        (row.codes.0..=row.codes.1).contains(&code)
            && row.subcodes.is_none_or(|(first, last)| subcode.is_some_and(|s| (first..=last).contains(&s)))
    };
    pairs::PAIRS.iter().find(fits).or_else(|| alone::CODES.iter().find(fits))
}

/// Why a sign-in is good no longer, where that is what a code says (graph-api k.2).
#[must_use]
pub fn fault(code: i64, subcode: Option<i64>) -> Option<SignInFault> {
    let row = row(code, subcode)?;
    Some(match (row.class, subcode) {
        (Class::SignInAgain, Some(458)) => SignInFault::Revoked,
        (Class::SignInAgain, Some(459)) => SignInFault::Checkpoint,
        (Class::SignInAgain, Some(460)) => SignInFault::PasswordChanged,
        (Class::SignInAgain, Some(463)) => SignInFault::Expired,
        (Class::SignInAgain, Some(464)) => SignInFault::Unconfirmed,
        (Class::SignInAgain, Some(492)) => SignInFault::RoleLost,
        (Class::SignInAgain, _) => SignInFault::NotAccepted,
        // The same codes with a subcode of their own speak of a person or a thread (graph-api k.3).
        (Class::Setup, None) if row.tell == SCOPE => SignInFault::MissingScope,
        _ => return None,
    })
}

const OTHER_APP: &str =
    "Another app is handling this conversation. Take it over in Meta's inbox, or wait until it is released.";
const PERSON: &str = "This person cannot be reached right now. They may have blocked the business or left.";
const RESTRICTED: &str = "Meta has restricted this account. Look at its Support Inbox before sending again.";
const SLOW: &str = "Meta asks this account to slow down. It goes on by itself when Meta allows it.";
const APP_SLOW: &str =
    "Meta limits how much this Meta app may call. It goes on by itself when Meta allows it.";
const SCOPE: &str = "Meta says that a permission is missing for this. Connect the account again and allow everything it asks for.";
const LINK_AGAIN: &str =
    "The Instagram account must be linked to its Page again, with two-factor sign-in if Meta asks for it.";
const STUMBLED: &str = "Meta had a problem on its side.";
const OURS: &str = "Meta did not understand the request. This is a fault of Heliograph.";
const ATTACHMENT: &str = "Meta could not take this attachment.";
const TEMPLATE: &str = "The template does not fit what was filled in.";
const REGISTRATION: &str =
    "This WhatsApp number is not registered for the Cloud API. Set it up in WhatsApp Manager.";
const CLOSED: &str = "The 24-hour reply window is closed. You can write again as soon as the person writes.";

/// Every row, pairs first: for tests and for documentation.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    pairs::PAIRS.iter().chain(alone::CODES)
}
