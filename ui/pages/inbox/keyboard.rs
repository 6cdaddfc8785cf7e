//! What keys do in the inbox.

use super::{Inbox, panes, thread, working};
use crate::{
    clock::after,
    keys::{self, Command},
    parts::focus,
    route::{Route, router},
};
use leptos::prelude::*;

/// Binds every command of the inbox while the page is mounted.
pub fn bind_all(inbox: Inbox) {
    keys::bind(Command::Next, move || step(inbox, 1));
    keys::bind(Command::Previous, move || step(inbox, -1));
    keys::bind(Command::First, move || step(inbox, i64::MIN));
    keys::bind(Command::Last, move || step(inbox, i64::MAX));
    keys::bind(Command::Open, move || open_and_write(inbox));
    keys::bind(Command::Reply, move || open_and_write(inbox));
    keys::bind(Command::Back, move || back(inbox));
    working::bind_all();
    keys::bind(Command::Person, move || inbox.toggle_person());
    keys::bind(Command::Newest, thread::jump_to_newest);
    keys::bind(Command::UndoSend, super::undo::undo);
    keys::bind(Command::Outbox, move || inbox.outbox_open.set(true));
}

/// Moves the cursor; with two panes the thread follows.
fn step(inbox: Inbox, by: i64) {
    let ids = inbox.feed().shown().ids.get_untracked();
    let Ok(n) = i64::try_from(ids.len()) else { return };
    if n == 0 {
        return;
    }
    let at = inbox.cursor.get_untracked().and_then(|c| ids.iter().position(|id| *id == c));
    let to = match at.and_then(|a| i64::try_from(a).ok()) {
        Some(at) => at.saturating_add(by).clamp(0, n - 1),
        None => {
            if by == i64::MAX {
                n - 1
            } else {
                0
            }
        }
    };
    let Some(id) = usize::try_from(to).ok().and_then(|to| ids.get(to)).copied() else {
        return;
    };
    inbox.cursor.set(Some(id));
    if panes::two_panes() {
        inbox.open(id);
    }
}

/// Enter and R: the open conversation, or the one under the cursor, ready to write in.
fn open_and_write(inbox: Inbox) {
    let open = router().peek().conversation();
    let cursor = inbox.cursor.get_untracked();
    if open.is_none() {
        let first = || inbox.feed().shown().ids.with_untracked(|ids| ids.first().copied());
        let Some(id) = cursor.or_else(first) else { return };
        inbox.open(id);
    }
    // The composer appears with the thread.
    after(0, focus_composer);
}

/// Puts the caret into the composer; where the window is closed, focuses what stands in its place.
pub fn focus_composer() {
    if let Ok(Some(element)) = document().query_selector("#composer-text, #composer-closed") {
        focus(&element);
    }
}

/// Puts focus on the list.
pub fn focus_list() {
    if let Ok(Some(element)) = document().query_selector("#conversation-list") {
        focus(&element);
    }
}

/// Esc: first what lies above, then the composer, then the thread.
fn back(inbox: Inbox) {
    if inbox.person_over.get_untracked() {
        inbox.person_over.set(false);
        return;
    }
    if untrack(|| working::working().selecting()) {
        working::working().clear();
        return;
    }
    let in_composer = document().active_element().is_some_and(|e| e.id() == "composer-text");
    if in_composer && panes::two_panes() {
        focus_list();
    } else {
        router().go(Route::Inbox);
        after(0, focus_list);
    }
}
