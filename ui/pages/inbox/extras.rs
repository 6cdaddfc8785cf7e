//! What goes with the next reply besides its words: the message it quotes, and answers to tap.

use super::inbox;
use crate::parts::{Icon, IconView};
use heliograph_model::{ButtonLimit, Channel, Conversation, ConversationId, Direction, Message, MessageId};
use leptos::{ev, html, prelude::*};

/// Beside the words of a composer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extras {
    pub quotes: Option<Quoted>,
    /// `None` = no field for them is shown.
    pub buttons: Option<Vec<String>>,
}

/// A message to be quoted, as the bar shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Quoted {
    pub message: MessageId,
    pub from_us: bool,
    pub text: String,
}

impl Quoted {
    /// Of a message of the thread.
    #[must_use]
    pub fn of(m: &Message) -> Self {
        let text = m.content.text();
        let text = match (&m.content, text.is_empty()) {
            (heliograph_model::Content::Placeholder { what, .. }, true) => what.clone(),
            _ => text.to_owned(),
        };
        Self { message: m.id, from_us: m.direction == Direction::Outbound, text }
    }
}

impl Extras {
    /// The buttons that say something.
    #[must_use]
    pub fn buttons(&self) -> Vec<String> {
        let all = self.buttons.iter().flatten();
        all.map(|b| b.trim().to_owned()).filter(|b| !b.is_empty()).collect()
    }
}

/// The extras of a conversation; reactive.
#[must_use]
pub fn of(conversation: ConversationId) -> Extras {
    inbox().extras.with(|all| all.get(&conversation).cloned().unwrap_or_default())
}

/// Changes the extras of a conversation.
pub fn change(conversation: ConversationId, change: impl FnOnce(&mut Extras)) {
    inbox().extras.update(|all| change(all.entry(conversation).or_default()));
}

/// They have gone with a reply.
pub fn clear(conversation: ConversationId) {
    inbox().extras.update(|all| {
        all.remove(&conversation);
    });
}

/// What the next reply quotes, with a way to let go of it.
#[component]
pub fn QuoteBar(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let quoted = Memo::new(move |_| of(conversation).quotes);
    move || {
        quoted.get().map(|quoted| {
            let who = if quoted.from_us {
                "yourself".to_owned()
            } else {
                row.with(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()))
            };
            let drop = move |_| {
                change(conversation, |e| e.quotes = None);
                super::keyboard::focus_composer();
            };
            view! {
                <div class="quote-bar" data-test="quote-bar">
                    <IconView icon=Icon::Reply />
                    <span class="quote-bar-words">
                        <span class="quote-bar-who">"Replying to " <bdi>{who}</bdi></span>
                        <bdi class="quote-bar-text">{quoted.text}</bdi>
                    </span>
                    <button type="button" class="icon-button small" aria-label="Do not quote" on:click=drop>
                        <IconView icon=Icon::Close />
                    </button>
                </div>
            }
            .into_any()
        })
    }
}

/// The answers to tap: one field each, a new one as soon as the last is used.
#[component]
pub fn ButtonsBar(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let shown = Memo::new(move |_| of(conversation).buttons.is_some());
    let channel = Memo::new(move |_| row.with(|c| c.as_ref().map(|c| c.channel)));
    move || {
        let channel = channel.get().filter(|_| shown.get())?;
        Some(view! { <Fields channel conversation /> }.into_any())
    }
}

#[component]
fn Fields(channel: Channel, conversation: ConversationId) -> impl IntoView {
    let count = Memo::new(move |_| of(conversation).buttons.map_or(0, |b| b.len()));
    let most = ButtonLimit::of(channel, 0).count;
    let complaint = move || {
        let extras = of(conversation);
        let words = inbox().drafts.with_value(|d| d.get(&conversation).cloned()).unwrap_or_default();
        ButtonLimit::complaint(channel, &words, &extras.buttons())
    };
    let field = move |place: usize| {
        let value =
            untrack(|| of(conversation).buttons.and_then(|b| b.get(place).cloned())).unwrap_or_default();
        let input = NodeRef::<html::Input>::new();
        let typed = move |_| {
            let Some(text) = input.get_untracked().map(|i| i.value()) else { return };
            change(conversation, |e| {
                let all = e.buttons.get_or_insert_default();
                if let Some(one) = all.get_mut(place) {
                    *one = text;
                }
                // There is always an empty one to go on in.
                if all.last().is_some_and(|last| !last.is_empty()) && all.len() < most {
                    all.push(String::new());
                }
            });
        };
        let keydown = move |e: ev::KeyboardEvent| {
            if e.key() == "Escape" || e.key() == "Enter" && !crate::keys::composing(&e) {
                e.prevent_default();
                e.stop_propagation();
                super::keyboard::focus_composer();
            }
        };
        view! {
            <input
                node_ref=input
                class="quick-reply-field"
                type="text"
                maxlength="24"
                placeholder=format!("Quick reply {}", place + 1)
                aria-label=format!("Quick reply {}", place + 1)
                prop:value=value
                data-test="quick-reply"
                on:input=typed
                on:keydown=keydown
            />
        }
        .into_any()
    };
    let remove = move |_| {
        change(conversation, |e| e.buttons = None);
        super::keyboard::focus_composer();
    };
    view! {
        <div class="quick-replies">
            <div class="quick-replies-fields" role="group" aria-label="Quick replies">
                <For each=move || 0..count.get() key=|place| *place children=field />
                <button type="button" class="icon-button small" aria-label="No quick replies" data-tip="No quick replies" on:click=remove>
                    <IconView icon=Icon::Close />
                </button>
            </div>
            {move || complaint().map(|words| view! { <p class="quick-replies-complaint" role="alert">{words}</p> })}
        </div>
    }
    .into_any()
}
