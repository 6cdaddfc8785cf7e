//! Disconnecting: the token goes at once; the history stays or goes, as the person says.

use crate::{
    desk::desk,
    format,
    live::order,
    parts::{Button, Dialog, Icon, IconView, Tone, close_front_dialog},
    toast::toasts,
};
use heliograph_model::{Account, call::DisconnectAccount};
use leptos::prelude::*;

/// Asks, and does it.
#[component]
pub fn DisconnectDialog(open: RwSignal<bool>, account: Memo<Account>) -> impl IntoView {
    view! {
        <Dialog open title=account.with_untracked(|a| format!("Disconnect {}?", a.name)) class="narrow" test="disconnect">
            <Ask account />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Ask(account: Memo<Account>) -> impl IntoView {
    let keep = RwSignal::new(true);
    let (id, name, channel) = account.with_untracked(|a| (a.id, a.name.clone(), a.channel));
    let gone = name.clone();
    let leave = order::<DisconnectAccount>(move |()| {
        close_front_dialog();
        // The card that had the focus goes with the account.
        if let Some(page) = document().get_element_by_id("page") {
            crate::clock::after(60, move || crate::parts::focus(&page));
        }
        let kept = keep.try_get_untracked().unwrap_or(true);
        toasts().say(if kept {
            format!("{gone} is disconnected; its history is kept")
        } else {
            format!("{gone} is disconnected and its history deleted")
        });
        desk().accounts.again();
    });
    let has = move || {
        desk().counts.with(|c| {
            c.and_then(|c| c.accounts.iter().find(|(a, _)| *a == id).map(|(_, t)| t.conversations))
                .unwrap_or(0)
        })
    };
    let amount = move || format::plural(has().into(), "conversation", "conversations");
    let choice = move |value: bool, icon: Icon, title: &'static str, says: Signal<String>| {
        view! {
            <label class="choice" class:danger=!value>
                <input type="radio" name="history" prop:checked=move || keep.get() == value on:change=move |_| keep.set(value) />
                <IconView icon />
                <span><strong>{title}</strong><span class="choice-says">{move || says.get()}</span></span>
            </label>
        }
        .into_any()
    };
    let label =
        Signal::derive(move || if keep.get() { "Disconnect" } else { "Disconnect and delete" }.to_owned());
    view! {
        <p class="dialog-words">
            {format!("Heliograph forgets the token at once. Nothing more arrives from {} and nothing leaves; queued replies are not sent.", channel.name())}
        </p>
        <fieldset class="choices">
            <legend class="unseen">"History on this computer"</legend>
            {choice(true, Icon::Storage, "Keep the history", Signal::derive(move || format!("{} stay readable and searchable on this computer.", amount())))}
            {choice(false, Icon::Trash, "Delete the history", Signal::derive(move || format!("{} with all their messages go from this computer, for good. At Meta they stay.", amount())))}
        </fieldset>
        <crate::parts::ProblemNote problem=leave.problem />
        <div class="dialog-foot">
            <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
            <Button
                label
                tone=Tone::Danger
                busy=leave.busy
                on_press=Callback::new(move |()| leave.run(DisconnectAccount { account: id, keep_history: keep.get_untracked() }))
                test="disconnect-go"
            />
        </div>
    }
    .into_any()
}
