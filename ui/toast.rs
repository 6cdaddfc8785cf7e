//! Short messages that come and go in a corner, read out politely. Failures stay until dismissed and
//! offer the button that helps.

use crate::{
    clock::after,
    parts::{Icon, IconView},
    route::{Route, router},
};
use heliograph_model::{Action, Problem};
use leptos::prelude::*;
use std::cell::Cell;

/// A message with at most one button.
#[derive(Clone)]
struct Toast {
    id: u64,
    text: String,
    bad: bool,
    button: Option<(String, Callback<()>)>,
}

/// Says things.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

/// How long a message that is no failure stays.
const STAY_MS: u64 = 5_000;
/// More than this at once would be a wall.
const MOST: usize = 4;

impl Toasts {
    /// An empty corner.
    #[must_use]
    pub fn start() -> Self {
        let corner = Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        HERE.set(Some(corner));
        corner
    }

    /// Says that something is done.
    pub fn say(self, text: impl Into<String>) {
        self.push(text.into(), false, None, STAY_MS);
    }

    /// Says something and offers a button, such as Undo; what [`Toasts::dismiss`] knows it by.
    pub fn offer(self, text: impl Into<String>, label: impl Into<String>, press: Callback<()>) -> u64 {
        self.offer_for(text, label, press, STAY_MS)
    }

    /// The same for so many milliseconds: as long as the button can do something.
    pub fn offer_for(
        self,
        text: impl Into<String>,
        label: impl Into<String>,
        press: Callback<()>,
        ms: u64,
    ) -> u64 {
        self.push(text.into(), false, Some((label.into(), press)), ms)
    }

    /// Says what went wrong and offers a button.
    pub fn trouble(self, text: impl Into<String>, label: impl Into<String>, press: Callback<()>) {
        self.push(text.into(), true, Some((label.into(), press)), STAY_MS);
    }

    /// Says what went wrong; where the problem names a page, offers to go there.
    pub fn problem(self, problem: &Problem) {
        let router = router();
        let button = match problem.action {
            Some(Action::Reconnect | Action::OpenAccounts) => Some(("Open accounts", Route::Accounts)),
            Some(Action::OpenSettings) => Some(("Open settings", Route::Settings)),
            _ => None,
        };
        let button =
            button.map(|(label, to)| (label.to_owned(), Callback::new(move |()| router.go(to.clone()))));
        self.push(problem.message.clone(), true, button, STAY_MS);
    }

    fn push(self, text: String, bad: bool, button: Option<(String, Callback<()>)>, stay_ms: u64) -> u64 {
        let id = self.next.try_update_value(|n| {
            *n += 1;
            *n
        });
        let Some(id) = id else { return 0 };
        self.shown.update(|shown| {
            // The same words again replace the old ones: a failing thing tried often is one message.
            shown.retain(|t| t.text != text);
            shown.push(Toast { id, text, bad, button });
            let over = shown.len().saturating_sub(MOST);
            shown.drain(..over);
        });
        if !bad {
            after(stay_ms, move || self.dismiss(id));
        }
        id
    }

    /// Takes a message away, as when what it offers is done.
    pub fn dismiss(self, id: u64) {
        let _ = self.shown.try_update(|shown| shown.retain(|t| t.id != id));
    }
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Toasts>> = const { Cell::new(None) };
}

/// The corner of this window.
#[must_use]
pub fn toasts() -> Toasts {
    HERE.get().unwrap_or_else(Toasts::start)
}

/// Where they appear.
#[component]
pub fn ToastCorner() -> impl IntoView {
    let toasts = toasts();
    let one = move |toast: Toast| {
        let id = toast.id;
        let button = toast.button.map(|(label, press)| {
            let pressed = move |_| {
                press.run(());
                toasts.dismiss(id);
            };
            view! { <button class="button quiet small" on:click=pressed>{label}</button> }
        });
        view! {
            <div class="toast" class:bad=toast.bad data-test="toast">
                {toast.bad.then(|| view! { <IconView icon=Icon::Alert /> })}
                <span class="toast-text">{toast.text}</span>
                {button}
                <button class="icon-button small" aria-label="Dismiss" on:click=move |_| toasts.dismiss(id)>
                    <IconView icon=Icon::Close />
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|t| t.id children=one />
        </div>
    }
    .into_any()
}
