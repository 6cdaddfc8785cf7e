//! Coming back by an https address: which one to register, and the field that takes what the person landed on.

use super::{Connecting, Step};
use crate::{
    live::order,
    parts::{Button, ProblemNote, SecretField, TextField, Tone},
};
use heliograph_model::{
    Login, NOBODYS_ADDRESS, SecretText,
    call::{FinishSignIn, SignInState},
};
use leptos::prelude::*;

/// The address that was used last, or the one that needs no page of anybody's.
#[must_use]
pub fn kept_address() -> String {
    crate::kept::get("return-address").filter(|a| !a.is_empty()).unwrap_or_else(|| NOBODYS_ADDRESS.to_owned())
}

/// Where the address is registered, in Meta's own names.
const fn place(login: Login) -> &'static str {
    match login {
        Login::InstagramLogin => "Instagram, API setup, Set up Instagram business login, Redirect URL",
        Login::FacebookPage | Login::WhatsAppCloud => "Facebook Login, Settings, Valid OAuth redirect URIs",
    }
}

/// The return address.
#[component]
pub fn ReturnAddress(
    login: Login,
    address: RwSignal<String>,
    fault: RwSignal<Option<String>>,
    on_enter: Callback<()>,
) -> impl IntoView {
    Effect::new(move |_| {
        address.track();
        fault.set(None);
    });
    let hint =
        format!("Register it first, letter for letter. In the app\u{2019}s dashboard: {}.", place(login));
    let about = move || {
        if address.with(|a| a.trim() == NOBODYS_ADDRESS) {
            "Nothing answers at this address, and nothing needs to: the browser will say that it cannot be opened, and \
             its address bar holds what you bring back here."
        } else {
            "If the page of the webhook door (…/signed-in) or a copy of it answers there, it hands you back with one \
             click. Else bring back the address you landed on."
        }
    };
    view! {
        <TextField label="Return address" value=address fault hint placeholder=NOBODYS_ADDRESS on_enter test="connect-address" />
        <p class="field-about">{about}</p>
    }
    .into_any()
}

/// Takes the whole address that the person landed on.
#[component]
pub fn Paste(connecting: Connecting, sign_in: String) -> impl IntoView {
    let landed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let finish = order::<FinishSignIn>(move |state| {
        landed.set(String::new());
        if let SignInState::Found { discovery } = state {
            connecting.step.set(Step::Found(discovery));
        }
    })
    .quiet();
    Effect::new(move |_| {
        landed.track();
        fault.set(None);
    });
    let sign_in = StoredValue::new(sign_in);
    let go = Callback::new(move |()| {
        let text = landed.get_untracked().trim().to_owned();
        if text.is_empty() {
            fault.set(Some("Paste the address first.".into()));
            return;
        }
        finish.run(FinishSignIn { sign_in: sign_in.get_value(), landed: SecretText(text) });
    });
    view! {
        <div class="connect-paste">
            <SecretField
                label="The address you landed on"
                value=landed
                hint="The whole of it, from https:// to its end. It works once."
                placeholder="https://…?code=…"
                fault
                disabled=finish.busy
                on_enter=go
                first=true
                test="connect-landed"
            />
            <Button label="Go on" tone=Tone::Primary busy=finish.busy on_press=go test="connect-finish" />
        </div>
        <ProblemNote problem=finish.problem test="connect-landed-problem" />
    }
    .into_any()
}
