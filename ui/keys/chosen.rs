//! Keys that a person chose instead of those in the table. They are kept with this window: another computer has
//! another keyboard.

use super::{ALL, Command, Group, Shortcut};
use crate::{kept, live::is_followed};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What differs from the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Chosen {
    /// Letters and signs alone do nothing; keys with Ctrl or Cmd, arrows, Enter and Esc still do.
    letters_off: bool,
    /// By the command's name.
    keys: BTreeMap<String, Vec<String>>,
}

thread_local! {
    static CHOSEN: ArcRwSignal<Chosen> = ArcRwSignal::new(
        kept::get("keys").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
    );
}

fn with<T>(read: impl FnOnce(&Chosen) -> T) -> T {
    let chosen = CHOSEN.with(Clone::clone);
    if is_followed() { chosen.with(read) } else { chosen.with_untracked(read) }
}

fn change(write: impl FnOnce(&mut Chosen)) {
    let chosen = CHOSEN.with(Clone::clone);
    chosen.update(write);
    if let Ok(text) = chosen.with_untracked(serde_json::to_string) {
        kept::set("keys", &text);
    }
}

fn name(command: Command) -> String {
    format!("{command:?}")
}

/// The keys of a row of the table as they are now; reactive.
#[must_use]
pub fn keys_of(shortcut: &Shortcut) -> Vec<String> {
    with(|chosen| chosen.of(shortcut))
}

impl Chosen {
    fn of(&self, shortcut: &Shortcut) -> Vec<String> {
        let keys = match self.keys.get(&name(shortcut.command)) {
            Some(own) => own.clone(),
            None => shortcut.keys.iter().map(|k| (*k).to_owned()).collect(),
        };
        keys.into_iter()
            .filter(|k| !self.letters_off || shortcut.group == Group::Picture || !is_letters(k))
            .collect()
    }

    /// What `keys` would get in the way of: the same keys, or a sequence that begins with them.
    fn taken(&self, command: Command, keys: &str) -> Option<&'static Shortcut> {
        let first = |keys: &str| keys.split_once(' ').map(|(first, _)| first.to_owned());
        let clash = |other: &str| {
            other == keys || first(other).as_deref() == Some(keys) || first(keys).as_deref() == Some(other)
        };
        ALL.iter().filter(|s| s.command != command).find(|s| self.of(s).iter().any(|k| clash(k)))
    }
}

/// Whether keys are only letters or signs, which somebody may press without meaning them.
fn is_letters(keys: &str) -> bool {
    keys.split(' ').all(|key| key.chars().count() == 1)
}

/// Whether letters alone do nothing; reactive.
#[must_use]
pub fn letters_off() -> bool {
    with(|chosen| chosen.letters_off)
}

/// Turns letters alone off or on.
pub fn set_letters_off(off: bool) {
    change(|chosen| chosen.letters_off = off);
}

/// Whether a command has keys of the person's own; reactive.
#[must_use]
pub fn is_chosen(command: Command) -> bool {
    with(|chosen| chosen.keys.contains_key(&name(command)))
}

/// Gives a command these keys alone.
///
/// # Errors
/// The row of the table that has them already.
pub fn choose(command: Command, keys: &str) -> Result<(), &'static Shortcut> {
    if let Some(other) = with(|chosen| chosen.taken(command, keys)) {
        return Err(other);
    }
    change(|chosen| {
        chosen.keys.insert(name(command), vec![keys.to_owned()]);
    });
    Ok(())
}

/// Gives a command the keys of the table again.
///
/// # Errors
/// The row that took one of them meanwhile.
pub fn forget(command: Command) -> Result<(), &'static Shortcut> {
    let table = command.shortcut().map_or(&[][..], |s| s.keys);
    if let Some(other) = table.iter().find_map(|keys| with(|chosen| chosen.taken(command, keys))) {
        return Err(other);
    }
    change(|chosen| {
        chosen.keys.remove(&name(command));
    });
    Ok(())
}

/// Gives every command the keys of the table again.
pub fn forget_all() {
    change(|chosen| chosen.keys.clear());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(pairs: &[(Command, &str)]) -> Chosen {
        let keys = pairs.iter().map(|(c, k)| (name(*c), vec![(*k).to_owned()])).collect();
        Chosen { letters_off: false, keys }
    }

    fn of(chosen: &Chosen, command: Command) -> Vec<String> {
        chosen.of(command.shortcut().unwrap())
    }

    #[test]
    fn a_chosen_key_takes_the_place_of_those_in_the_table() {
        let chosen = chosen(&[(Command::Next, "n")]);
        assert_eq!(of(&chosen, Command::Next), ["n"]);
        assert_eq!(of(&chosen, Command::Previous), ["k", "arrowup"]);
    }

    #[test]
    fn no_key_is_given_twice_and_none_that_begins_a_sequence() {
        let nothing = Chosen::default();
        let clash = |keys: &str| nothing.taken(Command::Unread, keys).map(|s| s.command);
        assert_eq!(clash("j"), Some(Command::Next));
        assert_eq!(clash("g"), Some(Command::GoInbox), "it begins a sequence");
        assert_eq!(clash("r x"), Some(Command::Reply), "R would be done at once");
        assert_eq!(clash("u"), None, "its own");
        assert_eq!(clash("g x"), None);
        let freed = chosen(&[(Command::Next, "n")]);
        assert!(freed.taken(Command::Unread, "j").is_none(), "nobody has it any more");
    }

    #[test]
    fn without_letters_what_is_no_letter_stays() {
        let off = Chosen { letters_off: true, ..Chosen::default() };
        assert_eq!(of(&off, Command::Next), ["arrowdown"]);
        assert_eq!(of(&off, Command::Search), Vec::<String>::new());
        assert_eq!(of(&off, Command::GoInbox), Vec::<String>::new());
        assert_eq!(of(&off, Command::Palette), ["mod+k"]);
        assert_eq!(of(&off, Command::Back), ["escape"]);
    }
}
