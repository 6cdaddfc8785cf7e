//! An act on everything a list holds: asked with its count first, then followed, to be stopped and undone.

use super::{acting, working};
use crate::{
    clock::after,
    format, ipc,
    live::live,
    pages::inbox::{inbox, keyboard::focus_list},
    parts::{Button, Dialog, Tone, close_front_dialog},
    toast::toasts,
};
use heliograph_model::{
    Act, BulkState,
    call::{ActOnAll, GetBulk, StopBulk},
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Asks whether `act` is really meant for all of the list.
pub(super) fn ask(act: Act) {
    working().asked.set(Some(act));
}

/// What an act is called before it is done.
fn intent(act: &Act) -> String {
    match act {
        Act::Open => "Open".into(),
        Act::Pending => "Make pending".into(),
        Act::Resolve => "Resolve".into(),
        Act::Spam => "Move to spam:".into(),
        Act::Snooze { .. } => "Snooze".into(),
        Act::Assign { to: None } => "Assign to nobody:".into(),
        Act::Assign { to: Some(to) } => format!("Assign to {}:", crate::desk::desk().called(*to)),
        Act::Label { label, on } => {
            let name = crate::desk::desk().label(*label).map_or(String::new(), |l| l.name);
            format!("{} “{name}”:", if *on { "Label" } else { "Take off label" })
        }
        Act::Pin { .. } => "Pin".into(),
        Act::Request { .. } => "Accept".into(),
        Act::Read => "Mark read:".into(),
        Act::Unread => "Mark unread:".into(),
        Act::Restore { .. } => "Restore".into(),
    }
}

/// The question before an act on all.
#[component]
pub fn AskAll() -> impl IntoView {
    let working = working();
    let inbox = inbox();
    let asked = working.asked;
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asked.get().is_some()));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            asked.set(None);
        }
        now
    });
    let words = move || {
        let n = working.all.get().unwrap_or(0);
        let act = asked.get().map_or(String::new(), |act| intent(&act));
        format!("{act} {}", format::plural(n.into(), "conversation", "conversations"))
    };
    let question = move || format!("{}?", words());
    let go = Callback::new(move |()| {
        let Some(act) = asked.get_untracked() else { return };
        close_front_dialog();
        // The bar that asked is gone by then: without this the caret would fall into the composer, and Z with it.
        after(50, focus_list);
        let request =
            ActOnAll { filter: inbox.filter.get_untracked(), sort: inbox.sort.get_untracked(), act };
        working.clear();
        spawn_local(async move {
            match ipc::call(&request).await {
                Ok(bulk) => working.bulk.set(Some(bulk)),
                Err(problem) => toasts().problem(&problem),
            }
        });
    });
    view! {
        <Dialog open title="All of this list" class="narrow" test="ask-all">
            <p class="ask-all" data-test="ask-all-words">{question}</p>
            <p class="row-hint">"It goes on in the background; you can work, stop it, or undo it."</p>
            <div class="dialog-foot">
                <Button label="Cancel" on_press=Callback::new(move |()| close_front_dialog()) />
                <Button label=Signal::derive(words) tone=Tone::Primary on_press=go test="ask-all-go" />
            </div>
        </Dialog>
    }
    .into_any()
}

/// How it goes, above the list, until it ends.
#[component]
pub fn BulkProgress() -> impl IntoView {
    let working = working();
    let bulk = live(move || working.bulk.get().map(|bulk| GetBulk { bulk }));
    Effect::new(move |_| {
        let (Some(state), Some(id)) = (bulk.get(), working.bulk.get_untracked()) else { return };
        let words = match &state.state {
            BulkState::Running => return,
            BulkState::Done => acting::words(&state.act, state.changed),
            BulkState::Stopped => format!("Stopped. {}", acting::words(&state.act, state.changed)),
            BulkState::Failed { problem } => {
                toasts().problem(problem);
                format!("Ended early. {}", acting::words(&state.act, state.changed))
            }
        };
        working.bulk.set(None);
        if state.changed > 0 {
            acting::offer_bulk(words, id);
        }
    });
    let stop = move |_| {
        if let Some(bulk) = working.bulk.get_untracked() {
            crate::live::tell_engine(StopBulk { bulk });
        }
    };
    move || {
        bulk.get().filter(|b| b.state == BulkState::Running).map(|b| {
            view! {
                <div class="notice bulk" role="status" data-test="bulk">
                    <span>
                        {format!("{} of {}", format::count(b.done.into()), format::count(b.total.into()))}
                        <progress max=b.total.to_string() value=b.done.to_string()></progress>
                    </span>
                    <button type="button" class="button quiet small" on:click=stop>"Stop"</button>
                </div>
            }
            .into_any()
        })
    }
}
