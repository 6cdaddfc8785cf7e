//! Slim lines above the list for what a person should know: offline, an account that stopped, an import that
//! runs; and below it, when news were last asked for.

use crate::{
    clock::clock,
    desk::desk,
    format,
    live::{live, order},
    pages::{
        accounts::standing::{capital, ending},
        settings::{self, Section},
    },
    parts::{Icon, IconButton, IconView},
    route::{Route, router},
};
use heliograph_model::{
    Account, AccountId, Action, Channel, DAY, HOUR, ImportState, Status, Timestamp,
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
    /// May be put off: under this name and word it is kept that somebody did.
    put_off: Option<(String, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Offer {
    Account(AccountId, Option<Action>),
    Settings,
    Copies,
    Outbox,
    Pause(AccountId, bool),
}

/// The database is damaged, or its daily copies fail.
fn endangered(status: &Status) -> Option<Notice> {
    let problem = status.copies_trouble.as_ref()?;
    Some(Notice {
        icon: Icon::Alert,
        class: "bad",
        title: String::new(),
        text: problem.message.clone(),
        offer: Some(("Look", Offer::Copies)),
        put_off: None,
    })
}

/// The lines, most urgent first.
#[component]
pub fn Notices() -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let pause = order::<PauseImport>(|()| ());
    // Counts up with each notice that is put off.
    let put_off = RwSignal::new(0_u32);
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
                put_off: None,
            });
        }
        put_off.track();
        let now = clock.now();
        desk.status.with(|s| lines.extend(s.and_then(|s| offline(s, now))));
        desk.status.with(|s| lines.extend(s.and_then(endangered)));
        desk.accounts.with(|accounts| {
            for account in accounts.map_or(&[][..], Vec::as_slice) {
                lines.extend(sick(account, now));
                lines.extend(warned(account, now));
                lines.extend(ending_soon(account, now));
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
                put_off: None,
            });
        }
        lines
    });
    let press = move |offer: Offer| match offer {
        Offer::Account(id, Some(Action::Reconnect)) => router().go(Route::Connect { account: Some(id) }),
        Offer::Account(..) => router().go(Route::Accounts),
        Offer::Settings => router().go(Route::Settings),
        Offer::Copies => settings::open_at(Section::Copies),
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
                {n
                    .put_off
                    .map(|(name, word)| {
                        let later = Callback::new(move |()| {
                            crate::kept::set(&name, &word);
                            put_off.update(|n| *n += 1);
                        });
                        view! { <IconButton icon=Icon::Close label="Later" on_press=later test="notice-later" /> }
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
        put_off: None,
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
        put_off: None,
    })
}

/// What Meta said of an account and nobody has dismissed.
fn warned(account: &Account, now: Timestamp) -> Option<Notice> {
    let alert = account.health.alert.as_ref().filter(|_| account.health.problem.is_none())?;
    Some(Notice {
        icon: Icon::Alert,
        class: "bad",
        title: format!("{} · {}", account.name, format::moment(alert.at, now)),
        text: alert.words.clone(),
        offer: Some(("Look", Offer::Account(account.id, None))),
        put_off: None,
    })
}

/// A sign-in that ends soon: said from the week before on, and once put off again on the last day.
fn ending_soon(account: &Account, now: Timestamp) -> Option<Notice> {
    let of = account.health.ends_soon(now).filter(|_| account.health.problem.is_none())?;
    let stage = if now.until(of.at) <= DAY { "last day" } else { "week" };
    let (name, word) = (format!("ending.{}", account.id), format!("{} {stage}", of.at.0 / HOUR));
    if crate::kept::get(&name).is_some_and(|kept| kept == word) {
        return None;
    }
    let who = if account.handle.is_empty() { account.name.clone() } else { account.handle.clone() };
    Some(Notice {
        icon: Icon::Clock,
        class: "warn",
        title: format!("{who} · {}", account.channel.name()),
        text: format!("{}.", capital(&ending(of, now))),
        offer: Some(("Sign in again", Offer::Account(account.id, Some(Action::Reconnect)))),
        put_off: Some((name, word)),
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
    Some(Notice {
        icon: Icon::Newest,
        class: "",
        title: String::new(),
        text,
        offer: Some(offer),
        put_off: None,
    })
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
