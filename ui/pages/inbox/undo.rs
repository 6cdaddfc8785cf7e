//! A moment to take a send back: it is held in the outbox, and its words return to the composer.

use super::{inbox, working::newest};
use crate::{clock::clock, desk::desk, ipc, toast::toasts};
use heliograph_model::{ConversationId, Message, MessageId, Timestamp, call::DiscardMessage};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The send that can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoable {
    conversation: ConversationId,
    messages: Vec<MessageId>,
    text: String,
    until: Timestamp,
    /// The newest act of the list when it was sent: what is done after it is undone before it.
    after: u64,
    notice: u64,
}

/// Offers to take back what was just queued, for as long as it is held.
pub fn offer(conversation: ConversationId, sent: &[Message]) {
    let seconds = desk().chosen().sending.undo_seconds;
    let held: Vec<&Message> = sent.iter().filter(|m| m.scheduled_for.is_none()).collect();
    if seconds == 0 || held.is_empty() {
        return;
    }
    let words = if held.len() == 1 { "Message on its way" } else { "Messages on their way" };
    let ms = u64::from(seconds) * 1_000;
    let undoable = Undoable {
        conversation,
        messages: held.iter().map(|m| m.id).collect(),
        text: held.iter().map(|m| m.content.text()).collect::<Vec<_>>().join("\n\n"),
        until: clock().peek().plus(i64::from(seconds) * 1_000),
        after: newest(),
        notice: toasts().offer_for(words, "Undo", Callback::new(|()| undo()), ms),
    };
    inbox().undoable.set(Some(undoable));
}

/// Whether the last send can still be taken back, and nothing was done since.
#[must_use]
pub fn is_offered() -> bool {
    let now = clock().peek();
    inbox()
        .undoable
        .with_untracked(|last| last.as_ref().is_some_and(|last| now < last.until && last.after == newest()))
}

/// Takes the last send back, if it has not left. Its words go back to the composer when the engine has let go of it,
/// not before: until then they may still leave.
pub fn undo() {
    let undoable = inbox().undoable;
    let Some(last) = undoable.get_untracked() else { return };
    undoable.set(None);
    let toasts = toasts();
    toasts.dismiss(last.notice);
    if last.until < clock().peek() {
        toasts.say("It has left already and cannot be taken back.");
        return;
    }
    spawn_local(async move {
        // The last one first: those before it are still held when it is gone.
        for message in last.messages.iter().rev() {
            if let Err(problem) = ipc::call(&DiscardMessage { message: *message }).await {
                toasts.problem(&problem);
                return;
            }
            inbox().outgoing.forget(*message);
        }
        inbox().hand_back(last.conversation, last.text);
        super::keyboard::focus_composer();
    });
}
