//! Above the thread: who, on which channel, and the account that answers, unmistakably; and how long a reply
//! may still leave.

use super::{inbox, working::WorkTools};
use crate::{
    clock::clock,
    desk::desk,
    format::{self, Nearness},
    keys::Command,
    parts::{Avatar, AvatarSize, ChannelMark, Icon, IconButton, IconView},
    route::{Route, router},
};
use heliograph_model::{Conversation, ConversationId, ReplyWindow, Timestamp};
use leptos::prelude::*;

/// The header.
#[component]
pub fn ThreadHeader(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let account = Memo::new(move |_| {
        row.with(|c| c.as_ref().map(|c| (c.account, c.channel)))
            .map(|(id, channel)| (desk.account(id), desk.former_account(id), channel, desk.place(id)))
    });
    let name = move || row.with(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()));
    let face = Memo::new(move |_| {
        row.with(|c| c.as_ref().map(|c| (c.contact.name.clone(), c.contact.picture.clone())))
    });
    let answering = move || {
        account.get().map(|(account, former, channel, place)| {
            let gone = former.is_some();
            let named = account.map(|a| (a.name, a.handle)).or_else(|| former.map(|a| (a.name, a.handle)));
            let (name, handle) = named.unwrap_or_default();
            view! {
                <span class=format!("answering account-{}", place % 6) data-test="answering">
                    <ChannelMark channel />
                    <span class="answering-as">{channel.name()} " as "</span>
                    <strong dir="auto">{name}</strong>
                    <span class="answering-handle" dir="ltr">{handle}</span>
                    {gone.then(|| view! { <span class="tag" data-test="disconnected-mark">"Disconnected"</span> })}
                </span>
            }
            .into_any()
        })
    };
    let beside = super::panes::person_beside();
    let person_shown =
        Signal::derive(move || if beside.get() { inbox.person.get() } else { inbox.person_over.get() });
    view! {
        <header class="thread-head">
            <span class="back">
                <IconButton
                    icon=Icon::Back
                    label="Back to the list"
                    command=Command::Back
                    test="back"
                    on_press=Callback::new(move |()| router().go(Route::Inbox))
                />
            </span>
            <button
                type="button"
                class="thread-who"
                data-tip="Show the person"
                on:click=move |_| inbox.toggle_person()
            >
                {move || {
                    face.get().map(|(name, picture)| view! { <Avatar name picture size=AvatarSize::Small channel=None /> })
                }}
            </button>
            <div class="thread-names">
                <h2 dir="auto">{name}</h2>
                {answering}
            </div>
            <WindowLeft row />
            <div class="thread-tools">
                <WorkTools row conversation />
                <IconButton
                    icon=Icon::Panel
                    label="Person"
                    command=Command::Person
                    pressed=person_shown
                    test="toggle-person"
                    on_press=Callback::new(move |()| inbox.toggle_person())
                />
            </div>
        </header>
    }
    .into_any()
}

/// How long the reply window stays open, in words and an icon; nearer is louder.
#[component]
fn WindowLeft(row: Memo<Option<Conversation>>) -> impl IntoView {
    let clock = clock();
    let window = Memo::new(move |_| row.with(|c| c.as_ref().map(|c| c.window)));
    let words = Memo::new(move |_| {
        let now = clock.now();
        window.get().map(|w| (Nearness::of(w, now), words(w, now)))
    });
    let tip = move || window.get().map_or(String::new(), tip_of);
    move || {
        words.get().map(|(near, words)| {
            let icon = if near.class() == "closed" { Icon::Lock } else { Icon::Clock };
            view! {
                <span class=format!("window-left {}", near.class()) role="timer" data-tip=tip data-test="window-left">
                    <IconView icon />
                    <span class="figures">{words}</span>
                </span>
            }
            .into_any()
        })
    }
}

/// What opened it, or who closed it.
fn tip_of(window: ReplyWindow) -> String {
    match (window.refused_at, window.closes_at) {
        (_, None) => "A reply window opens when this person writes".into(),
        (Some(at), _) => format!("Meta called it closed: {}. It opens when they write", format::full(at)),
        (None, Some(end)) if window.by_ad => {
            format!("72 hours, since they came by an ad: {}", format::full(end))
        }
        (None, Some(end)) => format!("24 hours from their last message: {}", format::full(end)),
    }
}

fn words(window: ReplyWindow, now: Timestamp) -> String {
    match (Nearness::of(window, now), window.ended_at()) {
        (Nearness::Closed, Some(end)) => format!("Closed {}", format::ago(end.until(now))),
        (_, Some(end)) => format!("{} left", format::left(now.until(end))),
        (_, None) => "Never opened".into(),
    }
}
