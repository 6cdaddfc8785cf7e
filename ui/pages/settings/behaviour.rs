//! Composer, notifications, window.

use super::{
    Section,
    rows::{ChoiceRow, Flag, Group, SelectRow},
    saving::Saving,
};
use crate::ipc;
use heliograph_model::Sending;
use leptos::prelude::*;

/// How a message is sent.
#[component]
pub fn ComposerGroup(saving: Saving) -> impl IntoView {
    let value = saving.read(|s| if s.composer.enter_sends { "enter" } else { "mod" });
    let change = Callback::new(move |word: &'static str| {
        saving.change("send-key", |s| s.composer.enter_sends = word == "enter");
    });
    let strong = if ipc::on_mac() { "⌘ Enter" } else { "Ctrl Enter" };
    view! {
        <Group section=Section::Composer>
            <ChoiceRow
                name="send-key"
                label="Send with"
                hint="The other one makes a new line. Shift Enter always does."
                options=vec![("enter", "Enter".into()), ("mod", strong.into())]
                value
                change
                fresh=saving.fresh
            />
        </Group>
    }
    .into_any()
}

/// What happens around a send.
#[component]
pub fn SendingGroup(saving: Saving) -> impl IntoView {
    let seconds = |n: u32| if n == 0 { "Not at all".to_owned() } else { format!("{n} seconds") };
    let value = saving.read(|s| u32::from(s.sending.undo_seconds));
    let change = Callback::new(move |n: u32| {
        let n = u8::try_from(n).unwrap_or(Sending::LONGEST_UNDO).min(Sending::LONGEST_UNDO);
        saving.change("undo-seconds", |s| s.sending.undo_seconds = n);
    });
    view! {
        <Group section=Section::Sending>
            <SelectRow
                name="undo-seconds"
                label="Hold each message back for"
                hint="So long it can be taken back; no call is made before."
                options=[0, 3, 5, 10].map(|n| (n, seconds(n))).to_vec()
                other=|n| format!("{n} seconds")
                value
                change
                fresh=saving.fresh
            />
            <Flag
                saving
                name="cancels-if-they-write"
                label="Take scheduled messages back when they write first"
                hint="What was right yesterday may be wrong after what they say."
                field=|s| &mut s.sending.cancels_if_they_write
            />
            <Flag
                saving
                name="shows-seen"
                label="Show people that their messages were read"
                field=|s| &mut s.sending.shows_seen
            />
            <Flag
                saving
                name="shows-typing"
                label="Show people that somebody types"
                field=|s| &mut s.sending.shows_typing
            />
            <Flag
                saving
                name="knows-human-agent"
                label="Answer as a human agent without asking again"
                hint="After the reply window, for seven days: support only, no promotion."
                field=|s| &mut s.sending.knows_human_agent
            />
        </Group>
    }
    .into_any()
}

/// What makes itself heard.
#[component]
pub fn NotificationsGroup(saving: Saving) -> impl IntoView {
    let silent = saving.read(|s| !s.notifications.messages);
    view! {
        <Group section=Section::Notifications>
            <Flag
                saving
                name="notify-messages"
                label="New messages"
                hint="One notification per conversation; none for the one on screen."
                field=|s| &mut s.notifications.messages
            />
            <Flag
                saving
                name="notify-text"
                label="Show the words"
                hint="Off: only who wrote, not what."
                field=|s| &mut s.notifications.show_text
                disabled=silent
            />
            <Flag
                saving
                name="notify-sound"
                label="Sound"
                field=|s| &mut s.notifications.sound
                disabled=silent
            />
            <Flag
                saving
                name="notify-trouble"
                label="Failed sends and account trouble"
                hint="These come through Do not disturb too."
                field=|s| &mut s.notifications.trouble
            />
            <Flag
                saving
                name="notify-window"
                label="Reply windows that end soon"
                hint="Two hours and half an hour before, while somebody waits."
                field=|s| &mut s.notifications.window_ending
            />
            <Flag
                saving
                name="do-not-disturb"
                label="Do not disturb"
                hint="Messages arrive silently until this is off again."
                field=|s| &mut s.notifications.do_not_disturb
            />
        </Group>
    }
    .into_any()
}

/// The desktop's window; absent in a browser.
#[component]
pub fn WindowGroup(saving: Saving) -> impl IntoView {
    let not_at_login = saving.read(|s| !s.window.start_at_login);
    view! {
        <Group section=Section::Window>
            <Flag
                saving
                name="close-to-tray"
                label="Close to the tray"
                hint="Closing the window keeps Heliograph receiving."
                field=|s| &mut s.window.close_to_tray
            />
            <Flag
                saving
                name="start-at-login"
                label="Start at login"
                field=|s| &mut s.window.start_at_login
            />
            <Flag
                saving
                name="start-hidden"
                label="Start hidden in the tray"
                field=|s| &mut s.window.start_hidden
                disabled=not_at_login
            />
        </Group>
    }
    .into_any()
}
