//! The picture beside the first words: a heliograph on a hill throws the morning sun across the valley, and
//! what it says arrives as messages.

use crate::parts::{ChannelMark, Icon, IconView};
use heliograph_model::Channel;
use leptos::prelude::*;

/// What the light carries.
const WORDS: [(Channel, &str, &str, &str); 3] = [
    (Channel::Instagram, "Camille", "La veste en lin est-elle de retour ?", "one"),
    (Channel::WhatsApp, "Oluwaseun", "My order arrived today. It is perfect, thank you!", "two"),
    (Channel::Messenger, "田中 美咲", "サイズ感を教えていただけますか?", "three"),
];

/// The picture; it says nothing that the words beside it do not.
#[component]
pub fn Picture() -> impl IntoView {
    let bubbles = WORDS
        .iter()
        .map(|(channel, name, says, place)| {
            view! {
                <div class=format!("flash-bubble {place}")>
                    <ChannelMark channel=*channel />
                    <p><strong>{*name}</strong>{*says}</p>
                </div>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <div class="first-picture" aria-hidden="true">
            <svg viewBox="0 0 800 900" preserveAspectRatio="xMinYMax slice">
                <defs>
                    <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
                        <stop offset="0" class="sky-top" />
                        <stop offset="0.62" class="sky-low" />
                    </linearGradient>
                    <radialGradient id="glow">
                        <stop offset="0" class="glow-in" />
                        <stop offset="1" class="glow-out" />
                    </radialGradient>
                    <linearGradient id="fall" x1="0" y1="0" x2="0" y2="1">
                        <stop offset="0" class="fall-in" />
                        <stop offset="1" class="fall-out" />
                    </linearGradient>
                    <linearGradient id="beam" x1="0" y1="1" x2="1" y2="0">
                        <stop offset="0" class="beam-in" />
                        <stop offset="1" class="beam-out" />
                    </linearGradient>
                </defs>
                <rect width="800" height="900" fill="url(#sky)" />
                <circle cx="150" cy="215" r="300" fill="url(#glow)" />
                <circle class="sun" cx="150" cy="215" r="46" />
                <path class="hill far" d="M0 590C90 560 150 520 230 528S380 590 470 566 640 468 720 480 780 505 800 510V900H0Z" />
                <path class="hill middle" d="M0 668C120 640 210 612 320 640S520 706 620 676 760 628 800 634V900H0Z" />
                <path d="M133 256 171 256 250 660 212 664Z" fill="url(#fall)" />
                <path d="M232 664 800 384V508Z" fill="url(#beam)" />
                <g class="tripod">
                    <path d="M230 690 190 790M230 690l3 100M230 690l46 100M206 742h52" />
                    <path d="M204 668a26 26 0 0 0 52 0" />
                    <ellipse class="mirror" cx="230" cy="664" rx="25" ry="27" />
                    <path class="glint" d="M216 654c4-7 10-10 17-10" />
                </g>
                <path class="hill near" d="M0 800C70 760 150 742 236 744S420 800 540 812 730 800 800 776V900H0Z" />
                <circle class="answer-glow" cx="716" cy="481" r="26" fill="url(#glow)" />
                <path class="answer" d="M716 466v30M701 481h30" /><circle class="answer-dot" cx="716" cy="481" r="4.500" />
            </svg>
            {bubbles}
            <div class="flash-bubble ours">
                <p>"It is back on Friday. Shall we keep one for you?"</p>
                <span class="flash-tick"><IconView icon=Icon::Checks /></span>
            </div>
        </div>
    }
    .into_any()
}
