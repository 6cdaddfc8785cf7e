//! Focus is never lost: when the element that had it leaves the page, what is nearest takes it.

use crate::clock::after;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Who takes lost focus, nearest first.
const HEIRS: [&str; 4] = ["dialog[open]", "#composer-text", "#conversation-list", "#page"];

/// Long enough for a page to be put together after a key or a click.
const SETTLE_MS: u64 = 80;

/// Moves focus.
pub fn focus(element: &impl AsRef<Element>) {
    if let Some(element) = element.as_ref().dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Whether a press was on a control or a menu, which then has it.
#[must_use]
pub fn is_on_control(e: &web_sys::Event) -> bool {
    let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
    target.is_some_and(|t| matches!(t.closest("button, input, a, audio, [role='menu']"), Ok(Some(_))))
}

/// Watches over focus, for the life of the window.
pub fn keep_focus() {
    let last = StoredValue::new_local(None::<Element>);
    let seen = window_event_listener(ev::focusin, move |e| {
        last.set_value(e.target().and_then(|t| t.dyn_into().ok()));
    });
    let check = move || {
        after(SETTLE_MS, move || {
            let lost =
                last.try_with_value(|l| l.as_ref().is_some_and(|l| !l.is_connected())).unwrap_or(false);
            let body = document().active_element().is_none_or(|a| a.tag_name() == "BODY");
            if lost && body {
                let heir = HEIRS.iter().find_map(|heir| document().query_selector(heir).ok().flatten());
                if let Some(heir) = heir {
                    focus(&heir);
                }
            }
        });
    };
    let clicked = window_event_listener(ev::click, move |_| check());
    let keyed = window_event_listener(ev::keydown, move |_| check());
    on_cleanup(move || {
        seen.remove();
        clicked.remove();
        keyed.remove();
    });
}
