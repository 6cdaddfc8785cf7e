//! What was connected, and what comes next for each.

use super::{Connecting, Step};
use crate::{
    pages::settings,
    parts::{Avatar, Button, Icon, IconView, Tone, close_front_dialog},
    route::{Route, router},
};
use heliograph_model::{Candidate, Channel};
use leptos::prelude::*;

/// The last step.
#[component]
pub fn Done(connecting: Connecting, connected: Vec<Candidate>) -> impl IntoView {
    let whatsapp = connected.iter().any(|c| c.channel == Channel::WhatsApp);
    let rows = connected
        .into_iter()
        .map(|c| {
            let next = match (c.connected.is_some(), c.channel) {
                (true, _) => "Has its new token and goes on where it stopped",
                (false, Channel::WhatsApp) => "New messages come by webhook; Meta has no call that reads the past",
                (false, _) => "Earlier conversations are being read; you can work now",
            };
            view! {
                <li class="connected">
                    <Avatar name=c.name.clone() picture=None channel=Some(c.channel) />
                    <span class="candidate-who">
                        <strong>{c.name}</strong>
                        <span class="quiet">{next}</span>
                    </span>
                    <span class="connected-mark"><IconView icon=Icon::Check /><span class="unseen">"Connected"</span></span>
                </li>
            }
        })
        .collect_view();
    let inbox = Callback::new(|()| {
        close_front_dialog();
        router().go(Route::Inbox);
    });
    let more = Callback::new(move |()| {
        connecting.again.set_value(None);
        connecting.step.set(Step::Ask);
    });
    let door = Callback::new(|()| {
        close_front_dialog();
        settings::open_at(settings::Section::Door);
    });
    view! {
        <p class="dialog-words">"Connected. The token is sealed in the vault of this computer."</p>
        <ul class="connected-list" data-test="connected">{rows}</ul>
        <div class="dialog-foot">
            <Button label="Connect another" tone=Tone::Quiet on_press=more />
            {whatsapp.then(|| view! { <Button label="Set up the webhook door" icon=Some(Icon::Webhook) on_press=door /> })}
            <Button label="Open the inbox" tone=Tone::Primary on_press=inbox test="connect-inbox" />
        </div>
    }
    .into_any()
}
