//! The actions of the thread's header: assign, snooze, resolve; the rarer ones behind a menu.

use super::{Picking, act_on, blocking, note_box, pop_out, times, working};
use crate::{
    keys::Command,
    parts::{Icon, IconButton, IconView, Menu, MenuItem},
};
use heliograph_model::{Act, Conversation, ConversationId, State};
use leptos::prelude::*;

/// The buttons.
#[component]
pub fn WorkTools(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let state = Memo::new(move |_| row.with(|c| c.as_ref().map(|c| c.state)).unwrap_or_default());
    let ask = move |what: Picking| {
        Callback::new(move |()| {
            working().clear();
            working().picking.set(Some(what));
        })
    };
    let does = move |act: Act| Callback::new(move |()| act_on(vec![conversation], act.clone()));
    let resolve = move || {
        match state.get() {
        State::Resolved | State::Spam => {
            let label = if state.get() == State::Spam { "No spam" } else { "Open again" };
            view! { <IconButton icon=Icon::Inbox label command=Command::Resolve on_press=does(Act::Open) test="reopen" /> }
                .into_any()
        }
        _ => view! {
            <IconButton icon=Icon::Check label="Resolve" command=Command::Resolve on_press=does(Act::Resolve) test="resolve" />
        }
        .into_any(),
    }
    };
    let snooze = move || {
        if state.get() == State::Snoozed {
            view! { <IconButton icon=Icon::Inbox label="Wake" on_press=does(Act::Open) test="wake" /> }
                .into_any()
        } else {
            view! {
                <IconButton icon=Icon::Snooze label="Snooze" command=Command::Snooze on_press=ask(Picking::Snooze) test="snooze" />
            }
            .into_any()
        }
    };
    let more = move |()| {
        let Some(c) = row.get_untracked() else { return Vec::new() };
        let item = |words: &str, icon: Icon, command: Command, act: Act| {
            MenuItem::new(words, move || act_on(vec![conversation], act.clone()))
                .icon(icon)
                .aside(command.label())
        };
        let unread = c.unread > 0;
        let mut all = vec![
            if unread {
                item("Mark read", Icon::MarkRead, Command::Unread, Act::Read)
            } else {
                item("Mark unread", Icon::Unread, Command::Unread, Act::Unread)
            },
            MenuItem::new("Label…", move || ask(Picking::Label).run(()))
                .icon(Icon::Label)
                .aside(Command::Label.label()),
            item(if c.pinned { "Unpin" } else { "Pin" }, Icon::Pin, Command::Pin, Act::Pin { on: !c.pinned }),
            MenuItem::new("Write a note", move || note_box::begin(conversation))
                .icon(Icon::Note)
                .aside(Command::Note.label()),
        ];
        if c.state == State::Pending {
            all.push(
                MenuItem::new("No longer pending", move || act_on(vec![conversation], Act::Open))
                    .icon(Icon::Play),
            );
        } else {
            all.push(
                MenuItem::new("Pending", move || act_on(vec![conversation], Act::Pending)).icon(Icon::Pause),
            );
        }
        if c.request {
            let accept = move || act_on(vec![conversation], Act::Request { on: false });
            all.push(MenuItem::new("Accept the request", accept).icon(Icon::Check));
        }
        if c.state != State::Spam {
            all.push(item("Move to spam", Icon::Spam, Command::Spam, Act::Spam));
        }
        if c.blocked {
            all.push(MenuItem::new("Unblock", move || blocking::block(conversation, false)).icon(Icon::Stop));
        } else {
            all.push(
                MenuItem::new("Block…", move || working().blocking.set(Some(conversation))).icon(Icon::Stop),
            );
        }
        all.push(
            MenuItem::new("Export…", move || crate::pages::settings::export_conversation(conversation))
                .icon(Icon::File),
        );
        all.push(
            MenuItem::new("Open in its own window", move || pop_out(conversation))
                .icon(Icon::External)
                .aside(Command::PopOut.label()),
        );
        all
    };
    let blocked = move || {
        row.with(|c| c.as_ref().is_some_and(|c| c.blocked)).then(|| {
            view! { <span class="stands" data-test="blocked"><IconView icon=Icon::Stop /><span>"Blocked"</span></span> }
        })
    };
    let request = move || {
        row.with(|c| c.as_ref().is_some_and(|c| c.request)).then(|| {
            view! {
                <span class="stands" data-test="request" data-tip="Messenger keeps it among its message requests until you answer">
                    <IconView icon=Icon::Person />
                    <span>"Request"</span>
                </span>
            }
        })
    };
    let stands = move || {
        let (words, icon) = row.with(|c| {
            let c = c.as_ref()?;
            Some(match (c.state, c.snoozed_until) {
                (State::Open, _) => return None,
                (State::Pending, _) => ("Pending".to_owned(), Icon::Pause),
                (State::Resolved, _) => ("Resolved".to_owned(), Icon::Check),
                (State::Spam, _) => ("Spam".to_owned(), Icon::Spam),
                (State::Snoozed, None) => ("Until they write".to_owned(), Icon::Snooze),
                (State::Snoozed, Some(until)) => {
                    (times::words(until, crate::clock::clock().now()), Icon::Snooze)
                }
            })
        })?;
        Some(
            view! { <span class="stands" data-test="stands"><IconView icon /><span class="figures">{words}</span></span> },
        )
    };
    view! {
        {blocked}
        {request}
        {stands}
        <IconButton icon=Icon::Assign label="Assign" command=Command::Assign on_press=ask(Picking::Assign) test="assign" />
        {snooze}
        {resolve}
        <Menu label="More" items=Callback::new(more) end=true test="more-actions">
            <IconView icon=Icon::More />
        </Menu>
    }
    .into_any()
}
