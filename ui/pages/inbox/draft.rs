//! What is being written in a composer, and how it is kept: on every pause, when focus leaves, when the thread does.

use super::inbox;
use crate::{
    clock::{after, ticks},
    ipc,
    live::on_event,
    toast::toasts,
};
use heliograph_model::{Code, Conversation, ConversationId, Event, call::SaveDraft};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// A pause in typing this long keeps the draft.
const PAUSE_MS: u64 = 300;

/// What is being written, and how it is kept.
#[derive(Clone, Copy)]
pub struct Draft {
    conversation: ConversationId,
    pub text: RwSignal<String>,
    /// What the engine keeps, as far as we know.
    kept: StoredValue<String>,
    typed_at: StoredValue<f64>,
}

impl Draft {
    /// The draft of a conversation: what was typed in this window, else what the engine kept.
    pub fn of(conversation: ConversationId, row: Memo<Option<Conversation>>) -> Self {
        let engine = move || row.with(|c| c.as_ref().map_or(String::new(), |c| c.draft.clone()));
        let theirs = untrack(engine);
        let typed = inbox().drafts.with_value(|d| d.get(&conversation).cloned());
        let draft = Self {
            conversation,
            text: RwSignal::new(typed.unwrap_or_else(|| theirs.clone())),
            kept: StoredValue::new(theirs),
            typed_at: StoredValue::new(f64::MIN),
        };
        // Another window wrote: follow it, unless something is being written here.
        let told = Memo::new(move |_| engine());
        Effect::new(move |_| {
            let told = told.get();
            let ours = draft.text.get_untracked();
            if told != ours && ours == draft.kept.get_value() {
                draft.text.set(told.clone());
                inbox().drafts.update_value(|d| {
                    d.remove(&conversation);
                });
            }
            draft.kept.set_value(told);
        });
        // What a locked engine did not take is handed over when it opens.
        on_event(move |event| {
            if matches!(event, Event::StartOver) {
                draft.keep();
            }
        });
        let outgoing = inbox().outgoing;
        Effect::new(move |_| {
            if let Some((_, text)) = outgoing.returned.get().filter(|(c, _)| *c == conversation) {
                draft.kept.set_value(text.clone());
                draft.text.set(text);
                outgoing.returned.set(None);
            }
        });
        draft
    }

    pub fn typed(self, text: String) {
        inbox().drafts.update_value(|d| {
            d.insert(self.conversation, text.clone());
        });
        self.text.set(text);
        let now = ticks();
        self.typed_at.set_value(now);
        after(PAUSE_MS, move || {
            if self.typed_at.try_get_value().is_some_and(|at| at.to_bits() == now.to_bits()) {
                self.keep();
            }
        });
    }

    /// Keeps the text, if it is not kept yet.
    pub fn keep(self) {
        let Some(text) = self.text.try_get_untracked() else {
            return;
        };
        let Some(before) = self.kept.try_get_value().filter(|kept| *kept != text) else {
            return;
        };
        self.kept.set_value(text.clone());
        let toasts = toasts();
        spawn_local(async move {
            let kept = ipc::call(&SaveDraft { conversation: self.conversation, text: text.clone() }).await;
            if let Err(problem) = kept {
                // It is not kept, and the next pause, blur or unlocking tries again.
                if self.kept.try_get_value().is_some_and(|now| now == text) {
                    let _ = self.kept.try_set_value(before);
                }
                if problem.code != Code::Locked {
                    toasts.problem(&problem);
                }
            }
        });
    }

    /// Empties the box. The engine forgets the draft when it has taken the message, not before.
    pub fn clear(self) {
        inbox().drafts.update_value(|d| {
            d.insert(self.conversation, String::new());
        });
        self.kept.set_value(String::new());
        self.typed_at.set_value(f64::MIN);
        self.text.set(String::new());
        if inbox().outgoing.refused.get_untracked().is_some() {
            inbox().outgoing.refused.set(None);
        }
    }
}
