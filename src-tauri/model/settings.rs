//! What the person at the desk chose. Stored as one JSON value; unknown or missing fields fall back.

use serde::{Deserialize, Serialize};

/// Everything on the settings page apart from the webhook door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Settings {
    pub appearance: Appearance,
    pub composer: Composer,
    pub working: Working,
    pub notifications: Notifications,
    pub window: Window,
    pub storage: Storage,
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
}

impl Default for Composer {
    fn default() -> Self {
        Self { enter_sends: true }
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    pub messages: bool,
    /// Failed sends and token trouble; interface.md 7: never silenced by do-not-disturb.
    pub trouble: bool,
    pub sound: bool,
    /// Show the words; off = "New message" only.
    pub show_text: bool,
    pub do_not_disturb: bool,
}

impl Default for Notifications {
    fn default() -> Self {
        Self { messages: true, trouble: true, sound: true, show_text: true, do_not_disturb: false }
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Storage {
    /// Days a raw delivery is kept in the journal.
    pub journal_days: u32,
    /// Largest total of kept media files, in mebibytes.
    pub media_mib: u32,
}

impl Default for Storage {
    fn default() -> Self {
        Self { journal_days: 30, media_mib: 2048 }
    }
}
