//! Counts and chips.

use super::{Icon, IconView};
use crate::format;
use leptos::prelude::*;

/// A count; nothing at zero. `what` completes it for a screen reader: "unread conversations".
#[component]
pub fn Badge(
    #[prop(into)] n: Signal<u32>,
    what: &'static str,
    #[prop(optional)] quiet: bool,
) -> impl IntoView {
    move || {
        let n = n.get();
        (n > 0).then(|| {
            view! {
                <span class="badge" class:quiet=quiet>
                    {format::badge(n)}
                    <span class="unseen">" " {what}</span>
                </span>
            }
            .into_any()
        })
    }
}

/// A small labelled mark: an icon and words, never colour alone.
#[component]
pub fn Chip(
    icon: Option<Icon>,
    #[prop(into)] text: String,
    /// A style class: `far`, `near`, `close`, `closed`, `bad`, `good`, `draft`.
    #[prop(into)]
    tone: String,
    #[prop(optional, into)] tip: String,
) -> impl IntoView {
    view! {
        <span class=format!("chip {tone}") data-tip=(!tip.is_empty()).then_some(tip)>
            {icon.map(|icon| view! { <IconView icon /> })}
            {(!text.is_empty()).then(|| view! { <span>{text}</span> })}
        </span>
    }
    .into_any()
}
