//! A row of the list: who, when, what last, and what needs attention.

use super::working::{RowMarks, working};
use crate::{
    clock::clock,
    desk::desk,
    format::{self, Nearness},
    parts::{Avatar, Badge, Chip, Icon, IconView},
};
use heliograph_model::{Conversation, DeliveryStatus, Direction};
use leptos::prelude::*;

/// The row. It is an option of the list box: focus stays on the list.
#[component]
pub fn Row(
    row: ArcRwSignal<Conversation>,
    index: Signal<usize>,
    /// Every row known, for how many there are.
    count: RwSignal<Vec<i64>>,
    cursor: RwSignal<Option<i64>>,
    open: Callback<i64>,
) -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let (id, account) = row.with_untracked(|c| (c.id.0, c.account));
    let marked = row.clone();
    let working = working();
    let picked =
        Memo::new(move |_| working.all.get().is_some() || working.selected.with(|s| s.contains(&id)));
    let press = move |e: web_sys::MouseEvent| {
        if e.shift_key() {
            count.with_untracked(|listed| working.extend(id, listed));
        } else if e.ctrl_key() || e.meta_key() {
            working.toggle(id);
        } else {
            open.run(id);
        }
    };
    let tick = move |e: web_sys::MouseEvent| {
        e.stop_propagation();
        if e.shift_key() {
            count.with_untracked(|listed| working.extend(id, listed));
        } else {
            working.toggle(id);
        }
    };
    let part = |read: fn(&Conversation) -> String| {
        let row = row.clone();
        Memo::new(move |_| row.with(read))
    };
    let name = part(|c| c.contact.name.clone());
    let face = {
        let row = row.clone();
        Memo::new(move |_| row.with(|c| (c.contact.name.clone(), c.contact.picture.clone(), c.channel)))
    };
    let line = {
        let row = row.clone();
        Memo::new(move |_| row.with(second_line))
    };
    let when = {
        let row = row.clone();
        Memo::new(move |_| format::short(row.with(|c| c.last_at), clock.now()))
    };
    let window = {
        let row = row.clone();
        Memo::new(move |_| {
            let (window, waiting) = row.with(|c| (c.window, c.waiting_since.is_some()));
            let now = clock.now();
            let near = Nearness::of(window, now);
            let left = window.closes_at.map_or(0, |end| now.until(end));
            (near, format::left_short(left), waiting)
        })
    };
    let unread = {
        let row = row.clone();
        Memo::new(move |_| row.with(|c| c.unread))
    };
    let failed = {
        let row = row.clone();
        Memo::new(move |_| row.with(|c| c.failed))
    };
    let draft = {
        let row = row.clone();
        Memo::new(move |_| row.with(|c| !c.draft.is_empty()))
    };
    let chosen = Memo::new(move |_| cursor.get() == Some(id));
    let window_chip = move || {
        let (near, left, waiting) = window.get();
        match near {
            // A far window is only worth a word while somebody waits.
            Nearness::Far => {
                waiting.then(|| view! { <Chip icon=Some(Icon::Clock) text=left tone="far" /> }.into_any())
            }
            Nearness::Near | Nearness::Close => {
                Some(view! { <Chip icon=Some(Icon::Clock) text=left tone=near.class() /> }.into_any())
            }
            Nearness::Closed => Some(
                view! {
                    <Chip icon=Some(Icon::Lock) text="" tone="closed" tip="Reply window closed" />
                    <span class="unseen">"Reply window closed"</span>
                }
                .into_any(),
            ),
            Nearness::Never => None,
        }
    };
    view! {
        <div
            class=move || format!("row account-{}", desk.place(account) % 6)
            class:several=move || desk.several()
            class:picked=move || picked.get()
            class:unread=move || unread.get() != 0
            id=format!("row-{id}")
            role="option"
            aria-posinset=move || (index.get() + 1).to_string()
            aria-setsize=move || count.with(Vec::len).to_string()
            aria-selected=move || if chosen.get() { "true" } else { "false" }
            data-test="conversation-row"
            data-id=id.to_string()
            on:click=press
        >
            <button
                type="button"
                class="row-tick"
                tabindex="-1"
                aria-label="Select"
                aria-pressed=move || if picked.get() { "true" } else { "false" }
                data-test="tick"
                on:click=tick
            >
                <IconView icon=Icon::Check />
            </button>
            {move || {
                let (name, picture, channel) = face.get();
                view! { <Avatar name picture channel=Some(channel) /> }
            }}
            <span class="row-line">
            <span class="row-name" dir="auto">{move || name.get()}</span>
            {move || {
                desk.former_account(account)
                    .map(|_| view! { <Chip icon=Some(Icon::Offline) text="" tone="closed" tip="Account disconnected" /><span class="unseen">"Account disconnected"</span> })
            }}
            <span class="row-time figures">{move || when.get()}</span>
            </span>
            <span class="row-line">
            <span class="row-preview">
                {move || {
                    let line = line.get();
                    view! {
                        {line.icon.map(|icon| view! { <IconView icon /> })}
                        {(!line.prefix.is_empty()).then(|| view! { <span class="row-prefix">{line.prefix}</span> })}
                        <bdi class=line.class>{line.text}</bdi>
                    }
                        .into_any()
                }}
            </span>
            <span class="row-chips">
                <RowMarks row=marked />
                {move || {
                    draft.get().then(|| view! { <Chip icon=Some(Icon::Pencil) text="" tone="draft" tip="Draft" /> })
                }}
                {move || {
                    (failed.get() > 0)
                        .then(|| {
                            view! {
                                <Chip icon=Some(Icon::Alert) text="" tone="bad" tip="A reply was not sent" />
                                <span class="unseen">"A reply was not sent"</span>
                            }
                        })
                }}
                {window_chip}
                <Badge n=Signal::derive(move || unread.get()) what="unread messages" />
            </span>
            </span>
        </div>
    }
    .into_any()
}

/// What the second line says.
#[derive(Debug, Clone, PartialEq)]
struct SecondLine {
    icon: Option<Icon>,
    prefix: &'static str,
    text: String,
    class: &'static str,
}

fn second_line(c: &Conversation) -> SecondLine {
    if !c.draft.is_empty() {
        return SecondLine { icon: None, prefix: "Draft:", text: one_line(&c.draft), class: "" };
    }
    let Some(last) = &c.last else {
        return SecondLine { icon: None, prefix: "", text: "No messages yet".into(), class: "row-nothing" };
    };
    let icon = if last.placeholder {
        Some(kind_icon(what_of(&last.text)))
    } else {
        status_icon(last.direction, last.status)
    };
    SecondLine {
        icon,
        prefix: if last.direction == Direction::Outbound { "You:" } else { "" },
        text: one_line(&last.text),
        class: "",
    }
}

/// The name in front of the words that came along: "Photo" of "Photo: the corner".
fn what_of(preview: &str) -> &str {
    preview.split_once(':').map_or(preview, |(what, _)| what)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().take(40).collect::<Vec<_>>().join(" ")
}

fn status_icon(direction: Direction, status: DeliveryStatus) -> Option<Icon> {
    match (direction, status) {
        (Direction::Outbound, DeliveryStatus::Queued | DeliveryStatus::Sending) => Some(Icon::Clock),
        _ => None,
    }
}

/// An icon for a message that is not text, by the name it goes by.
#[must_use]
pub fn kind_icon(what: &str) -> Icon {
    let what = what.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| what.contains(w));
    if has(&["unsent"]) {
        Icon::Stop
    } else if has(&["story"]) {
        Icon::Story
    } else if has(&["photo", "image", "picture", "sticker", "gif"]) {
        Icon::Image
    } else if has(&["voice", "audio"]) {
        Icon::Voice
    } else if has(&["video", "reel"]) {
        Icon::Video
    } else if has(&["location", "place"]) {
        Icon::Location
    } else if has(&["order", "product"]) {
        Icon::Cart
    } else if has(&["tapped", "form"]) {
        Icon::Tap
    } else if has(&["call"]) {
        Icon::Call
    } else if has(&["reaction", "like", "heart"]) {
        Icon::Reaction
    } else if has(&["file", "document", "pdf"]) {
        Icon::File
    } else if has(&["link", "share", "post", "card", "template"]) {
        Icon::Link
    } else if has(&["contact"]) {
        Icon::Person
    } else {
        Icon::Attach
    }
}
