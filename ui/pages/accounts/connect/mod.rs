//! Connecting: choose a login, give a token or sign in, pick from what it reaches. Secrets live in this dialog
//! only while it is open, and go as soon as the engine has them.

pub mod guide;
mod landing;
mod pick;
mod result;
mod sign_in;
mod token;

use super::{demo::DemoAgain, scopes::wanted};
use crate::{
    desk::desk,
    ipc,
    parts::{ChannelMark, Dialog, Icon, IconView},
    route::{Route, router},
};
use guide::guide;
use heliograph_model::{Account, Candidate, Login, call::Discovery};
use leptos::prelude::*;
use pick::Pick;
use result::Done;
use sign_in::SignIn;
use token::Token;

/// Where in the dialog we are.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Ask,
    Found(Discovery),
    /// What was connected.
    Done(Vec<Candidate>),
}

/// How the engine gets its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Token,
    SignIn,
}

/// What the steps share.
#[derive(Clone, Copy)]
pub struct Connecting {
    pub login: RwSignal<Login>,
    pub step: RwSignal<Step>,
    way: RwSignal<Way>,
    /// The account that is to be connected again.
    pub again: StoredValue<Option<Account>>,
}

/// Open while the address says so.
#[component]
pub fn ConnectDialog() -> impl IntoView {
    let router = router();
    let asked = Memo::new(move |_| matches!(router.at(), Route::Connect { .. }));
    let open = RwSignal::new(false);
    // To reconnect an account, the dialog must know it: it waits for the list of accounts.
    let known = Memo::new(move |_| match router.at() {
        Route::Connect { account: Some(_) } => desk().accounts.with(|all| all.is_some()),
        _ => true,
    });
    Effect::new(move |_| {
        let wanted = asked.get() && known.get();
        if open.get_untracked() != wanted {
            open.set(wanted);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now && asked.get_untracked() {
            router.replace(Route::Accounts);
        }
        now
    });
    let shown = move || {
        let again = match router.at() {
            Route::Connect { account: Some(id) } => untrack(|| desk().account(id)),
            _ => None,
        };
        let title = again
            .as_ref()
            .map_or_else(|| "Connect an account".to_owned(), |a| format!("Reconnect {}", a.name));
        let again = StoredValue::new(again);
        asked.get().then(|| {
            view! {
                <Dialog open title class="wide connect-dialog" test="connect-dialog">
                    <Steps again />
                </Dialog>
            }
        })
    };
    shown.into_any()
}

#[component]
fn Steps(again: StoredValue<Option<Account>>) -> impl IntoView {
    let login = again.with_value(|a| a.as_ref().map_or(Login::FacebookPage, |a| a.login));
    let connecting = Connecting {
        login: RwSignal::new(login),
        step: RwSignal::new(Step::Ask),
        way: RwSignal::new(Way::Token),
        again,
    };
    let which = Memo::new(move |_| connecting.step.get());
    // A demo's Meta gives a new token for the asking.
    if again.with_value(|a| a.as_ref().is_some_and(|a| a.demo)) {
        return view! { <DemoAgain /> }.into_any();
    }
    let steps = move || match which.get() {
        Step::Ask => view! { <Ask connecting /> }.into_any(),
        Step::Found(discovery) => view! { <Pick connecting discovery /> }.into_any(),
        Step::Done(connected) => view! { <Done connecting connected /> }.into_any(),
    };
    steps.into_any()
}

#[component]
fn Ask(connecting: Connecting) -> impl IntoView {
    let fixed = connecting.again.with_value(Option::is_some);
    let signs_in = move || guide(connecting.login.get()).sign_in;
    let way = Memo::new(move |_| if signs_in() { connecting.way.get() } else { Way::Token });
    let tab = move |this: Way, words: &'static str, test: &'static str| {
        view! {
            <button
                type="button"
                role="tab"
                class="way"
                aria-selected=move || if way.get() == this { "true" } else { "false" }
                tabindex=move || if way.get() == this { "0" } else { "-1" }
                on:click=move |_| connecting.way.set(this)
                data-test=test
            >
                {words}
            </button>
        }
        .into_any()
    };
    let arrows = move |e: web_sys::KeyboardEvent| {
        if matches!(e.key().as_str(), "ArrowLeft" | "ArrowRight") {
            e.prevent_default();
            connecting.way.update(|w| *w = if *w == Way::Token { Way::SignIn } else { Way::Token });
            if let Ok(Some(tab)) = document().query_selector(".way[aria-selected='true']") {
                crate::parts::focus(&tab);
            }
        }
    };
    view! {
        {(!fixed).then(|| view! { <Logins connecting /> })}
        {move || {
            signs_in()
                .then(|| {
                    view! {
                        <div class="ways" role="tablist" aria-label="How to connect" on:keydown=arrows>
                            {tab(Way::Token, "Paste a token", "connect-by-token")}
                            {tab(Way::SignIn, "Sign in with your own Meta app", "connect-by-sign-in")}
                        </div>
                    }
                })
        }}
        <div class="connect-ask">
            <div class="connect-form">
                {move || match way.get() {
                    Way::Token => view! { <Token connecting /> }.into_any(),
                    Way::SignIn => view! { <SignIn connecting /> }.into_any(),
                }}
            </div>
            {move || {
                let login = connecting.login.get();
                match way.get() {
                    Way::Token => view! { <TokenGuide login /> }.into_any(),
                    Way::SignIn => view! { <SignInGuide login /> }.into_any(),
                }
            }}
        </div>
    }
    .into_any()
}

/// The three ways in, as tiles.
#[component]
fn Logins(connecting: Connecting) -> impl IntoView {
    let tile = move |login: Login| {
        let guide = guide(login);
        let marks =
            guide.channels.iter().map(|channel| view! { <ChannelMark channel=*channel /> }).collect_view();
        view! {
            <label class="login-tile">
                <input
                    type="radio"
                    name="login"
                    prop:checked=move || connecting.login.get() == login
                    on:change=move |_| connecting.login.set(login)
                    data-test=format!("login-{}", login.key())
                />
                <span class="login-marks">{marks}</span>
                <strong>{guide.title}</strong>
                <span class="login-says">{guide.says}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="login-tiles">
            <legend class="unseen">"What to connect"</legend>
            {Login::ALL.into_iter().map(tile).collect_view()}
        </fieldset>
    }
    .into_any()
}

/// Where the token comes from.
#[component]
fn TokenGuide(login: Login) -> impl IntoView {
    let guide = guide(login);
    let steps = guide
        .steps
        .iter()
        .map(|s| {
            let link = s.link.map(|(label, url)| view! { " " <OutLink label url /> });
            view! { <li>{s.text} {link}</li> }.into_any()
        })
        .collect_view();
    view! {
        <aside class="connect-guide" aria-label="Where the token comes from">
            <h3>"Where it comes from"</h3>
            <ol>{steps}</ol>
            <Wanted login />
        </aside>
    }
    .into_any()
}

#[component]
fn SignInGuide(login: Login) -> impl IntoView {
    let guide = guide(login);
    view! {
        <aside class="connect-guide" aria-label="What happens">
            <h3>"What happens"</h3>
            <ol>
                <li>"Meta’s own page opens. Heliograph never sees your password."</li>
                <li>"You choose there which accounts to share."</li>
                <li>{if login == Login::InstagramLogin { "You paste here the address you landed on, and the account appears." } else { "You come back here and pick from them." }}</li>
            </ol>
            <p>{guide.sign_in_says}</p>
            <p>
                <OutLink label="Your apps at Meta" url="https://developers.facebook.com/apps/" />
            </p>
            <Wanted login />
        </aside>
    }
    .into_any()
}

#[component]
fn Wanted(login: Login) -> impl IntoView {
    let scopes = wanted(login).iter().map(|s| view! { <li><code>{*s}</code></li> }).collect_view();
    view! {
        <h3>"Permissions it should have"</h3>
        <ul class="wanted">{scopes}</ul>
    }
    .into_any()
}

/// A page of Meta's, opened outside.
#[component]
fn OutLink(label: &'static str, url: &'static str) -> impl IntoView {
    let open = move |e: web_sys::MouseEvent| {
        e.prevent_default();
        ipc::open_link(url);
    };
    view! {
        <a class="out-link" href=url target="_blank" rel="noreferrer" on:click=open>
            {label}
            <IconView icon=Icon::External />
        </a>
    }
    .into_any()
}
