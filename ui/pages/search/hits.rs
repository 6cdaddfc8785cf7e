//! People and messages that were found.

use crate::{
    clock::clock,
    desk::desk,
    format,
    parts::{Avatar, Icon, IconView},
    route::Route,
};
use heliograph_model::{Direction, MessageHit, PersonHit, Piece};
use leptos::prelude::*;

/// Something that can be opened.
#[derive(Debug, Clone, PartialEq)]
pub enum Hit {
    Person(PersonHit),
    Message(MessageHit),
}

impl Hit {
    /// Where it leads.
    #[must_use]
    pub fn route(&self) -> Route {
        match self {
            Self::Person(hit) => Route::thread(hit.conversation),
            Self::Message(hit) => Route::Conversation { id: hit.conversation, message: Some(hit.message) },
        }
    }

    /// Tells it from all others; people and messages do not mix.
    #[must_use]
    pub fn key(&self) -> i64 {
        match self {
            // People come first and are few; their keys are negative so that both kinds share one space.
            Self::Person(hit) => -hit.conversation.0 - 1,
            Self::Message(hit) => hit.message.0,
        }
    }
}

/// The id of a row, for `aria-activedescendant`.
#[must_use]
pub fn row_id(index: usize) -> String {
    format!("hit-{index}")
}

/// A row. `at` is its place among all rows.
#[component]
pub fn HitRow(hit: Hit, at: usize, active: RwSignal<usize>, open: Callback<Route>) -> impl IntoView {
    let route = hit.route();
    let path = route.path();
    let pressed = move |e: web_sys::MouseEvent| {
        if e.button() == 0 && !e.ctrl_key() && !e.meta_key() && !e.shift_key() {
            e.prevent_default();
            open.run(route.clone());
        }
    };
    let inner = match hit {
        Hit::Person(person) => view! { <Person person /> }.into_any(),
        Hit::Message(message) => view! { <Message message /> }.into_any(),
    };
    view! {
        <a
            class="hit"
            role="option"
            id=row_id(at)
            href=path
            tabindex="-1"
            aria-selected=move || if active.get() == at { "true" } else { "false" }
            data-test="search-hit"
            on:click=pressed
            on:mousemove=move |_| {
                if active.get_untracked() != at {
                    active.set(at);
                }
            }
        >
            {inner}
        </a>
    }
    .into_any()
}

#[component]
fn Person(person: PersonHit) -> impl IntoView {
    let now = clock().peek();
    let account = untrack(|| account_name(person.account));
    view! {
        <Avatar name=person.contact.name.clone() picture=person.contact.picture channel=Some(person.channel) />
        <span class="hit-body">
            <span class="hit-head">
                <strong class="hit-name">{person.contact.name}</strong>
                <span class="hit-aside">{person.contact.handle}</span>
                <span class="hit-time"><time data-tip=format::full(person.last_at)>{format::short(person.last_at, now)}</time></span>
            </span>
            {account.map(|a| view! { <span class="hit-account">{a}</span> })}
        </span>
    }
    .into_any()
}

#[component]
fn Message(message: MessageHit) -> impl IntoView {
    let now = clock().peek();
    let account = untrack(|| account_name(message.account));
    let ours = message.direction == Direction::Outbound;
    view! {
        <Avatar name=message.contact.name.clone() picture=message.contact.picture channel=Some(message.channel) />
        <span class="hit-body">
            <span class="hit-head">
                <strong class="hit-name">{message.contact.name}</strong>
                {account.map(|a| view! { <span class="hit-aside">{a}</span> })}
                <span class="hit-time"><time data-tip=format::full(message.sent_at)>{format::short(message.sent_at, now)}</time></span>
            </span>
            <span class="hit-snippet" dir="auto">
                {ours.then(|| view! { <span class="hit-you">"You: "</span> })}
                <Snippet pieces=message.snippet />
            </span>
        </span>
    }
    .into_any()
}

#[component]
fn Snippet(pieces: Vec<Piece>) -> impl IntoView {
    pieces
        .into_iter()
        .map(
            |piece| {
                if piece.hit { view! { <mark>{piece.text}</mark> }.into_any() } else { piece.text.into_any() }
            },
        )
        .collect_view()
        .into_any()
}

/// The account's name, where there is more than one to tell apart.
fn account_name(id: heliograph_model::AccountId) -> Option<String> {
    let desk = desk();
    desk.several()
        .then(|| desk.account(id).map(|a| if a.handle.is_empty() { a.name } else { a.handle }))
        .flatten()
}

/// Says that the hits go on, or that these were all.
#[component]
pub fn Foot(#[prop(into)] more: Signal<bool>, #[prop(into)] busy: Signal<bool>) -> impl IntoView {
    view! {
        <p class="hits-foot" role="status">
            {move || match (more.get(), busy.get()) {
                (true, true) => "Looking further back…".into_any(),
                (true, false) => "".into_any(),
                (false, _) => view! { <IconView icon=Icon::Check />"These are all" }.into_any(),
            }}
        </p>
    }
    .into_any()
}
