//! The backup, restore or export of the moment: how far it is, what became of it, and its end.

use crate::{
    format, ipc,
    live::{Live, tell_engine},
    parts::{Button, Icon, IconButton, IconView},
};
use heliograph_model::{CopyState, CopyWork, Copying, call::StopCopying};
use leptos::prelude::*;

const fn title(work: CopyWork) -> &'static str {
    match work {
        CopyWork::Backup => "Backup",
        CopyWork::Restore => "Restore",
        CopyWork::Export => "Export",
    }
}

/// What is being done, in words.
pub fn doing(copying: &Copying) -> String {
    let percent = (copying.done * 100).checked_div(copying.total);
    let words = match (&copying.state, copying.work) {
        (CopyState::Gathering, _) => "copying the database…",
        (CopyState::Writing, _) => "writing…",
        (CopyState::Verifying, CopyWork::Restore) => "verifying the copy, nothing is changed yet…",
        (CopyState::Verifying, _) => "reading it again, to be sure…",
        _ => "",
    };
    match percent {
        Some(percent) => format!("{}: {words} {percent} %", title(copying.work)),
        None => format!("{}: {words}", title(copying.work)),
    }
}

/// A bar, its words, and what stops it.
#[component]
pub fn Bar(copying: Copying) -> impl IntoView {
    let words = doing(&copying);
    view! {
        <div class="copy-bar" role="status" data-test="copying">
            <span class="copy-words figures">{words}</span>
            {(copying.total > 0)
                .then(|| view! { <progress max=copying.total.to_string() value=copying.done.to_string()></progress> })}
            <Button label="Stop" small=true on_press=Callback::new(|()| tell_engine(StopCopying {})) test="stop-copying" />
        </div>
    }
    .into_any()
}

/// Shown while there is something to show. A restore that is ready is gone on with in its dialog.
#[component]
pub fn Moving(copying: Live<Option<Copying>>, restoring: RwSignal<bool>) -> impl IntoView {
    let away = || view! { <IconButton icon=Icon::Close label="Take note" on_press=Callback::new(|()| tell_engine(StopCopying {})) test="copying-away" /> };
    let line = move |now: Copying| match now.state.clone() {
        CopyState::Done { file, name, bytes } => {
            let said = format!("{} is whole: {}", title(now.work), format::bytes(bytes));
            let fetch = (!ipc::on_desktop()).then(|| {
                view! { <a class="button small" href=ipc::copy_url(&name) download=name.clone() data-test="fetch-copy">"Download"</a> }
            });
            view! {
                <div class="kept-copy done" role="status" data-test="copied">
                    <IconView icon=Icon::Check />
                    <div class="copy-words">
                        <span>{said}</span>
                        <span class="row-hint copy-path">{file}</span>
                    </div>
                    {fetch}
                    {away()}
                </div>
            }
            .into_any()
        }
        CopyState::Ready { .. } => view! {
            <div class="kept-copy" role="status" data-test="restore-ready">
                <IconView icon=Icon::Check />
                <span class="copy-words">"A copy is verified and ready to be opened."</span>
                <Button label="Go on…" small=true on_press=Callback::new(move |()| restoring.set(true)) />
            </div>
        }
        .into_any(),
        CopyState::Failed { problem } => view! {
            <div class="kept-copy alarm" role="alert" data-test="copy-failed">
                <IconView icon=Icon::Alert />
                <span class="copy-words">{format!("{}: {}", title(now.work), problem.message)}</span>
                {away()}
            </div>
        }
        .into_any(),
        _ => view! { <Bar copying=now /> }.into_any(),
    };
    move || copying.get().flatten().map(line)
}
