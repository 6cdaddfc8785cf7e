//! Composer, notifications, window.

use super::{
    Section,
    rows::{ChoiceRow, Group, SwitchRow},
    saving::Saving,
};
use crate::ipc;
use heliograph_model::Settings;
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

type Pick = fn(&mut Settings) -> &mut bool;

/// A switch over one field.
#[component]
fn Flag(
    saving: Saving,
    name: &'static str,
    label: &'static str,
    #[prop(default = "")] hint: &'static str,
    read: fn(&Settings) -> bool,
    field: Pick,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let change = Callback::new(move |on: bool| saving.change(name, |s| *field(s) = on));
    view! {
        <SwitchRow name label hint on=saving.read(read) change fresh=saving.fresh disabled />
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
                read=|s| s.notifications.messages
                field=|s| &mut s.notifications.messages
            />
            <Flag
                saving
                name="notify-text"
                label="Show the words"
                hint="Off: only who wrote, not what."
                read=|s| s.notifications.show_text
                field=|s| &mut s.notifications.show_text
                disabled=silent
            />
            <Flag
                saving
                name="notify-sound"
                label="Sound"
                read=|s| s.notifications.sound
                field=|s| &mut s.notifications.sound
                disabled=silent
            />
            <Flag
                saving
                name="notify-trouble"
                label="Failed sends and account trouble"
                hint="These come through Do not disturb too."
                read=|s| s.notifications.trouble
                field=|s| &mut s.notifications.trouble
            />
            <Flag
                saving
                name="do-not-disturb"
                label="Do not disturb"
                hint="Messages arrive silently until this is off again."
                read=|s| s.notifications.do_not_disturb
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
                read=|s| s.window.close_to_tray
                field=|s| &mut s.window.close_to_tray
            />
            <Flag
                saving
                name="start-at-login"
                label="Start at login"
                read=|s| s.window.start_at_login
                field=|s| &mut s.window.start_at_login
            />
            <Flag
                saving
                name="start-hidden"
                label="Start hidden in the tray"
                read=|s| s.window.start_hidden
                field=|s| &mut s.window.start_hidden
                disabled=not_at_login
            />
        </Group>
    }
    .into_any()
}
