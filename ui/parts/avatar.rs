//! A person's or an account's picture, or their initials on a quiet tint.

use super::{ChannelMark, channel_class};
use crate::{format, ipc};
use heliograph_model::Channel;
use leptos::prelude::*;

/// How large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AvatarSize {
    /// 24 px: rail and header.
    Small,
    /// 40 px: list rows.
    #[default]
    Middle,
    /// 72 px: person pane.
    Large,
}

/// Tints to choose from; the style sheet has as many.
const TINTS: u64 = 8;

/// The same name always has the same tint.
fn tint(name: &str) -> u64 {
    name.bytes().fold(5381_u64, |hash, b| hash.wrapping_mul(33) ^ u64::from(b)) % TINTS
}

/// The picture, with the channel's mark at its corner.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    picture: Option<String>,
    #[prop(optional_no_strip)] channel: Option<Channel>,
    #[prop(optional)] size: AvatarSize,
) -> impl IntoView {
    let broken = RwSignal::new(false);
    let class = match size {
        AvatarSize::Small => "small",
        AvatarSize::Middle => "middle",
        AvatarSize::Large => "large",
    };
    let tint = tint(&name);
    let letters = format::initials(&name);
    let face = move || {
        match picture.as_deref().filter(|_| !broken.get()) {
        Some(hash) => view! {
            <img src=ipc::media_url(hash) alt="" loading="lazy" decoding="async" on:error=move |_| broken.set(true) />
        }
        .into_any(),
        None => view! { <span class=format!("initials tint-{tint}")>{letters.clone()}</span> }.into_any(),
    }
    };
    view! {
        <span class=format!("avatar {class} {}", channel.map_or("", channel_class)) aria-hidden="true">
            {face}
            {channel.map(|channel| view! { <ChannelMark channel /> })}
        </span>
    }
    .into_any()
}
