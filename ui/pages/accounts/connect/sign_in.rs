//! Signing in with the person's own Meta app: the browser opens, and this waits for what came of it.

use super::{
    Connecting, Step,
    guide::guide,
    token::{AppFields, AppPair},
};
use crate::{
    ipc,
    live::{live, order},
    parts::{Button, Icon, IconView, ProblemNote, Tone},
    toast::toasts,
};
use heliograph_model::{
    Problem,
    call::{GetSignIn, SignInStarted, SignInState, StartSignIn},
};
use leptos::prelude::*;
use std::time::Duration;

/// How often the engine is asked, while the window can be seen.
const EVERY: Duration = Duration::from_secs(1);

/// The form, and the waiting.
#[component]
pub fn SignIn(connecting: Connecting) -> impl IntoView {
    let app = AppFields::new();
    let started = RwSignal::new(None::<SignInStarted>);
    let failed = RwSignal::new(None::<Problem>);
    let start = order::<StartSignIn>(move |begun| {
        app.forget();
        ipc::open_link(&begun.url);
        started.set(Some(begun));
    })
    .quiet();
    let problem = Signal::derive(move || start.problem.get().or_else(|| failed.get()));
    let go = Callback::new(move |()| {
        failed.set(None);
        match app.checked() {
            Some(Some(app)) => start.run(StartSignIn { login: connecting.login.get_untracked(), app }),
            Some(None) => app.id_fault.set(Some("Give the ID of your app.".into())),
            None => {}
        }
    });
    let form = move || {
        let guide = guide(connecting.login.get());
        let (id, secret) = guide.app;
        view! {
            <AppPair fields=app id_label=id secret_label=secret on_enter=go />
            <ProblemNote problem again=go test="connect-problem" />
            <div class="connect-go">
                <Button
                    label="Sign in at Meta"
                    icon=Some(Icon::External)
                    tone=Tone::Primary
                    busy=start.busy
                    on_press=go
                    test="connect-sign-in"
                />
                <p class="quiet connect-promise">"Opens your browser."</p>
            </div>
        }
        .into_any()
    };
    move || match started.get() {
        None => form(),
        Some(begun) => view! { <Wait connecting begun started failed /> }.into_any(),
    }
}

#[component]
fn Wait(
    connecting: Connecting,
    begun: SignInStarted,
    started: RwSignal<Option<SignInStarted>>,
    failed: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let sign_in = begun.sign_in.clone();
    let state = live(move || Some(GetSignIn { sign_in: sign_in.clone() }));
    let visible = || document().visibility_state() == web_sys::VisibilityState::Visible;
    if let Ok(ticking) = set_interval_with_handle(
        move || {
            if visible() {
                state.again();
            }
        },
        EVERY,
    ) {
        on_cleanup(move || ticking.clear());
    }
    Effect::new(move |_| {
        if let Some(problem) = state.problem.get() {
            failed.set(Some(problem));
            started.set(None);
            return;
        }
        match state.get() {
            Some(SignInState::Found { discovery }) => connecting.step.set(Step::Found(discovery)),
            Some(SignInState::Failed { problem }) => {
                failed.set(Some(problem));
                started.set(None);
            }
            Some(SignInState::Waiting) | None => {}
        }
    });
    let (url, link) = (begun.url.clone(), begun.url);
    let copy = Callback::new(move |()| {
        crate::parts::copy_text(&link, |worked| {
            toasts().say(if worked { "The address is copied" } else { "The address could not be copied" });
        });
    });
    view! {
        <div class="connect-wait" role="status">
            <span class="beacon" aria-hidden="true"></span>
            <p class="empty-title">"Waiting for you in the browser"</p>
            <p class="quiet">"Finish at Meta’s page, then come back here. This goes on by itself."</p>
            <div class="connect-wait-buttons">
                <button type="button" class="button small" on:click=move |_| ipc::open_link(&url)>
                    <IconView icon=Icon::External />
                    "Open it again"
                </button>
                <Button label="Copy the address" small=true icon=Some(Icon::Copy) on_press=copy />
                <Button label="Cancel" tone=Tone::Quiet small=true on_press=Callback::new(move |()| started.set(None)) test="connect-cancel" />
            </div>
        </div>
    }
    .into_any()
}
