//! What the person at the desk chose.

use leptos::prelude::*;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <section class="plain-page" data-test="settings"><h1>"Settings"</h1></section> }.into_any()
}
