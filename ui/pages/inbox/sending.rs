//! Sends between the press of Enter and the engine's answer: the bubble is there at once, and the same key
//! makes a question asked twice one message. Text is never lost: a refused send goes back to the composer.

use crate::{clock::clock, ipc, live::tell_engine, toast::toasts};
use heliograph_model::{
    Code, Content, ConversationId, DeliveryStatus, Detail, Direction, Failure, Manner, Message, MessageId,
    Origin, Problem, Quote, Timestamp,
    call::{SaveDraft, SendText},
};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long to wait before an engine that did not answer is asked again, with the same key.
const AGAIN: Duration = Duration::from_secs(3);

/// A send of this window.
#[derive(Debug, Clone, PartialEq)]
pub struct Local {
    /// Negative, so that it is no engine's id.
    pub id: i64,
    pub key: String,
    pub conversation: ConversationId,
    pub text: String,
    pub manner: Manner,
    /// How what it quotes looks.
    pub quote: Option<Quote>,
    pub at: Timestamp,
    /// What the engine made of it.
    pub message: Option<Message>,
    /// Why the engine has not answered yet.
    pub trouble: Option<Problem>,
}

impl Local {
    /// How it looks in the thread: the engine's message, or a queued one that has no id yet.
    #[must_use]
    pub fn looks(&self) -> Message {
        self.message.clone().unwrap_or_else(|| Message {
            id: MessageId(self.id),
            conversation: self.conversation,
            meta_id: None,
            direction: Direction::Outbound,
            origin: Origin::Heliograph,
            content: Content::Text { text: self.text.clone() },
            attachments: Vec::new(),
            quote: self.quote.clone(),
            reactions: Vec::new(),
            detail: Detail {
                buttons: self.manner.buttons.clone(),
                human_agent: self.manner.human_agent,
                ..Detail::default()
            },
            sent_at: self.manner.send_at.unwrap_or(self.at),
            recorded_at: self.at,
            status: DeliveryStatus::Queued,
            failure: self.trouble.clone().map(|problem| Failure {
                problem,
                code: None,
                subcode: None,
                trace: None,
            }),
            leave_before: None,
            next_attempt_at: None,
            scheduled_for: self.manner.send_at,
            reacting: None,
        })
    }
}

/// Everything on its way to the engine.
#[derive(Clone, Copy)]
pub struct Outgoing {
    pub locals: RwSignal<Vec<Local>>,
    /// Why the engine refused a send last.
    pub refused: RwSignal<Option<(ConversationId, Problem)>>,
    /// Words on their way back into a composer.
    pub returned: RwSignal<Option<(ConversationId, String)>>,
    next: StoredValue<i64>,
}

impl Outgoing {
    /// Nothing on its way.
    #[must_use]
    pub fn start() -> Self {
        Self {
            locals: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            returned: RwSignal::new(None),
            next: StoredValue::new(-1),
        }
    }

    /// Sends the parts one after the other. Their bubbles are there when this returns. The first one quotes, the last
    /// one has the buttons. `taken` runs when the engine has all of them.
    pub fn send(
        self,
        conversation: ConversationId,
        parts: Vec<String>,
        manner: &Manner,
        quote: Option<&Quote>,
        taken: impl FnOnce() + 'static,
    ) {
        let last = parts.len().saturating_sub(1);
        let now = clock().peek();
        let made: Vec<Local> = (0_i64..)
            .zip(parts.into_iter().enumerate())
            .map(|(i, (place, text))| Local {
                manner: Manner {
                    quotes: manner.quotes.filter(|_| place == 0),
                    buttons: if place == last { manner.buttons.clone() } else { Vec::new() },
                    ..*manner
                },
                quote: quote.filter(|_| place == 0).cloned(),
                id: self.next.try_update_value(|n| std::mem::replace(n, *n - 1)).unwrap_or(-1),
                key: fresh_key(),
                conversation,
                text,
                at: now.plus(i),
                message: None,
                trouble: None,
            })
            .collect();
        self.locals.update(|all| all.extend(made.iter().cloned()));
        spawn_local(async move {
            let mut rest = made.into_iter();
            let mut queued = Vec::new();
            while let Some(local) = rest.next() {
                match self.hand_over(&local).await {
                    Ok(message) => queued.push(message),
                    Err(problem) => {
                        let back: Vec<Local> = std::iter::once(local).chain(rest).collect();
                        self.give_back(conversation, &back, problem);
                        return;
                    }
                }
            }
            // Only now is the text the engine's; until here a crash would have kept it as the draft.
            let inbox = super::inbox();
            let left = inbox.drafts.with_value(|d| d.get(&conversation).cloned()).unwrap_or_default();
            tell_engine(SaveDraft { conversation, text: left });
            super::undo::offer(conversation, &queued);
            taken();
        });
    }

    async fn hand_over(self, local: &Local) -> Result<Message, Problem> {
        loop {
            let request = SendText {
                conversation: local.conversation,
                text: local.text.clone(),
                key: local.key.clone(),
                manner: local.manner.clone(),
            };
            match ipc::call(&request).await {
                Ok(message) => {
                    self.change(local.id, |l| (l.message, l.trouble) = (Some(message.clone()), None));
                    return Ok(message);
                }
                // Whether the engine got it is not known: only the same key may be tried again.
                Err(problem) if problem.code == Code::Offline => {
                    self.change(local.id, |l| l.trouble = Some(problem));
                    pause(AGAIN).await;
                }
                Err(problem) => return Err(problem),
            }
        }
    }

    fn change(self, id: i64, change: impl FnOnce(&mut Local)) {
        let _ = self.locals.try_update(|all| {
            if let Some(local) = all.iter_mut().find(|l| l.id == id) {
                change(local);
            }
        });
    }

    fn give_back(self, conversation: ConversationId, back: &[Local], problem: Problem) {
        let ids: Vec<i64> = back.iter().map(|l| l.id).collect();
        let _ = self.locals.try_update(|all| all.retain(|l| !ids.contains(&l.id)));
        let text = back.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n\n");
        super::inbox().hand_back(conversation, text);
        toasts().problem(&problem);
        self.refused.set(Some((conversation, problem)));
    }

    /// The engine told of a message of ours before it answered: ties it to the send it must be.
    pub fn adopt(self, message: &Message) {
        if message.direction != Direction::Outbound || message.origin != Origin::Heliograph {
            return;
        }
        let ours = |l: &Local| {
            l.conversation == message.conversation
                && l.message.is_none()
                && l.text == message.content.text()
                && l.at.until(message.recorded_at) > -5_000
        };
        let known =
            |all: &[Local]| all.iter().any(|l| l.message.as_ref().is_some_and(|m| m.id == message.id));
        if self.locals.with_untracked(|all| !known(all) && all.iter().any(ours)) {
            self.locals.update(|all| {
                if let Some(local) = all.iter_mut().find(|l| ours(l)) {
                    local.message = Some(message.clone());
                }
            });
        }
    }

    /// Forgets a send that the engine let go of.
    pub fn forget(self, message: MessageId) {
        let _ =
            self.locals.try_update(|all| all.retain(|l| l.message.as_ref().is_none_or(|m| m.id != message)));
    }

    /// Forgets what the engine tells by itself by now.
    pub fn forget_known(self, conversation: ConversationId) {
        let _ = self
            .locals
            .try_update(|all| all.retain(|l| l.conversation != conversation || l.message.is_none()));
    }
}

/// Sixteen random bytes as text. `randomUUID` is missing outside secure contexts.
pub fn fresh_key() -> String {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().fold(String::with_capacity(32), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

async fn pause(time: Duration) {
    let promise = js_sys::Promise::new(&mut |done, _| {
        set_timeout(
            move || {
                let _ = done.call0(&wasm_bindgen::JsValue::NULL);
            },
            time,
        );
    });
    let _ = JsFuture::from(promise).await;
}
