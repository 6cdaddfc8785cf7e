//! Working the inbox: acts with their undo, the pickers, the selection and its bar, notes, saved views.

mod acting;
mod bar;
mod blocking;
mod bulk;
mod keys;
mod marks;
mod note_box;
mod picker;
mod pop_out;
mod sections;
mod times;
mod title;
mod tools;
mod views;

pub use acting::{act, act_on, advance_after, newest, targets, undo_last};
pub use bar::SelectionBar;
pub use blocking::AskBlock;
pub use bulk::{AskAll, BulkProgress};
pub use keys::bind_all;
pub use marks::{RowMarks, label_dot};
pub use note_box::{NoteBox, NoteTabs};
pub use picker::Picker;
pub use pop_out::{alone, name_window_after, pop_out};
pub use sections::Labels;
pub use title::{LISTS, ListTitle};
pub use tools::WorkTools;
pub use views::{RailViews, ViewsDialog};

use heliograph_model::{Act, BulkId, ConversationId};
use leptos::prelude::*;
use std::{cell::Cell, collections::BTreeSet};

/// What is asked for by a picker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picking {
    Snooze,
    Label,
    Assign,
}

/// What the inbox is working on at the moment.
#[derive(Clone, Copy)]
pub struct Working {
    /// Rows picked out one by one.
    pub selected: RwSignal<BTreeSet<i64>>,
    /// All that was loaded was picked at once: the rest of the list is offered, however much more is loaded by then.
    pub loaded: RwSignal<bool>,
    /// Everything that the list holds is meant, loaded or not: so many.
    pub all: RwSignal<Option<u32>>,
    /// Where a range begins.
    pub anchor: StoredValue<Option<i64>>,
    pub picking: RwSignal<Option<Picking>>,
    /// Threads in which a note is written instead of a reply.
    pub noting: RwSignal<BTreeSet<ConversationId>>,
    /// An act on all that match, while it goes on.
    pub bulk: RwSignal<Option<BulkId>>,
    /// An act that is asked about before it is done with the whole list.
    pub asked: RwSignal<Option<Act>>,
    /// Whom to block is asked about.
    pub blocking: RwSignal<Option<ConversationId>>,
    /// The dialog of saved views.
    pub views: RwSignal<bool>,
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Working>> = const { Cell::new(None) };
}

/// What this window is working on.
#[must_use]
pub fn working() -> Working {
    HERE.get().unwrap_or_else(Working::start)
}

impl Working {
    /// Nothing selected, nothing asked.
    #[must_use]
    pub fn start() -> Self {
        let working = Self {
            selected: RwSignal::new(BTreeSet::new()),
            loaded: RwSignal::new(false),
            all: RwSignal::new(None),
            anchor: StoredValue::new(None),
            picking: RwSignal::new(None),
            noting: RwSignal::new(BTreeSet::new()),
            bulk: RwSignal::new(None),
            asked: RwSignal::new(None),
            blocking: RwSignal::new(None),
            views: RwSignal::new(false),
        };
        HERE.set(Some(working));
        working
    }

    /// Selects a row or takes it out again.
    pub fn toggle(self, id: i64) {
        self.all.set(None);
        self.loaded.set(false);
        self.anchor.set_value(Some(id));
        self.selected.update(|s| {
            if !s.remove(&id) {
                s.insert(id);
            }
        });
    }

    /// Selects from the last toggled row to `id`, in the order of the list.
    pub fn extend(self, id: i64, listed: &[i64]) {
        let place = |id: i64| listed.iter().position(|i| *i == id);
        let anchor = self.anchor.get_value().and_then(place);
        let (Some(from), Some(to)) = (anchor, place(id)) else {
            self.toggle(id);
            return;
        };
        self.all.set(None);
        self.selected.update(|s| s.extend(&listed[from.min(to)..=from.max(to)]));
    }

    /// Selects everything that is loaded.
    pub fn select_loaded(self, listed: Vec<i64>) {
        self.all.set(None);
        self.loaded.set(true);
        self.selected.set(listed.into_iter().collect());
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.all.set(None);
        self.loaded.set(false);
        self.selected.set(BTreeSet::new());
    }

    /// Whether anything is selected; reactive.
    #[must_use]
    pub fn selecting(self) -> bool {
        self.all.get().is_some() || self.selected.with(|s| !s.is_empty())
    }

    /// Writes a note in this thread, or a reply again.
    pub fn note(self, conversation: ConversationId, on: bool) {
        self.noting.update(|n| {
            if on {
                n.insert(conversation);
            } else {
                n.remove(&conversation);
            }
        });
    }
}
