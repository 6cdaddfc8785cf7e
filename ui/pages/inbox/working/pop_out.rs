//! A conversation in a window of its own: the same page without rail and list.

use crate::{gate::gate, ipc};
use heliograph_model::{Conversation, ConversationId};
use leptos::prelude::*;
use std::cell::Cell;

/// What the address of such a window carries.
const MARK: &str = "alone=1";

thread_local! {
    static ALONE: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether this window shows one conversation only. Read once: going from page to page changes the address.
#[must_use]
pub fn alone() -> bool {
    if let Some(known) = ALONE.get() {
        return known;
    }
    let here = window().location().search().is_ok_and(|query| query.contains(MARK));
    ALONE.set(Some(here));
    here
}

/// Names such a window after the person in it, as taskbars and switchers show it.
pub fn name_window_after(row: Memo<Option<Conversation>>) {
    if !alone() {
        return;
    }
    Effect::new(move |_| {
        let name = row.with(|c| c.as_ref().map(|c| c.contact.name.clone()));
        if let Some(name) = name.filter(|_| !gate().shut.get()) {
            document().set_title(&name);
        }
    });
}

/// Opens the conversation in a window of its own.
pub fn pop_out(conversation: ConversationId) {
    ipc::open_alone(conversation);
}
