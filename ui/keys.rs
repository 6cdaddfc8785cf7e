//! Every shortcut, in one table: the sheet, the palette and the tooltips print what is bound here.
//! Letters fire only while nothing is typed and no composition runs; Alt and AltGr letters never do.

use leptos::{ev, prelude::*};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

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
    Newest,
    Send,
    Palette,
    Search,
    Sheet,
    GoInbox,
    GoUnread,
    GoWaiting,
    GoDrafts,
    GoFailed,
    GoAccounts,
    GoSettings,
    Person,
    Rail,
    /// All accounts (0), or one of them (1 to 9).
    Account(u8),
}

/// Headings of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    List,
    Thread,
    Anywhere,
    Go,
}

impl Group {
    /// Every group, in the order of the sheet.
    pub const ALL: [Self; 4] = [Self::List, Self::Thread, Self::Anywhere, Self::Go];

    /// Its heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "Conversations",
            Self::Thread => "Thread",
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
    Shortcut {
        command,
        keys,
        says,
        group,
    }
}

/// Every shortcut there is.
pub const ALL: &[Shortcut] = &[
    row(
        Command::Next,
        &["j", "arrowdown"],
        "Next conversation",
        Group::List,
    ),
    row(
        Command::Previous,
        &["k", "arrowup"],
        "Previous conversation",
        Group::List,
    ),
    row(Command::First, &["home"], "First conversation", Group::List),
    row(Command::Last, &["end"], "Last loaded conversation", Group::List),
    row(Command::Open, &["enter", "o"], "Open and write", Group::List),
    row(Command::Back, &["escape"], "Back, close", Group::List),
    row(Command::Unread, &["u"], "Mark unread or read", Group::List),
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
    row(
        Command::Newest,
        &["shift+end"],
        "Jump to the newest message",
        Group::Thread,
    ),
    row(
        Command::Person,
        &["mod+shift+p"],
        "Show or hide the person",
        Group::Thread,
    ),
    row(Command::Palette, &["mod+k"], "Command palette", Group::Anywhere),
    row(Command::Search, &["/"], "Search", Group::Anywhere),
    row(Command::Sheet, &["?"], "This sheet", Group::Anywhere),
    row(
        Command::Rail,
        &["mod+b"],
        "Widen or narrow the side bar",
        Group::Anywhere,
    ),
    row(Command::GoInbox, &["g i"], "Inbox", Group::Go),
    row(Command::GoUnread, &["g u"], "Unread", Group::Go),
    row(Command::GoWaiting, &["g w"], "Waiting for a reply", Group::Go),
    row(Command::GoDrafts, &["g d"], "Drafts", Group::Go),
    row(Command::GoFailed, &["g f"], "Failed sends", Group::Go),
    row(Command::GoAccounts, &["g a"], "Accounts", Group::Go),
    row(Command::GoSettings, &["g s"], "Settings", Group::Go),
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
        self.shortcut()
            .and_then(|s| s.keys.first())
            .map_or(String::new(), |k| pretty(k, crate::ipc::on_mac()))
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
        "arrowup" => "↑".to_owned(),
        "escape" => "Esc".to_owned(),
        "enter" => "Enter".to_owned(),
        other => {
            let mut letters = other.chars();
            letters
                .next()
                .map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
        }
    };
    keys.split([' ', '+']).map(word).collect::<Vec<_>>().join(" ")
}

struct Bound {
    id: u64,
    command: Command,
    /// How many dialogs were open when it was bound: those behind a dialog keep still.
    depth: usize,
    run: Rc<dyn Fn()>,
}

thread_local! {
    static BOUND: RefCell<Vec<Bound>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The first key of a sequence and when it was pressed.
    static FIRST: RefCell<Option<(String, f64)>> = const { RefCell::new(None) };
}

/// How long the second key of a sequence may take, in milliseconds.
const SEQUENCE_MS: f64 = 1_500.0;

/// Does `run` when the command's key is pressed, while the current owner lives. The latest binding wins.
pub fn bind(command: Command, run: impl Fn() + 'static) {
    let id = NEXT.get();
    NEXT.set(id + 1);
    let bound = Bound {
        id,
        command,
        depth: DEPTH.get(),
        run: Rc::new(run),
    };
    BOUND.with_borrow_mut(|all| all.push(bound));
    on_cleanup(move || BOUND.with_borrow_mut(|all| all.retain(|b| b.id != id)));
}

/// Does what the command is bound to at the moment; false when nothing is.
pub fn run(command: Command) -> bool {
    let depth = DEPTH.get();
    let found = BOUND.with_borrow(|all| {
        all.iter()
            .rev()
            .find(|b| b.command == command && b.depth == depth)
            .map(|b| Rc::clone(&b.run))
    });
    found.is_some_and(|run| {
        run();
        true
    })
}

/// Whether the command is bound to something, a dialog in front left aside.
#[must_use]
pub fn is_bound(command: Command) -> bool {
    BOUND.with_borrow(|all| all.iter().any(|b| b.command == command))
}

/// A dialog opened: what lies behind it no longer hears keys until [`leave_dialog`].
pub fn enter_dialog() {
    DEPTH.set(DEPTH.get() + 1);
}

/// The dialog in front closed.
pub fn leave_dialog() {
    DEPTH.set(DEPTH.get().saturating_sub(1));
}

/// Starts to listen, for the life of the window.
pub fn start() {
    let heard = window_event_listener(ev::keydown, |e| {
        if hear(&e) {
            e.prevent_default();
        }
    });
    on_cleanup(move || heard.remove());
}

fn hear(e: &KeyboardEvent) -> bool {
    if e.default_prevented() || composing(e) {
        return false;
    }
    let Some(pressed) = name_of(e) else { return false };
    let typing = is_editable(e);
    let controls = on_control(e);
    let now = crate::clock::ticks();
    let first = FIRST
        .take()
        .filter(|(_, at)| now - at < SEQUENCE_MS)
        .map(|(key, _)| key);
    let matching = |keys: &str| ALL.iter().find(|s| s.keys.contains(&keys)).map(|s| s.command);
    if let Some(first) = first
        && !typing
        && let Some(command) = matching(&format!("{first} {pressed}"))
    {
        return run(command);
    }
    let strong = pressed.starts_with("mod+") || pressed == "escape";
    // Enter, arrows, Home and End mean something to a focused button, menu or field of their own.
    let taken = controls
        && matches!(
            pressed.as_str(),
            "enter" | "arrowdown" | "arrowup" | "home" | "end"
        );
    if (typing && !strong) || taken {
        return false;
    }
    if let Some(command) = matching(&pressed)
        && run(command)
    {
        return true;
    }
    let opens = ALL.iter().any(|s| {
        s.keys
            .iter()
            .any(|k| k.split_once(' ').is_some_and(|(f, _)| f == pressed))
    });
    if opens && !typing {
        FIRST.set(Some((pressed, now)));
    }
    false
}

/// Whether an input method is composing: its keys are not ours.
#[must_use]
pub fn composing(e: &KeyboardEvent) -> bool {
    e.is_composing() || e.key_code() == 229
}

/// The key in the words of the table. Letters by what they type; on layouts without Latin letters, by place.
fn name_of(e: &KeyboardEvent) -> Option<String> {
    named(
        &e.key(),
        &e.code(),
        e.ctrl_key() || e.meta_key(),
        e.alt_key(),
        e.shift_key(),
    )
}

fn named(key: &str, code: &str, command: bool, alt: bool, shift: bool) -> Option<String> {
    if alt {
        return None;
    }
    let mut chars = key.chars();
    let single = chars.next().filter(|_| chars.next().is_none());
    let key = match (single, code.strip_prefix("Key"), code.strip_prefix("Digit")) {
        (Some(c), Some(letter), _) if !c.is_ascii() => letter.to_ascii_lowercase(),
        (Some(_), _, Some(digit)) if command => digit.to_owned(),
        _ => key.to_lowercase(),
    };
    // A symbol such as `?` already says that Shift was held.
    let shifted = shift && (single.is_none() || (command && key.chars().all(char::is_alphanumeric)));
    Some(match (command, shifted) {
        (true, true) => format!("mod+shift+{key}"),
        (true, false) => format!("mod+{key}"),
        (false, true) => format!("shift+{key}"),
        (false, false) => key,
    })
}

fn target(e: &KeyboardEvent) -> Option<web_sys::Element> {
    e.target().and_then(|t| t.dyn_into().ok())
}

fn is_editable(e: &KeyboardEvent) -> bool {
    target(e)
        .and_then(|t| {
            t.closest("input, textarea, select, [contenteditable='true']")
                .ok()
        })
        .flatten()
        .is_some()
}

fn on_control(e: &KeyboardEvent) -> bool {
    target(e)
        .and_then(|t| {
            t.closest("button, a, [role='menu'], [role='separator'], [data-own-keys], summary")
                .ok()
        })
        .flatten()
        .is_some()
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
                    assert!(
                        !seen.contains_key(first),
                        "{first} begins a sequence and stands alone"
                    );
                }
            }
        }
    }

    #[test]
    fn letters_are_what_they_type_and_never_with_alt() {
        assert_eq!(named("j", "KeyJ", false, false, false).as_deref(), Some("j"));
        // AltGr and Option write characters.
        assert_eq!(named("ł", "KeyL", false, true, false), None);
        assert_eq!(named("@", "KeyQ", true, true, false), None);
        // Dvorak: what is typed counts; Cyrillic: the place counts.
        assert_eq!(named("j", "KeyC", false, false, false).as_deref(), Some("j"));
        assert_eq!(named("о", "KeyJ", false, false, false).as_deref(), Some("j"));
        assert_eq!(named("?", "Slash", false, false, true).as_deref(), Some("?"));
        assert_eq!(named("K", "KeyK", true, false, false).as_deref(), Some("mod+k"));
        assert_eq!(
            named("P", "KeyP", true, false, true).as_deref(),
            Some("mod+shift+p")
        );
        assert_eq!(
            named("End", "End", false, false, true).as_deref(),
            Some("shift+end")
        );
    }

    #[test]
    fn keys_are_printed_for_people() {
        assert_eq!(pretty("mod+k", false), "Ctrl K");
        assert_eq!(pretty("mod+shift+p", true), "⌘ ⇧ P");
        assert_eq!(pretty("g i", false), "G I");
    }
}
