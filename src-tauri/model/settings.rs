//! What the person at the desk chose. Stored as one JSON value; unknown or missing fields fall back.

use crate::{AccountId, FileKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything on the settings page apart from the webhook door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Settings {
    pub appearance: Appearance,
    pub composer: Composer,
    pub working: Working,
    pub sending: Sending,
    pub notifications: Notifications,
    pub window: Window,
    pub storage: Storage,
    pub lock: Lock,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Appearance {
    pub theme: Theme,
    pub density: Density,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    #[default]
    Normal,
    Compact,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composer {
    /// Enter sends and Shift+Enter makes a line; else Ctrl+Enter (Cmd on macOS) sends.
    pub enter_sends: bool,
    /// Tries films, sounds and documents on Instagram too, which Meta has not documented for uploads.
    pub unproven_files: bool,
}

impl Default for Composer {
    fn default() -> Self {
        Self { enter_sends: true, unproven_files: false }
    }
}

/// How conversations are worked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Working {
    /// After resolve, snooze and spam the next conversation of the list opens.
    pub auto_advance: bool,
    /// Opening a conversation does not mark it read; a reply or a press does.
    pub unread_until_answered: bool,
}

/// What happens around a send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// A send is held this long, so that it can be taken back; see [`Sending::LONGEST_UNDO`].
    pub undo_seconds: u8,
    /// The person sees that somebody types.
    pub shows_typing: bool,
    /// The person sees that their messages were read here.
    pub shows_seen: bool,
    /// What was to leave later is taken back when the person writes first.
    pub cancels_if_they_write: bool,
    /// The person at this desk has read what a human agent may write after the window.
    pub knows_human_agent: bool,
}

impl Sending {
    /// In seconds.
    pub const LONGEST_UNDO: u8 = 10;
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            undo_seconds: 5,
            shows_typing: false,
            shows_seen: true,
            cancels_if_they_write: true,
            knows_human_agent: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    pub messages: bool,
    /// Failed sends and token trouble; interface.md 7: never silenced by do-not-disturb.
    pub trouble: bool,
    /// The reply window of somebody who waits ends in two hours, in half an hour.
    pub window_ending: bool,
    pub sound: bool,
    /// Show the words; off = "New message" only.
    pub show_text: bool,
    pub do_not_disturb: bool,
}

impl Default for Notifications {
    fn default() -> Self {
        Self {
            messages: true,
            trouble: true,
            window_ending: true,
            sound: true,
            show_text: true,
            do_not_disturb: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    pub close_to_tray: bool,
    pub start_at_login: bool,
    pub start_hidden: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self { close_to_tray: true, start_at_login: false, start_hidden: false }
    }
}

/// When the app locks by itself, once it has a passphrase or PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// Minutes without input anywhere; 0 = not by itself. See [`Lock::LONGEST`].
    pub after_minutes: u32,
    /// With the screen, and when the computer slept, where the system tells.
    pub with_system: bool,
    /// While locked, "New message" is said; off = nothing.
    pub notify: bool,
}

impl Lock {
    /// In minutes: a day.
    pub const LONGEST: u32 = 24 * 60;
}

impl Default for Lock {
    fn default() -> Self {
        Self { after_minutes: 10, with_system: true, notify: true }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Storage {
    /// Days a raw delivery is kept in the journal.
    pub journal_days: u32,
    /// Largest total of kept media files, in mebibytes.
    pub media_mib: u32,
    /// Days a file of each kind is kept; a kind that is not named stays for ever.
    pub kind_days: BTreeMap<FileKind, u32>,
    /// Days a file of an account is kept, where that is shorter.
    pub account_days: BTreeMap<AccountId, u32>,
    /// Days a daily copy of the database is kept; 0 = none are made.
    pub daily_copies: u32,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            journal_days: 30,
            media_mib: 2048,
            kind_days: BTreeMap::new(),
            account_days: BTreeMap::new(),
            daily_copies: 7,
        }
    }
}

impl Storage {
    /// How many days a file of `account` and `kind` is kept; `None` = for ever.
    #[must_use]
    pub fn days(&self, account: AccountId, kind: FileKind) -> Option<u32> {
        let both = [self.kind_days.get(&kind), self.account_days.get(&account)];
        both.into_iter().flatten().copied().filter(|days| *days > 0).min()
    }
}
