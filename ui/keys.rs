//! Every shortcut, in one table: the sheet, the palette and the tooltips print what is bound here.
//! Letters fire only while nothing is typed and no composition runs; Alt and AltGr letters never do.

mod chosen;
mod table;

pub use chosen::*;
pub use table::*;

use leptos::{ev, prelude::*};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

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
    let bound = Bound { id, command, depth: DEPTH.get(), run: Rc::new(run) };
    BOUND.with_borrow_mut(|all| all.push(bound));
    on_cleanup(move || BOUND.with_borrow_mut(|all| all.retain(|b| b.id != id)));
}

/// Does what the command is bound to at the moment; false when nothing is.
pub fn run(command: Command) -> bool {
    let depth = DEPTH.get();
    let found = BOUND.with_borrow(|all| {
        all.iter().rev().find(|b| b.command == command && b.depth == depth).map(|b| Rc::clone(&b.run))
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
    let first = FIRST.take().filter(|(_, at)| now - at < SEQUENCE_MS).map(|(key, _)| key);
    let matching =
        |keys: &str| ALL.iter().find(|s| untrack(|| keys_of(s)).iter().any(|k| k == keys)).map(|s| s.command);
    if let Some(first) = first
        && !typing
        && let Some(command) = matching(&format!("{first} {pressed}"))
    {
        return run(command);
    }
    let strong = pressed.starts_with("mod+") || pressed == "escape";
    // Enter, arrows, Home and End mean something to a focused button, menu or field of their own.
    let taken = controls && matches!(pressed.as_str(), "enter" | "arrowdown" | "arrowup" | "home" | "end");
    if (typing && !strong) || taken {
        return false;
    }
    if let Some(command) = matching(&pressed)
        && run(command)
    {
        return true;
    }
    let begins = |k: &String| k.split_once(' ').is_some_and(|(first, _)| first == pressed);
    let opens = ALL.iter().any(|s| untrack(|| keys_of(s)).iter().any(begins));
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
#[must_use]
pub fn name_of(e: &KeyboardEvent) -> Option<String> {
    named(&e.key(), &e.code(), e.ctrl_key() || e.meta_key(), e.alt_key(), e.shift_key())
}

/// Whether this is no key but what is held while another is pressed.
#[must_use]
pub fn is_modifier(key: &str) -> bool {
    let key = key.rsplit('+').next().unwrap_or(key);
    matches!(key, "control" | "shift" | "alt" | "meta" | "altgraph" | "capslock" | "dead" | "unidentified")
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
        .and_then(|t| t.closest("input, textarea, select, [contenteditable='true']").ok())
        .flatten()
        .is_some()
}

fn on_control(e: &KeyboardEvent) -> bool {
    target(e)
        .and_then(|t| {
            t.closest("button, a, [role='menu'], [role='separator'], [data-own-keys], summary").ok()
        })
        .flatten()
        .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(named("P", "KeyP", true, false, true).as_deref(), Some("mod+shift+p"));
        assert_eq!(named("End", "End", false, false, true).as_deref(), Some("shift+end"));
    }
}
