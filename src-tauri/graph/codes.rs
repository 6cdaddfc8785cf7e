//! The one table of Meta's codes: what each means, what happens next, what a person is told
//! (graph-api k.2 to k.4). A pair with a subcode stands before its code alone; the first row that fits
//! decides.

/// What a code means for whoever called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Meta stumbled: a read may be asked again; a write may have happened.
    Transient,
    /// Too many calls; wait at least this many milliseconds.
    Wait(i64),
    /// Too many to this one person; nothing else waits.
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
    Row {
        codes: (code, code),
        subcodes: None,
        class,
        tell,
    }
}

const fn codes(first: i64, last: i64, class: Class, tell: &'static str) -> Row {
    Row {
        codes: (first, last),
        subcodes: None,
        class,
        tell,
    }
}

const fn pair(code: i64, subcode: i64, class: Class, tell: &'static str) -> Row {
    Row {
        codes: (code, code),
        subcodes: Some((subcode, subcode)),
        class,
        tell,
    }
}

/// A subcode that means the same under every code.
const fn sub(subcode: i64, class: Class, tell: &'static str) -> Row {
    Row {
        codes: (i64::MIN, i64::MAX),
        subcodes: Some((subcode, subcode)),
        class,
        tell,
    }
}

/// The row for a code and subcode; `None` = Meta has a new one.
#[must_use]
pub fn row(code: i64, subcode: Option<i64>) -> Option<&'static Row> {
    let fits = |row: &&Row| {
        (row.codes.0..=row.codes.1).contains(&code)
            && row
                .subcodes
                .is_none_or(|(first, last)| subcode.is_some_and(|s| (first..=last).contains(&s)))
    };
    PAIRS.iter().find(fits).or_else(|| CODES.iter().find(fits))
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

/// Pairs of code and subcode (graph-api k.2, k.3, j.1).
pub static PAIRS: &[Row] = &[
    pair(
        1,
        1357046,
        Class::MaybeDone,
        "Meta sent the message but its answer could not be read.",
    ),
    pair(1, 99, Class::Setup, SCOPE),
    pair(1, 1965014, Class::Permanent, "Meta refused this action."),
    pair(
        2,
        2018344,
        Class::UserAction,
        "A Page admin must accept Meta's terms for labels first.",
    ),
    pair(
        4,
        2018354,
        Class::Wait(HOUR),
        "It is too early for another marketing message to this person.",
    ),
    pair(
        4,
        2207051,
        Class::StopWrites,
        "Meta takes this for spam and blocked it.",
    ),
    pair(
        9,
        2018352,
        Class::Wait(HOUR),
        "Meta's limit for opt-in requests is reached.",
    ),
    pair(10, 2018278, Class::OutsideWindow, CLOSED),
    pair(10, 2534022, Class::OutsideWindow, CLOSED),
    pair(
        10,
        2018065,
        Class::Setup,
        "This app may not send outside the reply window.",
    ),
    pair(
        10,
        2018108,
        Class::Unreachable,
        "This person cannot receive messages right now.",
    ),
    pair(
        10,
        2018336,
        Class::Unreachable,
        "Meta does not deliver to this conversation because of earlier complaints.",
    ),
    pair(10, 1404170, Class::StopWrites, RESTRICTED),
    pair(10, 1893063, Class::StopWrites, RESTRICTED),
    pair(
        10,
        1893015,
        Class::Unreachable,
        "This person stopped marketing messages.",
    ),
    pair(10, 2534077, Class::UserAction, LINK_AGAIN),
    pair(
        100,
        33,
        Class::Missing,
        "Meta does not find this, or this token may not see it.",
    ),
    pair(
        100,
        2018001,
        Class::Unreachable,
        "Meta knows no such person for this account.",
    ),
    pair(
        100,
        2018008,
        Class::Content,
        "Meta could not fetch the attachment.",
    ),
    pair(100, 2018014, Class::Bug, OURS),
    pair(
        100,
        2018047,
        Class::Content,
        "The attachment is not of the kind it claims to be.",
    ),
    pair(
        100,
        2018074,
        Class::Content,
        "The uploaded attachment is gone. Attach it again.",
    ),
    pair(100, 2018109, Class::Content, "The attachment is too large."),
    pair(100, 2018164, Class::Bug, OURS),
    pair(
        100,
        2018294,
        Class::Content,
        "Meta took too long to process the video. Try a smaller file.",
    ),
    pair(
        100,
        2018320,
        Class::Content,
        "Meta could not take the product card.",
    ),
    pair(
        100,
        2018328,
        Class::Content,
        "Meta could not take the product card.",
    ),
    pair(
        100,
        2534013,
        Class::UserAction,
        "This Page has no linked Instagram account.",
    ),
    pair(
        100,
        2534014,
        Class::Unreachable,
        "Meta knows no such Instagram user for this account.",
    ),
    pair(100, 2534015, Class::Bug, OURS),
    pair(
        100,
        2534025,
        Class::Permanent,
        "This comment can no longer be answered privately: it is older than 7 days, gone, or already answered.",
    ),
    pair(
        100,
        2534029,
        Class::Unreachable,
        "This person blocked the business.",
    ),
    pair(100, 2534037, Class::NotOwner, OTHER_APP),
    pair(
        100,
        2018218,
        Class::NotShared,
        "This person's profile is not available.",
    ),
    pair(100, 2018247, Class::NotShared, "This app may not read profiles."),
    pair(
        190,
        458,
        Class::SignInAgain,
        "This app was removed from the Facebook account. Connect it again.",
    ),
    pair(
        190,
        459,
        Class::UserAction,
        "Facebook wants the owner of the token to sign in at facebook.com and confirm their identity.",
    ),
    pair(
        190,
        460,
        Class::SignInAgain,
        "The password of the Facebook account was changed. Connect the account again.",
    ),
    pair(
        190,
        463,
        Class::SignInAgain,
        "The token has expired. Connect the account again.",
    ),
    pair(
        190,
        464,
        Class::UserAction,
        "The Facebook account behind the token is not confirmed yet. Confirm it at facebook.com.",
    ),
    pair(
        190,
        467,
        Class::SignInAgain,
        "The token is no longer valid. Connect the account again.",
    ),
    pair(
        190,
        492,
        Class::SignInAgain,
        "The owner of the token lost their role on the Page. An admin must connect it again.",
    ),
    pair(200, 1545041, Class::Unreachable, PERSON),
    pair(551, 1545041, Class::Unreachable, PERSON),
    pair(
        200,
        2018028,
        Class::Setup,
        "The Meta app is not live, so it may only write to people with a role on it.",
    ),
    pair(
        200,
        2534041,
        Class::UserAction,
        "Turn on \"Allow access to messages\" in Instagram: Settings, Messages, Connected tools.",
    ),
    pair(
        613,
        2018338,
        Class::StopWrites,
        "Meta warns of abuse. Stop sending from this account for a while.",
    ),
    pair(
        613,
        1893016,
        Class::Wait(HOUR),
        "Meta's limit for opt-in requests is reached.",
    ),
    // Under whatever code they come.
    sub(2018300, Class::NotOwner, OTHER_APP),
    sub(
        2018321,
        Class::Permanent,
        "An automated flow of Meta's handles this conversation at the moment.",
    ),
    sub(
        2534001,
        Class::Permanent,
        "This conversation is archived at Meta's side.",
    ),
    sub(1545133, Class::Transient, STUMBLED),
    sub(1545041, Class::Unreachable, PERSON),
    sub(2018278, Class::OutsideWindow, CLOSED),
    sub(2534022, Class::OutsideWindow, CLOSED),
];

/// Codes alone (graph-api k.2, k.4).
pub static CODES: &[Row] = &[
    code(
        0,
        Class::SignInAgain,
        "Meta does not accept the token. Connect the account again.",
    ),
    codes(1, 2, Class::Transient, STUMBLED),
    code(
        3,
        Class::Setup,
        "This Meta app may not do this: a permission or product is missing in its dashboard.",
    ),
    code(4, Class::Wait(PAUSE), APP_SLOW),
    code(10, Class::Setup, SCOPE),
    code(17, Class::Wait(PAUSE), SLOW),
    code(32, Class::Wait(PAUSE), SLOW),
    code(
        33,
        Class::Missing,
        "Meta does not find this, or this token may not see it.",
    ),
    code(100, Class::Bug, OURS),
    code(
        102,
        Class::SignInAgain,
        "The sign-in has ended. Connect the account again.",
    ),
    code(
        104,
        Class::Setup,
        "Meta wants a proof made with the app secret. Connect the account with the right app secret.",
    ),
    code(
        190,
        Class::SignInAgain,
        "The token is no longer valid. Connect the account again.",
    ),
    code(
        230,
        Class::NotShared,
        "This person's profile is only shared after they wrote.",
    ),
    codes(200, 299, Class::Setup, SCOPE),
    code(341, Class::Wait(PAUSE), APP_SLOW),
    code(
        368,
        Class::StopWrites,
        "Meta blocked this action. Look at the account's Support Inbox.",
    ),
    code(
        506,
        Class::Content,
        "Meta refuses to take the very same text again. Change it.",
    ),
    code(551, Class::Unreachable, PERSON),
    code(613, Class::Wait(PAUSE), SLOW),
    code(803, Class::Missing, "Meta does not know this id."),
    code(2022, Class::Setup, "Shopping is switched off for this account."),
    code(2500, Class::Bug, OURS),
    code(
        36103,
        Class::Setup,
        "This feature is not available for the account.",
    ),
    codes(80000, 80014, Class::Wait(PAUSE), SLOW),
    code(1609005, Class::Content, "Meta could not read the link."),
    code(2018300, Class::NotOwner, OTHER_APP),
    code(
        2018321,
        Class::Permanent,
        "An automated flow of Meta's handles this conversation at the moment.",
    ),
    codes(
        2018389,
        2018396,
        Class::Permanent,
        "Calling is not possible for this account.",
    ),
    code(
        2534001,
        Class::Permanent,
        "This conversation is archived at Meta's side.",
    ),
    code(1545133, Class::Transient, STUMBLED),
    code(
        9000001,
        Class::NoDetails,
        "Meta no longer shows this message: it was deleted or is older than the newest 20.",
    ),
    // WhatsApp.
    code(
        130403,
        Class::UserAction,
        "This number is blocked by the business. Unblock it first.",
    ),
    code(130429, Class::Wait(5 * SECOND), SLOW),
    code(
        130472,
        Class::Unreachable,
        "Meta keeps this person out of marketing for an experiment of its own.",
    ),
    code(
        130497,
        Class::Unreachable,
        "WhatsApp does not allow this kind of message in the person's country.",
    ),
    code(131000, Class::Transient, STUMBLED),
    code(131005, Class::Setup, SCOPE),
    code(131008, Class::Bug, OURS),
    code(131009, Class::Bug, OURS),
    code(131016, Class::Transient, STUMBLED),
    code(131021, Class::Content, "A number cannot write to itself."),
    code(
        131026,
        Class::Unreachable,
        "WhatsApp could not deliver this. The number may not use WhatsApp, or an old version of it.",
    ),
    code(131031, Class::StopWrites, RESTRICTED),
    codes(
        131035,
        131036,
        Class::Setup,
        "The account's storage setting does not allow this.",
    ),
    code(
        131037,
        Class::Setup,
        "The display name of this number must be approved first.",
    ),
    code(
        131042,
        Class::UserAction,
        "There is a problem with the payment of this WhatsApp account. Mend it in Meta's billing settings.",
    ),
    code(131045, Class::Setup, REGISTRATION),
    code(
        131047,
        Class::OutsideWindow,
        "The 24-hour reply window is closed. WhatsApp only takes a template now.",
    ),
    code(
        131048,
        Class::StopWrites,
        "WhatsApp limits this number because people blocked or reported it.",
    ),
    code(
        131049,
        Class::Unreachable,
        "WhatsApp did not deliver this to keep people from getting too much. Try again tomorrow.",
    ),
    code(
        131050,
        Class::Unreachable,
        "This person does not want marketing messages.",
    ),
    code(
        131051,
        Class::Permanent,
        "WhatsApp does not support this type of message.",
    ),
    code(
        131052,
        Class::Permanent,
        "The received file could not be downloaded. Ask the person to send it again.",
    ),
    code(131053, Class::Content, ATTACHMENT),
    code(
        131055,
        Class::Permanent,
        "This is not allowed for this number or this kind of template.",
    ),
    code(
        131056,
        Class::WaitForPerson(6 * SECOND),
        "Too many messages to this person in a short time. It is sent in a moment.",
    ),
    code(
        131057,
        Class::Transient,
        "This WhatsApp account is being maintained by Meta.",
    ),
    code(
        131062,
        Class::Content,
        "This kind of template needs the person's phone number.",
    ),
    code(
        131063,
        Class::Setup,
        "Marketing templates are switched off for this number.",
    ),
    code(
        131064,
        Class::StopWrites,
        "WhatsApp cut this number's limit because templates were put in the wrong category.",
    ),
    codes(132000, 132001, Class::Content, TEMPLATE),
    code(
        132005,
        Class::Content,
        "The text of the template is too long once filled in.",
    ),
    code(132007, Class::Permanent, "The template breaks WhatsApp's policy."),
    code(132012, Class::Content, TEMPLATE),
    code(
        132015,
        Class::Wait(HOUR),
        "The template is paused because people disliked it.",
    ),
    code(
        132016,
        Class::Permanent,
        "The template was switched off by WhatsApp.",
    ),
    code(132018, Class::Content, TEMPLATE),
    code(
        132068,
        Class::Permanent,
        "The form behind this message is blocked.",
    ),
    code(
        132069,
        Class::Wait(HOUR),
        "The form behind this message is slowed down by WhatsApp.",
    ),
    code(133000, Class::Setup, REGISTRATION),
    code(133004, Class::Transient, STUMBLED),
    code(
        133005,
        Class::UserAction,
        "The two-step PIN of this number is wrong.",
    ),
    code(133006, Class::Setup, REGISTRATION),
    code(
        133008,
        Class::UserAction,
        "The PIN was guessed too often. Wait before trying again.",
    ),
    code(
        133009,
        Class::UserAction,
        "The PIN was entered too fast. Wait a moment before trying again.",
    ),
    code(133010, Class::Setup, REGISTRATION),
    codes(
        133015,
        133016,
        Class::Setup,
        "This number was registered or removed too often. Wait before trying again.",
    ),
    codes(
        134100,
        134100,
        Class::Permanent,
        "Only marketing templates can be sent this way.",
    ),
    code(
        134101,
        Class::Wait(10 * MINUTE),
        "WhatsApp is still preparing the template.",
    ),
    code(134102, Class::Permanent, "This template cannot be sent this way."),
    code(
        134011,
        Class::UserAction,
        "WhatsApp's payment terms must be accepted first.",
    ),
    code(135000, Class::Bug, OURS),
    code(136024, Class::Setup, REGISTRATION),
    codes(
        147001,
        147005,
        Class::Setup,
        "The business username is not set up.",
    ),
    code(
        1752041,
        Class::MaybeDone,
        "WhatsApp says it already took this message.",
    ),
    code(
        2388019,
        Class::UserAction,
        "The account has as many templates as allowed. Delete some.",
    ),
    codes(
        2388039,
        2388299,
        Class::Content,
        "WhatsApp did not accept the template as written.",
    ),
    code(
        2494100,
        Class::Transient,
        "This WhatsApp account is being maintained by Meta.",
    ),
    codes(
        2494164,
        2494179,
        Class::Setup,
        "Meta's terms or business details must be completed first.",
    ),
    codes(
        2593107,
        2593109,
        Class::Permanent,
        "The history of the phone app cannot be shared any more; messages from now on arrive.",
    ),
];
