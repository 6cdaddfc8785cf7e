//! The frame: the rail, one page, and what floats above all pages.

use crate::{
    clock::Clock,
    desk::{Desk, desk},
    gate::{Gate, Inside},
    keys::{self, Command},
    pages::{
        accounts::AccountsPage,
        diagnostics::DiagnosticsPage,
        first_start::FirstStartPage,
        inbox::{Inbox, InboxPage, alerts, working::alone},
        link_used::LinkUsedPage,
        lock::LockPage,
        palette::Palette,
        search::SearchPage,
        settings::SettingsPage,
        shortcuts::ShortcutSheet,
    },
    parts::{Tooltip, keep_focus},
    rail::Rail,
    route::{Route, Router, router},
    toast::{ToastCorner, Toasts},
};
use heliograph_model::{Event, Show};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Puts the app in place of what `#app` holds.
pub fn mount() {
    let Some(home) = document().get_element_by_id("app").and_then(|e| e.dyn_into().ok()) else {
        return;
    };
    let home: web_sys::HtmlElement = home;
    home.set_inner_html("");
    std::mem::forget(mount_into(home));
}

/// Puts the app into `home`, for as long as what is returned lives.
#[must_use]
pub fn mount_into(home: web_sys::HtmlElement) -> Box<dyn std::any::Any> {
    Box::new(mount_to(home, || view! { <App /> }))
}

/// Which page is on screen. Two threads are one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    LinkUsed,
    FirstStart,
    Inbox,
    Search,
    Accounts,
    Settings,
    Diagnostics,
}

/// Everything.
#[component]
pub fn App() -> impl IntoView {
    let clock = Clock::start();
    let router = Router::start();
    let _ = (clock, Toasts::start());
    let desk = Desk::start();
    let inbox = Inbox::start();
    let gate = Gate::start();
    keys::start();
    keep_focus();
    alerts::hear();
    let palette = RwSignal::new(false);
    let sheet = RwSignal::new(false);
    bind_keys(inbox, palette, sheet);
    crate::live::on_event(move |event| {
        // A window for one conversation stays with it.
        if let Event::ShowConversation { conversation, message } = event
            && !alone()
        {
            router.go(Route::Conversation { id: *conversation, message: *message });
        }
    });
    let page = Memo::new(move |_| which(desk, &router.at()));
    let title = Memo::new(move |_| desk.counts.with(|c| c.map_or(0, |c| c.all.unread)));
    Effect::new(move |_| {
        document().set_title(&match (gate.shut.get(), title.get()) {
            (true, _) => "Heliograph, locked".into(),
            // It is named after whom it shows.
            (false, _) if alone() => return,
            (false, 0) => "Heliograph".into(),
            (false, unread) => format!("({unread}) Heliograph"),
        });
    });
    let content = move || match page.get() {
        Page::LinkUsed => view! { <LinkUsedPage /> }.into_any(),
        Page::FirstStart => view! { <FirstStartPage /> }.into_any(),
        Page::Inbox => view! { <InboxPage /> }.into_any(),
        Page::Search => view! { <SearchPage /> }.into_any(),
        Page::Accounts => view! { <AccountsPage /> }.into_any(),
        Page::Settings => view! { <SettingsPage /> }.into_any(),
        Page::Diagnostics => view! { <DiagnosticsPage /> }.into_any(),
    };
    let framed = move || !alone() && !matches!(page.get(), Page::LinkUsed | Page::FirstStart);
    view! {
        <Inside>
            <div class="frame">
                {move || framed().then(|| view! { <Rail palette sheet /> })}
                <main class="page" id="page" tabindex="-1">{content}</main>
            </div>
            <Palette open=palette />
            <ShortcutSheet open=sheet />
            <ToastCorner />
            <Tooltip />
        </Inside>
        {move || gate.shut.get().then(|| view! { <LockPage /> })}
    }
    .into_any()
}

fn which(desk: Desk, at: &Route) -> Page {
    if desk.link.used.get() {
        return Page::LinkUsed;
    }
    match at {
        Route::Inbox | Route::Conversation { .. } => {
            if desk.accounts.with(|all| all.is_some_and(Vec::is_empty)) {
                Page::FirstStart
            } else {
                Page::Inbox
            }
        }
        Route::Search { .. } => Page::Search,
        Route::Accounts | Route::Connect { .. } => Page::Accounts,
        Route::Settings => Page::Settings,
        Route::Diagnostics => Page::Diagnostics,
    }
}

/// What works on every page.
fn bind_keys(inbox: Inbox, palette: RwSignal<bool>, sheet: RwSignal<bool>) {
    let go = |to: Route| move || router().go(to.clone());
    let list = move |show: Show| {
        move || {
            inbox.show(show);
            router().go(Route::Inbox);
        }
    };
    keys::bind(Command::Palette, move || palette.set(true));
    keys::bind(Command::Sheet, move || sheet.set(true));
    keys::bind(Command::Search, go(Route::Search { words: String::new() }));
    keys::bind(Command::GoInbox, list(Show::All));
    keys::bind(Command::GoUnread, list(Show::Unread));
    keys::bind(Command::GoWaiting, list(Show::Waiting));
    keys::bind(Command::GoDrafts, list(Show::Drafts));
    keys::bind(Command::GoFailed, list(Show::Failed));
    keys::bind(Command::GoMine, list(Show::Mine));
    keys::bind(Command::GoSnoozed, list(Show::Snoozed));
    keys::bind(Command::GoResolved, list(Show::Resolved));
    keys::bind(Command::GoScheduled, list(Show::Scheduled));
    keys::bind(Command::GoAccounts, go(Route::Accounts));
    keys::bind(Command::GoSettings, go(Route::Settings));
    keys::bind(Command::GoDiagnostics, go(Route::Diagnostics));
    for n in 0..=9_u8 {
        keys::bind(Command::Account(n), move || {
            let accounts = desk().accounts.peek().unwrap_or_default();
            let account = usize::from(n).checked_sub(1).and_then(|i| accounts.get(i)).map(|a| a.id);
            if n == 0 || account.is_some() {
                inbox.only(account);
                router().go(Route::Inbox);
            }
        });
    }
}
