//! Everything that waits to leave, failed or is unsure, over all conversations, with what helps.

use super::{
    failure::{copy, hand_back_when_gone},
    inbox,
    sending::fresh_key,
};
use crate::{
    clock::clock,
    desk::desk,
    format,
    live::{live, order},
    parts::{Button, ChannelMark, Dialog, Empty, Icon, IconView, Tone},
    route::{Route, router},
};
use heliograph_model::{
    DeliveryStatus, OutboxEntry, Timestamp,
    call::{CheckMessage, ListOutbox, React, Reschedule, RetryMessage},
};
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn OutboxDialog() -> impl IntoView {
    view! {
        <Dialog open=inbox().outbox_open title="Outbox" class="wide" test="outbox">
            <Everything />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Everything() -> impl IntoView {
    let all = live(|| Some(ListOutbox {}));
    let empty = Memo::new(move |_| all.with(|all| all.is_some_and(Vec::is_empty)));
    let rows = move || all.get().unwrap_or_default();
    view! {
        <div class="outbox">
            {move || {
                empty
                    .get()
                    .then(|| {
                        view! { <Empty icon=Icon::Check title="Nothing waits" text="Every message has left, and none failed." /> }
                    })
            }}
            <ul class="outbox-rows">
                <For each=rows key=|e| (e.id, e.message, e.status, e.attempts, e.due_at, e.send_at) children=|entry| view! { <Entry entry /> } />
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn Entry(entry: OutboxEntry) -> impl IntoView {
    let clock = clock();
    let desk = desk();
    let retry = order::<RetryMessage>(|_| ());
    let check = order::<CheckMessage>(|_| ());
    let now = order::<Reschedule>(|_| ());
    let react = order::<React>(|_| ());
    let busy = RwSignal::new(false);
    let OutboxEntry { message, conversation, account, channel, is_reaction, status, .. } = entry;
    let e = StoredValue::new(entry);
    let held = Memo::new(move |_| desk.account(account).and_then(|a| a.health.problem));
    let words = move || {
        let now = clock.now();
        let held = held.get().map(|p| p.message);
        e.with_value(|e| standing(e, held.as_deref(), now))
    };
    let open = move |_| {
        inbox().outbox_open.set(false);
        router().go(Route::thread(conversation));
    };
    let (bad, unsure) = (status == DeliveryStatus::Failed, status == DeliveryStatus::Unsure);
    let figures = e.with_value(|e| e.failure.as_ref().map(figures)).filter(|f| !f.is_empty());
    let details = e.with_value(details);
    let buttons = view! {
        {unsure
            .then(|| {
                let press = Callback::new(move |()| check.run(CheckMessage { message }));
                view! { <Button label="Check at Meta" small=true busy=check.busy on_press=press /> }
            })}
        {(status == DeliveryStatus::Failed && !is_reaction)
            .then(|| {
                let press = Callback::new(move |()| retry.run(RetryMessage { message }));
                view! { <Button label="Retry" small=true busy=retry.busy on_press=press test="outbox-retry" /> }
            })}
        {(status == DeliveryStatus::Failed && is_reaction)
            .then(|| {
                let press = Callback::new(move |()| {
                    let emoji = e.with_value(|e| Some(e.text.clone()).filter(|t| !t.is_empty()));
                    react.run(React { message, emoji, key: fresh_key() });
                });
                view! { <Button label="Retry" small=true busy=react.busy on_press=press /> }
            })}
        {e.with_value(|e| e.send_at.is_some() && status == DeliveryStatus::Queued)
            .then(|| {
                let press = Callback::new(move |()| now.run(Reschedule { message, send_at: None }));
                view! { <Button label="Send now" small=true busy=now.busy on_press=press /> }
            })}
        {details
            .map(|details| {
                let details = StoredValue::new(details);
                let press = Callback::new(move |()| copy(details.get_value(), "Details copied"));
                view! { <Button label="Copy details" tone=Tone::Quiet small=true on_press=press /> }
            })}
        {(!is_reaction && matches!(status, DeliveryStatus::Queued | DeliveryStatus::Failed))
            .then(|| {
                let label = if status == DeliveryStatus::Queued { "Take back" } else { "Remove" };
                let press = Callback::new(move |()| {
                    let text = e.with_value(|e| e.text.clone());
                    hand_back_when_gone(message, conversation, Some(text), busy);
                });
                view! { <Button label tone=Tone::Quiet small=true busy on_press=press test="outbox-discard" /> }
            })}
    };
    view! {
        <li class="outbox-row" class:bad=bad class:warn=unsure data-test="outbox-row" data-status=status.key()>
            <button type="button" class="outbox-who" on:click=open>
                <ChannelMark channel />
                <bdi class="outbox-name">{e.with_value(|e| e.contact.name.clone())}</bdi>
                <bdi class="outbox-text">{e.with_value(|e| e.text.clone())}</bdi>
            </button>
            <p class="outbox-standing">
                <IconView icon=icon_of(status) />
                <span>
                    {words}
                    {figures.map(|f| view! { <span class="after-figures">{format!(" · {f}")}</span> })}
                </span>
            </p>
            <div class="outbox-buttons">{buttons}</div>
        </li>
    }
    .into_any()
}

const fn icon_of(status: DeliveryStatus) -> Icon {
    match status {
        DeliveryStatus::Failed => Icon::Alert,
        DeliveryStatus::Unsure => Icon::Question,
        _ => Icon::Clock,
    }
}

/// How it stands, in words.
fn standing(e: &OutboxEntry, account: Option<&str>, now: Timestamp) -> String {
    let failure = e.failure.as_ref().map(|f| f.problem.message.clone());
    let must =
        e.leave_before.map_or(String::new(), |end| format!(" · must leave by {}", format::moment(end, now)));
    match (e.status, failure) {
        (DeliveryStatus::Failed, Some(why)) => why,
        (DeliveryStatus::Failed, None) => "Not sent.".into(),
        (DeliveryStatus::Unsure, _) => "The answer was lost: this may or may not have arrived.".into(),
        (DeliveryStatus::Sending, _) => "Leaving now".into(),
        (_, why) => {
            let when = match (e.send_at, e.due_at.filter(|at| now < *at)) {
                (Some(at), _) => format!("Leaves {}", format::moment(at, now)),
                (None, Some(at)) if why.is_some() => format!("Trying again at {}", format::moment(at, now)),
                _ => "Waiting to leave".into(),
            };
            match why.or_else(|| account.map(str::to_owned)) {
                Some(why) => format!("{why} {when}{must}"),
                None => format!("{when}{must}"),
            }
        }
    }
}

fn figures(f: &heliograph_model::Failure) -> String {
    match (f.code, f.subcode) {
        (Some(code), Some(subcode)) => format!("code {code}/{subcode}"),
        (Some(code), None) => format!("code {code}"),
        _ => String::new(),
    }
}

/// What support wants to know; no message text.
fn details(e: &OutboxEntry) -> Option<String> {
    let f = e.failure.as_ref()?;
    let or_none = |v: Option<i64>| v.map_or("none".to_owned(), |v| v.to_string());
    Some(format!(
        "{}\ncode: {}\nsubcode: {}\ntrace: {}\nmessage: {}\nattempts: {}",
        f.problem.message,
        or_none(f.code),
        or_none(f.subcode),
        f.trace.as_deref().unwrap_or("none"),
        e.message,
        e.attempts
    ))
}
