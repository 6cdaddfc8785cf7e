//! What this is, and where its key lives.

use super::{
    Section,
    rows::{Group, Row},
};
use crate::{
    desk::desk,
    live::order,
    parts::{Button, ProblemNote},
    rail::BrandMark,
    route::{Route, router},
};
use heliograph_model::{Host, call::StartDemo};
use leptos::prelude::*;

/// The section.
#[component]
pub fn AboutGroup() -> impl IntoView {
    let status = desk().status;
    let version = move || status.with(|s| s.map_or_else(String::new, |s| s.version.clone()));
    let key = move || status.with(|s| s.map_or_else(String::new, |s| s.key_home.clone()));
    let host = move || {
        status.with(|s| {
            s.map_or("", |s| match s.host {
                Host::Desktop => "In the desktop window",
                Host::Server => "In a browser, over the headless server",
            })
        })
    };
    let demo = order::<StartDemo>(|()| router().go(Route::Inbox)).quiet();
    let offered = Memo::new(move |_| status.with(|s| s.is_some_and(|s| s.demo_possible && !s.demo)));
    view! {
        <Group section=Section::About>
            <div class="setting about">
                <BrandMark />
                <div class="row-words">
                    <span class="row-label">"Heliograph " <span class="figures">{version}</span></span>
                    <p class="row-hint">{host}</p>
                </div>
            </div>
            <Row label="Key of the vault" hint="Tokens and app secrets are sealed with it. It never leaves this computer.">
                <span class="row-value">{key}</span>
            </Row>
            <Row label="Diagnostics" hint="How Heliograph itself is doing, and a support bundle without anything private.">
                <Button label="Open" on_press=Callback::new(|()| router().go(Route::Diagnostics)) test="open-diagnostics" />
            </Row>
            {move || {
                offered
                    .get()
                    .then(|| {
                        view! {
                            <Row label="Demo world" hint="Made-up people beside your own accounts; leave it at any time.">
                                <Button label="Start the demo" busy=demo.busy on_press=Callback::new(move |()| demo.run(StartDemo {})) />
                            </Row>
                            <ProblemNote problem=demo.problem />
                        }
                    })
            }}
        </Group>
    }
    .into_any()
}
