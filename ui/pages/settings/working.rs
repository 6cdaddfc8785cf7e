//! How conversations are worked through, the desk's labels, and who else answers here.

use super::{
    Section,
    rows::{Flag, Group, Row},
    saving::Saving,
};
use crate::{
    desk::desk,
    live::order,
    parts::{Button, Icon, IconButton, Menu, MenuItem},
};
use heliograph_model::{
    Colleague, ColleagueId, Colour, Label,
    call::{RemoveColleague, RemoveLabel, SaveColleague, SaveLabel},
};
use leptos::{ev, prelude::*};

/// The section.
#[component]
pub fn WorkingGroup(saving: Saving) -> impl IntoView {
    view! {
        <Group section=Section::Working>
            <Flag
                saving
                name="auto-advance"
                label="Go on to the next"
                hint="After resolve, snooze or spam the next conversation opens."
                field=|s| &mut s.working.auto_advance
            />
            <Flag
                saving
                name="until-answered"
                label="Unread until answered"
                hint="Looking at a conversation does not mark it read. A reply does, or U."
                field=|s| &mut s.working.unread_until_answered
            />
            <Row label="Labels" hint="Shown as dots in the list. L puts one on a conversation." wide=true>
                <LabelList />
            </Row>
            <Row label="Colleagues" hint="Names to assign conversations to. They have no account here." wide=true>
                <ColleagueList />
            </Row>
        </Group>
    }
    .into_any()
}

/// A field that adds what is typed on Enter or by its button.
#[component]
fn Adder(hint: &'static str, test: &'static str, add: Callback<String>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let go = move || {
        let name = text.get_untracked();
        if !name.trim().is_empty() {
            add.run(name);
            text.set(String::new());
        }
    };
    view! {
        <div class="desk-add">
            <input
                type="text"
                placeholder=hint
                aria-label=hint
                data-test=test
                prop:value=move || text.get()
                on:input=move |e| text.set(event_target_value(&e))
                on:keydown=move |e: ev::KeyboardEvent| if e.key() == "Enter" { go() }
            />
            <Button label="Add" small=true on_press=Callback::new(move |()| go())
                disabled=Signal::derive(move || text.with(|t| t.trim().is_empty())) />
        </div>
    }
    .into_any()
}

#[component]
fn LabelList() -> impl IntoView {
    let desk = desk();
    let save = order::<SaveLabel>(move |_| desk.labels.again());
    let remove = order::<RemoveLabel>(move |()| desk.labels.again());
    let add = Callback::new(move |name: String| {
        let n = desk.labels.with_untracked(|all| all.map_or(0, Vec::len));
        save.run(SaveLabel { label: None, name, colour: Colour::ALL[(n + 1) % Colour::ALL.len()] });
    });
    let one = move |label: Label| {
        let (id, colour) = (label.id, label.colour);
        let kept = StoredValue::new(label.name.clone());
        let renamed = move |e: ev::Event| {
            let name = event_target_value(&e);
            if !name.trim().is_empty() {
                save.run(SaveLabel { label: Some(id), name, colour });
            }
        };
        let colours = move |()| {
            Colour::ALL
                .into_iter()
                .map(|to| {
                    let words = to.key();
                    let words = words[..1].to_uppercase() + &words[1..];
                    MenuItem::new(words, move || {
                        save.run(SaveLabel { label: Some(id), name: kept.get_value(), colour: to });
                    })
                    .chosen(to == colour)
                })
                .collect()
        };
        view! {
            <li class="desk-line">
                <Menu label="Colour" items=Callback::new(colours) class="icon-button small">
                    <span class=format!("label-dot {}", colour.key())></span>
                </Menu>
                <input class="bare-field" type="text" dir="auto" aria-label="Name" value=label.name on:change=renamed />
                <span class="desk-count figures">{crate::format::plural(label.conversations.into(), "conversation", "conversations")}</span>
                <IconButton icon=Icon::Trash label="Remove the label" small=true
                    on_press=Callback::new(move |()| remove.run(RemoveLabel { label: id })) />
            </li>
        }
        .into_any()
    };
    view! {
        <ul class="desk-list" data-test="labels">
            {move || desk.labels.get().unwrap_or_default().into_iter().map(one).collect_view()}
        </ul>
        <Adder hint="New label" test="new-label" add />
    }
    .into_any()
}

#[component]
fn ColleagueList() -> impl IntoView {
    let desk = desk();
    let save = order::<SaveColleague>(move |_| desk.colleagues.again());
    let remove = order::<RemoveColleague>(move |()| desk.colleagues.again());
    let add = Callback::new(move |name: String| save.run(SaveColleague { colleague: None, name }));
    let one = move |colleague: Colleague| {
        let id = colleague.id;
        let me = id == ColleagueId::ME;
        let renamed = move |e: ev::Event| {
            let name = event_target_value(&e);
            if me || !name.trim().is_empty() {
                save.run(SaveColleague { colleague: Some(id), name });
            }
        };
        view! {
            <li class="desk-line">
                <input
                    class="bare-field"
                    type="text"
                    dir="auto"
                    aria-label=if me { "Your name" } else { "Name" }
                    placeholder=if me { "Your name" } else { "" }
                    value=colleague.name
                    on:change=renamed
                />
                {if me {
                    view! { <span class="desk-count">"You"</span> }.into_any()
                } else {
                    view! {
                        <IconButton icon=Icon::Trash label="Remove; what they had is nobody's" small=true
                            on_press=Callback::new(move |()| remove.run(RemoveColleague { colleague: id })) />
                    }
                    .into_any()
                }}
            </li>
        }
        .into_any()
    };
    view! {
        <ul class="desk-list" data-test="colleagues">
            {move || desk.colleagues.get().unwrap_or_default().into_iter().map(one).collect_view()}
        </ul>
        <Adder hint="New colleague" test="new-colleague" add />
    }
    .into_any()
}
