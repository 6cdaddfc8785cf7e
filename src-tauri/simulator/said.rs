//! What is said in the world, by people and by the shop's phone, and saying it again to a webhook.

use crate::random::Chance;
use crate::world::{World, Written};
use serde::Serialize;
use std::time::Duration;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    Image,
    Audio,
    Sticker,
    /// An answer to a story of ours.
    StoryReply(String),
    /// Something the API only names.
    Unsupported,
}

impl Content {
    /// The word for it, as the truth tells.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Sticker => "sticker",
            Self::StoryReply(_) => "story_reply",
            Self::Unsupported => "unsupported",
        }
    }

    /// The words in it, possibly none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::StoryReply(text) => text,
            Self::Image | Self::Audio | Self::Sticker | Self::Unsupported => "",
        }
    }
}

/// What became of something said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    pub mid: String,
    pub person: String,
    /// The thread's id; on WhatsApp the person's number.
    pub thread: String,
}

impl World {
    /// Somebody says something and the webhook hears of it.
    pub fn spoken(&mut self, account: usize, person: Option<&str>, content: Content, from_us: bool) -> Said {
        let thread = self.meet(account, person);
        let index = self.hold(thread, from_us, Written::by_phone(content));
        self.announce(thread, index, Duration::ZERO);
        Said {
            mid: self.mid(thread, index),
            person: self.threads[thread].person.clone(),
            thread: self.thread_id(thread),
        }
    }

    /// Delivers by webhook what is held for an account.
    pub fn replay(&mut self, account: usize, shuffled: Option<u64>) {
        for (thread, index) in order(self, account, shuffled) {
            self.announce(thread, index, Duration::ZERO);
        }
    }
}

/// Every message of an account: by time, or shuffled.
pub(crate) fn order(world: &World, account: usize, shuffled: Option<u64>) -> Vec<(usize, usize)> {
    let threads = world.threads.iter().enumerate().filter(|(_, t)| t.account == account);
    let mut all: Vec<(i64, usize, usize)> = threads
        .flat_map(|(thread, t)| t.messages.iter().enumerate().map(move |(index, m)| (m.at, thread, index)))
        .collect();
    match shuffled {
        Some(seed) => Chance::new(seed).shuffle(&mut all),
        None => all.sort_unstable(),
    }
    all.into_iter().map(|(_, thread, index)| (thread, index)).collect()
}
