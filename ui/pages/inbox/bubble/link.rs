//! Posts, reels and stories that somebody shared: only linked, since Meta forbids keeping what others published.

use super::{
    shape::name_of,
    words::{OpenLink, host_of},
};
use crate::{
    clock::clock,
    parts::{Icon, IconView},
};
use heliograph_model::{Attachment, Card};
use leptos::prelude::*;

/// The card.
#[component]
pub fn LinkCard(a: Attachment) -> impl IntoView {
    let clock = clock();
    let story = matches!(a.kind.as_str(), "story" | "ig_story" | "story_mention");
    let icon = match a.kind.as_str() {
        "story_mention" | "story" | "ig_story" => Icon::Story,
        "reel" | "ig_reel" => Icon::Video,
        "fallback" => Icon::Link,
        _ => Icon::Image,
    };
    let title = match &a.card {
        Some(Card::Post { title }) if !title.is_empty() => Some(title.clone()),
        _ => None,
    };
    let ended = Memo::new({
        let ends_at = a.link_ends_at;
        move |_| ends_at.is_some_and(|end| end <= clock.now())
    });
    let link = a.link.clone();
    let foot = move || match (&link, ended.get()) {
        (Some(_), true) | (None, _) if story => {
            view! { <span class="quiet">"Story expired"</span> }.into_any()
        }
        (Some(_), true) => view! { <span class="quiet">"Meta’s link has ended"</span> }.into_any(),
        (Some(link), false) => {
            let words = if story { "Open story".to_owned() } else { format!("Open on {}", host_of(link)) };
            view! { <OpenLink link=link.clone() words /> }.into_any()
        }
        (None, _) => ().into_any(),
    };
    view! {
        <div class="link-card" class:ended=move || ended.get() data-test="link-card">
            <span class="card-icon"><IconView icon /></span>
            <div>
                <span class="card-what">{name_of(&a)}</span>
                {title.map(|title| view! { <p class="card-title" dir="auto">{title}</p> })}
                {foot}
            </div>
        </div>
    }
    .into_any()
}
