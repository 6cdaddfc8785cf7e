//! A reply that did not leave, told on whatever page the person is by then.

use crate::{
    ipc,
    live::on_event,
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{ConversationId, Event, MessageId, call::GetConversation};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Begins to hear.
pub fn hear() {
    on_event(|event| {
        if let Event::SendSettled { conversation, message, good: false } = event
            && router().peek().conversation() != Some(*conversation)
        {
            spawn_local(tell(*conversation, *message));
        }
    });
}

async fn tell(conversation: ConversationId, message: MessageId) {
    let who = match ipc::call(&GetConversation { conversation }).await {
        Ok(c) => format!("A reply to {} was not sent.", c.contact.name),
        Err(_) => "A reply was not sent.".to_owned(),
    };
    let open = Callback::new(move |()| {
        router().go(Route::Conversation { id: conversation, message: Some(message) })
    });
    toasts().trouble(who, "Open", open);
}
