//! The bar at the side: pages, accounts, and whether anything is wrong. 56 pixels, or 220 with words.

use crate::{
    desk::desk,
    gate::gate,
    kept,
    keys::Command,
    pages::inbox::{inbox, working::RailViews},
    parts::{Avatar, AvatarSize, Badge, Icon, IconView},
    route::{Route, router},
};
use heliograph_model::Account;
use leptos::prelude::*;

/// The bar.
#[component]
pub fn Rail(palette: RwSignal<bool>, sheet: RwSignal<bool>) -> impl IntoView {
    let desk = desk();
    let router = router();
    let wide = RwSignal::new(kept::get("rail").as_deref() == Some("wide"));
    let toggle = move || {
        wide.update(|w| *w = !*w);
        kept::set("rail", if wide.get_untracked() { "wide" } else { "narrow" });
    };
    crate::keys::bind(Command::Rail, toggle);
    let unread = Signal::derive(move || desk.counts.with(|c| c.map_or(0, |c| c.all.unread)));
    let trouble = Signal::derive(move || {
        let sick = desk
            .accounts
            .with(|all| all.map_or(0, |all| all.iter().filter(|a| a.health.problem.is_some()).count()));
        u32::try_from(sick).unwrap_or(u32::MAX)
    });
    let in_inbox = Signal::derive(move || router.at().in_inbox());
    let at = move |to: Route| {
        Signal::derive(move || router.at().path().split('?').next() == to.path().split('?').next())
    };
    let search = Route::Search { words: String::new() };
    view! {
        <nav class="rail" class:wide=move || wide.get() aria-label="Main">
            <a class="rail-brand" href="/" aria-label="Heliograph">
                <BrandMark />
                <span class="rail-word">"Heliograph"</span>
            </a>
            <RailLink icon=Icon::Inbox label="Inbox" to=Route::Inbox here=in_inbox command=Command::GoInbox>
                <Badge n=unread what="unread conversations" />
            </RailLink>
            <RailLink icon=Icon::Search label="Search" here=at(search.clone()) to=search command=Command::Search test="search-link">
                <span></span>
            </RailLink>
            <RailAccounts />
            <RailViews />
            <span class="rail-space"></span>
            <RailLink icon=Icon::Accounts label="Accounts" to=Route::Accounts here=at(Route::Accounts) command=Command::GoAccounts>
                <Badge n=trouble what="accounts need attention" />
            </RailLink>
            <RailLink icon=Icon::Settings label="Settings" to=Route::Settings here=at(Route::Settings) command=Command::GoSettings>
                <span></span>
            </RailLink>
            {move || {
                gate().is_set().then(|| view! {
                    <RailButton icon=Icon::Lock label="Lock" command=Command::Lock press=Callback::new(|()| gate().lock_now()) />
                })
            }}
            <RailButton icon=Icon::Keyboard label="Shortcuts" command=Command::Sheet press=Callback::new(move |()| sheet.set(true)) />
            <RailButton icon=Icon::Prompt label="Commands" command=Command::Palette press=Callback::new(move |()| palette.set(true)) />
            <RailButton icon=Icon::Sidebar label="Side bar" command=Command::Rail press=Callback::new(move |()| toggle()) />
        </nav>
    }
    .into_any()
}

/// A mirror that throws sunlight: a disc and its flash.
#[component]
pub fn BrandMark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
            <circle class="brand-disc" cx="13.500" cy="18.500" r="8.500" />
            <path class="brand-ray" d="M20.500 11.500 27 5M23.300 15.400l5.200-1.700M16.600 8.700l1.700-5.200" />
        </svg>
    }
    .into_any()
}

#[component]
fn RailLink(
    icon: Icon,
    label: &'static str,
    to: Route,
    here: Signal<bool>,
    command: Command,
    #[prop(optional)] test: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="rail-item"
            href=to.path()
            aria-current=move || here.get().then_some("page")
            aria-label=label
            data-tip=label
            data-tip-key=command.label()
            data-test=test
        >
            <IconView icon />
            <span class="rail-word">{label}</span>
            {children()}
        </a>
    }
    .into_any()
}

#[component]
fn RailButton(icon: Icon, label: &'static str, command: Command, press: Callback<()>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="rail-item"
            aria-label=label
            data-tip=label
            data-tip-key=command.label()
            on:click=move |_| press.run(())
        >
            <IconView icon />
            <span class="rail-word">{label}</span>
        </button>
    }
    .into_any()
}

/// One button per account: shows only its conversations.
#[component]
fn RailAccounts() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let router = router();
    let one = move |(place, account): (usize, Account)| {
        let id = account.id;
        let unread = Signal::derive(move || {
            desk.counts
                .with(|c| c.and_then(|c| c.accounts.iter().find(|(a, _)| *a == id).map(|(_, t)| t.unread)))
                .unwrap_or(0)
        });
        let chosen = move || inbox.filter.with(|f| f.account == Some(id)) && router.at().in_inbox();
        let press = move |_| {
            let already = inbox.filter.with_untracked(|f| f.account == Some(id));
            inbox.only(if already { None } else { Some(id) });
            if !router.peek().in_inbox() {
                router.go(Route::Inbox);
            }
        };
        let tip = format!("{} · {}", account.name, account.channel.name());
        let key = u8::try_from(place + 1).ok().map(|n| Command::Account(n).label());
        let sick = account.health.problem.is_some();
        view! {
            <button
                type="button"
                class=format!("rail-item rail-account account-{}", place % 6)
                class:sick=sick
                aria-pressed=move || if chosen() { "true" } else { "false" }
                aria-label=format!("Only {tip}")
                data-tip=tip
                data-tip-key=key
                on:click=press
            >
                <Avatar name=account.name.clone() picture=account.picture channel=Some(account.channel) size=AvatarSize::Small />
                <span class="rail-word">{account.name}</span>
                <Badge n=unread what="unread conversations" quiet=true />
            </button>
        }
        .into_any()
    };
    move || {
        let accounts = desk.accounts.get().unwrap_or_default();
        (accounts.len() > 1)
            .then(|| view! { <div class="rail-accounts">{accounts.into_iter().enumerate().map(one).collect_view()}</div> }.into_any())
    }
}
