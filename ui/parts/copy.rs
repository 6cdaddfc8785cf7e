//! Copying: a text to the clipboard, and a line of text with a button that copies it.

use super::{Icon, IconView};
use crate::{clock::after, toast::toasts};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Puts `text` on the clipboard; `done` hears whether that worked.
pub fn copy_text(text: &str, done: impl FnOnce(bool) + 'static) {
    // A page without https on a foreign host has no clipboard: the property is missing.
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into())
        .ok()
        .filter(|c| c.is_object())
        .map(JsCast::unchecked_into::<web_sys::Clipboard>);
    let writing = clipboard.map(|c| c.write_text(text));
    spawn_local(async move {
        done(match writing {
            Some(writing) => JsFuture::from(writing).await.is_ok(),
            None => false,
        });
    });
}

/// A line to copy, such as an address. It can be selected too, where no clipboard is allowed.
#[component]
pub fn CopyLine(
    /// Names the line for the button and the message.
    #[prop(into)]
    what: String,
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let name = StoredValue::new(what.clone());
    let press = move |_| {
        copy_text(&text.get_untracked(), move |worked| {
            if worked {
                let _ = copied.try_set(true);
                after(1_600, move || {
                    let _ = copied.try_set(false);
                });
            } else {
                toasts().say(format!("{} could not be copied: select it and copy by hand", name.get_value()));
            }
        });
    };
    let face = move || {
        let (icon, says) = if copied.get() { (Icon::Check, "Copied") } else { (Icon::Copy, "Copy") };
        view! { <IconView icon />{says} }.into_any()
    };
    view! {
        <span class="copy-line">
            <code class="copy-text" data-test=test>{move || text.get()}</code>
            <button
                type="button"
                class="button small copy-button"
                class:done=move || copied.get()
                aria-label=move || format!("{} {}", if copied.get() { "Copied" } else { "Copy" }, name.get_value())
                on:click=press
            >
                {face}
            </button>
        </span>
    }
    .into_any()
}
