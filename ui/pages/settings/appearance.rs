//! Theme and density.

use super::{
    Section,
    rows::{ChoiceRow, Group, Saved},
    saving::Saving,
};
use heliograph_model::{Density, Theme};
use leptos::prelude::*;

/// The section.
#[component]
pub fn AppearanceGroup(saving: Saving) -> impl IntoView {
    let theme = saving.read(|s| s.appearance.theme);
    let density = saving.read(|s| match s.appearance.density {
        Density::Normal => "normal",
        Density::Compact => "compact",
    });
    let change = Callback::new(move |word: &'static str| {
        saving.change("density", |s| {
            s.appearance.density = if word == "compact" { Density::Compact } else { Density::Normal };
        });
    });
    view! {
        <Group section=Section::Appearance>
            <div class="setting wide">
                <div class="row-words row-head">
                    <span class="row-label" id="theme-label">"Theme"</span>
                    <Saved row="theme" fresh=saving.fresh />
                </div>
                <div class="theme-tiles" role="radiogroup" aria-labelledby="theme-label">
                    <ThemeTile this=Theme::System says="Like the system" test="theme-system" theme saving />
                    <ThemeTile this=Theme::Light says="Light" test="theme-light" theme saving />
                    <ThemeTile this=Theme::Dark says="Dark" test="theme-dark" theme saving />
                </div>
            </div>
            <ChoiceRow
                name="density"
                label="Density"
                hint="Compact shows about a fifth more conversations."
                options=vec![("normal", "Normal".into()), ("compact", "Compact".into())]
                value=density
                change
                fresh=saving.fresh
            />
        </Group>
    }
    .into_any()
}

/// A small picture of the inbox in a theme.
#[component]
fn ThemeTile(
    this: Theme,
    says: &'static str,
    test: &'static str,
    theme: Memo<Theme>,
    saving: Saving,
) -> impl IntoView {
    let class = match this {
        Theme::System => "theme-tile both",
        Theme::Light => "theme-tile light",
        Theme::Dark => "theme-tile dark",
    };
    let halves = match this {
        Theme::System => vec!["light", "dark"],
        Theme::Light => vec!["light"],
        Theme::Dark => vec!["dark"],
    };
    let picture = halves
        .into_iter()
        .map(|half| {
            view! {
                <span class=format!("theme-half {half}")>
                    <span class="mini-rail"></span>
                    <span class="mini-list"><i></i><i></i><i></i></span>
                    <span class="mini-thread"><i></i><b></b><i></i></span>
                </span>
            }
        })
        .collect_view();
    view! {
        <label class=class>
            <input
                type="radio"
                name="theme"
                prop:checked=move || theme.get() == this
                on:change=move |_| saving.change("theme", |s| s.appearance.theme = this)
                data-test=test
            />
            <span class="theme-picture" aria-hidden="true">{picture}</span>
            <span class="theme-says">{says}</span>
        </label>
    }
    .into_any()
}
