//! How a reply leaves besides its words, and what waits to leave.

use crate::{
    AccountId, Channel, ContactSummary, ConversationId, DeliveryStatus, Failure, MessageId, OutboxId,
    Timestamp,
};
use serde::{Deserialize, Serialize};

/// How a reply leaves; the default is as soon as it may.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// The message of the same conversation that it quotes.
    pub quotes: Option<MessageId>,
    /// Answers the person can tap; see [`ButtonLimit`].
    pub buttons: Vec<String>,
    /// A chosen time. Refused when the reply window will be closed by then.
    pub send_at: Option<Timestamp>,
    /// As a human agent after the window (graph-api c.1): only what a person wrote and sent.
    pub human_agent: bool,
}

/// Answers to tap under a reply: how many, and how long (graph-api c.2, g.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ButtonLimit {
    pub count: usize,
    /// Characters of one.
    pub title: usize,
    /// Characters of the words above them; `None` = as without them.
    pub text: Option<usize>,
}

impl ButtonLimit {
    /// The limit on `channel`. WhatsApp shows up to three as buttons and more as a list.
    #[must_use]
    pub const fn of(channel: Channel, count: usize) -> Self {
        match channel {
            Channel::Instagram | Channel::Messenger => Self { count: 13, title: 20, text: None },
            Channel::WhatsApp if count > 3 => Self { count: 10, title: 24, text: None },
            Channel::WhatsApp => Self { count: 10, title: 20, text: Some(1024) },
        }
    }

    /// What is wrong with these buttons under `text`, in words; `None` = they may leave.
    #[must_use]
    pub fn complaint(channel: Channel, text: &str, buttons: &[String]) -> Option<String> {
        let limit = Self::of(channel, buttons.len());
        let name = channel.name();
        if buttons.is_empty() {
            return None;
        }
        if buttons.len() > limit.count {
            return Some(format!(
                "{name} takes at most {} quick replies; these are {}.",
                limit.count,
                buttons.len()
            ));
        }
        if buttons.iter().any(|b| b.trim().is_empty()) {
            return Some("A quick reply needs words.".into());
        }
        if let Some(long) = buttons.iter().find(|b| b.chars().count() > limit.title) {
            return Some(format!("\"{long}\" is longer than the {} characters {name} shows.", limit.title));
        }
        let mut seen: Vec<&str> = buttons.iter().map(|b| b.trim()).collect();
        seen.sort_unstable();
        if seen.windows(2).any(|pair| pair[0] == pair[1]) {
            return Some("Two quick replies say the same.".into());
        }
        let used = text.chars().count();
        limit.text.filter(|most| used > *most).map(|most| {
            format!("With quick replies, {name} takes at most {most} characters of text; this has {used}.")
        })
    }
}

/// What we asked Meta to do to a message and it has not done: an emoji of ours on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reacting {
    /// `None` takes ours away.
    pub emoji: Option<String>,
    /// Meta refused it.
    pub failure: Option<Failure>,
}

/// Something that waits to leave, failed, or is unsure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxEntry {
    pub id: OutboxId,
    /// The message that leaves, or the one that is acted on.
    pub message: MessageId,
    pub conversation: ConversationId,
    pub account: AccountId,
    pub channel: Channel,
    pub contact: ContactSummary,
    /// The beginning of its words, or what is to be done.
    pub text: String,
    /// An emoji on a message rather than a message.
    pub is_reaction: bool,
    pub status: DeliveryStatus,
    pub queued_at: Timestamp,
    /// A time somebody chose.
    pub send_at: Option<Timestamp>,
    /// The next attempt.
    pub due_at: Option<Timestamp>,
    pub leave_before: Option<Timestamp>,
    pub attempts: u32,
    pub failure: Option<Failure>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buttons(count: usize, title: usize) -> Vec<String> {
        (0..count).map(|n| format!("{n:0title$}")).collect()
    }

    #[test]
    fn each_channel_takes_as_many_quick_replies_as_meta_says() {
        let says = |channel, text: &str, count, title| {
            ButtonLimit::complaint(channel, text, &buttons(count, title)).is_some()
        };
        for channel in [Channel::Instagram, Channel::Messenger] {
            assert!(!says(channel, "Which?", 13, 20));
            assert!(says(channel, "Which?", 14, 20));
            assert!(says(channel, "Which?", 2, 21));
        }
        assert!(!says(Channel::WhatsApp, &"a".repeat(1024), 3, 20));
        assert!(says(Channel::WhatsApp, &"a".repeat(1025), 3, 20));
        assert!(says(Channel::WhatsApp, "Which?", 3, 21));
        assert!(!says(Channel::WhatsApp, &"a".repeat(1025), 4, 24), "four are a list");
        assert!(says(Channel::WhatsApp, "Which?", 11, 3));
        assert_eq!(ButtonLimit::complaint(Channel::WhatsApp, "x", &[]), None);
        assert!(ButtonLimit::complaint(Channel::Messenger, "x", &["a".into(), " ".into()]).is_some());
        assert!(ButtonLimit::complaint(Channel::Messenger, "x", &["a".into(), "a ".into()]).is_some());
    }
}
