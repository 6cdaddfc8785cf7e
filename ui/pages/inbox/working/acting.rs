//! The one way to do something with conversations: the act, the toast that says so, and the way back. An undo is made
//! of inverse acts that the engine gave, never of what this window remembers.

use super::{bulk, times, working};
use crate::{desk::desk, format, ipc, pages::inbox::inbox, route::router, toast::toasts};
use heliograph_model::{
    Act, BulkId, ConversationId, Inverse,
    call::{ActOn, UndoBulk},
};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen_futures::spawn_local;

/// Acts that can be undone, the newest last.
const MOST: usize = 50;

/// A way back.
#[derive(Clone)]
enum Back {
    Acts(Vec<Inverse>),
    Bulk(BulkId),
}

/// A way back, by what it is known, and the notice that offers it.
struct Step {
    id: u64,
    back: Back,
    notice: u64,
}

thread_local! {
    static BACK: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Remembers a way back, with a notice that offers it if there are `words`.
fn remember(back: Back, words: Option<String>) {
    let id = newest() + 1;
    let undo = Callback::new(move |()| undo_one(id));
    let notice = words.map_or(0, |words| toasts().offer(words, "Undo", undo));
    BACK.with_borrow_mut(|all| {
        all.push(Step { id, back, notice });
        let over = all.len().saturating_sub(MOST);
        all.drain(..over);
    });
}

/// By what the newest act that can be undone is known; 0 = there is none.
#[must_use]
pub fn newest() -> u64 {
    BACK.with_borrow(|all| all.last().map_or(0, |step| step.id))
}

/// Undoes the newest act that was not undone.
pub fn undo_last() {
    match BACK.with_borrow_mut(Vec::pop) {
        Some(step) => take(step),
        None => toasts().say("Nothing to undo"),
    }
}

fn undo_one(id: u64) {
    let found = BACK.with_borrow_mut(|all| {
        let at = all.iter().position(|step| step.id == id)?;
        Some(all.remove(at))
    });
    if let Some(step) = found {
        take(step);
    }
}

fn take(step: Step) {
    toasts().dismiss(step.notice);
    undo(step.back);
}

fn undo(back: Back) {
    spawn_local(async move {
        match back {
            Back::Acts(acts) => {
                for Inverse { act, conversations } in acts {
                    if let Err(problem) = ipc::call(&ActOn { conversations, act, undo: true }).await {
                        toasts().problem(&problem);
                        return;
                    }
                }
                toasts().say("Undone");
            }
            Back::Bulk(bulk) => match ipc::call(&UndoBulk { bulk }).await {
                Ok(back) => working().bulk.set(Some(back)),
                Err(problem) => toasts().problem(&problem),
            },
        }
    });
}

/// Offers the way back of an act on all that match.
pub(super) fn offer_bulk(words: String, bulk: BulkId) {
    remember(Back::Bulk(bulk), Some(words));
}

/// What an act without further words is about: what is selected, else what is open, else what the cursor is on.
#[must_use]
pub fn targets() -> Vec<ConversationId> {
    let selected = working().selected.get_untracked();
    if !selected.is_empty() {
        return selected.into_iter().map(ConversationId).collect();
    }
    let open = router().peek().conversation();
    open.or(inbox().cursor.get_untracked().map(ConversationId)).into_iter().collect()
}

/// Does `act` with the targets, or with everything the list holds when that is selected.
pub fn act(act: Act) {
    if working().all.get_untracked().is_some() {
        bulk::ask(act);
        return;
    }
    let targets = targets();
    if !targets.is_empty() {
        act_on(targets, act);
    }
}

/// Does `act` with these, says so and offers the way back.
pub fn act_on(conversations: Vec<ConversationId>, act: Act) {
    let moves = matches!(act, Act::Resolve | Act::Snooze { .. } | Act::Spam);
    if moves {
        if let [one] = conversations[..] {
            advance_after(one);
        }
        working().clear();
    }
    match (&act, &conversations[..]) {
        (Act::Unread, [one]) => inbox().kept_unread.set(Some(*one)),
        (Act::Read, _) => inbox().kept_unread.set(None),
        _ => {}
    }
    spawn_local(async move {
        let mut done = Vec::new();
        let mut changed = 0;
        for part in conversations.chunks(200) {
            match ipc::call(&ActOn { conversations: part.to_vec(), act: act.clone(), undo: false }).await {
                Ok(acted) => {
                    changed += acted.changed;
                    done.extend(acted.undo);
                }
                Err(problem) => toasts().problem(&problem),
            }
        }
        if changed == 0 {
            return;
        }
        // Reading marks are too small for a word; Z undoes them all the same.
        let told = !matches!(act, Act::Read | Act::Unread);
        remember(Back::Acts(done), told.then(|| words(&act, changed)));
    });
}

/// Opens the next conversation of the list, where the settings say so.
pub fn advance_after(conversation: ConversationId) {
    let inbox = inbox();
    let open = router().peek().conversation() == Some(conversation);
    if !open || !desk().settings.peek().is_some_and(|s| s.working.auto_advance) {
        return;
    }
    let ids = inbox.feed().shown().ids.get_untracked();
    let at = ids.iter().position(|id| *id == conversation.0);
    let next = at.and_then(|at| ids.get(at + 1).or_else(|| at.checked_sub(1).and_then(|at| ids.get(at))));
    if let Some(next) = next {
        inbox.open(*next);
    }
}

/// What was done, in the past tense.
pub(super) fn words(act: &Act, n: u32) -> String {
    let desk = desk();
    let what = match act {
        Act::Open => "Opened".to_owned(),
        Act::Pending => "Pending".to_owned(),
        Act::Resolve => "Resolved".to_owned(),
        Act::Spam => "Moved to spam".to_owned(),
        Act::Snooze { until: None } => "Snoozed until they write".to_owned(),
        Act::Snooze { until: Some(until) } => {
            format!("Snoozed until {}", times::words(*until, crate::clock::clock().peek()))
        }
        Act::Assign { to: None } => "Assigned to nobody".to_owned(),
        Act::Assign { to: Some(to) } => format!("Assigned to {}", untrack(|| desk.called(*to))),
        Act::Label { label, on } => {
            let name = untrack(|| desk.label(*label)).map_or(String::new(), |l| l.name);
            format!("{} “{name}”", if *on { "Labelled" } else { "Unlabelled" })
        }
        Act::Pin { on } => if *on { "Pinned" } else { "Unpinned" }.to_owned(),
        Act::Request { on } => if *on { "Kept as a request" } else { "Accepted" }.to_owned(),
        Act::Read => "Marked read".to_owned(),
        Act::Unread => "Marked unread".to_owned(),
        Act::Restore { .. } => "Restored".to_owned(),
    };
    if n == 1 {
        what
    } else {
        format!("{what}: {}", format::plural(n.into(), "conversation", "conversations"))
    }
}
