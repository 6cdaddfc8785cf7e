//! The bar above the list while something is selected: how many, and what can be done with them.

use super::{Picking, act, keys::toggle, working};
use crate::{
    format, ipc,
    keys::Command,
    pages::inbox::inbox,
    parts::{Icon, IconButton},
    toast::toasts,
};
use heliograph_model::{Act, State, call::CountMatching};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The bar; nothing while nothing is selected.
#[component]
pub fn SelectionBar() -> impl IntoView {
    let working = working();
    let inbox = inbox();
    // Another list is another selection.
    Effect::new(move |before: Option<()>| {
        inbox.filter.track();
        inbox.sort.track();
        if before.is_some() {
            working.clear();
        }
    });
    let shown = Memo::new(move |_| working.selecting());
    move || shown.get().then(|| view! { <Bar /> })
}

#[component]
fn Bar() -> impl IntoView {
    let working = working();
    let inbox = inbox();
    let words = move || match working.all.get() {
        Some(n) => format!("All {} of this list", format::count(n.into())),
        None => format!("{} selected", format::count(working.selected.with(|s| s.len() as u64))),
    };
    let whole = Memo::new(move |_| working.all.get().is_none() && working.loaded.get());
    let loaded = move || working.all.get().is_none() && !whole.get();
    let select_loaded = move |_| working.select_loaded(inbox.feed().shown().ids.get_untracked());
    let select_all = move |_| {
        let (filter, sort) = (inbox.filter.get_untracked(), inbox.sort.get_untracked());
        spawn_local(async move {
            match ipc::call(&CountMatching { filter, sort }).await {
                Ok(n) => working.all.set(Some(n)),
                Err(problem) => toasts().problem(&problem),
            }
        });
    };
    let pick = move |what: Picking| Callback::new(move |()| working.picking.set(Some(what)));
    let all_shown_resolved = move || inbox.filter.with(|f| f.show.states() == [State::Resolved]);
    view! {
        <div class="selection-bar" role="toolbar" aria-label="Selected conversations" data-test="selection">
            <div class="selection-words">
                <strong class="figures" data-test="selection-count">{words}</strong>
                {move || loaded().then(|| view! {
                    <button type="button" class="link" on:click=select_loaded>"Select all"</button>
                })}
                {move || whole.get().then(|| view! {
                    <button type="button" class="link" data-test="select-all" on:click=select_all>"All of this list"</button>
                })}
                <span class="selection-space"></span>
                <IconButton icon=Icon::Close label="Select nothing" small=true on_press=Callback::new(move |()| working.clear()) />
            </div>
            <div class="selection-tools">
                {move || if all_shown_resolved() {
                    view! { <IconButton icon=Icon::Inbox label="Open again" on_press=Callback::new(|()| act(Act::Open)) /> }.into_any()
                } else {
                    view! {
                        <IconButton icon=Icon::Check label="Resolve" command=Command::Resolve test="bulk-resolve"
                            on_press=Callback::new(|()| act(Act::Resolve)) />
                    }.into_any()
                }}
                <IconButton icon=Icon::Snooze label="Snooze" command=Command::Snooze on_press=pick(Picking::Snooze) />
                <IconButton icon=Icon::Label label="Label" command=Command::Label on_press=pick(Picking::Label) />
                <IconButton icon=Icon::Assign label="Assign" command=Command::Assign on_press=pick(Picking::Assign) />
                <IconButton icon=Icon::MarkRead label="Mark read" on_press=Callback::new(|()| act(Act::Read)) />
                <IconButton icon=Icon::Pin label="Pin or unpin" command=Command::Pin
                    on_press=Callback::new(|()| toggle(|c| c.pinned, Act::Pin { on: false }, Act::Pin { on: true })) />
                <IconButton icon=Icon::Spam label="Move to spam" command=Command::Spam on_press=Callback::new(|()| act(Act::Spam)) />
            </div>
        </div>
    }
    .into_any()
}
