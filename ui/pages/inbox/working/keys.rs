//! What the keys of section 5 do with conversations.

use super::{Picking, act, note_box, pop_out, targets, undo_last, working};
use crate::{
    keys::{self, Command},
    pages::inbox::inbox,
    route::router,
};
use heliograph_model::{Act, ColleagueId, Conversation, ConversationId, State};
use leptos::prelude::*;

/// Binds them while the page is mounted.
pub fn bind_all() {
    let working = working();
    let pick = move |what: Picking| {
        move || {
            if working.all.get_untracked().is_some() || !targets().is_empty() {
                working.picking.set(Some(what));
            }
        }
    };
    keys::bind(Command::Resolve, || toggle(|c| c.state == State::Resolved, Act::Open, Act::Resolve));
    keys::bind(Command::Spam, || toggle(|c| c.state == State::Spam, Act::Open, Act::Spam));
    keys::bind(Command::Pin, || toggle(|c| c.pinned, Act::Pin { on: false }, Act::Pin { on: true }));
    keys::bind(Command::Unread, || toggle(|c| c.unread > 0, Act::Read, Act::Unread));
    keys::bind(Command::AssignMe, || {
        let me = Some(ColleagueId::ME);
        toggle(move |c| c.assignee == me, Act::Assign { to: None }, Act::Assign { to: me });
    });
    keys::bind(Command::Snooze, pick(Picking::Snooze));
    keys::bind(Command::Label, pick(Picking::Label));
    keys::bind(Command::Assign, pick(Picking::Assign));
    keys::bind(Command::Undo, move || {
        // Whichever was last.
        if super::super::undo::is_offered() { super::super::undo::undo() } else { undo_last() }
    });
    keys::bind(Command::Select, select);
    keys::bind(Command::SelectAll, move || {
        let listed = inbox().feed().shown().ids.get_untracked();
        working.select_loaded(listed);
    });
    keys::bind(Command::Note, || {
        if let Some(conversation) = router().peek().conversation() {
            note_box::begin(conversation);
        }
    });
    keys::bind(Command::PopOut, || {
        if let Some(conversation) = router().peek().conversation() {
            pop_out(conversation);
        }
    });
}

/// Takes back what all targets are, else makes them so.
pub(super) fn toggle(is: impl Fn(&Conversation) -> bool, back: Act, forth: Act) {
    let feed = inbox().feed();
    let all = working().all.get_untracked().is_none()
        && targets()
            .iter()
            .all(|id: &ConversationId| feed.row(id.0).is_some_and(|row| row.with_untracked(&is)));
    act(if all { back } else { forth });
}

fn select() {
    let at = inbox().cursor.get_untracked().or_else(|| router().peek().conversation().map(|c| c.0));
    if let Some(id) = at {
        working().toggle(id);
    }
}
