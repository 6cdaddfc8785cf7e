//! The table of shortcuts: what a key does, how it is called, and where the sheet shows it.

/// What a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    Next,
    Previous,
    First,
    Last,
    Open,
    Back,
    Reply,
    Unread,
    Resolve,
    Snooze,
    Label,
    Assign,
    AssignMe,
    Pin,
    Spam,
    Select,
    SelectAll,
    Undo,
    Note,
    SendResolve,
    PopOut,
    Newest,
    Send,
    SendLater,
    UndoSend,
    GoScheduled,
    Outbox,
    Palette,
    Lock,
    Search,
    Sheet,
    GoInbox,
    GoUnread,
    GoWaiting,
    GoDrafts,
    GoFailed,
    GoMine,
    GoSnoozed,
    GoResolved,
    GoAccounts,
    GoSettings,
    GoDiagnostics,
    Person,
    Rail,
    Find,
    NextPicture,
    PreviousPicture,
    ZoomIn,
    ZoomOut,
    ZoomFit,
    SavePicture,
    /// All accounts (0), or one of them (1 to 9).
    Account(u8),
}

/// Headings of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    List,
    Thread,
    Picture,
    Anywhere,
    Go,
}

impl Group {
    /// Every group, in the order of the sheet.
    pub const ALL: [Self; 5] = [Self::List, Self::Thread, Self::Picture, Self::Anywhere, Self::Go];

    /// Its heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "Conversations",
            Self::Thread => "Thread",
            Self::Picture => "Picture",
            Self::Anywhere => "Anywhere",
            Self::Go => "Go to",
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Shortcut {
    pub command: Command,
    /// Alternatives; `mod` is Ctrl, or Cmd on a Mac; a space separates a sequence.
    pub keys: &'static [&'static str],
    pub says: &'static str,
    pub group: Group,
}

const fn row(command: Command, keys: &'static [&'static str], says: &'static str, group: Group) -> Shortcut {
    Shortcut { command, keys, says, group }
}

/// Every shortcut there is.
pub const ALL: &[Shortcut] = &[
    row(Command::Next, &["j", "arrowdown"], "Next conversation", Group::List),
    row(Command::Previous, &["k", "arrowup"], "Previous conversation", Group::List),
    row(Command::First, &["home"], "First conversation", Group::List),
    row(Command::Last, &["end"], "Last loaded conversation", Group::List),
    row(Command::Open, &["enter", "o"], "Open and write", Group::List),
    row(Command::Back, &["escape"], "Back, close", Group::List),
    row(Command::Unread, &["u"], "Mark unread or read", Group::List),
    row(Command::Resolve, &["e"], "Resolve, or open again", Group::List),
    row(Command::Snooze, &["h"], "Snooze", Group::List),
    row(Command::Label, &["l"], "Label", Group::List),
    row(Command::Assign, &["a"], "Assign", Group::List),
    row(Command::AssignMe, &["i"], "Assign to me", Group::List),
    row(Command::Pin, &["s"], "Pin or unpin", Group::List),
    row(Command::Spam, &["!"], "Mark as spam, or take it back", Group::List),
    row(Command::Select, &["x"], "Select", Group::List),
    row(Command::SelectAll, &["*"], "Select everything listed", Group::List),
    row(Command::Undo, &["z"], "Undo", Group::List),
    row(Command::Account(0), &["mod+0"], "All accounts", Group::List),
    row(Command::Account(1), &["mod+1"], "First account", Group::List),
    row(Command::Account(2), &["mod+2"], "Second account", Group::List),
    row(Command::Account(3), &["mod+3"], "Third account", Group::List),
    row(Command::Account(4), &["mod+4"], "Fourth account", Group::List),
    row(Command::Account(5), &["mod+5"], "Fifth account", Group::List),
    row(Command::Account(6), &["mod+6"], "Sixth account", Group::List),
    row(Command::Account(7), &["mod+7"], "Seventh account", Group::List),
    row(Command::Account(8), &["mod+8"], "Eighth account", Group::List),
    row(Command::Account(9), &["mod+9"], "Ninth account", Group::List),
    row(Command::Reply, &["r"], "Write a reply", Group::Thread),
    row(Command::Send, &["mod+enter"], "Send", Group::Thread),
    row(Command::SendResolve, &["mod+shift+enter"], "Send and resolve", Group::Thread),
    row(Command::SendLater, &["mod+shift+l"], "Send later", Group::Thread),
    row(Command::UndoSend, &["mod+shift+z"], "Take back the last send", Group::Thread),
    row(Command::Note, &["n"], "Write a note", Group::Thread),
    row(Command::PopOut, &["mod+shift+e"], "Open in a window of its own", Group::Thread),
    row(Command::Newest, &["shift+end"], "Jump to the newest message", Group::Thread),
    row(Command::Person, &["mod+shift+p"], "Show or hide the person", Group::Thread),
    row(Command::Find, &["mod+f"], "Find in this conversation", Group::Thread),
    row(Command::NextPicture, &["arrowright"], "Next picture", Group::Picture),
    row(Command::PreviousPicture, &["arrowleft"], "Previous picture", Group::Picture),
    row(Command::ZoomIn, &["+", "="], "Larger", Group::Picture),
    row(Command::ZoomOut, &["-"], "Smaller", Group::Picture),
    row(Command::ZoomFit, &["0"], "As large as the window", Group::Picture),
    row(Command::SavePicture, &["mod+s"], "Save", Group::Picture),
    row(Command::Palette, &["mod+k"], "Command palette", Group::Anywhere),
    row(Command::Search, &["/"], "Search", Group::Anywhere),
    row(Command::Sheet, &["?"], "This sheet", Group::Anywhere),
    row(Command::Lock, &["mod+l"], "Lock", Group::Anywhere),
    row(Command::Rail, &["mod+b"], "Widen or narrow the side bar", Group::Anywhere),
    row(Command::GoInbox, &["g i"], "Inbox", Group::Go),
    row(Command::GoUnread, &["g u"], "Unread", Group::Go),
    row(Command::GoWaiting, &["g w"], "Waiting for a reply", Group::Go),
    row(Command::GoDrafts, &["g d"], "Drafts", Group::Go),
    row(Command::GoFailed, &["g f"], "Failed sends", Group::Go),
    row(Command::GoMine, &["g m"], "Mine", Group::Go),
    row(Command::GoSnoozed, &["g h"], "Snoozed", Group::Go),
    row(Command::GoResolved, &["g e"], "Resolved", Group::Go),
    row(Command::GoScheduled, &["g c"], "Scheduled sends", Group::Go),
    row(Command::Outbox, &["g o"], "Outbox", Group::Go),
    row(Command::GoAccounts, &["g a"], "Accounts", Group::Go),
    row(Command::GoSettings, &["g s"], "Settings", Group::Go),
    row(Command::GoDiagnostics, &["g y"], "Diagnostics", Group::Go),
];

impl Command {
    /// Its row of the table.
    #[must_use]
    pub fn shortcut(self) -> Option<&'static Shortcut> {
        ALL.iter().find(|s| s.command == self)
    }

    /// Its first key as people read it: `Ctrl K`, `G I`.
    #[must_use]
    pub fn label(self) -> String {
        let first = self.shortcut().and_then(|s| super::keys_of(s).into_iter().next());
        first.map_or(String::new(), |k| pretty(&k, crate::ipc::on_mac()))
    }
}

/// Keys as people read them.
#[must_use]
pub fn pretty(keys: &str, mac: bool) -> String {
    let word = |part: &str| match part {
        "mod" if mac => "⌘".to_owned(),
        "mod" => "Ctrl".to_owned(),
        "shift" => if mac { "⇧" } else { "Shift" }.to_owned(),
        "arrowdown" => "↓".to_owned(),
        "arrowleft" => "←".to_owned(),
        "arrowright" => "→".to_owned(),
        "arrowup" => "↑".to_owned(),
        "escape" => "Esc".to_owned(),
        "enter" => "Enter".to_owned(),
        other => {
            let mut letters = other.chars();
            letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
        }
    };
    if keys == "+" {
        return "+".to_owned();
    }
    keys.split([' ', '+']).map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let mut seen = std::collections::HashMap::new();
        for s in ALL {
            for key in s.keys {
                assert!(seen.insert(*key, s.command).is_none(), "{key} is bound twice");
            }
        }
        for s in ALL {
            for key in s.keys {
                if let Some((first, _)) = key.split_once(' ') {
                    assert!(!seen.contains_key(first), "{first} begins a sequence and stands alone");
                }
            }
        }
    }

    #[test]
    fn keys_are_printed_for_people() {
        assert_eq!(pretty("mod+k", false), "Ctrl K");
        assert_eq!(pretty("mod+shift+p", true), "⌘ ⇧ P");
        assert_eq!(pretty("g i", false), "G I");
    }
}
