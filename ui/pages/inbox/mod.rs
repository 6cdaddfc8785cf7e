//! The inbox: list, thread, person.

use heliograph_model::{AccountId, Filter, Show, Sort};
use leptos::prelude::*;
use std::cell::Cell;

/// What the inbox keeps while other pages are on screen.
#[derive(Clone, Copy)]
pub struct Inbox {
    pub filter: RwSignal<Filter>,
    pub sort: RwSignal<Sort>,
}

thread_local! {
    static HERE: Cell<Option<Inbox>> = const { Cell::new(None) };
}

/// The inbox of this window.
#[must_use]
pub fn inbox() -> Inbox {
    HERE.get().unwrap_or_else(Inbox::start)
}

impl Inbox {
    /// Everything, newest first.
    #[must_use]
    pub fn start() -> Self {
        let inbox = Self {
            filter: RwSignal::new(Filter::default()),
            sort: RwSignal::new(Sort::default()),
        };
        HERE.set(Some(inbox));
        inbox
    }

    /// Shows one tab of the list.
    pub fn show(self, show: Show) {
        self.filter.update(|f| f.show = show);
    }

    /// Shows one account, or all.
    pub fn only(self, account: Option<AccountId>) {
        self.filter.update(|f| f.account = account);
    }
}

/// The page.
#[component]
pub fn InboxPage() -> impl IntoView {
    view! { <section class="inbox"></section> }.into_any()
}
