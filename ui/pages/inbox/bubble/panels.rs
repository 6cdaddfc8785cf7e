//! A template as the person saw it: panels side by side. Its buttons do nothing here.

use super::words::{host_of, words_view};
use crate::parts::{Icon, IconView};
use heliograph_model::{Panel, PanelButton};
use leptos::prelude::*;

/// The panels.
#[component]
pub fn Panels(panels: Vec<Panel>) -> impl IntoView {
    let several = panels.len() > 1;
    let n = panels.len();
    let label = several.then(|| format!("{n} panels side by side"));
    view! {
        <div
            class="panels"
            class:several=several
            role=several.then_some("group")
            aria-label=label
            tabindex=several.then_some("0")
            data-own-keys=several.then_some("")
            data-test="panels"
        >
            {panels.into_iter().map(panel).collect_view()}
        </div>
    }
    .into_any()
}

fn panel(panel: Panel) -> AnyView {
    let Panel { title, text, footer, buttons } = panel;
    view! {
        <div class="panel">
            {(!title.is_empty()).then(|| view! { <p class="card-title" dir="auto">{title}</p> })}
            {(!text.is_empty()).then(|| words_view(&text))}
            {(!footer.is_empty()).then(|| view! { <p class="panel-footer" dir="auto">{footer}</p> })}
            {(!buttons.is_empty())
                .then(|| view! { <ul class="panel-buttons" aria-label="Buttons the person sees">{buttons.into_iter().map(button).collect_view()}</ul> })}
        </div>
    }
    .into_any()
}

fn button(b: PanelButton) -> AnyView {
    let tip = b.link.as_deref().map_or_else(
        || "A button for the person: tapping it answers".to_owned(),
        |link| format!("A button for the person: opens {}", host_of(link)),
    );
    view! {
        <li class="panel-button" data-tip=tip>
            {b.link.is_some().then(|| view! { <IconView icon=Icon::External /> })}
            <bdi>{b.title}</bdi>
        </li>
    }
    .into_any()
}
