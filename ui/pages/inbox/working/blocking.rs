//! Blocking a person: asked first, since Meta is told; unblocking is one press.

use super::working;
use crate::{
    desk::desk,
    ipc,
    pages::inbox::inbox,
    parts::{Button, Dialog, Tone, close_front_dialog},
    toast::toasts,
};
use heliograph_model::{ConversationId, call::BlockPerson};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Tells Meta; says it was done only when it was.
pub(super) fn block(conversation: ConversationId, on: bool) {
    spawn_local(async move {
        match ipc::call(&BlockPerson { conversation, on }).await {
            Ok(()) if on => {
                toasts().offer("Blocked", "Unblock", Callback::new(move |()| block(conversation, false)));
            }
            Ok(()) => toasts().say("Unblocked"),
            Err(problem) => toasts().problem(&problem),
        }
    });
}

/// The question.
#[component]
pub fn AskBlock() -> impl IntoView {
    let desk = desk();
    let asked = working().blocking;
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
        let row = asked.get().and_then(|c| inbox().feed().row(c.0)).map(|row| row.get());
        row.map(|c| {
            let account = desk.account(c.account).map_or(String::new(), |a| a.name);
            (
                format!("Block {}?", c.contact.name),
                format!(
                    "{} is told that they may not write to {account} any more. What was written stays here.",
                    c.channel.name()
                ),
            )
        })
        .unwrap_or_default()
    };
    let go = Callback::new(move |()| {
        if let Some(conversation) = asked.get_untracked() {
            close_front_dialog();
            block(conversation, true);
        }
    });
    view! {
        <Dialog open title="Block" class="narrow" test="ask-block">
            <p class="ask-all" dir="auto">{move || words().0}</p>
            <p class="row-hint">{move || words().1}</p>
            <div class="dialog-foot">
                <Button label="Cancel" on_press=Callback::new(move |()| close_front_dialog()) />
                <Button label="Block" tone=Tone::Danger on_press=go test="block-go" />
            </div>
        </Dialog>
    }
    .into_any()
}
