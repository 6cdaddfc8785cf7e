//! In a browser without a good cookie: says so, and how to get a new link.

use crate::rail::BrandMark;
use leptos::prelude::*;

/// The page.
#[component]
pub fn LinkUsedPage() -> impl IntoView {
    view! {
        <section class="plain-page" data-test="link-used">
            <BrandMark />
            <h1>"This link was used or has run out"</h1>
            <p>
                "Each link opens the inbox once, in one browser. The server prints a new one when it starts, and whenever you ask it:"
            </p>
            <pre><code>"heliograph-server link"</code></pre>
            <p class="quiet">"Run it where the server runs, with the same --data folder, and open what it prints."</p>
        </section>
    }
    .into_any()
}
