//! A bubble: who speaks, what it answers, what it carries, when, and what became of it. Its pieces stand in
//! files of their own.

mod activity;
mod beside;
mod body;
mod card;
mod file;
mod link;
mod listen;
mod meta;
mod missing;
mod note;
mod panels;
mod picture;
mod quote;
mod reactions;
mod shape;
mod sound;
mod wave;
mod words;

pub use activity::ActivityLine;
pub use meta::waiting_words;
pub use picture::first_moment;
pub use shape::{Shot, shots};

use super::{
    acts::{BubbleActs, ReactingLine},
    failure::{Aftermath, after_of},
    lines::{Bubble, What},
    sight::Sight,
    viewer::Viewer,
};
use beside::{Above, Below};
use body::{Body, BodyView};
use heliograph_model::{Content, DeliveryStatus, Direction, Origin};
use leptos::prelude::*;
use meta::{MetaView, meta_of};
use note::NoteView;
use reactions::Reactions;

/// The bubble of a line.
#[component]
pub fn BubbleView(line: ArcRwSignal<What>, v: Sight, viewer: Viewer) -> impl IntoView {
    // Parts change on their own: a tick does not touch the words, so that a selection in them lives on, and a
    // voice message plays on.
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
    let name = part(meta::spoken_name);
    let body = Memo::new(move |_| bubble.with(|b| b.as_ref().map(|b| Body::of(&b.message))));
    let quote = Memo::new(move |_| bubble.with(|b| b.as_ref().and_then(|b| quote::answered(&b.message))));
    let above = Memo::new(move |_| bubble.with(|b| b.as_ref().map(Above::of)));
    let below = Memo::new(move |_| bubble.with(|b| b.as_ref().map(|b| Below::of(&b.message))));
    let reactions = Memo::new(move |_| {
        bubble.with(|b| b.as_ref().map(|b| b.message.reactions.clone()).unwrap_or_default())
    });
    let meta = Memo::new(move |_| bubble.with(|b| b.as_ref().map(meta_of)));
    let aftermath = Memo::new(move |_| bubble.with(|b| b.as_ref().and_then(|b| after_of(&b.message))));
    let seen = Memo::new(move |_| bubble.with(|b| b.as_ref().is_some_and(|b| b.seen)));
    let class = Memo::new(move |_| bubble.with(|b| b.as_ref().map(class_of).unwrap_or_default()));
    let note = Memo::new(move |_| {
        bubble.with(|b| match b.as_ref().map(|b| &b.message.content) {
            Some(Content::Note { text, author }) => Some((text.clone(), author.clone())),
            _ => None,
        })
    });
    let is_lit = move || {
        let lit = [v.lit.get(), v.held.get()];
        bubble.with(|b| b.as_ref().is_some_and(|b| lit.contains(&Some(b.message.id))))
    };
    let inside = move || {
        if let Some((text, author)) = note.get() {
            return view! { <NoteView text author /> }.into_any();
        }
        view! {
            {move || quote.get().map(|quote| view! { <quote::QuoteView quote v /> })}
            {move || body.get().map(|body| view! { <BodyView body viewer /> })}
        }
        .into_any()
    };
    view! {
        <div
            class=move || class.get()
            class:lit=is_lit
            class:reacted=move || reactions.with(|r| !r.is_empty())
            role="article"
            tabindex="-1"
            aria-label=move || name.get()
            data-test="bubble"
            data-id=move || id.get()
            data-status=move || status.get()
        >
            {move || above.get().map(Above::view)}
            <div class="bubble">
                {inside}
                {move || meta.get().map(|meta| view! { <MetaView meta /> })}
                <BubbleActs bubble />
            </div>
            {move || reactions.with(|r| (!r.is_empty()).then(|| view! { <Reactions reactions=r.clone() /> }))}
            <ReactingLine bubble />
            {move || below.get().and_then(Below::view)}
            {move || aftermath.get().map(|aftermath| view! { <Aftermath aftermath /> })}
            {move || seen.get().then(|| view! { <span class="seen">"Seen"</span> })}
        </div>
    }
    .into_any()
}

fn class_of(b: &Bubble) -> String {
    let m = &b.message;
    let note = matches!(m.content, Content::Note { .. });
    let mut class = String::from("line");
    class.push_str(match (note, m.direction) {
        (true, _) => " private",
        (false, Direction::Inbound) => " theirs",
        (false, Direction::Outbound) => " ours",
    });
    let look = shape::look_of(m);
    for (yes, word) in [
        (b.first, " first"),
        (b.last, " last"),
        (m.origin == Origin::Elsewhere, " elsewhere"),
        (m.status == DeliveryStatus::Failed, " failed"),
        (m.status == DeliveryStatus::Unsure, " unsure"),
        (m.scheduled_for.is_some(), " scheduled"),
        (m.content == Content::Unsent, " unsent"),
        (look == shape::Look::Emoji, " emoji"),
        (look == shape::Look::Bare, " bare"),
        (look == shape::Look::Flush, " flush"),
        (look == shape::Look::Wide, " wide"),
    ] {
        if yes {
            class.push_str(word);
        }
    }
    class
}
