//! What settings are made of: a section with its heading, and rows with words at the start and a control at
//! the end.

use super::{Section, saving::Saving};
use crate::parts::{Icon, IconView};
use heliograph_model::Settings;
use leptos::prelude::*;

/// A section of the page.
#[component]
pub fn Group(section: Section, #[prop(optional, into)] about: String, children: Children) -> impl IntoView {
    let heading = format!("{}-title", section.id());
    view! {
        <section class="settings-group" id=section.id() tabindex="-1" aria-labelledby=heading.clone()>
            <header>
                <h2 id=heading.clone()>{section.name()}</h2>
                {(!about.is_empty()).then(|| view! { <p class="page-about">{about}</p> })}
            </header>
            <div class="rows">{children()}</div>
        </section>
    }
    .into_any()
}

/// A quiet tick that says a row was saved.
#[component]
pub fn Saved(row: &'static str, fresh: RwSignal<Option<&'static str>>) -> impl IntoView {
    view! {
        <span class="saved" role="status">
            {move || (fresh.get() == Some(row)).then(|| view! { <IconView icon=Icon::Check />"Saved" })}
        </span>
    }
    .into_any()
}

/// Words at the start, anything at the end.
#[component]
pub fn Row(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// Put below the words instead of at the end.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="setting" class:wide=wide>
            {words(label, hint, None, None)}
            <div class="row-control">{children()}</div>
        </div>
    }
    .into_any()
}

/// The words of a row, beside which its control stands: `of` is the control's id, `id` that of the words.
fn words(label: String, hint: String, of: Option<String>, id: Option<String>) -> AnyView {
    let about = of.as_ref().map(|of| format!("{of}-about"));
    let label = match of {
        Some(of) => view! { <label class="row-label" for=of>{label}</label> }.into_any(),
        None => view! { <span class="row-label" id=id>{label}</span> }.into_any(),
    };
    view! {
        <div class="row-words">
            {label}
            {(!hint.is_empty()).then(|| view! { <p class="row-hint" id=about>{hint}</p> })}
        </div>
    }
    .into_any()
}

/// On or off.
#[component]
pub fn SwitchRow(
    /// Names the row for the confirmation and, as `data-test`, for the tests.
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(into)] on: Signal<bool>,
    change: Callback<bool>,
    fresh: RwSignal<Option<&'static str>>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let id = format!("row-{name}");
    let about = (!hint.is_empty()).then(|| format!("{id}-about"));
    view! {
        <div class="setting" class:dim=move || disabled.get()>
            {words(label, hint, Some(id.clone()), None)}
            <div class="row-control">
                <Saved row=name fresh />
                <button
                    type="button"
                    id=id
                    class="switch"
                    role="switch"
                    aria-checked=move || if on.get() { "true" } else { "false" }
                    aria-describedby=about
                    disabled=move || disabled.get()
                    data-test=name
                    on:click=move |_| change.run(!on.get_untracked())
                ></button>
            </div>
        </div>
    }
    .into_any()
}

/// A switch over one field.
#[component]
pub fn Flag(
    saving: Saving,
    name: &'static str,
    label: &'static str,
    #[prop(default = "")] hint: &'static str,
    field: fn(&mut Settings) -> &mut bool,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let change = Callback::new(move |on: bool| saving.change(name, |s| *field(s) = on));
    let on = saving.read(move |s| *field(&mut s.clone()));
    view! {
        <SwitchRow name label hint on change fresh=saving.fresh disabled />
    }
    .into_any()
}

/// One of a few, all in sight: value and words.
#[component]
pub fn ChoiceRow(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    options: Vec<(&'static str, String)>,
    #[prop(into)] value: Signal<&'static str>,
    change: Callback<&'static str>,
    fresh: RwSignal<Option<&'static str>>,
) -> impl IntoView {
    let label_id = format!("row-{name}-label");
    let one = |(word, says): (&'static str, String)| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name=name
                    prop:checked=move || value.get() == word
                    on:change=move |_| change.run(word)
                    data-test=format!("{name}-{word}")
                />
                <span>{says}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="setting">
            {words(label, hint, None, Some(label_id.clone()))}
            <div class="row-control">
                <Saved row=name fresh />
                <div class="segments" role="radiogroup" aria-labelledby=label_id>
                    {options.into_iter().map(one).collect_view()}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// One of several, in the system's own menu. A value that is no option is shown as it is.
#[component]
pub fn SelectRow(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    options: Vec<(u32, String)>,
    /// How a value outside the options reads.
    other: fn(u32) -> String,
    #[prop(into)] value: Signal<u32>,
    change: Callback<u32>,
    fresh: RwSignal<Option<&'static str>>,
) -> impl IntoView {
    let id = format!("row-{name}");
    let all = move || {
        let now = value.get();
        let mut all = options.clone();
        if all.iter().all(|(v, _)| *v != now) {
            all.push((now, other(now)));
            all.sort_by_key(|(v, _)| *v);
        }
        all.into_iter()
            .map(|(v, says)| view! { <option value=v.to_string() prop:selected=v == now>{says}</option> })
            .collect_view()
    };
    view! {
        <div class="setting">
            {words(label, hint, Some(id.clone()), None)}
            <div class="row-control">
                <Saved row=name fresh />
                <span class="select">
                    <select
                        id=id
                        data-test=name
                        on:change=move |e| {
                            if let Ok(v) = event_target_value(&e).parse() {
                                change.run(v);
                            }
                        }
                    >
                        {all}
                    </select>
                    <IconView icon=Icon::Down />
                </span>
            </div>
        </div>
    }
    .into_any()
}
