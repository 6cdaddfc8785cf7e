//! What stands where nothing is: a sentence and what helps; and grey shapes while something comes.

use super::{Icon, IconView};
use heliograph_model::Problem;
use leptos::prelude::*;

/// Says why nothing is here; the children are buttons.
#[component]
pub fn Empty(
    icon: Icon,
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <IconView icon />
            <p class="empty-title">{move || title.get()}</p>
            {move || Some(text.get()).filter(|t| !t.is_empty()).map(|t| view! { <p class="empty-text">{t}</p> })}
            {children.map(|c| view! { <div class="empty-offers">{c()}</div> })}
        </div>
    }
    .into_any()
}

/// A failure in place of an answer, with a way to ask again.
#[component]
pub fn Trouble(problem: Problem, again: Callback<()>) -> impl IntoView {
    view! {
        <div class="empty" role="alert">
            <IconView icon=Icon::Alert />
            <p class="empty-title">{problem.message}</p>
            <div class="empty-offers">
                <button type="button" class="button" on:click=move |_| again.run(())>"Try again"</button>
            </div>
        </div>
    }
    .into_any()
}

/// Grey list rows.
#[component]
pub fn SkeletonRows(n: usize) -> impl IntoView {
    (0..n)
        .map(|_| {
            view! {
                <div class="skeleton-row" aria-hidden="true">
                    <span class="skeleton round"></span>
                    <span class="skeleton-lines"><span class="skeleton"></span><span class="skeleton"></span></span>
                </div>
            }
            .into_any()
        })
        .collect_view()
        .into_any()
}
