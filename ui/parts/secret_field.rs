//! A field for a token or an app secret: hidden as typed, shown on request, never remembered by the browser.

use super::{Icon, IconView, field::fresh_id, focus};
use leptos::{html, prelude::*};

/// The value is the caller's, who empties it after use.
#[component]
pub fn SecretField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] fault: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] on_enter: Option<Callback<()>>,
    /// Takes focus when it appears.
    #[prop(optional)]
    first: bool,
    #[prop(optional)] test: Option<&'static str>,
) -> impl IntoView {
    let id = fresh_id();
    let about = format!("{id}-about");
    let shown = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |done: Option<bool>| {
        if done != Some(true)
            && first
            && let Some(input) = input.get()
        {
            request_animation_frame(move || focus(&input));
            return true;
        }
        done.unwrap_or(false)
    });
    let enter = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Enter"
            && !crate::keys::composing(&e)
            && let Some(on_enter) = on_enter
        {
            e.prevent_default();
            on_enter.run(());
        }
    };
    let eye = move || {
        let (icon, says) = if shown.get() { (Icon::EyeShut, "Hide") } else { (Icon::Eye, "Show") };
        view! { <IconView icon /><span class="unseen">{says}</span> }.into_any()
    };
    view! {
        <div class="field" class:faulty=move || fault.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <div class="secret">
                <input
                    id=id
                    node_ref=input
                    type=move || if shown.get() { "text" } else { "password" }
                    prop:value=move || value.get()
                    placeholder=placeholder
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    data-1p-ignore="true"
                    data-lpignore="true"
                    aria-describedby=about.clone()
                    aria-invalid=move || fault.with(|f| f.is_some().then_some("true"))
                    disabled=move || disabled.get()
                    data-test=test
                    on:input=move |e| value.set(event_target_value(&e))
                    on:keydown=enter
                />
                <button
                    type="button"
                    class="icon-button small"
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    data-tip=move || if shown.get() { "Hide" } else { "Show what is typed" }
                    on:click=move |_| shown.update(|s| *s = !*s)
                >
                    {eye}
                </button>
            </div>
            <p class="field-about" id=about aria-live="polite">{move || fault.get().unwrap_or_else(|| hint.clone())}</p>
        </div>
    }
    .into_any()
}
