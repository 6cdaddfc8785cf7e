//! The messages of the open thread as they come from the engine: pages in both directions, changed ones one
//! by one, and our own sends on top. Keeps a bounded stretch; what was dropped is asked for again.

use super::{
    lines::{Line, What, first_unread, lines, merge},
    sending::{Local, Outgoing},
};
use crate::{clock::after, format, ipc, live::on_event};
use heliograph_model::{
    ConversationId, Direction, Event, Message, MessageId, MessagePage, Problem, Query, Stretch,
    call::ListMessages,
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, HashMap},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// Messages asked for at once.
const PAGE: u32 = 60;
/// Messages kept at most; a page more and the far end is dropped.
const KEPT: usize = 360;
/// Changes are collected this long, so that a burst is one question.
const GATHER_MS: u64 = 12;

/// What lies beyond an end of the stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Edge {
    /// Nothing: the thread ends here.
    End,
    Cursor(String),
    /// Something we dropped: ask around the last one kept.
    Dropped,
}

impl Edge {
    fn of(cursor: &Option<String>) -> Self {
        cursor.clone().map_or(Self::End, Self::Cursor)
    }
}

/// What the thread view looks at.
#[derive(Clone, Copy)]
pub struct Shown {
    pub keys: RwSignal<Vec<String>>,
    /// The first page is here.
    pub ready: RwSignal<bool>,
    pub loading_older: RwSignal<bool>,
    /// The beginning of the thread is in the stretch.
    pub at_start: RwSignal<bool>,
    /// The newest message is in the stretch.
    pub at_newest: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
    /// Messages of theirs that came while the newest was out of sight.
    pub below: RwSignal<u32>,
    /// The last text of theirs that came, for the live region.
    pub said: RwSignal<String>,
}

/// The messages of one thread.
#[derive(Clone)]
pub struct Messages(Rc<Inner>);

struct Inner {
    conversation: ConversationId,
    outgoing: Outgoing,
    shown: Shown,
    known: RefCell<Vec<Message>>,
    older: RefCell<Edge>,
    newer: RefCell<Edge>,
    data: RefCell<HashMap<String, ArcRwSignal<What>>>,
    /// How much was unread when the thread was opened; `None` until it is known.
    unread: Cell<Option<u32>>,
    unread_from: Cell<Option<(i64, u32)>>,
    changed: RefCell<BTreeSet<i64>>,
    stale: Cell<bool>,
    gathering: Cell<bool>,
    asking: Cell<bool>,
    loading_newer: Cell<bool>,
    /// The view looks at the newest message.
    watched: Cell<bool>,
    /// Called before lines change, so that the view can keep in place what is in sight.
    before_change: RefCell<Option<Rc<dyn Fn()>>>,
    generation: Cell<u64>,
}

impl Messages {
    /// Begins to follow a thread.
    #[must_use]
    pub fn start(conversation: ConversationId, outgoing: Outgoing) -> Self {
        let messages = Self(Rc::new(Inner {
            conversation,
            outgoing,
            shown: Shown {
                keys: RwSignal::new(Vec::new()),
                ready: RwSignal::new(false),
                loading_older: RwSignal::new(false),
                at_start: RwSignal::new(false),
                at_newest: RwSignal::new(true),
                problem: RwSignal::new(None),
                below: RwSignal::new(0),
                said: RwSignal::new(String::new()),
            },
            known: RefCell::default(),
            older: RefCell::new(Edge::End),
            newer: RefCell::new(Edge::End),
            data: RefCell::default(),
            unread: Cell::new(None),
            unread_from: Cell::new(None),
            changed: RefCell::default(),
            stale: Cell::new(false),
            gathering: Cell::new(false),
            asking: Cell::new(false),
            loading_newer: Cell::new(false),
            watched: Cell::new(true),
            before_change: RefCell::default(),
            generation: Cell::new(0),
        }));
        {
            let messages = messages.clone();
            Effect::new(move |_| {
                outgoing.locals.track();
                messages.show();
            });
        }
        {
            let messages = messages.clone();
            on_event(move |event| messages.hear(event));
        }
        on_cleanup(move || outgoing.forget_known(conversation));
        messages
    }

    /// What to show.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.0.shown
    }

    /// The line of a key.
    #[must_use]
    pub fn line(&self, key: &str) -> Option<ArcRwSignal<What>> {
        self.0.data.borrow().get(key).cloned()
    }

    /// Says how much was unread when the thread was opened; only the first word counts.
    pub fn set_unread(&self, unread: u32) {
        if self.0.unread.get().is_none() {
            self.0.unread.set(Some(unread));
            self.show();
        }
    }

    /// Is called before lines change.
    pub fn before_change(&self, note: impl Fn() + 'static) {
        *self.0.before_change.borrow_mut() = Some(Rc::new(note));
    }

    /// Whether the view looks at the newest message.
    pub fn set_watched(&self, watched: bool) {
        self.0.watched.set(watched);
        if watched && self.0.shown.below.get_untracked() > 0 {
            self.0.shown.below.set(0);
        }
    }

    /// Reads the stretch around a message, or the newest.
    pub fn open(&self, at: Option<MessageId>) {
        let inner = &self.0;
        inner.generation.set(inner.generation.get() + 1);
        inner.loading_newer.set(false);
        let _ = inner.shown.loading_older.try_set(false);
        self.read(at.map_or(Stretch::Newest, Stretch::Around), PAGE, Self::replace);
    }

    /// Asks for the page before the stretch, unless one is under way.
    pub fn more_older(&self) {
        let inner = &self.0;
        let stretch = self.beyond(&inner.older.borrow(), Stretch::Before, |known| known.first());
        if let Some(stretch) = stretch
            && !inner.shown.loading_older.get_untracked()
        {
            inner.shown.loading_older.set(true);
            self.read(stretch, PAGE, |messages, page| {
                let older = Edge::of(&page.older);
                merge(&mut messages.0.known.borrow_mut(), page.rows);
                *messages.0.older.borrow_mut() = older;
                messages.drop_newest();
                let _ = messages.0.shown.loading_older.try_set(false);
            });
        }
    }

    /// Asks for the page after the stretch, unless one is under way.
    pub fn more_newer(&self) {
        let inner = &self.0;
        let stretch = self.beyond(&inner.newer.borrow(), Stretch::After, |known| known.last());
        if let Some(stretch) = stretch
            && !inner.loading_newer.replace(true)
        {
            self.read(stretch, PAGE, |messages, page| {
                let newer = Edge::of(&page.newer);
                merge(&mut messages.0.known.borrow_mut(), page.rows);
                *messages.0.newer.borrow_mut() = newer;
                messages.drop_oldest();
                messages.0.loading_newer.set(false);
            });
        }
    }

    fn beyond(
        &self,
        edge: &Edge,
        cursor: impl Fn(String) -> Stretch,
        end: impl Fn(&[Message]) -> Option<&Message>,
    ) -> Option<Stretch> {
        match edge {
            Edge::End => None,
            Edge::Cursor(c) => Some(cursor(c.clone())),
            Edge::Dropped => end(&self.0.known.borrow()).map(|m| Stretch::Around(m.id)),
        }
    }

    fn drop_newest(&self) {
        let mut known = self.0.known.borrow_mut();
        if known.len() > KEPT {
            known.truncate(KEPT);
            *self.0.newer.borrow_mut() = Edge::Dropped;
        }
    }

    fn drop_oldest(&self) {
        let mut known = self.0.known.borrow_mut();
        let over = known.len().saturating_sub(KEPT);
        if over > 0 {
            known.drain(..over);
            *self.0.older.borrow_mut() = Edge::Dropped;
        }
    }

    fn replace(&self, page: MessagePage) {
        *self.0.older.borrow_mut() = Edge::of(&page.older);
        *self.0.newer.borrow_mut() = Edge::of(&page.newer);
        *self.0.known.borrow_mut() = page.rows;
    }

    fn read(&self, stretch: Stretch, limit: u32, take: impl FnOnce(&Self, MessagePage) + 'static) {
        let messages = self.clone();
        let generation = self.0.generation.get();
        let question = ListMessages {
            conversation: self.0.conversation,
            stretch,
            limit,
        };
        spawn_local(async move {
            let answer = ipc::call(&question).await;
            let inner = &messages.0;
            if inner.generation.get() != generation || inner.shown.ready.is_disposed() {
                return;
            }
            match answer {
                Ok(page) => {
                    inner.shown.problem.set(None);
                    take(&messages, page);
                    messages.show();
                    inner.shown.ready.set(true);
                }
                Err(problem) => {
                    inner.shown.loading_older.set(false);
                    inner.loading_newer.set(false);
                    inner.shown.problem.set(Some(problem));
                }
            }
            inner.asking.set(false);
            if inner.stale.get() || !inner.changed.borrow().is_empty() {
                messages.gather();
            }
        });
    }

    fn hear(&self, event: &Event) {
        let inner = &self.0;
        let question = ListMessages {
            conversation: inner.conversation,
            stretch: Stretch::Newest,
            limit: 0,
        };
        match event {
            Event::MessageChanged {
                conversation,
                message,
            } if *conversation == inner.conversation => {
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
        self.gather();
    }

    fn gather(&self) {
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
            let stretch = if at_newest {
                Stretch::Newest
            } else {
                middle.map_or(Stretch::Newest, Stretch::Around)
            };
            self.read(stretch, limit, Self::replace);
            return;
        }
        let recent: BTreeSet<i64> = inner
            .known
            .borrow()
            .iter()
            .rev()
            .take(PAGE as usize / 2)
            .map(|m| m.id.0)
            .collect();
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
            .filter(|m| m.direction == Direction::Inbound && new.contains(&m.id.0))
            .collect();
        if let Some(last) = theirs.last() {
            inner.shown.said.set(last.content.text().to_owned());
        }
        let came = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
        if came > 0 && !inner.watched.get() {
            inner.shown.below.update(|n| *n += came);
        }
    }

    /// Makes the lines and tells the view which changed.
    fn show(&self) {
        let inner = &self.0;
        let shown = inner.shown;
        let at_newest = *inner.newer.borrow() == Edge::End;
        let locals = inner.outgoing.locals.get_untracked();
        let locals: Vec<&Local> = locals
            .iter()
            .filter(|l| l.conversation == inner.conversation)
            .collect();
        let mut all = inner.known.borrow().clone();
        if at_newest {
            let missing = locals
                .iter()
                .map(|l| l.looks())
                .filter(|m| !all.iter().any(|k| k.id == m.id));
            let missing: Vec<Message> = missing.collect();
            all.extend(missing);
        }
        if let Some(unread) = inner.unread.get().filter(|n| *n > 0)
            && inner.unread_from.get().is_none()
        {
            inner
                .unread_from
                .set(first_unread(&all, unread).map(|id| (id, unread)));
        }
        // A send of this window keeps its key when the engine's message takes its place.
        let key_of = |m: &Message| {
            let local = locals
                .iter()
                .find(|l| l.message.as_ref().is_some_and(|known| known.id == m.id));
            format!("m{}", local.map_or(m.id.0, |l| l.id))
        };
        let made = lines(&all, inner.unread_from.get(), format::local_day, key_of);
        let keys: Vec<String> = made.iter().map(|l| l.key.clone()).collect();
        let moves = shown.keys.try_with_untracked(|old| *old != keys) == Some(true);
        let note = inner.before_change.borrow().clone();
        if let Some(note) = note {
            note();
        }
        self.publish(made);
        let set = |signal: RwSignal<bool>, value: bool| {
            if signal.try_get_untracked() != Some(value) {
                let _ = signal.try_set(value);
            }
        };
        set(shown.at_start, *inner.older.borrow() == Edge::End);
        set(shown.at_newest, at_newest);
        if moves {
            let _ = shown.keys.try_set(keys);
        }
    }

    fn publish(&self, made: Vec<Line>) {
        let mut changed = Vec::new();
        {
            let mut data = self.0.data.borrow_mut();
            let keys: std::collections::HashSet<&str> = made.iter().map(|l| l.key.as_str()).collect();
            data.retain(|key, _| keys.contains(key.as_str()));
            for line in made {
                match data.get(&line.key) {
                    Some(signal) if signal.with_untracked(|old| *old == line.what) => {}
                    Some(signal) => changed.push((signal.clone(), line.what)),
                    None => {
                        data.insert(line.key, ArcRwSignal::new(line.what));
                    }
                }
            }
        }
        for (signal, what) in changed {
            signal.set(what);
        }
    }
}
