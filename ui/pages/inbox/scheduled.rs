//! Below a message that waits for its time: when it leaves, and what can be done about it.

use super::{failure::hand_back_when_gone, later};
use crate::{
    clock::clock,
    format,
    live::{live, order},
    parts::{Button, Icon, IconView, Menu, Tone},
};
use heliograph_model::{
    ConversationId, MessageId, Timestamp,
    call::{GetConversation, Reschedule},
};
use leptos::prelude::*;

/// A message that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheduled {
    pub message: MessageId,
    pub conversation: ConversationId,
    pub at: Timestamp,
    pub text: String,
}

/// When it leaves and the ways to change that.
#[component]
pub fn ScheduledLine(scheduled: Scheduled) -> impl IntoView {
    let clock = clock();
    let Scheduled { message, conversation, at, text } = scheduled;
    let row = live(move || Some(GetConversation { conversation }));
    let end = Signal::derive(move || row.with(|c| c.and_then(|c| c.window.closes_at)));
    let move_to = order::<Reschedule>(|_| ());
    let pick = Callback::new(move |at| move_to.run(Reschedule { message, send_at: Some(at) }));
    let now = Callback::new(move |()| move_to.run(Reschedule { message, send_at: None }));
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let text = StoredValue::new(text);
    let edit =
        Callback::new(move |()| hand_back_when_gone(message, conversation, Some(text.get_value()), busy));
    let cancel = Callback::new(move |()| hand_back_when_gone(message, conversation, None, busy));
    view! {
        <div class="after scheduled" data-test="scheduled">
            <p>
                <IconView icon=Icon::Clock />
                <span>{move || format!("Leaves {}", format::moment(at, clock.now()))}</span>
            </p>
            <div class="after-buttons">
                <Button label="Edit" small=true busy on_press=edit test="scheduled-edit" />
                <Button label="Send now" small=true busy=move_to.busy on_press=now test="scheduled-now" />
                <Menu
                    label="Another time"
                    items=Callback::new(move |()| later::items(end.get_untracked(), pick, asking))
                    up=true
                    class="button small"
                    test="scheduled-time"
                >
                    "Time"
                </Menu>
                <Button label="Cancel" tone=Tone::Quiet small=true busy on_press=cancel test="scheduled-cancel" />
            </div>
            <later::TimeDialog open=asking end pick />
        </div>
    }
    .into_any()
}
