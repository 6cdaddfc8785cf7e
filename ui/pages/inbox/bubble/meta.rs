//! Time and marks of a bubble.

use crate::{
    clock::clock,
    format,
    pages::inbox::lines::Bubble,
    parts::{Icon, IconView},
};
use heliograph_model::{Content, DeliveryStatus, Direction, Message, Origin, Timestamp};
use leptos::prelude::*;

/// Time and marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    sent_at: Timestamp,
    ours: bool,
    status: DeliveryStatus,
    edits: u32,
    /// What else there is to know, each with its words.
    marks: Vec<(Icon, String)>,
}

/// Those of a bubble.
#[must_use]
pub fn meta_of(b: &Bubble) -> Meta {
    let m = &b.message;
    let mut marks = Vec::new();
    if m.origin == Origin::Elsewhere {
        // Meta tells an app's number, never its name; the phone apps have none.
        let words = if m.detail.app.is_empty() {
            "Sent from the phone app or another tool".to_owned()
        } else {
            format!("Sent by another app (Meta’s number {})", m.detail.app)
        };
        marks.push((if m.detail.app.is_empty() { Icon::Phone } else { Icon::Apps }, words));
    }
    if m.detail.human_agent {
        marks.push((Icon::Person, "Sent as a human agent, after the reply window".to_owned()));
    }
    if m.detail.standby {
        marks.push((Icon::Eye, "Another app answers this conversation; it was only overheard".to_owned()));
    }
    Meta {
        sent_at: m.sent_at,
        ours: m.direction == Direction::Outbound && m.content.is_said() && m.content != Content::Unsent,
        status: m.status,
        edits: if m.content == Content::Unsent { 0 } else { m.detail.edits },
        marks,
    }
}

/// Who speaks and when, for those who cannot see on which side it stands.
#[must_use]
pub fn spoken_name(b: &Bubble) -> String {
    let m = &b.message;
    let who = match (&m.content, m.direction) {
        (Content::Note { author, .. }, _) => format!("Private note of {author}"),
        (_, Direction::Outbound) => "You".to_owned(),
        (_, Direction::Inbound) if m.detail.author.is_empty() => "They".to_owned(),
        (_, Direction::Inbound) => m.detail.author.clone(),
    };
    format!("{who}, {}", format::time(m.sent_at))
}

/// The time, then the marks.
#[component]
pub fn MetaView(meta: Meta) -> impl IntoView {
    let mark = meta.ours.then(|| mark_of(meta.status)).flatten();
    let quiet = |(icon, words): (Icon, String)| {
        let tip = words.clone();
        view! {
            <span class="origin" data-tip=tip>
                <IconView icon />
                <span class="unseen">{words}</span>
            </span>
        }
        .into_any()
    };
    let edited = (meta.edits > 0).then(|| {
        let tip = format!("Edited {}", format::plural(u64::from(meta.edits), "time", "times"));
        view! { <span class="edited" data-tip=tip>"edited"</span> }
    });
    view! {
        <span class="meta">
            {meta.marks.into_iter().map(quiet).collect_view()}
            {edited}
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
        Some(at) if m.failure.is_some() => format!("Trying again at {}", format::moment(at, now)),
        // Held back so that it can be taken back: the notice says so.
        Some(_) => return None,
        None if held => "Waiting to leave".to_owned(),
        None => return None,
    };
    Some(match m.leave_before {
        Some(end) => format!("{first} · must leave by {}", format::moment(end, now)),
        None => first,
    })
}
