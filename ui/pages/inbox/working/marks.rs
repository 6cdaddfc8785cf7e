//! Small marks on a row: labels, who has it, when it comes back, the pin. Never colour alone: each has its words.

use super::times;
use crate::{
    clock::clock,
    desk::desk,
    format,
    parts::{Chip, Icon, IconView},
};
use heliograph_model::{Colour, Conversation, LabelId, State};
use leptos::prelude::*;

/// Dots shown at most; the rest is a figure.
const DOTS: usize = 3;

/// A dot in a label's colour.
pub fn dot(colour: Colour) -> AnyView {
    view! { <span class=format!("label-dot {}", colour.key())></span> }.into_any()
}

/// A label as a dot with its name for those who do not see it.
pub fn label_dot(id: LabelId) -> AnyView {
    let label = desk().label(id);
    label
        .map(|label| {
            view! {
                <span class=format!("label-dot {}", label.colour.key())>
                    <span class="unseen">{label.name}</span>
                </span>
            }
        })
        .into_any()
}

/// What a row says of the work on it.
#[component]
pub fn RowMarks(row: ArcRwSignal<Conversation>) -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let work = Memo::new(move |_| {
        row.with(|c| (c.labels.clone(), c.assignee, c.state, c.snoozed_until, c.pinned, c.request))
    });
    move || {
        let (labels, assignee, state, until, pinned, request) = work.get();
        let names: Vec<String> = labels.iter().filter_map(|id| desk.label(*id)).map(|l| l.name).collect();
        let more = labels.len().saturating_sub(DOTS);
        let dots = (!labels.is_empty()).then(|| {
            view! {
                <span class="label-dots" data-tip=names.join(", ") data-test="row-labels">
                    {labels.iter().take(DOTS).map(|id| label_dot(*id)).collect_view()}
                    {(more > 0).then(|| view! { <span class="label-more figures">{format!("+{more}")}</span> })}
                </span>
            }
        });
        let who = assignee.map(|id| {
            let name = desk.called(id);
            let letters = format::initials(&name);
            view! {
                <span class="assignee" data-tip=format!("Assigned to {name}") data-test="row-assignee">
                    {letters}
                    <span class="unseen">{format!("Assigned to {name}")}</span>
                </span>
            }
        });
        let stands = match (state, until) {
            (State::Snoozed, Some(until)) => {
                let words = times::words(until, clock.now());
                Some(
                    view! { <Chip icon=Some(Icon::Snooze) text=words tone="far" tip="Comes back then, or when they write" /> },
                )
            }
            (State::Snoozed, None) => Some(
                view! { <Chip icon=Some(Icon::Snooze) text="" tone="far" tip="Snoozed until they write" /> },
            ),
            (State::Pending, _) => {
                Some(view! { <Chip icon=Some(Icon::Pause) text="" tone="far" tip="Pending" /> })
            }
            (State::Resolved, _) => {
                Some(view! { <Chip icon=Some(Icon::Check) text="" tone="far" tip="Resolved" /> })
            }
            (State::Spam, _) => Some(view! { <Chip icon=Some(Icon::Spam) text="" tone="far" tip="Spam" /> }),
            (State::Open, _) => None,
        };
        let request = (request && state != State::Spam).then(|| {
            view! { <Chip icon=Some(Icon::Person) text="Request" tone="far" tip="Messenger keeps it among its message requests until you answer" /> }
        });
        let pin = pinned.then(|| {
            view! {
                <span class="pinned" data-tip="Pinned"><IconView icon=Icon::Pin /><span class="unseen">"Pinned"</span></span>
            }
        });
        view! { {dots} {who} {request} {stands} {pin} }.into_any()
    }
}
