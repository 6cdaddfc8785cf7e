//! A bubble: the words, the time, what became of it, and what helps when it did not leave.

use super::{
    failure::{Aftermath, after_of},
    lines::{Bubble, What},
    row::kind_icon,
    text,
};
use crate::{
    clock::clock,
    format, ipc,
    parts::{Icon, IconView},
    toast::toasts,
};
use heliograph_model::{
    Attachment, Content, DeliveryStatus, Direction, Message, MessageId, Origin, call::GetRawMessage,
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The bubble of a line.
#[component]
pub fn BubbleView(line: ArcRwSignal<What>, lit: RwSignal<Option<MessageId>>) -> impl IntoView {
    // Parts change on their own: a tick does not touch the words, so that a selection in them lives on.
    let bubble = move || match line.get() {
        What::Bubble(b) => Some(*b),
        _ => None,
    };
    let bubble = Memo::new(move |_| bubble());
    let part = |read: fn(&Bubble) -> String| {
        Memo::new(move |_| bubble.with(|b| b.as_ref().map(read).unwrap_or_default()))
    };
    let id = part(|b| b.message.id.to_string());
    let status = part(|b| b.message.status.key().to_owned());
    let content = Memo::new(move |_| {
        bubble.with(|b| {
            b.as_ref().map(|b| (b.message.id, b.message.content.clone(), b.message.attachments.clone()))
        })
    });
    let meta = Memo::new(move |_| bubble.with(|b| b.as_ref().map(meta_of)));
    let aftermath = Memo::new(move |_| bubble.with(|b| b.as_ref().and_then(|b| after_of(&b.message))));
    let seen = Memo::new(move |_| bubble.with(|b| b.as_ref().is_some_and(|b| b.seen)));
    let class = Memo::new(move |_| bubble.with(|b| b.as_ref().map(class_of).unwrap_or_default()));
    let is_lit =
        move || lit.get().is_some_and(|lit| bubble.with(|b| b.as_ref().is_some_and(|b| b.message.id == lit)));
    view! {
        <div
            class=move || class.get()
            class:lit=is_lit
            data-test="bubble"
            data-id=move || id.get()
            data-status=move || status.get()
        >
            <div class="bubble">
                {move || content.get().map(|(id, content, attachments)| view! { <Words id content attachments /> })}
                {move || meta.get().map(|meta| view! { <MetaView meta /> })}
            </div>
            {move || aftermath.get().map(|aftermath| view! { <Aftermath aftermath /> })}
            {move || seen.get().then(|| view! { <span class="seen">"Seen"</span> })}
        </div>
    }
    .into_any()
}

fn class_of(b: &Bubble) -> String {
    let mut class = String::from("line");
    class.push_str(if b.message.direction == Direction::Inbound { " theirs" } else { " ours" });
    for (yes, word) in [
        (b.first, " first"),
        (b.last, " last"),
        (b.message.origin == Origin::Elsewhere, " elsewhere"),
        (b.message.status == DeliveryStatus::Failed, " failed"),
        (b.message.status == DeliveryStatus::Unsure, " unsure"),
        (b.message.attachments.is_empty() && text::only_emoji(b.message.content.text()), " emoji"),
    ] {
        if yes {
            class.push_str(word);
        }
    }
    class
}

/// Time and marks.
#[derive(Debug, Clone, PartialEq)]
struct Meta {
    sent_at: heliograph_model::Timestamp,
    ours: bool,
    elsewhere: bool,
    status: DeliveryStatus,
}

fn meta_of(b: &Bubble) -> Meta {
    Meta {
        sent_at: b.message.sent_at,
        ours: b.message.direction == Direction::Outbound,
        elsewhere: b.message.origin == Origin::Elsewhere,
        status: b.message.status,
    }
}

#[component]
fn MetaView(meta: Meta) -> impl IntoView {
    let mark = meta.ours.then(|| mark_of(meta.status)).flatten();
    view! {
        <span class="meta">
            {meta
                .elsewhere
                .then(|| {
                    view! {
                        <span class="origin" data-tip="Sent from the phone app or another tool">
                            <IconView icon=Icon::Phone />
                            <span class="unseen">"Sent from the phone app or another tool"</span>
                        </span>
                    }
                })}
            <time data-tip=format::full(meta.sent_at)>{format::time(meta.sent_at)}</time>
            {mark
                .map(|(icon, class, words)| {
                    view! {
                        <span class=format!("mark {class}") data-tip=words>
                            <IconView icon />
                            <span class="unseen">{words}</span>
                        </span>
                    }
                })}
        </span>
    }
    .into_any()
}

/// The mark of a status. A tick means that Meta gave the message an id, never less.
const fn mark_of(status: DeliveryStatus) -> Option<(Icon, &'static str, &'static str)> {
    match status {
        DeliveryStatus::Received => None,
        DeliveryStatus::Queued => Some((Icon::Clock, "waiting", "In the outbox")),
        DeliveryStatus::Sending => Some((Icon::Clock, "waiting", "Leaving now")),
        DeliveryStatus::Sent => Some((Icon::Check, "sent", "Accepted by Meta")),
        DeliveryStatus::Delivered => Some((Icon::Checks, "delivered", "Delivered")),
        DeliveryStatus::Read => Some((Icon::Checks, "read", "Seen")),
        DeliveryStatus::Failed => Some((Icon::Alert, "bad", "Not sent")),
        DeliveryStatus::Unsure => Some((Icon::Question, "unsure", "May or may not have arrived")),
    }
}

#[component]
fn Words(id: MessageId, content: Content, attachments: Vec<Attachment>) -> impl IntoView {
    let pictures: Vec<AnyView> = attachments.iter().map(attachment).collect();
    let (what, words) = match content {
        Content::Text { text } => (None, text),
        Content::Placeholder { what, text } => (Some(what), text),
        Content::Unsent => (Some("Message unsent".to_owned()), String::new()),
        Content::Note { text, .. } => (None, text),
        Content::Activity { .. } => (None, String::new()),
    };
    let shown_as_file = attachments.iter().any(|a| a.file.is_some());
    let placeholder = what.filter(|_| !shown_as_file).map(|what| view! { <Placeholder id what /> });
    view! {
        {pictures}
        {placeholder}
        {(!words.is_empty()).then(|| view! { <div class="words" dir="auto">{text_view(&words)}</div> })}
    }
    .into_any()
}

fn text_view(words: &str) -> Vec<AnyView> {
    text::stretches(words)
        .into_iter()
        .map(|s| match s.link {
            None => s.text.into_any(),
            Some(link) => {
                let to = link.clone();
                let open = move |e: web_sys::MouseEvent| {
                    e.prevent_default();
                    ipc::open_link(&to);
                };
                view! { <a href=link rel="noopener noreferrer" target="_blank" dir="ltr" on:click=open>{s.text}</a> }.into_any()
            }
        })
        .collect()
}

/// A kept file: a picture is shown, anything else is named.
fn attachment(a: &Attachment) -> AnyView {
    match (&a.file, a.mime.as_str()) {
        (Some(file), mime) if mime.starts_with("image/") => {
            let alt = if a.name.is_empty() { "Photo".to_owned() } else { a.name.clone() };
            view! { <img class="picture" src=ipc::media_url(file) alt=alt loading="lazy" decoding="async" /> }
                .into_any()
        }
        (Some(file), mime) if mime.starts_with("audio/") => {
            view! { <audio class="audio" controls preload="none" src=ipc::media_url(file)></audio> }
                .into_any()
        }
        _ => ().into_any(),
    }
}

/// Something that cannot be shown yet: its name, and what Meta sent, for those who want to know.
#[component]
fn Placeholder(id: MessageId, what: String) -> impl IntoView {
    let raw = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let toggle = move |_| {
        if raw.with_untracked(Option::is_some) {
            raw.set(None);
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let toasts = toasts();
        spawn_local(async move {
            let answer = ipc::call(&GetRawMessage { message: id }).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(Some(text)) => {
                    let _ = raw.try_set(Some(text));
                }
                Ok(None) => toasts.say("The raw delivery is no longer kept."),
                Err(problem) => toasts.problem(&problem),
            }
        });
    };
    let icon = kind_icon(&what);
    view! {
        <div class="placeholder">
            <IconView icon />
            <span>{what}</span>
            <button type="button" class="link" aria-expanded=move || if raw.with(Option::is_some) { "true" } else { "false" } on:click=toggle>
                {move || if raw.with(Option::is_some) { "Hide raw" } else { "Show raw" }}
            </button>
        </div>
        {move || raw.get().map(|raw| view! { <pre class="raw" tabindex="0">{raw}</pre> })}
    }
    .into_any()
}

/// A reply that stays in the outbox this long is worth a word, in milliseconds.
const HELD_MS: i64 = 5_000;

/// Words about a queued message: when it is tried again and until when it must leave. `None` while it is
/// about to leave anyway.
#[must_use]
pub fn waiting_words(m: &Message) -> Option<String> {
    let now = clock().now();
    let again = m.next_attempt_at.filter(|t| now < *t);
    let held = m.status == DeliveryStatus::Queued && m.recorded_at.until(now) > HELD_MS;
    let first = match again {
        Some(at) => format!("Trying again at {}", format::moment(at, now)),
        None if held => "Waiting to leave".to_owned(),
        None => return None,
    };
    Some(match m.leave_before {
        Some(end) => format!("{first} · must leave by {}", format::moment(end, now)),
        None => first,
    })
}
