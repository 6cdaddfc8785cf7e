//! The demo world: says that it is one, and takes it away again.

use crate::{
    desk::desk,
    live::order,
    parts::{Button, Dialog, Icon, IconView, ProblemNote, Tone, close_front_dialog},
    toast::toasts,
};
use heliograph_model::call::{LeaveDemo, StartDemo};
use leptos::prelude::*;

/// Shown while the demo world runs.
#[component]
pub fn DemoBanner() -> impl IntoView {
    let desk = desk();
    let leaving = RwSignal::new(false);
    let on = Memo::new(move |_| desk.status.with(|s| s.is_some_and(|s| s.demo)));
    view! {
        {move || {
            on.get()
                .then(|| {
                    view! {
                        <aside class="demo-banner" data-test="demo-banner">
                            <IconView icon=Icon::Sun />
                            <p>
                                <strong>"This is the demo world."</strong>
                                " A simulator inside Heliograph plays Meta: its people are made up and nothing you send leaves this computer."
                            </p>
                            <Button label="Leave the demo" small=true on_press=Callback::new(move |()| leaving.set(true)) test="leave-demo" />
                        </aside>
                    }
                })
        }}
        <Dialog open=leaving title="Leave the demo?" class="narrow">
            <Leave />
        </Dialog>
    }
    .into_any()
}

/// Connects the accounts of the demo again: a real Meta would ask who is there.
#[component]
pub fn DemoAgain() -> impl IntoView {
    let again = order::<StartDemo>(|()| {
        close_front_dialog();
        toasts().say("Connected again; nothing was lost");
        crate::desk::desk().accounts.again();
    })
    .quiet();
    view! {
        <p class="dialog-words">
            "This account belongs to the demo world, whose Meta gives a new token at once. With an account of your own you would sign in or paste a token here. Conversations, drafts and what waits to be sent stay, and what arrived meanwhile is read afterwards."
        </p>
        <ProblemNote problem=again.problem />
        <div class="dialog-foot">
            <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
            <Button label="Reconnect" tone=Tone::Primary busy=again.busy on_press=Callback::new(move |()| again.run(StartDemo {})) test="demo-again" />
        </div>
    }
    .into_any()
}

#[component]
fn Leave() -> impl IntoView {
    let leave = order::<LeaveDemo>(|()| {
        close_front_dialog();
        toasts().say("The demo world is gone");
        crate::desk::desk().accounts.again();
    });
    view! {
        <p class="dialog-words">
            "The demo accounts and all their conversations go from this computer. Accounts of your own stay as they are. You can start the demo again at any time."
        </p>
        <ProblemNote problem=leave.problem />
        <div class="dialog-foot">
            <Button label="Stay" on_press=Callback::new(|()| close_front_dialog()) />
            <Button label="Leave the demo" tone=Tone::Danger busy=leave.busy on_press=Callback::new(move |()| leave.run(LeaveDemo {})) test="leave-demo-go" />
        </div>
    }
    .into_any()
}
