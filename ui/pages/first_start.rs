//! Nothing is connected yet: connect, or try with demo data.

use crate::{
    live::order,
    parts::{Button, Tone},
    route::{Route, router},
};
use heliograph_model::call::StartDemo;
use leptos::prelude::*;

/// The page.
#[component]
pub fn FirstStartPage() -> impl IntoView {
    let demo = order::<StartDemo>(|()| ());
    view! {
        <section class="plain-page" data-test="first-start">
            <h1>"Connect Instagram, Messenger or WhatsApp"</h1>
            <Button label="Connect" tone=Tone::Primary on_press=Callback::new(|()| router().go(Route::Accounts)) />
            <Button label="Try with demo data" busy=demo.busy test="demo-button" on_press=Callback::new(move |()| demo.run(StartDemo {})) />
        </section>
    }
    .into_any()
}
