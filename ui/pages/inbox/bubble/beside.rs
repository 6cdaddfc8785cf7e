//! What stands above and below a bubble: who wrote it in a group, that it was passed on, the ad it came through,
//! and the buttons that went with it.

use super::words::OpenLink;
use crate::{
    pages::inbox::lines::Bubble,
    parts::{Icon, IconView},
};
use heliograph_model::{Content, Direction, Message, Referral};
use leptos::prelude::*;

/// Above the bubble.
#[derive(Debug, Clone, PartialEq)]
pub struct Above {
    author: String,
    forwarded: bool,
    referral: Option<Referral>,
}

impl Above {
    /// What stands above a bubble.
    #[must_use]
    pub fn of(b: &Bubble) -> Self {
        let detail = &b.message.detail;
        let named = b.first && b.message.direction == Direction::Inbound;
        Self {
            author: if named { detail.author.clone() } else { String::new() },
            forwarded: detail.forwarded && b.message.content != Content::Unsent,
            referral: detail.referral.clone(),
        }
    }

    /// Shows it.
    #[must_use]
    pub fn view(self) -> AnyView {
        let author = (!self.author.is_empty()).then(|| {
            // The same person has the same colour everywhere.
            let hue = self.author.bytes().fold(7_u32, |n, b| n.wrapping_mul(31).wrapping_add(b.into())) % 6;
            view! { <bdi class=format!("author account-{hue}")>{self.author}</bdi> }
        });
        view! {
            {author}
            {self.referral.map(came_through)}
            {self
                .forwarded
                .then(|| view! { <span class="forwarded"><IconView icon=Icon::Forwarded />"Forwarded"</span> })}
        }
        .into_any()
    }
}

fn came_through(r: Referral) -> AnyView {
    let what = if r.ad { "Came through an ad" } else { "Came through a link" };
    let title = [r.title, r.text].into_iter().find(|s| !s.is_empty());
    let reference = (!r.reference.is_empty())
        .then(|| view! { <p class="quiet">"Reference " <bdi>{r.reference}</bdi></p> });
    let open = r.link.map(|link| {
        let words = if r.ad { "Open the ad" } else { "Open it" };
        view! { <OpenLink link words /> }
    });
    view! {
        <div class="link-card referral" data-test="referral">
            <span class="card-icon"><IconView icon=if r.ad { Icon::Ad } else { Icon::Link } /></span>
            <div>
                <span class="card-what">{what}</span>
                {title.map(|title| view! { <p class="card-title" dir="auto">{title}</p> })}
                {reference}
                {open}
            </div>
        </div>
    }
    .into_any()
}

/// Below the bubble: the buttons the person may tap.
#[derive(Debug, Clone, PartialEq)]
pub struct Below {
    buttons: Vec<String>,
}

impl Below {
    /// What stands below a message.
    #[must_use]
    pub fn of(m: &Message) -> Self {
        Self { buttons: m.detail.buttons.clone() }
    }

    /// Shows it, if there is anything.
    #[must_use]
    pub fn view(self) -> Option<AnyView> {
        let one = |title: String| view! { <li><bdi>{title}</bdi></li> };
        (!self.buttons.is_empty()).then(|| {
            view! {
                <ul class="sent-buttons" aria-label="Buttons the person sees">
                    {self.buttons.into_iter().map(one).collect_view()}
                </ul>
            }
            .into_any()
        })
    }
}
