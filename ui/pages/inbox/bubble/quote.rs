//! What a bubble answers: a message, which a press goes to, or a story.

use super::words::OpenLink;
use crate::{
    clock::clock,
    pages::inbox::sight::Sight,
    parts::{Icon, IconView},
};
use heliograph_model::{Direction, Message, MessageId, Quote, Timestamp};
use leptos::prelude::*;

/// What is shown of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    Message { to: Option<MessageId>, who: &'static str, text: String },
    Story { whose: &'static str, link: Option<String>, ends_at: Timestamp },
}

/// What a message answers.
#[must_use]
pub fn answered(m: &Message) -> Option<Answered> {
    Some(match m.quote.clone()? {
        Quote::Message { message, from_us, text } => {
            Answered::Message { to: message, who: if from_us { "You" } else { "They" }, text }
        }
        Quote::Story { link, ends_at } => {
            let whose = match m.direction {
                Direction::Inbound => "Replied to your story",
                Direction::Outbound => "You replied to their story",
            };
            Answered::Story { whose, link, ends_at }
        }
    })
}

/// Above the words.
#[component]
pub fn QuoteView(quote: Answered, v: Sight) -> impl IntoView {
    match quote {
        Answered::Message { to: Some(to), who, text } => {
            let text = if text.is_empty() { "A message without words".to_owned() } else { text };
            view! {
                <button type="button" class="quote" data-test="quote" data-tip="Go to this message" on:click=move |_| v.go_to(to)>
                    <span class="quote-who">{who}</span>
                    <span class="quote-text" dir="auto">{text}</span>
                </button>
            }
            .into_any()
        }
        Answered::Message { to: None, who, text } => {
            let words = if text.is_empty() { None } else { Some(text) };
            view! {
                <div class="quote" data-test="quote">
                    <span class="quote-who">{who}</span>
                    {words.map(|text| view! { <span class="quote-text" dir="auto">{text}</span> })}
                    <span class="quote-lost">"Answers a message that is not kept here"</span>
                </div>
            }
            .into_any()
        }
        Answered::Story { whose, link, ends_at } => {
            let clock = clock();
            let ended = Memo::new(move |_| ends_at <= clock.now());
            let foot = move || match (link.clone(), ended.get()) {
                (_, true) => view! { <span class="quote-lost">"Story expired"</span> }.into_any(),
                (Some(link), false) => view! { <OpenLink link words="Open story" /> }.into_any(),
                (None, false) => ().into_any(),
            };
            view! {
                <div class="quote story" data-test="quote">
                    <span class="quote-who"><IconView icon=Icon::Story />{whose}</span>
                    {foot}
                </div>
            }
            .into_any()
        }
    }
}
