//! The inbox: list, thread, person.

mod acts;
pub mod alerts;
mod attention;
mod bubble;
mod closed;
mod composer;
mod draft;
mod extras;
mod failure;
pub mod feed;
mod files;
mod filters;
mod finder;
mod gallery;
mod header;
mod keyboard;
mod kin;
mod later;
pub mod lines;
mod list;
pub mod messages;
mod notices;
pub mod order;
mod outbox;
mod page;
mod panes;
mod person;
mod person_acts;
mod row;
mod saving;
mod scheduled;
mod selecting;
pub mod sending;
mod sight;
mod template_file;
mod template_form;
mod templates;
pub mod text;
mod thread;
mod undo;
mod viewer;
pub mod working;

pub use page::InboxPage;

use crate::{
    kept,
    live::tell_engine,
    route::{Route, router},
};
use extras::Extras;
use feed::Feed;
use heliograph_model::{AccountId, Channel, ConversationId, Filter, MessageId, Show, Sort, call::SaveDraft};
use leptos::prelude::*;
use sending::Outgoing;
use std::{cell::Cell, collections::HashMap};
use undo::Undoable;

/// What the inbox keeps while other pages are on screen, and while other threads are.
#[derive(Clone, Copy)]
pub struct Inbox {
    pub filter: RwSignal<Filter>,
    pub sort: RwSignal<Sort>,
    /// The row that J and K move; the open conversation, or the next to open.
    pub cursor: RwSignal<Option<i64>>,
    /// How far the list is scrolled.
    pub list_top: StoredValue<f64>,
    /// Sends that the engine has not told as its own yet.
    pub outgoing: Outgoing,
    /// What stands in the composers, ahead of what the engine keeps.
    pub drafts: StoredValue<HashMap<ConversationId, String>>,
    /// What goes with the next reply besides its words.
    pub extras: RwSignal<HashMap<ConversationId, Extras>>,
    /// The send that can be taken back.
    pub undoable: RwSignal<Option<Undoable>>,
    /// The dialog with everything that waits to leave.
    pub outbox_open: RwSignal<bool>,
    /// Where threads that were left in the middle are scrolled to.
    pub resting: StoredValue<HashMap<ConversationId, Resting>>,
    /// Marked unread by hand: not read again until it is left.
    pub kept_unread: RwSignal<Option<ConversationId>>,
    /// Whether the person pane is shown beside the thread, and whether above it in a narrow window.
    pub person: RwSignal<bool>,
    pub person_over: RwSignal<bool>,
    feed: StoredValue<Feed, LocalStorage>,
}

/// A place in a thread: a message and how far below the top edge it stands, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resting {
    pub message: MessageId,
    pub below_top: f64,
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Inbox>> = const { Cell::new(None) };
}

/// The inbox of this window.
#[must_use]
pub fn inbox() -> Inbox {
    HERE.get().unwrap_or_else(Inbox::start)
}

impl Inbox {
    /// Everything, in the order chosen last.
    #[must_use]
    pub fn start() -> Self {
        let filter = RwSignal::new(Filter::default());
        let sort = RwSignal::new(match kept::get("sort").as_deref() {
            Some("waiting") => Sort::WaitingLongest,
            Some("ending") => Sort::EndingSoonest,
            _ => Sort::Newest,
        });
        let inbox = Self {
            filter,
            sort,
            cursor: RwSignal::new(None),
            list_top: StoredValue::new(0.0),
            outgoing: Outgoing::start(),
            drafts: StoredValue::new(HashMap::new()),
            extras: RwSignal::new(HashMap::new()),
            undoable: RwSignal::new(None),
            outbox_open: RwSignal::new(false),
            resting: StoredValue::new(HashMap::new()),
            kept_unread: RwSignal::new(None),
            person: RwSignal::new(kept::get("person").as_deref() != Some("hidden")),
            person_over: RwSignal::new(false),
            feed: StoredValue::new_local(Feed::start(filter, sort)),
        };
        let _ = working::Working::start();
        HERE.set(Some(inbox));
        inbox.follow_route();
        inbox
    }

    /// The rows of the list.
    #[must_use]
    pub fn feed(self) -> Feed {
        self.feed.get_value()
    }

    /// Shows one tab of the list.
    pub fn show(self, show: Show) {
        self.narrow(|f| f.show = show);
    }

    /// Shows one account, or all.
    pub fn only(self, account: Option<AccountId>) {
        self.narrow(|f| f.account = account);
    }

    /// Shows one channel, or all.
    pub fn channel(self, channel: Option<Channel>) {
        self.narrow(|f| f.channel = channel);
    }

    /// Shows a saved view. Its order is not kept for the next start.
    pub fn look_at(self, filter: Filter, sort: Sort) {
        if self.sort.get_untracked() != sort {
            self.list_top.set_value(0.0);
            self.sort.set(sort);
        }
        self.narrow(|f| *f = filter);
    }

    /// Changes what the list shows.
    pub fn narrow_to(self, change: impl FnOnce(&mut Filter)) {
        self.narrow(change);
    }

    /// Shows everything.
    pub fn clear(self) {
        self.narrow(|f| *f = Filter::default());
    }

    fn narrow(self, change: impl FnOnce(&mut Filter)) {
        let mut filter = self.filter.get_untracked();
        change(&mut filter);
        if filter != self.filter.get_untracked() {
            self.list_top.set_value(0.0);
            self.filter.set(filter);
        }
    }

    /// Sorts the list, now and at the next start.
    pub fn sort_by(self, sort: Sort) {
        let word = match sort {
            Sort::Newest => "newest",
            Sort::WaitingLongest => "waiting",
            Sort::EndingSoonest => "ending",
        };
        kept::set("sort", word);
        if self.sort.get_untracked() != sort {
            self.list_top.set_value(0.0);
            self.sort.set(sort);
        }
    }

    /// Shows or hides the person, beside the thread or above it.
    pub fn toggle_person(self) {
        if panes::wide_enough_for_person() {
            self.person.update(|p| *p = !*p);
            kept::set("person", if self.person.get_untracked() { "shown" } else { "hidden" });
        } else {
            self.person_over.update(|p| *p = !*p);
        }
    }

    /// Puts words back into the composer of a conversation, before what is written there.
    pub fn hand_back(self, conversation: ConversationId, text: String) {
        let known = self.feed().row(conversation.0).map(|row| row.with_untracked(|c| c.draft.clone()));
        let mut whole = text;
        self.drafts.update_value(|drafts| {
            let draft = drafts.entry(conversation).or_insert_with(|| known.unwrap_or_default());
            if !draft.trim().is_empty() {
                whole = format!("{whole}\n\n{draft}");
            }
            draft.clone_from(&whole);
        });
        tell_engine(SaveDraft { conversation, text: whole.clone() });
        self.outgoing.returned.set(Some((conversation, whole)));
    }

    /// Opens a thread. Going from thread to thread leaves no trace in the history.
    pub fn open(self, id: i64) {
        let to = Route::thread(ConversationId(id));
        let router = router();
        match router.peek() {
            Route::Conversation { .. } => router.replace(to),
            _ => router.go(to),
        }
    }

    fn follow_route(self) {
        let router = router();
        let open = Memo::new(move |_| router.at().conversation());
        Effect::new(move |_| {
            let open = open.get();
            let id = open.map(|c| c.0);
            if let Some(id) = id {
                self.cursor.set(Some(id));
            }
            self.person_over.set(false);
            self.kept_unread.set(None);
            self.feed().set_open(id);
        });
    }
}
