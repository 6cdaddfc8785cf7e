//! A channel's small mark. The only place where channel colours appear.

use heliograph_model::Channel;
use leptos::prelude::*;

/// Simplified glyphs on a coloured disc: a camera, a flash in a bubble, a receiver in a bubble.
const fn glyph(channel: Channel) -> &'static str {
    match channel {
        Channel::Instagram => {
            "M5.500 4.200h5a1.300 1.300 0 0 1 1.300 1.300v5a1.300 1.300 0 0 1-1.300 1.300h-5a1.300 1.300 0 0 1-1.300-1.300v-5a1.300 1.300 0 0 1 1.300-1.300zM8 9.700a1.700 1.700 0 1 0 0-3.400 1.700 1.700 0 0 0 0 3.400z"
        }
        Channel::Messenger => "M4 9.300 6.900 6.400l2 1.800L12 6.700 9.100 9.600l-2-1.800z",
        Channel::WhatsApp => {
            "M5.600 5.300c.3-.4.9-.3 1.100.1l.4.9c.1.300 0 .6-.2.8l-.2.2c.4.800 1.100 1.500 2 1.900l.2-.2c.2-.2.5-.300.8-.2l.9.400c.4.200.5.800.1 1.100-.5.500-1.200.7-1.900.4A6.300 6.300 0 0 1 5.200 7.200c-.2-.7 0-1.400.4-1.900z"
        }
    }
}

/// The style class of a channel.
#[must_use]
pub const fn channel_class(channel: Channel) -> &'static str {
    match channel {
        Channel::Instagram => "instagram",
        Channel::Messenger => "messenger",
        Channel::WhatsApp => "whatsapp",
    }
}

/// The mark, 16 by 16. `named` = it stands alone and must say its name.
#[component]
pub fn ChannelMark(channel: Channel, #[prop(optional)] named: bool) -> impl IntoView {
    view! {
        <svg
            class=format!("channel-mark {}", channel_class(channel))
            viewBox="0 0 16 16"
            role=named.then_some("img")
            aria-label=named.then_some(channel.name())
            aria-hidden=(!named).then_some("true")
        >
            <circle cx="8" cy="8" r="8" />
            <path d=glyph(channel) />
        </svg>
    }
    .into_any()
}
