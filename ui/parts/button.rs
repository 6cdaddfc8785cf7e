//! Buttons: with words, or an icon with a tooltip. While busy they keep their width and do nothing.

use super::{Icon, IconView};
use crate::keys::Command;
use leptos::prelude::*;

/// How much a button wants to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// The one that the page is about.
    Primary,
    #[default]
    Plain,
    /// Looks like text until it is near.
    Quiet,
    /// Takes something away.
    Danger,
}

/// A button with words.
#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    on_press: Callback<()>,
    #[prop(optional)] tone: Tone,
    #[prop(optional_no_strip)] icon: Option<Icon>,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For the end-to-end tests.
    #[prop(optional)]
    test: Option<&'static str>,
) -> impl IntoView {
    let class = match tone {
        Tone::Primary => "button primary",
        Tone::Plain => "button",
        Tone::Quiet => "button quiet",
        Tone::Danger => "button danger",
    };
    let press = move |_| {
        if !busy.get_untracked() {
            on_press.run(());
        }
    };
    view! {
        <button
            type="button"
            class=class
            class:small=small
            class:busy=move || busy.get()
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get()
            data-test=test
            on:click=press
        >
            {icon.map(|icon| view! { <IconView icon /> })}
            <span>{move || label.get()}</span>
        </button>
    }
    .into_any()
}

/// A button with an icon; `label` is its tooltip and its name, with the key that does the same.
#[component]
pub fn IconButton(
    icon: Icon,
    #[prop(into)] label: Signal<String>,
    on_press: Callback<()>,
    #[prop(optional)] command: Option<Command>,
    /// Makes it a toggle.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            class:small=small
            aria-label=move || label.get()
            aria-pressed=move || pressed.map(|p| if p.get() { "true" } else { "false" })
            disabled=move || disabled.get()
            data-tip=move || label.get()
            data-tip-key=command.map(Command::label)
            data-test=test
            on:click=move |_| on_press.run(())
        >
            <IconView icon />
        </button>
    }
    .into_any()
}
