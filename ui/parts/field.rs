//! Fields, switches and choices with their labels, hints and faults.

use leptos::prelude::*;

/// A number for ids that tie labels to fields.
pub(super) fn fresh_id() -> String {
    thread_local!(static NEXT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    NEXT.set(NEXT.get() + 1);
    format!("field-{}", NEXT.get())
}

/// A line of text. The value is the caller's; `fault` shows in red and is read out.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: String,
    /// `text`, `password`, `number`, `search`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] fault: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] on_enter: Option<Callback<()>>,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    let id = fresh_id();
    let about = format!("{id}-about");
    let enter = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Enter"
            && !crate::keys::composing(&e)
            && let Some(on_enter) = on_enter
        {
            e.prevent_default();
            on_enter.run(());
        }
    };
    view! {
        <div class="field" class:faulty=move || fault.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type=kind
                prop:value=move || value.get()
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                aria-describedby=about.clone()
                aria-invalid=move || fault.with(|f| f.is_some().then_some("true"))
                disabled=move || disabled.get()
                data-test=test
                on:input=move |e| value.set(event_target_value(&e))
                on:keydown=enter
            />
            <p class="field-about" id=about aria-live="polite">{move || fault.get().unwrap_or_else(|| hint.clone())}</p>
        </div>
    }
    .into_any()
}

/// Several lines of text, for a pasted token.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] fault: Signal<Option<String>>,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    let id = fresh_id();
    let about = format!("{id}-about");
    view! {
        <div class="field" class:faulty=move || fault.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <textarea
                id=id
                rows=rows.to_string()
                prop:value=move || value.get()
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                aria-describedby=about.clone()
                aria-invalid=move || fault.with(|f| f.is_some().then_some("true"))
                data-test=test
                on:input=move |e| value.set(event_target_value(&e))
            ></textarea>
            <p class="field-about" id=about aria-live="polite">{move || fault.get().unwrap_or_else(|| hint.clone())}</p>
        </div>
    }
    .into_any()
}

/// On or off, with a line that says what it means.
#[component]
pub fn Switch(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(into)] on: Signal<bool>,
    change: Callback<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    let id = fresh_id();
    let about = format!("{id}-about");
    view! {
        <div class="switch-row">
            <label for=id.clone()>{label}</label>
            <button
                type="button"
                id=id
                class="switch"
                role="switch"
                aria-checked=move || if on.get() { "true" } else { "false" }
                aria-describedby=about.clone()
                disabled=move || disabled.get()
                data-test=test
                on:click=move |_| change.run(!on.get_untracked())
            ></button>
            <p class="field-about" id=about>{hint}</p>
        </div>
    }
    .into_any()
}

/// One of a few, all in sight. Arrow keys move, as radio buttons do.
#[component]
pub fn Segmented(
    #[prop(into)] label: String,
    /// Value and words.
    options: Vec<(&'static str, &'static str)>,
    #[prop(into)] value: Signal<String>,
    change: Callback<String>,
) -> impl IntoView {
    let group = fresh_id();
    let one = |(word, says): (&'static str, &'static str)| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name=group.clone()
                    value=word
                    prop:checked=move || value.get() == word
                    on:change=move |_| change.run(word.to_owned())
                />
                <span>{says}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="segmented">
            <legend>{label}</legend>
            <div class="segments">{options.into_iter().map(one).collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// One of many, in the system's own menu.
#[component]
pub fn Select(
    #[prop(into)] label: String,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(into)] value: Signal<String>,
    change: Callback<String>,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let id = fresh_id();
    let one = |(word, says): (String, String)| {
        let chosen = word.clone();
        view! { <option value=word.clone() prop:selected=move || value.get() == chosen>{says}</option> }
            .into_any()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id on:change=move |e| change.run(event_target_value(&e))>
                {options.into_iter().map(one).collect_view()}
            </select>
            <p class="field-about">{hint}</p>
        </div>
    }
    .into_any()
}
