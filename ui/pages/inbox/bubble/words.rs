//! The words of a bubble with their links, and what only has a name.

use crate::{
    ipc,
    pages::inbox::{row::kind_icon, text},
    parts::IconView,
    toast::toasts,
};
use heliograph_model::{MessageId, call::GetRawMessage};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Words in the direction they are written in; links open outside.
pub fn words_view(words: &str) -> AnyView {
    view! { <div class="words" dir="auto">{linked(words)}</div> }.into_any()
}

/// The stretches of a text, links among them.
pub fn linked(words: &str) -> Vec<AnyView> {
    text::stretches(words)
        .into_iter()
        .map(|s| match s.link {
            None => s.text.into_any(),
            Some(link) => {
                let to = link.clone();
                let open = move |e: web_sys::MouseEvent| {
                    e.prevent_default();
                    ipc::open_link(&to);
                };
                view! { <a href=link rel="noopener noreferrer" target="_blank" dir="ltr" on:click=open>{s.text}</a> }.into_any()
            }
        })
        .collect()
}

/// A button that opens a page outside.
#[component]
pub fn OpenLink(link: String, #[prop(into)] words: String) -> impl IntoView {
    let host = host_of(&link);
    let open = move |_| ipc::open_link(&link);
    view! {
        <button type="button" class="link open-link" data-tip=host data-test="open-link" on:click=open>
            {words}
        </button>
    }
    .into_any()
}

/// "instagram.com" of "https://www.instagram.com/p/1".
#[must_use]
pub fn host_of(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().trim_start_matches("www.").to_owned()
}

/// Something that cannot be shown yet: its name, and what Meta sent, for those who want to know.
#[component]
pub fn Placeholder(id: MessageId, what: String) -> impl IntoView {
    let raw = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let toggle = move |_| {
        if raw.with_untracked(Option::is_some) {
            raw.set(None);
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let toasts = toasts();
        spawn_local(async move {
            let answer = ipc::call(&GetRawMessage { message: id }).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(Some(text)) => {
                    let _ = raw.try_set(Some(text));
                }
                Ok(None) => toasts.say("The raw delivery is no longer kept."),
                Err(problem) => toasts.problem(&problem),
            }
        });
    };
    let icon = kind_icon(&what);
    view! {
        <div class="placeholder">
            <IconView icon />
            <span>{what}</span>
            <button type="button" class="link" aria-expanded=move || if raw.with(Option::is_some) { "true" } else { "false" } on:click=toggle>
                {move || if raw.with(Option::is_some) { "Hide raw" } else { "Show raw" }}
            </button>
        </div>
        {move || raw.get().map(|raw| view! { <pre class="raw" tabindex="0">{raw}</pre> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_link_is_what_people_recognise() {
        assert_eq!(host_of("https://www.instagram.com/p/1?x=2"), "instagram.com");
        assert_eq!(host_of("https://user@evil.example/instagram.com"), "evil.example");
        assert_eq!(host_of("mailto:x"), "mailto:x");
    }
}
