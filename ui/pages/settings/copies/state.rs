//! Whether the database is whole, and the way out when it is not.

use crate::{
    clock::clock,
    live::{Live, order},
    parts::{Button, Icon, IconView, Tone},
};
use heliograph_model::{Copies, Timestamp, call::ExamineDatabase};
use leptos::prelude::*;

/// In words.
fn says(copies: &Copies, now: Timestamp) -> String {
    match &copies.examined {
        _ if copies.examining => "It is being examined.".into(),
        None => "Not examined yet. That happens by itself some minutes after the start.".into(),
        Some(found) if found.faults.is_empty() => {
            format!("Examined {}: it is whole.", super::when(found.at, now))
        }
        Some(found) => format!(
            "Examined {}: it is damaged. It is left as it is; what can be read is still shown.",
            super::when(found.at, now)
        ),
    }
}

/// The row, and what helps.
#[component]
pub fn State(copies: Live<Copies>, restoring: RwSignal<bool>, exporting: RwSignal<bool>) -> impl IntoView {
    let clock = clock();
    let examine = order::<ExamineDatabase>(|()| ());
    let words = move || copies.with(|c| c.map_or_else(String::new, |c| says(c, clock.now())));
    let busy = Signal::derive(move || examine.busy.get() || copies.with(|c| c.is_some_and(|c| c.examining)));
    let faults = Memo::new(move |_| {
        copies.with(|c| c.and_then(|c| c.examined.clone()).map(|e| e.faults).unwrap_or_default())
    });
    let out = move || {
        let faults = faults.get();
        (!faults.is_empty()).then(|| {
            view! {
                <div class="kept-copy alarm" role="alert" data-test="damaged">
                    <IconView icon=Icon::Alert />
                    <div class="copy-words">
                        <span>"Restore the newest good copy. Or export first what can be read; the export names what cannot."</span>
                        <details>
                            <summary>"What was found"</summary>
                            <pre class="copy-faults">{faults.join("\n")}</pre>
                        </details>
                    </div>
                    <Button label="Restore…" small=true tone=Tone::Primary on_press=Callback::new(move |()| restoring.set(true)) />
                    <Button label="Export…" small=true on_press=Callback::new(move |()| exporting.set(true)) />
                </div>
            }
        })
    };
    view! {
        <div class="setting">
            <div class="row-words">
                <span class="row-label">"State of the database"</span>
                <p class="row-hint" data-test="state-says">{words}</p>
            </div>
            <div class="row-control">
                <Button label="Examine now" busy on_press=Callback::new(move |()| examine.run(ExamineDatabase {})) test="examine" />
            </div>
        </div>
        {out}
    }
    .into_any()
}
