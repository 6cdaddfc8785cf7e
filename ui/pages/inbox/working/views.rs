//! Saved views: in the rail with their counts, and the dialog that saves, renames, orders and removes them.

use super::{title::named, working};
use crate::{
    desk::desk,
    live::order,
    pages::inbox::{filters::SORTS, inbox},
    parts::{Badge, Button, Dialog, Icon, IconButton, IconView, TextField, Tone},
    route::{Route, router},
};
use heliograph_model::{
    View, ViewId,
    call::{OrderViews, RemoveView, SaveView},
};
use leptos::prelude::*;

/// The views in the rail.
#[component]
pub fn RailViews() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let router = router();
    let ids = Memo::new(move |_| {
        desk.views.with(|all| {
            all.map_or_else(Vec::new, |all| all.iter().map(|v| (v.id, v.name.clone())).collect::<Vec<_>>())
        })
    });
    let of = move |id: ViewId| desk.views.with(|all| all?.iter().find(|v| v.id == id).cloned());
    let one = move |(id, name): (ViewId, String)| {
        let n = Signal::derive(move || of(id).map_or(0, |v| v.conversations));
        let chosen = move || {
            of(id).is_some_and(|v| inbox.filter.with(|f| *f == v.filter) && inbox.sort.get() == v.sort)
                && router.at().in_inbox()
        };
        let press = move |_| {
            if let Some(view) = untrack(|| of(id)) {
                inbox.look_at(view.filter, view.sort);
                if !router.peek().in_inbox() {
                    router.go(Route::Inbox);
                }
            }
        };
        let tip = name.clone();
        let words = name.clone();
        view! {
            <button
                type="button"
                class="rail-item rail-view"
                aria-pressed=move || if chosen() { "true" } else { "false" }
                aria-label=format!("View: {name}")
                data-tip=tip
                data-test="rail-view"
                on:click=press
            >
                <IconView icon=Icon::Bookmark />
                <span class="rail-word" dir="auto">{words}</span>
                <Badge n what="conversations" quiet=true />
            </button>
        }
        .into_any()
    };
    move || {
        let ids = ids.get();
        (!ids.is_empty())
            .then(|| view! { <div class="rail-accounts rail-views">{ids.into_iter().map(one).collect_view()}</div> }.into_any())
    }
}

/// Saves the list that is shown, and keeps the others in order.
#[component]
pub fn ViewsDialog() -> impl IntoView {
    let open = working().views;
    view! {
        <Dialog open title="Views" class="narrow" test="views">
            <SaveCurrent />
            <Kept />
        </Dialog>
    }
    .into_any()
}

#[component]
fn SaveCurrent() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let name = RwSignal::new(String::new());
    let save = order::<SaveView>(move |_| {
        name.set(String::new());
        desk.views.again();
    });
    let words = move || {
        let (filter, sort) = (inbox.filter.get(), inbox.sort.get());
        let mut parts = vec![named(&filter)];
        if let Some((_, words)) = super::super::filters::TABS.iter().find(|(show, _)| *show == filter.show) {
            parts.push(words.to_lowercase());
        }
        parts.extend(filter.channel.map(|c| c.name().to_owned()));
        parts.extend(SORTS.iter().find(|(s, _)| *s == sort).map(|(_, w)| w.to_lowercase()));
        parts.dedup();
        parts.join(" · ")
    };
    let go = Callback::new(move |()| {
        let (filter, sort) = (inbox.filter.get_untracked(), inbox.sort.get_untracked());
        save.run(SaveView { view: None, name: name.get_untracked(), filter, sort });
    });
    view! {
        <div class="save-view">
            <TextField label="Save this list as" value=name hint=words() on_enter=go test="view-name" />
            <Button
                label="Save"
                tone=Tone::Primary
                on_press=go
                busy=save.busy
                disabled=Signal::derive(move || name.with(|n| n.trim().is_empty()))
                test="save-view"
            />
        </div>
    }
    .into_any()
}

#[component]
fn Kept() -> impl IntoView {
    let desk = desk();
    let remove = order::<RemoveView>(move |()| desk.views.again());
    let put = order::<OrderViews>(move |()| desk.views.again());
    let rename = order::<SaveView>(move |_| desk.views.again());
    let move_by = move |id: ViewId, by: i64| {
        let mut ids: Vec<ViewId> = desk.views.peek().unwrap_or_default().iter().map(|v| v.id).collect();
        let Some(at) = ids.iter().position(|i| *i == id).and_then(|at| i64::try_from(at).ok()) else {
            return;
        };
        let to = usize::try_from(at + by).ok().filter(|to| *to < ids.len());
        if let (Some(to), Ok(at)) = (to, usize::try_from(at)) {
            ids.swap(at, to);
            put.run(OrderViews { views: ids });
        }
    };
    let one = move |view: View| {
        let id = view.id;
        let (filter, sort) = (view.filter.clone(), view.sort);
        let renamed = move |e: leptos::ev::Event| {
            let name = event_target_value(&e);
            if !name.trim().is_empty() {
                rename.run(SaveView { view: Some(id), name, filter: filter.clone(), sort });
            }
        };
        view! {
            <li class="kept-view">
                <input class="bare-field" type="text" dir="auto" aria-label="Name" value=view.name on:change=renamed />
                <IconButton icon=Icon::Up label="Move up" small=true on_press=Callback::new(move |()| move_by(id, -1)) />
                <IconButton icon=Icon::Newest label="Move down" small=true on_press=Callback::new(move |()| move_by(id, 1)) />
                <IconButton icon=Icon::Trash label="Remove" small=true
                    on_press=Callback::new(move |()| remove.run(RemoveView { view: id })) />
            </li>
        }
        .into_any()
    };
    move || {
        let all = desk.views.get().unwrap_or_default();
        if all.is_empty() {
            view! { <p class="row-hint">"A view is a filter and an order under a name. It stands in the side bar with its count."</p> }
                .into_any()
        } else {
            view! { <ul class="kept-views">{all.into_iter().map(one).collect_view()}</ul> }.into_any()
        }
    }
}
