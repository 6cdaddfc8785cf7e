//! What happened in a conversation without being said: one line each.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A line between bubbles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "activity", rename_all = "snake_case")]
pub enum Activity {
    /// They came through an ad, a link or a shop page.
    CameFrom {
        referral: Referral,
    },
    /// A button of ours that is not a message was tapped.
    Tapped {
        title: String,
    },
    /// They allowed to be written to, or took it back.
    OptIn {
        allowed: bool,
    },
    Call {
        outcome: CallOutcome,
        by_them: bool,
        seconds: Option<u32>,
    },
    /// Another app answers now: we can only read.
    HandedOver {
        to: String,
    },
    /// We answer again.
    TakenOver,
    /// Another app asks to answer.
    HandOverAsked,
    /// WhatsApp: they have a new number or id.
    NumberChanged {
        to: String,
    },
    /// WhatsApp: their security code changed.
    IdentityChanged,
    /// Somebody joined, left or renamed the group.
    Group {
        what: String,
    },
    /// The person's feedback on a reply.
    Feedback {
        words: String,
    },
    /// Assigned at this desk; empty = to nobody.
    Assigned {
        to: String,
    },
    Snoozed {
        until: Option<Timestamp>,
    },
    /// The snooze ended: by time, or since they wrote.
    Woke {
        they_wrote: bool,
    },
    Resolved,
    Reopened {
        they_wrote: bool,
    },
    /// Open again, since a reply in it did not leave.
    NotSent,
    Pending,
    Labelled {
        label: String,
        on: bool,
    },
    Blocked {
        on: bool,
    },
    Spam {
        on: bool,
    },
    Merged {
        with: String,
    },
    /// Anything else of Meta's, by its name.
    Other {
        name: String,
    },
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Ringing,
    Answered,
    Missed,
    Declined,
    Ended,
    /// Somebody was asked whether they may be called, or said so.
    Permission,
}

/// Where a person came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Referral {
    /// An ad rather than a link.
    pub ad: bool,
    pub title: String,
    pub text: String,
    /// Opens the ad, post or product.
    pub link: Option<String>,
    /// What the link's maker wrote into it.
    pub reference: String,
    pub ad_id: String,
    /// Click id that conversions are reported with (graph-api i).
    pub click_id: String,
}
