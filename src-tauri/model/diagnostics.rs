//! How the program itself is doing, for somebody who has a problem or looks for one.

use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

/// Everything that is known, in groups; what an agent meets first stands first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    pub taken_at: Timestamp,
    pub groups: Vec<FactGroup>,
}

/// Facts about one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactGroup {
    pub topic: Topic,
    /// Its heading; an account's group is headed by the account's name.
    pub title: String,
    pub lines: Vec<FactLine>,
}

/// What a group is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Account { account: AccountId },
    Sending,
    Receiving,
    Database,
    Journal,
    Files,
    Copies,
    Work,
    Speed,
    Program,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactLine {
    pub name: String,
    pub fact: Fact,
    pub mark: Mark,
    /// What it means or what would help; empty where the fact says it all.
    pub note: String,
}

/// A value that each reader writes in its own way: the window in local time, a file in UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Words(String),
    Count(u64),
    Bytes(u64),
    Percent(u8),
    /// Milliseconds.
    Lasts(u64),
    At(Timestamp),
}

/// Whether somebody should look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Says nothing of well or ill.
    Plain,
    Good,
    Attention,
}

/// What a support bundle holds, exactly as it is saved: nothing else leaves with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Names it for saving, until the next one is made.
    pub id: String,
    /// "heliograph-support-2026-11-25.zip".
    pub name: String,
    pub files: Vec<BundleFile>,
    /// Of the whole, packed.
    pub bytes: u64,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleFile {
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    pub text: String,
}

impl Mark {
    /// "good", "attention"; nothing for a plain fact.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "good",
            Self::Attention => "attention",
        }
    }
}

impl Diagnostics {
    /// The lines that somebody should look at, each with its group.
    pub fn attention(&self) -> impl Iterator<Item = (&FactGroup, &FactLine)> {
        let all = self.groups.iter().flat_map(|g| g.lines.iter().map(move |l| (g, l)));
        all.filter(|(_, line)| line.mark == Mark::Attention)
    }

    /// As plain text; `write` says how a fact reads.
    #[must_use]
    pub fn text(&self, write: impl Fn(&Fact) -> String) -> String {
        let mut text = format!("Heliograph diagnostics, {}\n", write(&Fact::At(self.taken_at)));
        for group in &self.groups {
            text.push_str(&format!("\n{}\n", group.title));
            for line in &group.lines {
                let mark = if line.mark == Mark::Attention { "! " } else { "  " };
                text.push_str(&format!("{mark}{}: {}", line.name, write(&line.fact)));
                if !line.note.is_empty() {
                    text.push_str(&format!(" ({})", line.note));
                }
                text.push('\n');
            }
        }
        text
    }
}
