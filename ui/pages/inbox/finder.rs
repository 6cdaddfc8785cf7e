//! Finding words in the open thread: a bar above it, hit by hit from the newest to the oldest.

mod marks;

use super::{keyboard::focus_composer, sight::Sight};
use crate::{
    clock::after,
    format,
    keys::{self, Command, composing},
    live::live,
    parts::{Icon, IconButton, IconView, focus},
};
use heliograph_model::{ConversationId, MessageId, call::FindInConversation};
use leptos::{ev, html, prelude::*};

/// Words are marked when their bubble is lit: at once, or after its page was read.
const MARK_AFTER_MS: [u64; 2] = [60, 400];

/// Shut until its key is pressed.
#[component]
pub fn Finder(conversation: ConversationId, v: Sight) -> impl IntoView {
    let open = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    keys::bind(Command::Find, move || {
        open.set(true);
        after(0, move || {
            if let Some(input) = input.try_get_untracked().flatten() {
                focus(&input);
                input.select();
            }
        });
    });
    let bar = move || open.get().then(|| view! { <Bar conversation v open input /> });
    bar.into_any()
}

#[component]
fn Bar(
    conversation: ConversationId,
    v: Sight,
    open: RwSignal<bool>,
    input: NodeRef<html::Input>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let asked = move || {
        let text = text.get();
        (!text.trim().is_empty()).then_some(FindInConversation { conversation, text })
    };
    let found = live(asked);
    let go = move |to: usize| {
        let hit = found.with_untracked(|f| f.and_then(|f| f.messages.get(to).copied()));
        if let Some(hit) = hit {
            at.set(to);
            v.held.set(Some(hit));
            v.go_to(hit);
        }
    };
    // Another question begins at its newest hit; a fresh answer to the same one stays where it is.
    Effect::new(move |_| {
        let hits: Vec<MessageId> = match found.get() {
            Some(found) => found.messages,
            None => {
                v.held.set(None);
                return;
            }
        };
        match v.held.get_untracked().and_then(|held| hits.iter().position(|hit| *hit == held)) {
            Some(same) => at.set(same),
            None => go(0),
        }
    });
    // The bubble is lit first, and may have to be read first.
    Effect::new(move |_| {
        v.held.track();
        let words = text.get();
        for wait in MARK_AFTER_MS {
            let words = words.clone();
            after(wait, move || {
                if open.try_get_untracked() == Some(true) {
                    marks::mark(&words);
                }
            });
        }
    });
    on_cleanup(move || {
        let _ = v.held.try_set(None);
        marks::mark("");
    });
    let n = move || found.with(|f| f.map_or(0, |f| f.messages.len()));
    let older = move || go(at.get_untracked() + 1);
    let newer = move || go(at.get_untracked().saturating_sub(1));
    let close = move || {
        open.set(false);
        after(0, focus_composer);
    };
    let key = move |e: ev::KeyboardEvent| {
        if composing(&e) {
            return;
        }
        match (e.key().as_str(), e.shift_key()) {
            ("Enter", false) | ("ArrowUp", _) => older(),
            ("Enter", true) | ("ArrowDown", _) => newer(),
            ("Escape", _) => close(),
            _ => return,
        }
        e.prevent_default();
    };
    let count = move || {
        found.with(|f| match f {
            None => String::new(),
            Some(f) if f.messages.is_empty() => "Nothing found".to_owned(),
            Some(f) => {
                let n = u64::try_from(f.messages.len()).unwrap_or(u64::MAX);
                let at = u64::try_from(at.get() + 1).unwrap_or(u64::MAX);
                format!("{} of {}{}", format::count(at), format::count(n), if f.more { "+" } else { "" })
            }
        })
    };
    let trouble = move || {
        found
            .problem
            .get()
            .map(|problem| view! { <span class="find-trouble" role="alert">{problem.message}</span> })
    };
    let at_oldest = Signal::derive(move || at.get() + 1 >= n());
    let at_newest = Signal::derive(move || at.get() == 0 || n() == 0);
    view! {
        <div class="find-bar" role="search" aria-label="Find in this conversation" data-test="find-bar">
            <IconView icon=Icon::Search />
            <input
                type="search"
                node_ref=input
                aria-label="Find in this conversation"
                placeholder="Find in this conversation"
                autocomplete="off"
                spellcheck="false"
                data-test="find-words"
                prop:value=move || text.get()
                on:input=move |e| text.set(event_target_value(&e))
                on:keydown=key
            />
            {trouble}
            <span class="find-count figures" role="status" data-test="find-count">{count}</span>
            <IconButton icon=Icon::Up label="Older" small=true disabled=at_oldest on_press=Callback::new(move |()| older()) test="find-older" />
            <IconButton icon=Icon::Newest label="Newer" small=true disabled=at_newest on_press=Callback::new(move |()| newer()) test="find-newer" />
            <IconButton icon=Icon::Close label="Close" small=true command=Command::Back on_press=Callback::new(move |()| close()) test="find-close" />
        </div>
    }
    .into_any()
}
