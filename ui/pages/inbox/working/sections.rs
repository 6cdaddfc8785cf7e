//! What the person pane says of the work: who has it, its labels, the notes.

use super::{Picking, act_on, working};
use crate::{
    clock::clock,
    desk::desk,
    format,
    live::{live, order},
    parts::{Icon, IconButton, IconView},
};
use heliograph_model::{
    Act, Conversation, ConversationId, Note,
    call::{GetConversation, ListNotes, RemoveNote},
};
use leptos::prelude::*;

/// Labels, assignee and notes of a conversation.
#[component]
pub fn Labels(conversation: ConversationId) -> impl IntoView {
    let row = live(move || Some(GetConversation { conversation }));
    let notes = live(move || Some(ListNotes { conversation }));
    let work = Memo::new(move |_| {
        row.with(|c| c.map(|c: &Conversation| (c.labels.clone(), c.assignee))).unwrap_or_default()
    });
    view! {
        <section class="person-section" data-test="person-work">
            <h3>"Assigned to"</h3>
            <Assigned assignee=Signal::derive(move || work.get().1) />
            <h3>"Labels"</h3>
            <div class="label-chips">
                {move || work.get().0.into_iter().map(|id| chip(conversation, id)).collect_view()}
                <button
                    type="button"
                    class="label-add"
                    data-tip="Label"
                    data-tip-key=crate::keys::Command::Label.label()
                    data-test="add-label"
                    on:click=move |_| ask(Picking::Label)
                >
                    <IconView icon=Icon::Plus />
                    "Label"
                </button>
            </div>
        </section>
        {move || {
            let notes = notes.get().unwrap_or_default();
            (!notes.is_empty())
                .then(|| {
                    view! {
                        <section class="person-section">
                            <h3>"Notes"</h3>
                            <ul class="person-notes">{notes.into_iter().map(note).collect_view()}</ul>
                        </section>
                    }
                })
        }}
    }
    .into_any()
}

/// Asks for the open conversation, whatever is selected.
fn ask(what: Picking) {
    working().clear();
    working().picking.set(Some(what));
}

#[component]
fn Assigned(assignee: Signal<Option<heliograph_model::ColleagueId>>) -> impl IntoView {
    let desk = desk();
    let words = move || assignee.get().map_or_else(|| "Nobody".to_owned(), |id| desk.called(id));
    view! {
        <button
            type="button"
            class="assigned-to"
            data-tip="Assign"
            data-tip-key=crate::keys::Command::Assign.label()
            on:click=move |_| ask(Picking::Assign)
        >
            <IconView icon=Icon::Person />
            <span dir="auto">{words}</span>
        </button>
    }
    .into_any()
}

fn chip(conversation: ConversationId, id: heliograph_model::LabelId) -> AnyView {
    let label = desk().label(id);
    label
        .map(|label| {
            let off = Callback::new(move |()| {
                act_on(vec![conversation], Act::Label { label: id, on: false });
            });
            view! {
                <span class=format!("label-chip {}", label.colour.key())>
                    <span class="label-dot"></span>
                    <span dir="auto">{label.name.clone()}</span>
                    <IconButton icon=Icon::Close label=format!("Take off {}", label.name) small=true on_press=off />
                </span>
            }
        })
        .into_any()
}

fn note(note: Note) -> AnyView {
    let clock = clock();
    let remove = order::<RemoveNote>(|()| {});
    let by = if note.author.is_empty() { "Me".to_owned() } else { note.author };
    let id = note.id;
    view! {
        <li class="person-note-kept">
            <p dir="auto">{note.text}</p>
            <p class="note-by">
                <bdi>{by}</bdi>
                <span class="figures">{move || format::moment(note.at, clock.now())}</span>
                <IconButton icon=Icon::Trash label="Remove this note" small=true
                    on_press=Callback::new(move |()| remove.run(RemoveNote { message: id })) />
            </p>
        </li>
    }
    .into_any()
}
