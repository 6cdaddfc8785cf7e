//! The inside of a bubble: its pieces in order, then the words.

use super::{
    card::CardView,
    file::FileView,
    link::LinkCard,
    missing::Missing,
    panels::Panels,
    picture::{Film, Pictures, Sticker},
    shape::{Part, parts},
    sound::Sound,
    words::{Placeholder, words_view},
};
use crate::{
    pages::inbox::viewer::Viewer,
    parts::{Icon, IconView},
};
use heliograph_model::{Attachment, Card, Content, Detail, FileState, Message, MessageId, Quote};
use leptos::prelude::*;

/// What the inside is made from; nothing of it changes when a tick does.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    id: MessageId,
    content: Content,
    attachments: Vec<Attachment>,
    tapped: String,
    answers: Vec<(String, String)>,
    /// Says something besides words and files.
    spoken_for: bool,
}

impl Body {
    /// That of a message.
    #[must_use]
    pub fn of(m: &Message) -> Self {
        let Detail { tapped, answers, referral, .. } = &m.detail;
        Self {
            id: m.id,
            content: m.content.clone(),
            attachments: m.attachments.clone(),
            tapped: tapped.clone(),
            answers: answers.clone(),
            spoken_for: !tapped.is_empty()
                || !answers.is_empty()
                || referral.is_some()
                || matches!(m.quote, Some(Quote::Story { .. })),
        }
    }
}

/// The pieces.
#[component]
pub fn BodyView(body: Body, viewer: Viewer) -> impl IntoView {
    let Body { id, content, attachments, tapped, answers, spoken_for } = body;
    let (what, mut words) = match content {
        Content::Text { text } | Content::Note { text, .. } => (None, text),
        Content::Placeholder { what, text } => (Some(what), text),
        Content::Unsent => return tombstone(),
        Content::Activity { .. } => return ().into_any(),
    };
    let pieces = parts(&attachments, &words);
    // What cannot be shown is named, and can be read as Meta sent it.
    let named =
        what.filter(|_| pieces.is_empty() && !spoken_for).map(|what| view! { <Placeholder id what /> });
    if words == tapped {
        words.clear();
    }
    view! {
        {(!tapped.is_empty()).then(|| view! { <Tapped title=tapped /> })}
        {pieces.into_iter().map(|part| piece(id, part, viewer)).collect_view()}
        {named}
        {(!answers.is_empty()).then(|| view! { <Answers answers /> })}
        {(!words.is_empty()).then(|| words_view(&words))}
    }
    .into_any()
}

fn piece(message: MessageId, part: Part, viewer: Viewer) -> AnyView {
    // What has no file says why, in the place of the file.
    let gone = |a: &Attachment| a.file.is_none() && a.state != FileState::Waiting;
    match part {
        Part::Pictures(pictures) => view! { <Pictures message pictures viewer /> }.into_any(),
        Part::Film(a) | Part::Sound(a) | Part::File(a) | Part::Sticker(a) if gone(&a) => {
            view! { <Missing message a /> }.into_any()
        }
        Part::Film(a) => view! { <Film a /> }.into_any(),
        Part::Sound(a) => view! { <Sound a /> }.into_any(),
        Part::Sticker(a) => view! { <Sticker a /> }.into_any(),
        Part::Heart => view! { <span class="heart" role="img" aria-label="Heart">"❤️"</span> }.into_any(),
        Part::File(a) => view! { <FileView a /> }.into_any(),
        Part::Card(Card::Panels { panels }) => view! { <Panels panels /> }.into_any(),
        Part::Card(card) => view! { <CardView card /> }.into_any(),
        Part::Link(a) => view! { <LinkCard a /> }.into_any(),
    }
}

/// Taken back by whoever wrote it.
fn tombstone() -> AnyView {
    view! {
        <span class="tombstone" data-tip="Its words and files are gone from this computer too">
            <IconView icon=Icon::Stop />
            "Message unsent"
        </span>
    }
    .into_any()
}

/// The button that was tapped to say this.
#[component]
fn Tapped(title: String) -> impl IntoView {
    view! {
        <span class="tapped">
            <IconView icon=Icon::Tap />
            <span class="unseen">"Tapped the button "</span>
            <bdi>{title}</bdi>
        </span>
    }
    .into_any()
}

/// What a form was filled in with.
#[component]
fn Answers(answers: Vec<(String, String)>) -> impl IntoView {
    let one = |(name, answer): (String, String)| {
        view! { <div><dt dir="auto">{name}</dt><dd dir="auto">{answer}</dd></div> }.into_any()
    };
    view! {
        <div class="form-answers">
            <span class="card-what">"Answered form"</span>
            <dl>{answers.into_iter().map(one).collect_view()}</dl>
        </div>
    }
    .into_any()
}
