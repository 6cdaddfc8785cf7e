//! The messages of the open thread as they come from the engine: pages in both directions, changed ones one
//! by one, and our own sends on top. Keeps a bounded stretch; what was dropped is asked for again.

mod changes;

use super::{
    lines::{Line, What, first_unread, lines, merge},
    sending::{Local, Outgoing},
};
use crate::{format, ipc, live::on_event};
use heliograph_model::{
    ConversationId, DeliveryStatus, Message, MessageId, MessagePage, Problem, Stretch, call::ListMessages,
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
    /// The message that the stretch was last opened at.
    pub opened: RwSignal<Option<MessageId>>,
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
                opened: RwSignal::new(None),
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

    /// The loaded messages, oldest first.
    pub fn with_known<T>(&self, read: impl FnOnce(&[Message]) -> T) -> T {
        read(&self.0.known.borrow())
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
        // Whatever was asked before is answered to nobody.
        inner.asking.set(false);
        inner.shown.opened.set(None);
        inner.loading_newer.set(false);
        let _ = inner.shown.loading_older.try_set(false);
        self.read(at.map_or(Stretch::Newest, Stretch::Around), PAGE, move |messages, page| {
            messages.replace(page);
            messages.0.shown.opened.set(at);
        });
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
        let question = ListMessages { conversation: self.0.conversation, stretch, limit };
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

    /// Makes the lines and tells the view which changed.
    fn show(&self) {
        let inner = &self.0;
        let shown = inner.shown;
        let at_newest = *inner.newer.borrow() == Edge::End;
        let locals = inner.outgoing.locals.get_untracked();
        let locals: Vec<&Local> = locals.iter().filter(|l| l.conversation == inner.conversation).collect();
        let mut all = inner.known.borrow().clone();
        if at_newest {
            let missing = locals.iter().map(|l| l.looks()).filter(|m| !all.iter().any(|k| k.id == m.id));
            let missing: Vec<Message> = missing.collect();
            all.extend(missing);
            // What waits for its time stands below what leaves at once.
            all.sort_by_key(|m| m.scheduled_for.filter(|_| m.status == DeliveryStatus::Queued));
        }
        if let Some(unread) = inner.unread.get().filter(|n| *n > 0)
            && inner.unread_from.get().is_none()
        {
            inner.unread_from.set(first_unread(&all, unread).map(|id| (id, unread)));
        }
        // A send of this window keeps its key when the engine's message takes its place.
        let key_of = |m: &Message| {
            let local = locals.iter().find(|l| l.message.as_ref().is_some_and(|known| known.id == m.id));
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
