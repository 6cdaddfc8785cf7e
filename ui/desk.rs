//! What every page may look at without asking the engine again: accounts, counts, settings, status.

use crate::{
    clock::clock,
    live::{Link, Live, live, start},
    theme,
};
use heliograph_model::{
    Account, AccountId, Colleague, ColleagueId, Counts, FormerAccount, Label, LabelId, Settings, Status,
    View,
    call::{
        CountConversations, GetSettings, GetStatus, ListAccounts, ListColleagues, ListFormerAccounts,
        ListLabels, ListViews,
    },
};
use leptos::prelude::*;
use std::cell::Cell;

/// Shared answers; one of each for the whole window.
#[derive(Clone, Copy)]
pub struct Desk {
    pub accounts: Live<Vec<Account>>,
    /// Disconnected, with their history kept.
    pub former: Live<Vec<FormerAccount>>,
    pub counts: Live<Counts>,
    pub settings: Live<Settings>,
    pub status: Live<Status>,
    pub labels: Live<Vec<Label>>,
    pub colleagues: Live<Vec<Colleague>>,
    pub views: Live<Vec<View>>,
    pub link: Link,
}

impl Desk {
    /// Begins to hear the engine and asks for what the frame needs.
    #[must_use]
    pub fn start() -> Self {
        let link = start();
        let desk = Self {
            accounts: live(|| Some(ListAccounts {})),
            former: live(|| Some(ListFormerAccounts {})),
            counts: live(|| Some(CountConversations {})),
            settings: live(|| Some(GetSettings {})),
            status: live(|| Some(GetStatus {})),
            labels: live(|| Some(ListLabels {})),
            colleagues: live(|| Some(ListColleagues {})),
            views: live(|| Some(ListViews {})),
            link,
        };
        HERE.set(Some(desk));
        let clock = clock();
        Effect::new(move |_| {
            if let Some(status) = desk.status.get() {
                clock.set(status.now);
            }
        });
        Effect::new(move |_| {
            if let Some(settings) = desk.settings.get() {
                theme::apply(&settings);
            }
        });
        desk
    }

    /// An account by id; reactive.
    #[must_use]
    pub fn account(self, id: AccountId) -> Option<Account> {
        self.accounts.with(|all| all?.iter().find(|a| a.id == id).cloned())
    }

    /// A disconnected account by id; reactive.
    #[must_use]
    pub fn former_account(self, id: AccountId) -> Option<FormerAccount> {
        self.former.with(|all| all?.iter().find(|a| a.id == id).cloned())
    }

    /// Its place in the order of connecting, which gives its colour; reactive.
    #[must_use]
    pub fn place(self, id: AccountId) -> usize {
        self.accounts.with(|all| all.and_then(|all| all.iter().position(|a| a.id == id))).unwrap_or(0)
    }

    /// Whether there is more than one account to tell apart; reactive.
    #[must_use]
    pub fn several(self) -> bool {
        self.accounts.with(|all| all.is_some_and(|all| all.len() > 1))
    }

    /// A label by id; reactive.
    #[must_use]
    pub fn label(self, id: LabelId) -> Option<Label> {
        self.labels.with(|all| all?.iter().find(|l| l.id == id).cloned())
    }

    /// How a colleague is called; the person at this desk is "Me" until they gave a name. Reactive.
    #[must_use]
    pub fn called(self, id: ColleagueId) -> String {
        let name = self.colleagues.with(|all| Some(all?.iter().find(|c| c.id == id)?.name.clone()));
        match name {
            Some(name) if !name.is_empty() => name,
            _ if id == ColleagueId::ME => "Me".to_owned(),
            _ => "Somebody".to_owned(),
        }
    }

    /// Settings, or what holds until they are known; reactive.
    #[must_use]
    pub fn chosen(self) -> Settings {
        self.settings.get().unwrap_or_default()
    }
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Desk>> = const { Cell::new(None) };
}

/// The desk of this window.
#[must_use]
pub fn desk() -> Desk {
    HERE.get().unwrap_or_else(Desk::start)
}
