//! Connected accounts, how each of them does, and how to connect more.

pub mod card;
pub mod connect;
mod demo;
mod diagnosis;
pub mod disconnect;
mod facts;
mod former;
mod import_line;
mod missed;
mod scopes;
pub mod standing;
mod subscriptions;

use crate::{
    clock::clock,
    desk::desk,
    live::live,
    parts::{Button, Empty, Icon, SkeletonRows, Tone, Trouble},
    route::{Route, router},
};
use card::AccountCard;
use connect::ConnectDialog;
use demo::DemoBanner;
use disconnect::{Asked, DisconnectDialog};
use former::FormerAccounts;
use heliograph_model::{Account, call::GetWebhookDoor};
use leptos::prelude::*;
use standing::{Around, Standing};

/// The page.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let desk = desk();
    let asked = Asked(RwSignal::new(None));
    provide_context(asked);
    let door = live(|| Some(GetWebhookDoor {}));
    let around = Signal::derive(move || Around {
        door: door.with(|d| d.map(|d| d.listening.is_some())),
        offline_since: desk.status.with(|s| s.and_then(|s| s.offline_since)),
    });
    let connect = Callback::new(|()| router().go(Route::Connect { account: None }));
    let empty = Memo::new(move |_| desk.accounts.with(|all| all.map(Vec::is_empty)));
    let rows = move || -> Vec<(usize, Account)> {
        desk.accounts.get().unwrap_or_default().into_iter().enumerate().collect()
    };
    let body = move || match empty.get() {
        None => match desk.accounts.problem.get() {
            Some(problem) => {
                view! { <Trouble problem again=Callback::new(move |()| desk.accounts.again()) /> }.into_any()
            }
            None => view! { <SkeletonRows n=3 /> }.into_any(),
        },
        Some(true) => view! {
            <Empty
                icon=Icon::Accounts
                title="Connect Instagram, Messenger or WhatsApp"
                text="Conversations of a connected account arrive here and stay on this computer."
            >
                <Button label="Connect" tone=Tone::Primary icon=Some(Icon::Plus) on_press=connect />
            </Empty>
        }
        .into_any(),
        Some(false) => view! {
            <div class="account-cards">
                <For
                    each=rows
                    key=|(_, a)| a.id
                    children=move |(place, first)| view! { <AccountCard first place around /> }
                />
            </div>
        }
        .into_any(),
    };
    let summary = move || {
        let now = clock().now();
        let around = around.get();
        desk.accounts.with(|all| all.map(|all| summarize(all, |a| Standing::of(a, now, around).needs_you())))
    };
    view! {
        <section class="plain-page accounts" data-test="accounts" aria-labelledby="accounts-title">
            <header class="page-head">
                <div>
                    <h1 id="accounts-title">"Accounts"</h1>
                    <p class="page-about figures">{summary}</p>
                </div>
                <Button label="Connect an account" tone=Tone::Primary icon=Some(Icon::Plus) on_press=connect test="connect" />
            </header>
            <DemoBanner />
            {body}
            <FormerAccounts />
            <ConnectDialog />
            <DisconnectDialog asked />
        </section>
    }
    .into_any()
}

/// "3 accounts, all well", "3 accounts, 1 needs you".
fn summarize(all: &[Account], needs: impl Fn(&Account) -> bool) -> String {
    let needy = all.iter().filter(|a| needs(a)).count();
    match (all.len(), needy) {
        (0, _) => "None connected yet".into(),
        (1, 0) => "1 account, all well".into(),
        (1, _) => "1 account, which needs you".into(),
        (n, 0) => format!("{n} accounts, all well"),
        (n, 1) => format!("{n} accounts, 1 needs you"),
        (n, m) => format!("{n} accounts, {m} need you"),
    }
}
