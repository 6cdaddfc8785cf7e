//! The composer while it writes a note: another colour, another verb, and a draft of its own. A note never becomes a
//! reply, nor a reply a note, by itself.

use super::working;
use crate::{
    clock::{after, ticks},
    desk::desk,
    ipc,
    keys::{Command, composing},
    live::tell_engine,
    pages::inbox::{composer::focus_words, keyboard::focus_composer},
    parts::{Icon, IconView},
    toast::toasts,
};
use heliograph_model::{
    ConversationId,
    call::{AddNote, GetNoteDraft, SaveNoteDraft},
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen_futures::spawn_local;

/// A pause in typing this long keeps the draft.
const PAUSE_MS: u64 = 300;

/// Writes a note in the open thread.
pub(super) fn begin(conversation: ConversationId) {
    working().note(conversation, true);
    after(0, focus_composer);
}

/// Whether a reply or a note is written.
#[component]
pub fn NoteTabs(conversation: ConversationId) -> impl IntoView {
    let working = working();
    let noting = Memo::new(move |_| working.noting.with(|n| n.contains(&conversation)));
    let tab = move |note: bool, words: &'static str, command: Command, test: &'static str| {
        let press = move |_| {
            working.note(conversation, note);
            after(0, focus_composer);
        };
        view! {
            <button
                type="button"
                class="write-tab"
                aria-pressed=move || if noting.get() == note { "true" } else { "false" }
                data-tip-key=command.label()
                data-tip=words
                data-test=test
                on:pointerdown=move |e| e.prevent_default()
                on:click=press
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="write-tabs" role="group" aria-label="Write">
            {tab(false, "Reply", Command::Reply, "write-reply")}
            {tab(true, "Note", Command::Note, "write-note")}
        </div>
    }
    .into_any()
}

/// Where the note is written.
#[component]
pub fn NoteBox(conversation: ConversationId) -> impl IntoView {
    let desk = desk();
    let area = NodeRef::<html::Textarea>::new();
    let text = RwSignal::new(String::new());
    let kept = StoredValue::new(String::new());
    let typed_at = StoredValue::new(f64::MIN);
    spawn_local(async move {
        // What is typed before the answer is here goes first.
        if let Ok(draft) = ipc::call(&GetNoteDraft { conversation }).await
            && text.try_get_untracked().is_some_and(|t| t.is_empty())
        {
            let _ = kept.try_set_value(draft.clone());
            let _ = text.try_set(draft);
        }
    });
    let keep = move || {
        let Some(now) = text.try_get_untracked() else { return };
        if kept.try_get_value().is_some_and(|k| k != now) {
            kept.set_value(now.clone());
            tell_engine(SaveNoteDraft { conversation, text: now });
        }
    };
    on_cleanup(keep);
    let empty = Memo::new(move |_| text.with(|t| t.trim().is_empty()));
    let busy = RwSignal::new(false);
    let add = move || {
        let note = text.get_untracked();
        if note.trim().is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = ipc::call(&AddNote { conversation, text: note.clone() }).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(_) => {
                    if text.try_get_untracked().as_ref() == Some(&note) {
                        kept.set_value(String::new());
                        text.set(String::new());
                    }
                }
                Err(problem) => toasts().problem(&problem),
            }
        });
    };
    crate::keys::bind(Command::Send, add);
    let keydown = move |e: ev::KeyboardEvent| {
        if composing(&e) || e.alt_key() {
            return;
        }
        let command = e.ctrl_key() || e.meta_key();
        if e.key() == "Enter" && !e.shift_key() && (command || desk.chosen().composer.enter_sends) {
            e.prevent_default();
            add();
        }
    };
    let input = move |_| {
        let Some(area) = area.get_untracked() else { return };
        text.set(area.value());
        let now = ticks();
        typed_at.set_value(now);
        after(PAUSE_MS, move || {
            if typed_at.try_get_value().is_some_and(|at| at.to_bits() == now.to_bits()) {
                keep();
            }
        });
    };
    Effect::new(move |_| {
        let text = text.get();
        if let Some(area) = area.get() {
            if area.value() != text {
                area.set_value(&text);
            }
            crate::pages::inbox::composer::grow(&area);
        }
    });
    view! {
        <div class="composer noting" data-test="note-box">
            <div class="composer-box" on:click=move |e| focus_words(&e, area)>
                <textarea
                    id="composer-text"
                    node_ref=area
                    rows="1"
                    dir="auto"
                    placeholder="Note for this desk. It is never sent."
                    aria-label="Note for this desk. It is never sent."
                    autocomplete="off"
                    data-test="note"
                    on:input=input
                    on:keydown=keydown
                    on:blur=move |_| keep()
                ></textarea>
                <div class="composer-foot">
                    <span class="composer-space"></span>
                    <button
                        type="button"
                        class="button send add-note"
                        class:busy=move || busy.get()
                        disabled=move || empty.get()
                        data-test="add-note"
                        on:pointerdown=move |e| e.prevent_default()
                        on:click=move |_| add()
                    >
                        <IconView icon=Icon::Note />
                        <span>"Add note"</span>
                    </button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
