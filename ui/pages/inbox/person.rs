//! The person pane: who this is, on every channel we know, and what they wrote before.

use super::{
    failure::copy,
    gallery::PersonMedia,
    inbox,
    kin::{DeletedBefore, Merges, OtherConversations, Suggestions},
    person_acts::{PersonMenu, ProfileLine},
    working::Labels,
};
use crate::{
    desk::desk,
    format,
    live::{live, on_event},
    parts::{Avatar, AvatarSize, ChannelMark, Icon, IconButton, SkeletonRows, Trouble, focus},
};
use heliograph_model::{Contact, ConversationId, Event, call::GetContact};
use leptos::prelude::*;

/// The pane.
#[component]
pub fn PersonPane(conversation: ConversationId) -> impl IntoView {
    let inbox = inbox();
    let contact = live(move || Some(GetContact { conversation }));
    // What happens in their other conversations is shown here as well.
    on_event(move |event| {
        if let Event::ConversationChanged { conversation: changed, .. } = event
            && *changed != conversation
            && contact.with_untracked(|c| c.is_some_and(|c| c.conversations.iter().any(|o| o.id == *changed)))
        {
            contact.again();
        }
    });
    let close = Callback::new(move |()| inbox.toggle_person());
    let body = move || match (contact.get(), contact.problem.get()) {
        (Some(contact), _) => view! { <Person contact conversation /> }.into_any(),
        (None, Some(problem)) => {
            view! { <Trouble problem again=Callback::new(move |()| contact.again()) /> }.into_any()
        }
        (None, None) => view! { <SkeletonRows n=3 /> }.into_any(),
    };
    // Lying above the thread, the pane takes focus and gives it back.
    Effect::new(move |before: Option<bool>| {
        let over = inbox.person_over.get();
        let to = match (before, over) {
            (_, true) => ".person-tools > .icon-button",
            (Some(true), false) => "[data-test='toggle-person']",
            _ => return over,
        };
        request_animation_frame(move || {
            if let Ok(Some(element)) = document().query_selector(to) {
                focus(&element);
            }
        });
        over
    });
    view! {
        <aside class="person-pane" aria-label="Person" data-test="person">
            <header class="person-head">
                <h2>"Person"</h2>
                <div class="person-tools">
                    <PersonMenu conversation contact=Signal::derive(move || contact.get()) />
                    <IconButton icon=Icon::Close label="Hide the person" on_press=close />
                </div>
            </header>
            <div class="person-body">{body}</div>
        </aside>
        <div class="person-shade" on:click=move |_| inbox.person_over.set(false)></div>
    }
    .into_any()
}

#[component]
fn Person(contact: Contact, conversation: ConversationId) -> impl IntoView {
    let desk = desk();
    let to = contact.account;
    let account = move || {
        let former = || desk.former_account(to).map(|a| format!("{} (disconnected)", a.name));
        desk.account(to).map(|a| a.name).or_else(former).unwrap_or_default()
    };
    let summary = contact.summary.clone();
    let own = summary.id;
    let first_seen = contact.first_seen_at;
    view! {
        <div class="person-top">
            <Avatar name=summary.name.clone() picture=summary.picture.clone() size=AvatarSize::Large channel=Some(contact.channel) />
            <p class="person-name" dir="auto">{summary.name.clone()}</p>
            {(!summary.handle.is_empty()).then(|| view! { <p class="person-handle" dir="ltr">{summary.handle.clone()}</p> })}
            <ProfileLine contact=contact.clone() conversation />
        </div>
        <Suggestions own all=contact.suggestions />
        <DeletedBefore conversation at=contact.deleted_at />
        <dl class="facts">
            {contact.phone.map(|phone| fact("Phone", phone, true))}
            {(!summary.handle.is_empty() && summary.handle.starts_with('@'))
                .then(|| fact("Handle", summary.handle.clone(), true))}
            <div class="fact">
                <dt>"Writes to"</dt>
                <dd>
                    <ChannelMark channel=contact.channel />
                    <span class="fact-value" dir="auto">{account}</span>
                </dd>
            </div>
            {fact("First seen", format::date(first_seen), false)}
            {fact("Messages", format!("{} received · {} sent", format::count(contact.messages_received.into()), format::count(contact.messages_sent.into())), false)}
            {fact("Meta id", contact.meta_id, true)}
        </dl>
        <Labels conversation />
        <PersonMedia conversation />
        <OtherConversations here=conversation all=contact.conversations />
        <Merges all=contact.merges />
    }
    .into_any()
}

/// A line of what is known, perhaps with a button that copies it.
fn fact(label: &'static str, value: String, copyable: bool) -> AnyView {
    let words = value.clone();
    let press = Callback::new(move |()| copy(words.clone(), "Copied"));
    view! {
        <div class="fact">
            <dt>{label}</dt>
            <dd>
                <span class="fact-value figures" dir="auto">{value}</span>
                {copyable
                    .then(|| {
                        view! { <IconButton icon=Icon::Copy label=format!("Copy {}", label.to_lowercase()) small=true on_press=press /> }
                    })}
            </dd>
        </div>
    }
    .into_any()
}
