//! The webhook door: open or closed, where it listens, what Meta's dashboard needs, and whether it works.

mod how_to;
mod secrets;

use super::{
    Section,
    rows::{Group, Row},
};
use crate::{
    clock::clock,
    format,
    live::{live, order},
    parts::{Button, CopyLine, Icon, IconView, Note, ProblemNote, TextField},
};
use heliograph_model::{
    WebhookDoor,
    call::{GetWebhookDoor, SetWebhookDoor},
};
use how_to::HowTo;
use leptos::prelude::*;
use secrets::Secrets;
use std::net::SocketAddr;

/// What is wrong with an address to listen on.
fn address_fault(text: &str) -> Option<&'static str> {
    match text.trim().parse::<SocketAddr>() {
        Ok(at) if at.port() == 0 => Some("Choose a fixed port: Meta must find it again."),
        Ok(_) => None,
        Err(_) => Some("An address and a port, such as 127.0.0.1:8787."),
    }
}

/// Whether others on the network could knock.
fn beyond_here(text: &str) -> bool {
    text.trim().parse::<SocketAddr>().is_ok_and(|at| !at.ip().is_loopback())
}

/// Where this computer itself reaches a door that listens on `text`: "every address" is none to call.
fn reached_at(text: &str) -> String {
    match text.trim().parse::<SocketAddr>() {
        Ok(at) if at.ip().is_unspecified() && at.is_ipv4() => format!("127.0.0.1:{}", at.port()),
        Ok(at) if at.ip().is_unspecified() => format!("[::1]:{}", at.port()),
        _ => text.trim().to_owned(),
    }
}

/// How the door stands: tone, icon and words.
fn stands(door: &WebhookDoor) -> (&'static str, Icon, String) {
    match (&door.problem, &door.listening, door.enabled) {
        (Some(problem), ..) => ("bad", Icon::Alert, problem.message.clone()),
        (None, Some(at), _) => ("good", Icon::Check, format!("Listening on {at}")),
        (None, None, true) => ("plain", Icon::Clock, "Opening…".into()),
        (None, None, false) => ("plain", Icon::Lock, "Closed".into()),
    }
}

/// The section.
#[component]
pub fn DoorGroup() -> impl IntoView {
    let door = live(|| Some(GetWebhookDoor {}));
    let listen = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let touched = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(d) = door.get()
            && !touched.get_untracked()
        {
            listen.set(d.listen);
        }
    });
    Effect::new(move |_| {
        let typed = listen.get();
        fault.set(None);
        touched.set(door.peek().is_some_and(|d| d.listen != typed));
    });
    let set = order::<SetWebhookDoor>(move |d| {
        touched.set(false);
        listen.set(d.listen.clone());
        door.value.set(Some(d));
        door.again();
    })
    .quiet();
    let save = move |enabled: bool| {
        let address = listen.get_untracked().trim().to_owned();
        if let Some(wrong) = address_fault(&address) {
            fault.set(Some(wrong.into()));
            return;
        }
        set.run(SetWebhookDoor { enabled, listen: address });
    };
    let enabled = Memo::new(move |_| door.with(|d| d.is_some_and(|d| d.enabled)));
    let save_address = Callback::new(move |()| save(enabled.get_untracked()));
    let known = move || door.with(|d| d.is_some());
    let state = Memo::new(move |_| door.with(|d| d.map(stands)));
    let standing = move || {
        state.get().map(|(tone, icon, words)| {
            view! {
                <p class=format!("door-state {tone}") role="status" data-test="door-state">
                    <IconView icon />
                    <span>{words}</span>
                </p>
            }
        })
    };
    let local = Signal::derive(move || {
        door.with(|d| {
            d.map_or_else(String::new, |d| {
                format!("http://{}{}", reached_at(d.listening.as_deref().unwrap_or(&d.listen)), d.path)
            })
        })
    });
    let path = Signal::derive(move || door.with(|d| d.map_or_else(String::new, |d| d.path.clone())));
    let verify =
        Signal::derive(move || door.with(|d| d.map_or_else(String::new, |d| d.verify_token.clone())));
    let problem = Signal::derive(move || set.problem.get().or_else(|| door.problem.get()));
    view! {
        <Group section=Section::Door about="Meta tells news the moment they happen, to an address on the internet. Here they come in. WhatsApp arrives no other way.">
            <div class="setting">
                <div class="row-words">
                    <label class="row-label" for="door-enable">"Open the door"</label>
                    {standing}
                </div>
                <div class="row-control">
                    <button
                        type="button"
                        id="door-enable"
                        class="switch"
                        role="switch"
                        aria-checked=move || if enabled.get() { "true" } else { "false" }
                        aria-busy=move || set.busy.get().then_some("true")
                        disabled=move || !known()
                        data-test="door-enable"
                        on:click=move |_| save(!enabled.get_untracked())
                    ></button>
                </div>
            </div>
            <ProblemNote problem />
            <div class="setting wide door-address">
                <TextField
                    label="Listen on"
                    value=listen
                    fault
                    placeholder="127.0.0.1:8787"
                    hint="127.0.0.1 is this computer alone. A tunnel or a reverse proxy brings Meta’s calls to it."
                    on_enter=save_address
                    test="door-listen"
                />
                {move || touched.get().then(|| view! { <Button label="Save" busy=set.busy on_press=save_address test="door-listen-save" /> })}
            </div>
            {move || listen.with(|l| beyond_here(l)).then(|| view! {
                <Note icon=Icon::Alert tone="warn"><p>"Everybody who reaches this address can knock. Only signed calls are let in, but put https in front of it."</p></Note>
            })}
            <Counts door />
            <Row label="Callback path" hint="What stands behind the name of your tunnel." wide=true>
                <CopyLine what="the callback path" text=path test="door-path" />
            </Row>
            <Row label="Verify token" hint="Meta’s dashboard asks for it beside the callback URL." wide=true>
                <CopyLine what="the verify token" text=verify test="door-verify" />
            </Row>
            <Secrets door />
            <HowTo local path listen />
        </Group>
    }
    .into_any()
}

/// What came in, and what was turned away.
#[component]
fn Counts(door: crate::live::Live<WebhookDoor>) -> impl IntoView {
    let last = move || {
        let now = clock().now();
        door.with(|d| {
            d.and_then(|d| d.last_delivery_at)
                .map_or_else(|| "None yet".to_owned(), |at| format::ago(at.until(now)))
        })
    };
    let n = move |pick: fn(&WebhookDoor) -> u64| {
        door.with(|d| d.map_or_else(String::new, |d| format::count(pick(d))))
    };
    let refused = Memo::new(move |_| door.with(|d| d.is_some_and(|d| d.refused > 0)));
    let alone = Memo::new(move |_| door.with(|d| d.is_some_and(|d| d.accepted == 0)));
    view! {
        <dl class="figure-strip three" data-test="door-counts">
            <div class="figure"><dt>"Last delivery"</dt><dd><strong class="figures">{last}</strong></dd></div>
            <div class="figure"><dt>"Accepted"</dt><dd><strong class="figures">{move || n(|d| d.accepted)}</strong></dd></div>
            <div class="figure"><dt>"Refused"</dt><dd class:bad=move || refused.get()><strong class="figures">{move || n(|d| d.refused)}</strong></dd></div>
        </dl>
        <p class="row-foot quiet">"Counted since Heliograph started."</p>
        {move || {
            refused
                .get()
                .then(|| {
                    let says = if alone.get() {
                        "Everything was refused: the signature fits none of the app secrets below. Add the secret of the app that calls; apps with Instagram Login sign with the Instagram app secret."
                    } else {
                        "Some calls were refused: their signature fits none of the app secrets below. Somebody else may be knocking, or a second app of yours calls."
                    };
                    view! { <Note icon=Icon::Shield tone="warn"><p>{says}</p></Note> }
                })
        }}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{Code, Problem};

    #[test]
    fn an_address_is_checked_before_the_engine_is_asked() {
        assert_eq!(address_fault("127.0.0.1:8787"), None);
        assert_eq!(address_fault(" [::1]:8787 "), None);
        for wrong in ["", "8787", "localhost:8787", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:0"] {
            assert!(address_fault(wrong).is_some(), "{wrong}");
        }
        assert!(!beyond_here("127.0.0.1:8787"));
        assert!(beyond_here("0.0.0.0:8787"));
        assert_eq!(reached_at("0.0.0.0:8787"), "127.0.0.1:8787");
        assert_eq!(reached_at("[::]:8787"), "[::1]:8787");
        assert_eq!(reached_at(" 10.0.0.4:80 "), "10.0.0.4:80");
    }

    #[test]
    fn the_door_is_called_open_only_while_it_listens() {
        let mut door = WebhookDoor { enabled: true, ..WebhookDoor::default() };
        assert_eq!(stands(&door).2, "Opening…");
        door.listening = Some("127.0.0.1:8787".into());
        assert_eq!(stands(&door), ("good", Icon::Check, "Listening on 127.0.0.1:8787".into()));
        door.problem = Some(Problem::new(Code::NotAllowed, "The port is taken."));
        assert_eq!(stands(&door).0, "bad");
        assert_eq!(stands(&WebhookDoor::default()).2, "Closed");
    }
}
