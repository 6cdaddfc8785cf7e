//! What can be done to a message: answer it with a quote, put an emoji on it. Shows beside a bubble under the pointer,
//! and when focus is in it; below it stands an emoji that Meta has not taken yet.

use super::{
    extras::{self, Quoted},
    keyboard::focus_composer,
    lines::Bubble,
    sending::fresh_key,
};
use crate::{
    live::order,
    parts::{Button, Icon, IconView, Menu, MenuItem, Tone},
};
use heliograph_model::{Content, DeliveryStatus, Message, MessageId, Reacting, call::React};
use leptos::prelude::*;

/// The emojis offered; any other comes from the system's own picker in the composer.
const EMOJIS: [&str; 6] = ["❤️", "👍", "😂", "😮", "😢", "🙏"];

/// What the bar needs of a message.
#[derive(Debug, Clone, PartialEq)]
struct Target {
    message: MessageId,
    quoted: Quoted,
    /// Our emoji on it.
    ours: Option<String>,
}

/// `None` where nothing can be done: it never reached Meta, or is gone.
fn target(m: &Message) -> Option<Target> {
    let said = matches!(m.content, Content::Text { .. } | Content::Placeholder { .. });
    let known = m.meta_id.is_some() && !matches!(m.status, DeliveryStatus::Failed | DeliveryStatus::Unsure);
    (said && known).then(|| Target {
        message: m.id,
        quoted: Quoted::of(m),
        ours: m.reactions.iter().find(|r| r.from_us).map(|r| r.emoji.clone()),
    })
}

/// The bar beside a bubble.
#[component]
pub fn BubbleActs(bubble: Memo<Option<Bubble>>) -> impl IntoView {
    let target = Memo::new(move |_| bubble.with(|b| b.as_ref().and_then(|b| target(&b.message))));
    let conversation = Memo::new(move |_| bubble.with(|b| b.as_ref().map(|b| b.message.conversation)));
    let react = order::<React>(|_| ());
    let reply = move |_| {
        if let (Some(conversation), Some(target)) = (conversation.get_untracked(), target.get_untracked()) {
            extras::change(conversation, |e| e.quotes = Some(target.quoted));
            focus_composer();
        }
    };
    let emojis = move |()| {
        let Some(Target { message, ours, .. }) = target.get_untracked() else { return Vec::new() };
        let put = move |emoji: Option<&str>| {
            react.run(React { message, emoji: emoji.map(str::to_owned), key: fresh_key() });
        };
        // The one that is there already is taken away; it may have been put there with another tool.
        let line = |emoji: &str| {
            let there = ours.as_deref() == Some(emoji);
            let word = emoji.to_owned();
            MenuItem::new(emoji, move || put((!there).then_some(word.as_str()))).chosen(there)
        };
        let other = ours.as_deref().filter(|o| !EMOJIS.contains(o));
        EMOJIS.into_iter().chain(other).map(line).collect()
    };
    move || {
        target.with(Option::is_some).then(|| {
            view! {
                <div class="bubble-acts" data-test="bubble-acts">
                    <button type="button" class="icon-button small" aria-label="Reply to this message" data-tip="Reply" data-test="reply-to" on:click=reply>
                        <IconView icon=Icon::Reply />
                    </button>
                    <Menu label="React" items=Callback::new(emojis) row=true class="icon-button small" test="react">
                        <IconView icon=Icon::Reaction />
                    </Menu>
                </div>
            }
            .into_any()
        })
    }
}

/// An emoji of ours that is under way, or that Meta refused.
#[component]
pub fn ReactingLine(bubble: Memo<Option<Bubble>>) -> impl IntoView {
    let reacting = Memo::new(move |_| {
        bubble.with(|b| b.as_ref().and_then(|b| b.message.reacting.clone().map(|r| (b.message.id, r))))
    });
    let again = order::<React>(|_| ());
    move || {
        reacting.get().map(|(message, Reacting { emoji, failure })| {
            let what = emoji.clone().unwrap_or_default();
            match failure {
                None => view! {
                    <span class="reacting" data-tip="On its way to Meta" data-test="reacting">
                        <span>{what}</span>
                        <IconView icon=Icon::Clock />
                    </span>
                }
                .into_any(),
                Some(failure) => {
                    let retry = Callback::new(move |()| {
                        again.run(React { message, emoji: emoji.clone(), key: fresh_key() });
                    });
                    view! {
                        <div class="after bad" data-test="reacting-failed">
                            <p>
                                <IconView icon=Icon::Alert />
                                <span>{what} " was not taken. " {failure.problem.message}</span>
                            </p>
                            <div class="after-buttons">
                                <Button label="Retry" tone=Tone::Quiet small=true busy=again.busy on_press=retry />
                            </div>
                        </div>
                    }
                    .into_any()
                }
            }
        })
    }
}
