//! A problem where it happened: what went wrong, in words, with the button that helps.

use super::{Icon, IconView};
use crate::route::{Route, router};
use heliograph_model::{Action, Problem};
use leptos::prelude::*;

/// Shown while there is a problem. `again` is what *Try again* does.
#[component]
pub fn ProblemNote(
    #[prop(into)] problem: Signal<Option<Problem>>,
    #[prop(optional)] again: Option<Callback<()>>,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    let one = move |problem: Problem| {
        let (label, press) = remedy(problem.action, again)?;
        Some(
            view! { <button type="button" class="button small" on:click=move |_| press.run(())>{label}</button> }
                .into_any(),
        )
    };
    view! {
        <div class="note-place" aria-live="assertive">
            {move || {
                problem
                    .get()
                    .map(|p| {
                        view! {
                            <div class="note bad" role="alert" data-test=test>
                                <IconView icon=Icon::Alert />
                                <p>{p.message.clone()}</p>
                                {one(p)}
                            </div>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
    .into_any()
}

/// The button of a problem, where this place has one that helps.
fn remedy(action: Option<Action>, again: Option<Callback<()>>) -> Option<(&'static str, Callback<()>)> {
    let go = |to: Route| Callback::new(move |()| router().go(to.clone()));
    match (action, again) {
        (Some(Action::Reconnect), _) => Some(("Connect again", go(Route::Connect { account: None }))),
        (Some(Action::OpenAccounts), _) => Some(("Open accounts", go(Route::Accounts))),
        (Some(Action::OpenSettings), _) => Some(("Open settings", go(Route::Settings))),
        (_, Some(again)) => Some(("Try again", again)),
        _ => None,
    }
}

/// A quiet line with an icon: `warn`, `good`, or plain.
#[component]
pub fn Note(icon: Icon, #[prop(optional, into)] tone: String, children: Children) -> impl IntoView {
    view! {
        <div class=format!("note {tone}")>
            <IconView icon />
            <div class="note-words">{children()}</div>
        </div>
    }
    .into_any()
}
