//! Signing in with the person's own Meta app: how they come back, the browser or window opens, and this waits for what
//! came of it.

use super::{
    Connecting, Step,
    guide::guide,
    landing::{Paste, ReturnAddress, kept_address},
    token::{AppFields, AppPair},
};
use crate::{
    ipc,
    live::{live, order, tell_engine},
    parts::{Button, CopyLine, Icon, IconView, ProblemNote, Segmented, Tone},
    toast::toasts,
};
use heliograph_model::{
    ComeBack, KeptApp, Login, Problem,
    call::{CancelSignIn, GetKeptApp, GetSignIn, SignInStarted, SignInState, StartSignIn},
};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;

/// How often the engine is asked, while the window can be seen.
const EVERY: Duration = Duration::from_secs(1);

/// How the person comes back, as chosen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Window,
    Loopback,
    Address,
}

impl Way {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Window, "window", "Window in the app"),
        (Self::Loopback, "loopback", "Browser"),
        (Self::Address, "address", "Your own address"),
    ];

    const fn key(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Loopback => "loopback",
            Self::Address => "address",
        }
    }

    const fn says(self, login: Login) -> &'static str {
        match self {
            Self::Address if matches!(login, Login::InstagramLogin) => {
                "Opens your browser. You bring back where you landed."
            }
            Self::Window => "Meta\u{2019}s own page opens in a window here, which closes by itself.",
            Self::Loopback => "Opens your browser. The app must be in development mode.",
            Self::Address => "Opens your browser. For an app that is live.",
        }
    }

    /// The first choice: on the desktop a window, which works in either mode of the app.
    fn first(login: Login) -> Self {
        match login {
            Login::InstagramLogin => Self::Address,
            _ if ipc::on_desktop() => Self::Window,
            _ => Self::Loopback,
        }
    }

    const fn of(back: &ComeBack) -> Self {
        match back {
            ComeBack::Window => Self::Window,
            ComeBack::Loopback => Self::Loopback,
            ComeBack::Address { .. } => Self::Address,
        }
    }
}

/// A sign-in that was begun.
#[derive(Debug, Clone, PartialEq)]
struct Begun {
    started: SignInStarted,
    way: Way,
}

/// The form, and the waiting.
#[component]
pub fn SignIn(connecting: Connecting) -> impl IntoView {
    let app = AppFields::new();
    let login = connecting.login.get_untracked();
    let way = RwSignal::new(Way::first(login));
    Effect::new(move |_| way.set(Way::first(connecting.login.get())));
    let address = RwSignal::new(kept_address());
    let address_fault = RwSignal::new(None::<String>);
    let kept = RwSignal::new(None::<KeptApp>);
    if let Some(account) = connecting.again.with_value(|a| a.as_ref().map(|a| a.id)) {
        spawn_local(async move {
            if let Ok(Some(found)) = ipc::call(&GetKeptApp { account }).await {
                if found.back != ComeBack::Window || ipc::on_desktop() {
                    let _ = way.try_set(if login == Login::InstagramLogin {
                        Way::Address
                    } else {
                        Way::of(&found.back)
                    });
                }
                if let ComeBack::Address { address: known } = &found.back {
                    let _ = address.try_set(known.clone());
                }
                let _ = kept.try_set(Some(found));
            }
        });
    }
    let begun = RwSignal::new(None::<Begun>);
    let failed = RwSignal::new(None::<Problem>);
    let start = order::<StartSignIn>(move |started| {
        app.forget();
        let way = way.get_untracked();
        match way {
            Way::Window => ipc::open_sign_in(&started.sign_in),
            Way::Loopback | Way::Address => ipc::open_link(&started.url),
        }
        begun.set(Some(Begun { started, way }));
    })
    .quiet();
    let problem = Signal::derive(move || start.problem.get().or_else(|| failed.get()));
    let go = Callback::new(move |()| {
        failed.set(None);
        let back = match way.get_untracked() {
            Way::Window => ComeBack::Window,
            Way::Loopback => ComeBack::Loopback,
            Way::Address => {
                let given = address.get_untracked().trim().to_owned();
                if !given.starts_with("https://") {
                    address_fault.set(Some("Meta returns to https addresses only.".into()));
                    return;
                }
                crate::kept::set("return-address", &given);
                ComeBack::Address { address: given }
            }
        };
        let login = connecting.login.get_untracked();
        let account = connecting.again.with_value(|a| a.as_ref().map(|a| a.id));
        if kept.with_untracked(Option::is_some) {
            start.run(StartSignIn { login, app: None, back, account });
            return;
        }
        match app.checked() {
            Some(Some(app)) => start.run(StartSignIn { login, app: Some(app), back, account }),
            Some(None) => app.id_fault.set(Some("Give the ID of your app.".into())),
            None => {}
        }
    });
    let form = move || {
        let login = connecting.login.get();
        let (id, secret) = guide(login).app;
        view! {
            {move || match kept.get() {
                Some(known) => view! { <Known known kept /> }.into_any(),
                None => view! { <AppPair fields=app id_label=id secret_label=secret on_enter=go /> }.into_any(),
            }}
            {(login != Login::InstagramLogin).then(|| view! { <Ways way /> })}
            {move || (way.get() == Way::Address).then(|| view! { <ReturnAddress login address fault=address_fault on_enter=go /> })}
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
                <p class="quiet connect-promise">{move || way.get().says(connecting.login.get())}</p>
            </div>
        }
        .into_any()
    };
    move || match begun.get() {
        None => form(),
        Some(now) => view! { <Wait connecting now begun failed /> }.into_any(),
    }
}

/// The app that the account was signed in with: nothing to type.
#[component]
fn Known(known: KeptApp, kept: RwSignal<Option<KeptApp>>) -> impl IntoView {
    view! {
        <div class="connect-known" data-test="connect-kept">
            <IconView icon=Icon::Key />
            <p>"With your app " <code>{known.id}</code> ", whose secret is kept here."</p>
            <Button label="Use another" tone=Tone::Quiet small=true on_press=Callback::new(move |()| kept.set(None)) />
        </div>
    }
    .into_any()
}

/// How the person comes back.
#[component]
fn Ways(way: RwSignal<Way>) -> impl IntoView {
    let here: Vec<_> = Way::ALL
        .into_iter()
        .filter(|(way, ..)| *way != Way::Window || ipc::on_desktop())
        .map(|(_, key, words)| (key, words))
        .collect();
    let value = Signal::derive(move || way.get().key().to_owned());
    let change = Callback::new(move |key: String| {
        if let Some((chosen, ..)) = Way::ALL.into_iter().find(|(_, k, _)| *k == key) {
            way.set(chosen);
        }
    });
    view! { <Segmented label="How you come back" options=here value change /> }.into_any()
}

#[component]
fn Wait(
    connecting: Connecting,
    now: Begun,
    begun: RwSignal<Option<Begun>>,
    failed: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let Begun { started, way } = now;
    let sign_in = StoredValue::new(started.sign_in.clone());
    let state = live(move || Some(GetSignIn { sign_in: sign_in.get_value() }));
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
            begun.set(None);
            return;
        }
        match state.get() {
            Some(SignInState::Found { discovery }) => connecting.step.set(Step::Found(discovery)),
            Some(SignInState::Failed { problem }) => {
                failed.set(Some(problem));
                begun.set(None);
            }
            Some(SignInState::Waiting) | None => {}
        }
    });
    let cancel = Callback::new(move |()| {
        tell_engine(CancelSignIn { sign_in: sign_in.get_value() });
        begun.set(None);
    });
    let (url, link) = (started.url.clone(), started.url);
    let open = move |_| match way {
        Way::Window => ipc::open_sign_in(&sign_in.get_value()),
        Way::Loopback | Way::Address => ipc::open_link(&url),
    };
    let copy = Callback::new(move |()| {
        crate::parts::copy_text(&link, |worked| {
            toasts().say(if worked { "The address is copied" } else { "The address could not be copied" });
        });
    });
    let (title, words) = match way {
        Way::Window => {
            ("Waiting for you in the window", "Finish at Meta\u{2019}s page. This goes on by itself.")
        }
        Way::Loopback => (
            "Waiting for you in the browser",
            "Finish at Meta\u{2019}s page, then come back here. This goes on by itself.",
        ),
        Way::Address => (
            "Waiting for you in the browser",
            "Finish at Meta\u{2019}s page. What happens then depends on your return address.",
        ),
    };
    let redirect = Signal::stored(started.redirect);
    view! {
        <div class="connect-wait" role="status">
            <span class="beacon" aria-hidden="true"></span>
            <p class="empty-title">{title}</p>
            <p class="quiet">{words}</p>
            <div class="connect-wait-buttons">
                <button type="button" class="button small" on:click=open>
                    <IconView icon=Icon::External />
                    "Open it again"
                </button>
                {(way != Way::Window).then(|| view! { <Button label="Copy the address" small=true icon=Some(Icon::Copy) on_press=copy /> })}
                <Button label="Cancel" tone=Tone::Quiet small=true on_press=cancel test="connect-cancel" />
            </div>
        </div>
        {(way == Way::Address)
            .then(|| {
                view! {
                    <Paste connecting sign_in=sign_in.get_value() />
                    <details class="fold">
                        <summary><IconView icon=Icon::Forward />"Meta says that the address is not allowed"</summary>
                        <p class="field-about">"Register exactly this one in your app, then open it again:"</p>
                        <CopyLine what="The return address" text=redirect test="connect-redirect" />
                    </details>
                }
            })}
    }
    .into_any()
}
