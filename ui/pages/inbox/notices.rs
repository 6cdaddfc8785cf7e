//! Slim lines above the list for what a person should know: offline, an account that stopped, an import that
//! runs; and below it, when news were last asked for.

use crate::{
    clock::clock,
    desk::desk,
    format,
    live::{live, order},
    parts::{Icon, IconView},
    route::{Route, router},
};
use heliograph_model::{
    Account, AccountId, Action, Channel, ImportState, Status, Timestamp,
    call::{GetWebhookDoor, PauseImport},
};
use leptos::prelude::*;

/// A line.
#[derive(Clone, PartialEq)]
struct Notice {
    icon: Icon,
    class: &'static str,
    /// Before the words, where there is more than a sentence to say.
    title: String,
    text: String,
    /// Words of the button and what it does.
    offer: Option<(&'static str, Offer)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Offer {
    Account(AccountId, Option<Action>),
    Settings,
    Outbox,
    Pause(AccountId, bool),
}

/// The lines, most urgent first.
#[component]
pub fn Notices() -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let pause = order::<PauseImport>(|()| ());
    let door = live(move || {
        let wants = desk
            .accounts
            .with(|all| all.is_some_and(|all| all.iter().any(|a| a.channel == Channel::WhatsApp && !a.demo)));
        wants.then_some(GetWebhookDoor {})
    });
    let all = Memo::new(move |_| {
        let mut lines = Vec::new();
        if !desk.link.reachable.get() {
            lines.push(Notice {
                icon: Icon::Offline,
                class: "bad",
                title: String::new(),
                text: "The server does not answer. What you see may be old; trying again.".into(),
                offer: None,
            });
        }
        let now = clock.now();
        desk.status.with(|s| lines.extend(s.and_then(|s| offline(s, now))));
        desk.accounts.with(|accounts| {
            for account in accounts.map_or(&[][..], Vec::as_slice) {
                lines.extend(sick(account, now));
                lines.extend(importing(account));
            }
        });
        if door.with(|d| d.is_some_and(|d| d.listening.is_none())) {
            lines.push(Notice {
                icon: Icon::Webhook,
                class: "warn",
                title: String::new(),
                text: "WhatsApp cannot be received: the webhook door is closed.".into(),
                offer: Some(("Set up", Offer::Settings)),
            });
        }
        lines
    });
    let press = move |offer: Offer| match offer {
        Offer::Account(id, Some(Action::Reconnect)) => router().go(Route::Connect { account: Some(id) }),
        Offer::Account(..) => router().go(Route::Accounts),
        Offer::Settings => router().go(Route::Settings),
        Offer::Outbox => super::inbox().outbox_open.set(true),
        Offer::Pause(account, paused) => pause.run(PauseImport { account, paused }),
    };
    let line = move |n: Notice| {
        view! {
            <div class=format!("notice {}", n.class)>
                <IconView icon=n.icon />
                <span>
                    {(!n.title.is_empty()).then(|| view! { <strong>{n.title}</strong> })}
                    {n.text}
                </span>
                {n
                    .offer
                    .map(|(words, offer)| {
                        view! {
                            <button type="button" class="button quiet small" on:click=move |_| press(offer)>
                                {words}
                            </button>
                        }
                    })}
            </div>
        }
        .into_any()
    };
    view! { <div class="notices" role="status">{move || all.get().into_iter().map(line).collect_view()}</div> }.into_any()
}

fn offline(status: &Status, now: Timestamp) -> Option<Notice> {
    status.offline_since?;
    let waiting = match (status.queued, status.queued_leave_before) {
        (0, _) => "You can read and write; replies leave when Meta answers again.".to_owned(),
        (n, None) => format!("{} waiting.", format::plural(n.into(), "reply", "replies")),
        (n, Some(end)) => format!(
            "{} waiting; {} must leave by {}.",
            format::plural(n.into(), "reply", "replies"),
            if n == 1 { "it" } else { "the earliest" },
            format::moment(end, now)
        ),
    };
    let offer = (status.queued > 0).then_some(("View outbox", Offer::Outbox));
    Some(Notice {
        icon: Icon::Offline,
        class: "warn",
        title: String::new(),
        text: format!("Offline. {waiting}"),
        offer,
    })
}

fn sick(account: &Account, now: Timestamp) -> Option<Notice> {
    let problem = account.health.problem.as_ref()?;
    let since = account
        .health
        .problem_since
        .map_or(String::new(), |t| format!(" · since {}", format::moment(t, now)));
    let words = if problem.action == Some(Action::Reconnect) { "Reconnect" } else { "Why?" };
    Some(Notice {
        icon: Icon::Alert,
        class: "bad",
        title: format!("{}{since}", account.name),
        text: problem.message.clone(),
        offer: Some((words, Offer::Account(account.id, problem.action))),
    })
}

fn importing(account: &Account) -> Option<Notice> {
    let who = if account.handle.is_empty() { &account.name } else { &account.handle };
    let n = format::plural(account.import.conversations.into(), "conversation", "conversations");
    let (text, offer) = match account.import.state {
        ImportState::Running => (
            format!("Reading {who}: {n} so far; you can work now."),
            ("Pause", Offer::Pause(account.id, true)),
        ),
        ImportState::Paused => {
            (format!("Reading {who} is paused at {n}."), ("Go on", Offer::Pause(account.id, false)))
        }
        _ => return None,
    };
    Some(Notice { icon: Icon::Newest, class: "", title: String::new(), text, offer: Some(offer) })
}

/// The way to the outbox while something in it wants to be seen.
#[component]
fn OutboxLink() -> impl IntoView {
    let desk = desk();
    let words = Memo::new(move |_| {
        let waiting = desk.status.with(|s| s.map_or(0, |s| s.queued));
        let failed = desk.counts.with(|c| c.map_or(0, |c| c.all.failed));
        let scheduled = desk.counts.with(|c| c.map_or(0, |c| c.all.scheduled));
        match (failed, waiting + scheduled) {
            (0, 0) => None,
            (0, n) => Some(format!("Outbox: {n}")),
            (n, _) => Some(format!("Outbox: {n} not sent")),
        }
    });
    let open = move |_| super::inbox().outbox_open.set(true);
    move || {
        words.get().map(|words| {
            view! {
                <button type="button" class="link synced-outbox figures" data-test="open-outbox" on:click=open>{words}</button>
            }
            .into_any()
        })
    }
}

/// "Synced 12 s ago", below the list.
#[component]
pub fn Synced() -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let text = Memo::new(move |_| {
        let now = clock.now();
        desk.accounts.with(|all| {
            let last = all?
                .iter()
                .flat_map(|a| [a.health.last_poll_at, a.health.last_webhook_at])
                .flatten()
                .max()?;
            Some(format!("Synced {}", format::ago(last.until(now))))
        })
    });
    let tip = move || {
        let now = clock.now();
        let lines = desk.accounts.with(|all| {
            let one = |a: &Account| {
                let heard = a.health.last_poll_at.max(a.health.last_webhook_at);
                let heard = heard.map_or("not yet".to_owned(), |t| format::ago(t.until(now)));
                format!("{} · {}: {heard}", a.name, a.channel.name())
            };
            all.map_or(Vec::new(), |all| all.iter().map(one).collect())
        });
        lines.join("\n")
    };
    let offline = move || desk.status.with(|s| s.is_some_and(|s| s.offline_since.is_some()));
    view! {
        <footer class="synced" class:offline=offline data-tip=tip>
            <span class="synced-dot"></span>
            <span class="figures">{move || text.get().unwrap_or_else(|| "Not synced yet".into())}</span>
            <OutboxLink />
        </footer>
    }
    .into_any()
}
