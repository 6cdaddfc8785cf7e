//! Connected accounts, their health, and how to connect more.

use crate::desk::desk;
use leptos::prelude::*;

/// The page.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let desk = desk();
    let names = move || {
        desk.accounts
            .get()
            .unwrap_or_default()
            .into_iter()
            .map(|a| view! { <li>{a.name}</li> })
            .collect_view()
    };
    view! { <section class="plain-page" data-test="accounts"><h1>"Accounts"</h1><ul>{names}</ul></section> }
        .into_any()
}
