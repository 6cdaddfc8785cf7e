//! Nothing is connected yet: what this is, in three lines, and the two ways to begin.

mod picture;

use crate::{
    desk::desk,
    format,
    live::order,
    pages::settings::RestoreDialog,
    parts::{Button, Icon, IconView, ProblemNote, Tone},
    rail::BrandMark,
    route::{Route, router},
};
use heliograph_model::call::StartDemo;
use leptos::prelude::*;
use picture::Picture;

const LINES: [(Icon, &str, &str); 3] = [
    (
        Icon::Inbox,
        "One inbox for all three.",
        " Every conversation in one list, kept on this computer and readable offline.",
    ),
    (
        Icon::Checks,
        "It tells the truth.",
        " Sent means that Meta said so; what failed says why, and what helps.",
    ),
    (Icon::Shield, "Yours alone.", " Tokens are sealed here, and nothing passes through a server of ours."),
];

/// The page.
#[component]
pub fn FirstStartPage() -> impl IntoView {
    let desk = desk();
    let demo = order::<StartDemo>(move |()| {
        desk.accounts.again();
        desk.status.again();
    })
    .quiet();
    let start = Callback::new(move |()| demo.run(StartDemo {}));
    let restoring = RwSignal::new(false);
    let possible = Memo::new(move |_| desk.status.with(|s| s.is_some_and(|s| s.demo_possible)));
    let lines = LINES
        .iter()
        .map(|(icon, strong, rest)| {
            view! { <li><IconView icon=*icon /><p><strong>{*strong}</strong>{*rest}</p></li> }.into_any()
        })
        .collect_view();
    let progress = move || {
        demo.busy.get().then(|| {
            let n = desk.counts.with(|c| c.map_or(0, |c| c.all.conversations));
            let so_far = if n == 0 {
                "Building the demo world: three accounts and the people who write to them…".to_owned()
            } else {
                format!(
                    "Building the demo world: {} so far…",
                    format::plural(n.into(), "conversation", "conversations")
                )
            };
            view! {
                <div class="first-progress" role="status">
                    <span class="progress" aria-hidden="true"></span>
                    <p>{so_far}</p>
                </div>
            }
        })
    };
    let aside = move || {
        (possible.get() && !demo.busy.get()).then(|| {
            view! { <p class="first-aside">"The demo needs no account and no network. Leave it whenever you like."</p> }
        })
    };
    view! {
        <section class="first-start" data-test="first-start">
            <div class="first-words">
                <header class="first-brand"><BrandMark /><span>"Heliograph"</span></header>
                <div class="first-middle">
                    <h1>"Connect Instagram, Messenger or WhatsApp"</h1>
                    <ul class="first-lines">{lines}</ul>
                    <div class="first-buttons">
                        <Button
                            label="Connect"
                            tone=Tone::Primary
                            icon=Some(Icon::Plus)
                            on_press=Callback::new(|()| router().go(Route::Connect { account: None }))
                            test="connect"
                        />
                        {move || possible.get().then(|| view! { <Button label="Try with demo data" busy=demo.busy on_press=start test="demo-button" /> })}
                        <Button
                            label="Restore a backup…"
                            on_press=Callback::new(move |()| restoring.set(true))
                            test="first-restore"
                        />
                    </div>
                    <RestoreDialog open=restoring />
                    {progress}
                    {aside}
                    <ProblemNote problem=demo.problem again=start test="demo-problem" />
                </div>
            </div>
            <Picture />
        </section>
    }
    .into_any()
}
