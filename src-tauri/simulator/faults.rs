//! What can go wrong, by name. A fault may hold for a number of calls and for calls that match.

use crate::error::GraphError;
use crate::random::Chance;

/// Every fault there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Refused with this error; nothing happened.
    Refuse(&'static str),
    Html502,
    /// An error object that travels with HTTP 200.
    ErrorWith200,
    /// Half of the answer; a send has happened.
    TruncatedJson,
    /// The answer trickles; a send has happened.
    SlowBody,
    /// The send is recorded and echoed, the connection dies without an answer.
    DeadAfterDelivery,
    /// The send is recorded, the answer is a web page of a gateway.
    Html502AfterDelivery,
    /// The send is recorded, the answer is error 1/1357046 (graph-api k.3).
    ErrorAfterDelivery,
    /// The echo is delivered before the send is answered.
    EchoBeforeAnswer,
    NoEcho,
    Usage(u8),
    /// Two conversation calls a second for each account (graph-api b).
    Pace,
    /// Long lists are too much (graph-api b).
    ReduceData,
    /// The field `shares` is refused (graph-api b).
    NoShares,
    /// Lists name the business by a third id (graph-api a.4).
    ThirdOwnId,
    /// WhatsApp deliveries without the phone number (graph-api d.5).
    WithoutPhone,
    /// `appsecret_proof` is required.
    RequireProof,
    /// A file's link has ended before its time.
    DeadLink,
    /// A file's host stumbles.
    Media502,
    /// A file is a web page under a picture's name.
    WrongContent,
    /// A file's link leads into the receiver's own network.
    RedirectInward,
}

impl Kind {
    /// Holds for an account for good rather than for one call.
    const fn is_state(self) -> bool {
        matches!(self, Self::Pace | Self::ReduceData | Self::NoShares | Self::ThirdOwnId | Self::RequireProof)
    }
}

const NAMES: [(&str, Kind); 38] = [
    ("190_460", Kind::Refuse("190_460")),
    ("190_463", Kind::Refuse("190_463")),
    ("190_458", Kind::Refuse("190_458")),
    ("4", Kind::Refuse("4")),
    ("10", Kind::Refuse("10")),
    ("17", Kind::Refuse("17")),
    ("32", Kind::Refuse("32")),
    ("613", Kind::Refuse("613")),
    ("80006", Kind::Refuse("80006")),
    ("80002", Kind::Refuse("80002")),
    ("130429", Kind::Refuse("130429")),
    ("131056", Kind::Refuse("131056")),
    ("window", Kind::Refuse("window")),
    ("368", Kind::Refuse("368")),
    ("1", Kind::Refuse("1")),
    ("2", Kind::Refuse("2")),
    ("html_502", Kind::Html502),
    ("truncated_json", Kind::TruncatedJson),
    ("slow_body", Kind::SlowBody),
    ("error_with_200", Kind::ErrorWith200),
    ("dead_after_delivery", Kind::DeadAfterDelivery),
    ("html_502_after_delivery", Kind::Html502AfterDelivery),
    ("error_after_delivery", Kind::ErrorAfterDelivery),
    ("echo_before_answer", Kind::EchoBeforeAnswer),
    ("no_echo", Kind::NoEcho),
    ("usage_50", Kind::Usage(50)),
    ("usage_80", Kind::Usage(80)),
    ("usage_100", Kind::Usage(100)),
    ("rate_2_per_s", Kind::Pace),
    ("reduce_data", Kind::ReduceData),
    ("no_shares", Kind::NoShares),
    ("third_own_id", Kind::ThirdOwnId),
    ("without_phone", Kind::WithoutPhone),
    ("100_2018074", Kind::Refuse("100_2018074")),
    ("dead_link", Kind::DeadLink),
    ("media_502", Kind::Media502),
    ("wrong_content", Kind::WrongContent),
    ("redirect_inward", Kind::RedirectInward),
];

/// The fault's name that is not in the table above because it concerns every call.
const REQUIRE_PROOF: &str = "require_proof";

/// All names, for those who ask.
pub fn fault_names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name).chain([REQUIRE_PROOF])
}

fn kind(name: &str) -> Option<Kind> {
    if name == REQUIRE_PROOF {
        return Some(Kind::RequireProof);
    }
    NAMES.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind)
}

/// The error of a refusing fault.
pub(crate) fn refusal(name: &str, now: &str) -> GraphError {
    match name {
        "190_460" => GraphError::new(
            190,
            "Error validating access token: The session has been invalidated because the user changed their \
             password or Facebook has changed the session for security reasons.",
        )
        .sub(460),
        "190_463" => GraphError::new(
            190,
            format!("Error validating access token: Session has expired. The current time is {now}."),
        )
        .sub(463),
        "190_458" => {
            GraphError::new(190, "Error validating access token: The user has not authorized application.").sub(458)
        }
        "4" => GraphError::new(4, "(#4) Application request limit reached"),
        "10" => GraphError::new(10, "(#10) Application does not have permission for this action"),
        "17" => GraphError::new(17, "(#17) User request limit reached").sub(2_446_079),
        "32" => GraphError::new(32, "(#32) Page request limit reached"),
        "613" => GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit."),
        "80006" => GraphError::new(
            80006,
            "(#80006) There have been too many messenger calls from this Page account. Wait a bit and try again.",
        ),
        "80002" => GraphError::new(
            80002,
            "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again.",
        ),
        "130429" => GraphError::new(130_429, "(#130429) Rate limit hit").details(
            "Message failed to send because there were too many messages sent from this phone number in a short \
             period of time",
        ),
        "131056" => GraphError::new(
            131_056,
            "(#131056) (Business Account, Consumer Account) pair rate limit hit",
        ),
        "window" => {
            GraphError::new(10, "(#10) This message is sent outside of allowed window.").sub(2_018_278)
        }
        "368" => GraphError::new(
            368,
            "The action attempted has been deemed abusive or is otherwise disallowed",
        )
        .user(&("You're Temporarily Blocked", "You can't use this feature right now. See Support Inbox for details.")),
        "100_2018074" => GraphError::param("Upload attachment failure.").sub(2_018_074),
        "2" => GraphError::new(2, "An unexpected error has occurred. Please retry your request later.").transient(true),
        _ => GraphError::new(1, "An unknown error occurred").transient(true),
    }
}

#[derive(Debug, Clone)]
struct Fault {
    name: String,
    kind: Kind,
    left: Option<u32>,
    only: Vec<String>,
    ms: Option<u64>,
}

/// A fault that happens now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Struck {
    pub kind: Kind,
    /// How long it lasts, where that matters.
    pub ms: Option<u64>,
}

/// A bad day: a share of all chances for a fault is taken, by any fault that fits.
#[derive(Debug)]
struct Storm {
    percent: u64,
    chance: Chance,
}

impl Storm {
    /// How long an answer trickles in a storm, in milliseconds.
    const SLOW: u64 = 60;

    fn strike(&mut self, wanted: impl Fn(Kind) -> bool) -> Option<Struck> {
        if !self.chance.percent(self.percent) {
            return None;
        }
        let fits: Vec<Kind> = NAMES.iter().map(|(_, k)| *k).filter(|k| !k.is_state() && wanted(*k)).collect();
        (!fits.is_empty()).then(|| Struck { kind: self.chance.pick(&fits), ms: Some(Self::SLOW) })
    }
}

/// The faults switched on.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    on: Vec<Fault>,
    storm: Option<Storm>,
}

impl Faults {
    /// Switches one on; false when there is no such name. `only`: words that must all occur in
    /// "METHOD /path account-id".
    pub fn switch_on(&mut self, name: &str, times: Option<u32>, only: Option<&str>, ms: Option<u64>) -> bool {
        let Some(kind) = kind(name) else { return false };
        let only = only.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        self.on.push(Fault { name: name.to_owned(), kind, left: times, only, ms });
        true
    }

    /// From here on `percent` of a hundred chances for a fault are taken, as `seed` decides.
    pub fn storm(&mut self, percent: u8, seed: u64) {
        self.storm = Some(Storm { percent: u64::from(percent), chance: Chance::new(seed) });
    }

    /// Switches all of them off, the storm too.
    pub fn clear(&mut self) {
        self.on.clear();
        self.storm = None;
    }

    /// The first fault of those `wanted` that matches `call`; it counts as used.
    pub fn strike(&mut self, call: &str, wanted: impl Fn(Kind) -> bool) -> Option<Struck> {
        let at = self.on.iter().position(|f| {
            wanted(f.kind) && f.left != Some(0) && f.only.iter().all(|word| call.contains(word.as_str()))
        });
        let Some(at) = at else {
            return self.storm.as_mut().and_then(|storm| storm.strike(wanted));
        };
        let fault = &mut self.on[at];
        if let Some(left) = &mut fault.left {
            *left -= 1;
        }
        Some(Struck { kind: fault.kind, ms: fault.ms })
    }

    /// Names and remaining uses.
    pub fn list(&self) -> Vec<serde_json::Value> {
        let shown = self.on.iter().filter(|f| f.left != Some(0));
        shown
            .map(|f| serde_json::json!({ "name": f.name, "times": f.left, "only": f.only.join(" "), "ms": f.ms }))
            .collect()
    }
}
