//! Backups and exports that lie in the data folder, and what a restore put aside.

use crate::{
    clock::clock,
    format, ipc,
    live::{Live, order},
    parts::{Button, Icon, IconButton, IconView},
};
use heliograph_model::{Copies, CopyFile, CopyKind, call::RemoveCopy};
use leptos::prelude::*;

const fn what(kind: CopyKind) -> &'static str {
    match kind {
        CopyKind::Daily => "Daily copy",
        CopyKind::Backup => "Backup",
        CopyKind::Export => "Export",
        CopyKind::Aside => "Before a restore",
    }
}

/// The list; nothing when there is none.
#[component]
pub fn Files(copies: Live<Copies>, #[prop(into)] busy: Signal<bool>) -> impl IntoView {
    let all = move || {
        copies.with(|c| {
            c.map(|c| c.backups.iter().chain(&c.aside).cloned().collect::<Vec<_>>()).unwrap_or_default()
        })
    };
    let list = move || {
        let all = all();
        (!all.is_empty()).then(|| {
            view! {
                <ul class="copy-files" data-test="copy-files">
                    {all.into_iter().map(|file| view! { <One file busy /> }).collect_view()}
                </ul>
            }
        })
    };
    list.into_any()
}

#[component]
fn One(file: CopyFile, busy: Signal<bool>) -> impl IntoView {
    let clock = clock();
    let sure = RwSignal::new(false);
    let remove = order::<RemoveCopy>(|()| ());
    let CopyFile { kind, name, bytes, made_at } = file;
    let when = move || format!("{}, {}", super::when(made_at, clock.now()), format::bytes(bytes));
    let fetched = matches!(kind, CopyKind::Backup | CopyKind::Export) && !ipc::on_desktop();
    let fetch = fetched.then(|| {
        let name = name.clone();
        view! { <a class="button small" href=ipc::copy_url(&name) download=name.clone()>"Download"</a> }
    });
    let gone = {
        let name = name.clone();
        Callback::new(move |()| remove.run(RemoveCopy { kind, name: name.clone() }))
    };
    let end = move || {
        if sure.get() {
            view! {
                <Button label="Remove for good" small=true tone=crate::parts::Tone::Danger busy=remove.busy on_press=gone test="copy-remove" />
                <Button label="Keep" small=true on_press=Callback::new(move |()| sure.set(false)) />
            }
            .into_any()
        } else {
            view! {
                <IconButton icon=Icon::Trash label="Remove…" disabled=busy on_press=Callback::new(move |()| sure.set(true)) test="copy-ask" />
            }
            .into_any()
        }
    };
    view! {
        <li class="copy-file">
            <IconView icon=if kind == CopyKind::Aside { Icon::Storage } else { Icon::File } />
            <div class="copy-words">
                <span>{what(kind)} " " <span class="quiet figures">{when}</span></span>
                <span class="row-hint copy-path">{name}</span>
            </div>
            {fetch}
            {end}
        </li>
    }
    .into_any()
}
