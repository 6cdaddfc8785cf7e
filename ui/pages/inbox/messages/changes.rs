//! What events do to the messages of the open thread.

use super::{Edge, Messages, PAGE};
use crate::{clock::after, pages::inbox::lines::merge};
use heliograph_model::{
    Content, Direction, Event, Message, MessageId, MessagePage, Query, Stretch, call::ListMessages,
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The first change is asked for at once. Those that come while its answer is under way, and this long after, are one
/// question.
const GATHER_MS: u64 = 12;

impl Messages {
    /// An event that may concern this thread.
    pub(super) fn hear(&self, event: &Event) {
        let inner = &self.0;
        let question = ListMessages { conversation: inner.conversation, stretch: Stretch::Newest, limit: 0 };
        match event {
            Event::MessageChanged { conversation, message } if *conversation == inner.conversation => {
                inner.changed.borrow_mut().insert(message.0);
            }
            Event::MessageReceived { conversation, .. } if *conversation == inner.conversation => {
                if *inner.newer.borrow() != Edge::End {
                    inner.shown.below.update(|n| *n += 1);
                }
                return;
            }
            other if question.stale_after(other) => inner.stale.set(true),
            _ => return,
        }
        // Under way: its answer gathers what came meanwhile.
        if !inner.asking.get() && !inner.gathering.get() {
            self.ask_changed();
        }
    }

    /// Asks soon for what came while an answer was under way, once for a burst.
    pub(super) fn gather(&self) {
        if self.0.gathering.replace(true) {
            return;
        }
        let messages = self.clone();
        after(GATHER_MS, move || {
            messages.0.gathering.set(false);
            if !messages.0.shown.ready.is_disposed() && !messages.0.asking.get() {
                messages.ask_changed();
            }
        });
    }

    /// Asks for what changed: the end of the thread, or the one old message that did.
    fn ask_changed(&self) {
        let inner = &self.0;
        if !inner.shown.ready.get_untracked() {
            // The first page is under way and asks again when it is here.
            return;
        }
        let at_newest = *inner.newer.borrow() == Edge::End;
        let n = inner.known.borrow().len();
        if inner.stale.replace(false) {
            inner.changed.borrow_mut().clear();
            inner.asking.set(true);
            let limit = u32::try_from(n.clamp(PAGE as usize, 200)).unwrap_or(PAGE);
            let middle = inner.known.borrow().get(n / 2).map(|m| m.id);
            let stretch =
                if at_newest { Stretch::Newest } else { middle.map_or(Stretch::Newest, Stretch::Around) };
            self.read(stretch, limit, Self::replace);
            return;
        }
        let recent: BTreeSet<i64> =
            inner.known.borrow().iter().rev().take(PAGE as usize / 2).map(|m| m.id.0).collect();
        let known: BTreeSet<i64> = inner.known.borrow().iter().map(|m| m.id.0).collect();
        let (old, near): (Vec<i64>, Vec<i64>) = std::mem::take(&mut *inner.changed.borrow_mut())
            .into_iter()
            .partition(|id| known.contains(id) && (!at_newest || !recent.contains(id)));
        if at_newest && !near.is_empty() {
            inner.asking.set(true);
            self.read(Stretch::Newest, PAGE / 2, Self::take_newest);
        }
        for id in old {
            self.read(Stretch::Around(MessageId(id)), 3, |messages, page| {
                let mut known = messages.0.known.borrow_mut();
                for message in page.rows {
                    if let Some(old) = known.iter_mut().find(|k| k.id == message.id) {
                        *old = message;
                    }
                }
            });
        }
    }

    /// The end of the thread was read again: what is new joins, what is gone leaves.
    fn take_newest(&self, page: MessagePage) {
        let inner = &self.0;
        let overlaps = {
            let known = inner.known.borrow();
            page.older.is_none() || page.rows.iter().any(|row| known.iter().any(|k| k.id == row.id))
        };
        if !overlaps {
            // So much came at once that a gap would stay between: begin anew at the end.
            self.replace(page);
            return;
        }
        for row in &page.rows {
            if !inner.known.borrow().iter().any(|k| k.id == row.id) {
                inner.outgoing.adopt(row);
            }
        }
        let first = page.rows.first().map(|m| (m.sent_at, m.id));
        let ids: BTreeSet<i64> = page.rows.iter().map(|m| m.id.0).collect();
        let mut known = inner.known.borrow_mut();
        let whole = page.older.is_none();
        known.retain(|m| ids.contains(&m.id.0) || (!whole && first.is_some_and(|f| (m.sent_at, m.id) < f)));
        let new = merge(&mut known, page.rows);
        let theirs: Vec<&Message> = known
            .iter()
            .filter(|m| m.direction == Direction::Inbound && m.content.is_said() && new.contains(&m.id.0))
            .collect();
        if let Some(last) = theirs.last() {
            inner.shown.said.set(said(last));
        }
        let came = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
        if came > 0 && !inner.watched.get() {
            inner.shown.below.update(|n| *n += came);
        }
    }
}

/// A message in words for those who do not see it.
fn said(m: &Message) -> String {
    match &m.content {
        Content::Placeholder { what, text } if text.is_empty() => what.clone(),
        Content::Placeholder { what, text } => format!("{what}: {text}"),
        other => other.text().to_owned(),
    }
}
