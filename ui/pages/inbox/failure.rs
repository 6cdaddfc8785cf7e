//! Below a bubble that did not simply leave: what happened in plain words, Meta's figures for support, and
//! the buttons that help.

use super::{
    bubble::waiting_words,
    inbox,
    scheduled::{Scheduled, ScheduledLine},
};
use crate::{
    ipc,
    live::order,
    parts::{Button, Dialog, Icon, IconView, Tone},
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{
    Action, ConversationId, DeliveryStatus, Message, MessageId, Timestamp,
    call::{CheckMessage, DiscardMessage, RetryMessage},
};
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What is to be said and offered.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    message: MessageId,
    conversation: ConversationId,
    /// A send that the engine has not taken yet has no buttons: it is tried again by itself.
    ours_alone: bool,
    status: DeliveryStatus,
    words: String,
    figures: String,
    details: String,
    action: Option<Action>,
    text: String,
    /// It waits for a time somebody chose, and nothing is wrong.
    scheduled_for: Option<Timestamp>,
}

/// `None` when the bubble speaks for itself.
#[must_use]
pub fn after_of(m: &Message) -> Option<After> {
    let failure = m.failure.as_ref();
    let words = match (m.status, failure) {
        (DeliveryStatus::Failed | DeliveryStatus::Unsure, Some(f)) => f.problem.message.clone(),
        (DeliveryStatus::Failed, None) => "Not sent.".into(),
        (DeliveryStatus::Unsure, None) => "The answer was lost: this may or may not have arrived.".into(),
        (DeliveryStatus::Queued, Some(f)) if m.id.0 < 0 => f.problem.message.clone(),
        (DeliveryStatus::Queued, _) if m.scheduled_for.is_some() => String::new(),
        // Why it is held back, before when it is tried again.
        (DeliveryStatus::Queued, Some(f)) => match waiting_words(m) {
            Some(words) => format!("{} {words}.", f.problem.message),
            None => f.problem.message.clone(),
        },
        (DeliveryStatus::Queued | DeliveryStatus::Sending, _) => waiting_words(m)?,
        _ => return None,
    };
    let figures = failure.map_or(String::new(), |f| match (f.code, f.subcode) {
        (Some(code), Some(subcode)) => format!("code {code}/{subcode}"),
        (Some(code), None) => format!("code {code}"),
        _ => String::new(),
    });
    let details = failure.map_or(String::new(), |f| details(m, f));
    Some(After {
        message: m.id,
        conversation: m.conversation,
        ours_alone: m.id.0 < 0,
        status: m.status,
        words,
        figures,
        details,
        action: failure.and_then(|f| f.problem.action),
        text: m.content.text().to_owned(),
        scheduled_for: m.scheduled_for.filter(|_| m.status == DeliveryStatus::Queued && m.id.0 > 0),
    })
}

/// What support wants to know; no message text.
fn details(m: &Message, f: &heliograph_model::Failure) -> String {
    let or_none = |v: Option<i64>| v.map_or("none".to_owned(), |v| v.to_string());
    format!(
        "{}\ncode: {}\nsubcode: {}\ntrace: {}\nmessage: {}\nmeta id: {}\nat: {}",
        f.problem.message,
        or_none(f.code),
        or_none(f.subcode),
        f.trace.as_deref().unwrap_or("none"),
        m.id,
        m.meta_id.as_ref().map_or("none", |id| id.as_str()),
        js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(m.sent_at.0 as f64)).to_iso_string(),
    )
}

/// The words and the buttons.
#[component]
pub fn Aftermath(aftermath: After) -> impl IntoView {
    if let Some(at) = aftermath.scheduled_for {
        let After { message, conversation, text, .. } = aftermath;
        return view! { <ScheduledLine scheduled=Scheduled { message, conversation, at, text } /> }
            .into_any();
    }
    let retry = order::<RetryMessage>(|_| ());
    let check = order::<CheckMessage>(|m| {
        toasts().say(match m.status {
            DeliveryStatus::Unsure => "Meta still does not show it.",
            DeliveryStatus::Failed => "It did not arrive.",
            _ => "It arrived.",
        });
    });
    let a = StoredValue::new(aftermath.clone());
    let asking = RwSignal::new(false);
    let unsure = aftermath.status == DeliveryStatus::Unsure;
    let queued = aftermath.status == DeliveryStatus::Queued;
    let class = match aftermath.status {
        DeliveryStatus::Failed => "after bad",
        DeliveryStatus::Unsure => "after warn",
        _ => "after",
    };
    let message = aftermath.message;
    let again =
        Callback::new(move |()| if unsure { asking.set(true) } else { retry.run(RetryMessage { message }) });
    let has_details = !aftermath.details.is_empty() && !aftermath.ours_alone;
    let buttons = (!aftermath.ours_alone).then(|| {
        view! {
            {unsure
                .then(|| {
                    let press = Callback::new(move |()| check.run(CheckMessage { message }));
                    view! { <Button label="Check at Meta" small=true busy=check.busy on_press=press test="check" /> }
                })}
            {(!queued)
                .then(|| {
                    let words = if unsure { "Send again…" } else { "Retry" };
                    view! { <Button label=words small=true busy=retry.busy on_press=again test="retry" /> }
                })}
            {fix(a)}
            {has_details
                .then(|| {
                    let press = Callback::new(move |()| copy(a.with_value(|a| a.details.clone()), "Details copied"));
                    view! { <Button label="Copy details" tone=Tone::Quiet small=true on_press=press /> }
                })}
            <TakeBack a queued unsure />
        }
        .into_any()
    });
    view! {
        <div class=class>
            <p>
                <IconView icon=if unsure { Icon::Question } else if queued { Icon::Clock } else { Icon::Alert } />
                <span>
                    {aftermath.words}
                    {(!aftermath.figures.is_empty())
                        .then(|| view! { <span class="after-figures">{format!(" · {}", aftermath.figures)}</span> })}
                </span>
            </p>
            <div class="after-buttons">{buttons}</div>
            <Dialog open=asking title="Send it again?" class="narrow">
                <p>"If the first attempt did arrive, the person gets this message twice. Checking at Meta first is safer."</p>
                <div class="dialog-foot">
                    <Button label="Cancel" on_press=Callback::new(move |()| asking.set(false)) />
                    <Button
                        label="Send again"
                        tone=Tone::Primary
                        busy=retry.busy
                        on_press=Callback::new(move |()| {
                            asking.set(false);
                            retry.run(RetryMessage { message });
                        })
                    />
                </div>
            </Dialog>
        </div>
    }
    .into_any()
}

/// Where the problem names a page, the way there.
fn fix(a: StoredValue<After>) -> Option<AnyView> {
    let (words, to) = match a.with_value(|a| a.action)? {
        Action::Reconnect | Action::OpenAccounts => ("Open accounts", Route::Accounts),
        Action::OpenSettings => ("Open settings", Route::Settings),
        _ => return None,
    };
    let go = Callback::new(move |()| router().go(to.clone()));
    Some(view! { <Button label=words small=true on_press=go /> }.into_any())
}

/// Takes a message out of the thread. Only when the engine has let go of it do its words go back to the
/// composer: before that they may still leave, and would leave twice.
#[component]
fn TakeBack(a: StoredValue<After>, queued: bool, unsure: bool) -> impl IntoView {
    let words = if queued { "Take back" } else { "Remove" };
    let busy = RwSignal::new(false);
    let press = Callback::new(move |()| {
        let After { message, conversation, text, .. } = a.get_value();
        hand_back_when_gone(message, conversation, (!unsure).then_some(text), busy);
    });
    view! { <Button label=words tone=Tone::Quiet small=true busy on_press=press test="discard" /> }.into_any()
}

/// Takes a message out of the outbox; `text` goes back to the composer when the engine has let go of it.
pub fn hand_back_when_gone(
    message: MessageId,
    conversation: ConversationId,
    text: Option<String>,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    let toasts = toasts();
    // Not an order: the bubble, and with it its owner, may be gone before the answer is here.
    spawn_local(async move {
        let answer = ipc::call(&DiscardMessage { message }).await;
        let _ = busy.try_set(false);
        if answer.is_ok() {
            inbox().outgoing.forget(message);
        }
        match (answer, text) {
            (Ok(()), Some(text)) => inbox().hand_back(conversation, text),
            (Ok(()), None) => {}
            (Err(problem), _) => toasts.problem(&problem),
        }
    });
}

/// Copies words and says so, or says that it could not.
pub fn copy(words: String, done: &'static str) {
    let toasts = toasts();
    // Absent outside secure contexts, whatever the types say.
    let clipboard =
        js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).ok().filter(|c| c.is_object());
    let Some(clipboard) = clipboard else {
        toasts.say("This browser does not let pages copy; select the text instead.");
        return;
    };
    let clipboard: web_sys::Clipboard = wasm_bindgen::JsCast::unchecked_into(clipboard);
    spawn_local(async move {
        match JsFuture::from(clipboard.write_text(&words)).await {
            Ok(_) => toasts.say(done),
            Err(_) => toasts.say("The browser did not allow copying."),
        }
    });
}
