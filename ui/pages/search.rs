//! Finds people and messages, and opens at the message.

use leptos::prelude::*;

/// The page.
#[component]
pub fn SearchPage() -> impl IntoView {
    view! { <section class="plain-page"><h1>"Search"</h1><input type="search" data-test="search" /></section> }.into_any()
}
