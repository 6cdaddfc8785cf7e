//! The list's rows as they come from the engine: pages on approach, changed rows one by one, and moves
//! held back while the pointer is over the list or somebody types.

use super::order::{Moved, Order, Place, belongs, place};
use crate::{
    clock::{after, clock, ticks},
    ipc,
    live::on_event,
};
use heliograph_model::{
    Conversation, ConversationId, Event, Filter, Problem, Query, Sort,
    call::{GetConversation, ListConversations},
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, HashMap},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// Rows asked for at once.
const PAGE: u32 = 100;
/// More changed rows than this at once: the head is read again instead.
const MANY: usize = 12;
/// Changed rows are collected this long, so that a burst is one question. Below what an eye notices.
const GATHER_MS: u64 = 16;
/// The head is read again at most this often while an import runs.
const BREATH_MS: f64 = 500.0;
/// With fewer rows than this the next page is read at once.
const ENOUGH: usize = 30;
/// The largest stretch read again at once.
const MOST_AGAIN: usize = 400;

/// The rows of the list.
#[derive(Clone)]
pub struct Feed(Rc<Inner>);

struct Inner {
    filter: RwSignal<Filter>,
    sort: RwSignal<Sort>,
    shown: Shown,
    rows: RefCell<HashMap<i64, ArcRwSignal<Conversation>>>,
    order: RefCell<Order>,
    /// Moves held back: the id and where it would stand.
    waiting: RefCell<HashMap<i64, Option<Place>>>,
    hold: Cell<bool>,
    /// Rows told to have changed and not asked for yet.
    changed: RefCell<BTreeSet<i64>>,
    /// Rows whose answer is under way: asked again only after it is here, so that answers stay in order.
    asking: RefCell<BTreeSet<i64>>,
    gathering: Cell<bool>,
    head_stale: Cell<bool>,
    head_read_at: Cell<f64>,
    /// Answers to an older question are dropped.
    generation: Cell<u64>,
    /// The row of the open conversation stays although the filter no longer lets it through.
    open: Cell<Option<i64>>,
}

/// What the list view looks at.
#[derive(Clone, Copy)]
pub struct Shown {
    pub ids: RwSignal<Vec<i64>>,
    /// The first page is here.
    pub ready: RwSignal<bool>,
    /// A further page is under way.
    pub loading: RwSignal<bool>,
    pub more: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
    /// How many rows would stand higher if nothing were held back.
    pub fresh: RwSignal<u32>,
}

impl Feed {
    /// Begins to follow the filter, the sort and the engine.
    #[must_use]
    pub fn start(filter: RwSignal<Filter>, sort: RwSignal<Sort>) -> Self {
        let feed = Self(Rc::new(Inner {
            filter,
            sort,
            shown: Shown {
                ids: RwSignal::new(Vec::new()),
                ready: RwSignal::new(false),
                loading: RwSignal::new(false),
                more: RwSignal::new(false),
                problem: RwSignal::new(None),
                fresh: RwSignal::new(0),
            },
            rows: RefCell::default(),
            order: RefCell::default(),
            waiting: RefCell::default(),
            hold: Cell::new(false),
            changed: RefCell::default(),
            asking: RefCell::default(),
            gathering: Cell::new(false),
            head_stale: Cell::new(false),
            head_read_at: Cell::new(f64::MIN),
            generation: Cell::new(0),
            open: Cell::new(None),
        }));
        {
            let feed = feed.clone();
            Effect::new(move |_| {
                filter.track();
                sort.track();
                feed.begin();
            });
        }
        {
            let feed = feed.clone();
            on_event(move |event| feed.hear(event));
        }
        feed
    }

    /// What to show.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.0.shown
    }

    /// The row of a conversation, if it is known.
    #[must_use]
    pub fn row(&self, id: i64) -> Option<ArcRwSignal<Conversation>> {
        self.0.rows.borrow().get(&id).cloned()
    }

    /// Puts an answer about one row in, as if an event had told it.
    pub fn know(&self, c: Conversation) {
        self.take(c);
        self.publish();
    }

    /// Says which conversation is open; the one before may now leave the list.
    pub fn set_open(&self, id: Option<i64>) {
        let before = self.0.open.replace(id);
        if before != id
            && let Some(row) = before.and_then(|id| self.row(id))
        {
            self.take(row.get_untracked());
            self.publish();
        }
    }

    /// While held, rows change in place but none moves.
    pub fn set_hold(&self, hold: bool) {
        if self.0.hold.replace(hold) && !hold {
            self.release();
        }
    }

    /// Lets every held move happen now.
    pub fn release(&self) {
        let waiting = std::mem::take(&mut *self.0.waiting.borrow_mut());
        if waiting.is_empty() {
            return;
        }
        for (id, place) in waiting {
            self.0.order.borrow_mut().put(id, place);
        }
        self.publish();
    }

    /// Reads everything again from the top: another filter or sort.
    fn begin(&self) {
        let inner = &self.0;
        inner.generation.set(inner.generation.get() + 1);
        *inner.order.borrow_mut() = Order::default();
        inner.waiting.borrow_mut().clear();
        inner.changed.borrow_mut().clear();
        inner.shown.ready.set(false);
        inner.shown.loading.set(false);
        inner.shown.fresh.set(0);
        self.read(None, PAGE);
    }

    /// Asks for the page after what is known, unless one is under way.
    pub fn next_page(&self) {
        let next = self.0.order.borrow().next().cloned();
        if let Some(next) = next
            && !self.0.shown.loading.get_untracked()
        {
            self.read(Some(next), PAGE);
        }
    }

    /// Asks again after a failure.
    pub fn again(&self) {
        self.begin();
    }

    fn read(&self, after: Option<String>, limit: u32) {
        let feed = self.clone();
        let inner = &self.0;
        inner.shown.loading.set(after.is_some());
        let generation = inner.generation.get();
        let question = ListConversations {
            filter: inner.filter.get_untracked(),
            sort: inner.sort.get_untracked(),
            after: after.clone(),
            limit,
        };
        spawn_local(async move {
            let answer = ipc::call(&question).await;
            let inner = &feed.0;
            if inner.generation.get() != generation || inner.filter.is_disposed() {
                return;
            }
            let shown = inner.shown;
            let _ = shown.loading.try_set(false);
            match answer {
                Ok(page) => {
                    let _ = shown.problem.try_update(|p| p.take());
                    let now = clock().peek();
                    for c in page.pinned.iter().chain(&page.rows) {
                        feed.remember(c);
                    }
                    {
                        let mut order = inner.order.borrow_mut();
                        if after.is_some() {
                            order.append(&page, question.sort, now);
                        } else {
                            order.replace_head(&page, question.sort, now);
                            inner.waiting.borrow_mut().clear();
                        }
                    }
                    feed.keep_open();
                    feed.publish();
                    let _ = shown.ready.try_set(true);
                    // A page of a sparse list may be short: it goes on until there is something to look at.
                    if inner.order.borrow().len() < ENOUGH {
                        feed.next_page();
                    }
                }
                Err(problem) => {
                    let _ = shown.problem.try_set(Some(problem));
                }
            }
        });
    }

    /// After the head was read again, the open conversation's row is put back if the filter dropped it.
    fn keep_open(&self) {
        if let Some(row) = self.0.open.get().and_then(|id| self.row(id)) {
            let c = row.get_untracked();
            let sort = self.0.sort.get_untracked();
            if let Some(place) = place(sort, &c, clock().peek()) {
                self.0.order.borrow_mut().put(c.id.0, Some(place));
            }
        }
    }

    /// Puts a row's data where its view sees it.
    fn remember(&self, c: &Conversation) {
        let mut rows = self.0.rows.borrow_mut();
        match rows.get(&c.id.0) {
            Some(row) => {
                if row.with_untracked(|old| old != c) {
                    let row = row.clone();
                    drop(rows);
                    row.set(c.clone());
                }
            }
            None => {
                rows.insert(c.id.0, ArcRwSignal::new(c.clone()));
            }
        }
    }

    /// Takes one changed row: its looks at once, its place now or when the hold ends.
    fn take(&self, c: Conversation) {
        let inner = &self.0;
        let id = c.id.0;
        let filter = inner.filter.get_untracked();
        let sort = inner.sort.get_untracked();
        let open = inner.open.get() == Some(id);
        let place = place(sort, &c, clock().peek()).filter(|_| open || belongs(&filter, &c));
        self.remember(&c);
        if open && place.is_none() {
            return;
        }
        if inner.hold.get() && inner.order.borrow().would(id, place) != Moved::No {
            inner.waiting.borrow_mut().insert(id, place);
        } else {
            inner.waiting.borrow_mut().remove(&id);
            inner.order.borrow_mut().put(id, place);
        }
    }

    /// Shows the order as it is now.
    fn publish(&self) {
        let inner = &self.0;
        let shown = inner.shown;
        let order = inner.order.borrow();
        let fresh = inner
            .waiting
            .borrow()
            .iter()
            .filter(|(id, place)| order.would(**id, **place) == Moved::Up)
            .count();
        let fresh = u32::try_from(fresh).unwrap_or(u32::MAX);
        if shown.fresh.try_get_untracked() != Some(fresh) {
            let _ = shown.fresh.try_set(fresh);
        }
        let more = order.next().is_some();
        if shown.more.try_get_untracked() != Some(more) {
            let _ = shown.more.try_set(more);
        }
        let ids = order.ids();
        drop(order);
        if shown.ids.try_with_untracked(|old| *old != ids) == Some(true) {
            let _ = shown.ids.try_set(ids);
        }
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::ConversationChanged { conversation, .. } => {
                self.0.changed.borrow_mut().insert(conversation.0);
            }
            _ => {
                let question = ListConversations {
                    filter: Filter::default(),
                    sort: Sort::Newest,
                    after: None,
                    limit: 0,
                };
                if !question.stale_after(event) {
                    return;
                }
                self.0.head_stale.set(true);
            }
        }
        self.gather();
    }

    fn gather(&self) {
        if self.0.gathering.replace(true) {
            return;
        }
        let feed = self.clone();
        let since = ticks() - self.0.head_read_at.get();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wait =
            if self.0.head_stale.get() && since < BREATH_MS { (BREATH_MS - since) as u64 } else { GATHER_MS };
        after(wait, move || {
            feed.0.gathering.set(false);
            feed.ask_changed();
        });
    }

    fn ask_changed(&self) {
        let inner = &self.0;
        let changed = std::mem::take(&mut *inner.changed.borrow_mut());
        if inner.head_stale.replace(false) || changed.len() > MANY {
            inner.head_read_at.set(ticks());
            let again = inner.order.borrow().len().clamp(PAGE as usize, MOST_AGAIN);
            self.read(None, u32::try_from(again).unwrap_or(PAGE));
            return;
        }
        for id in changed {
            if !inner.asking.borrow_mut().insert(id) {
                inner.changed.borrow_mut().insert(id);
                continue;
            }
            let feed = self.clone();
            let generation = inner.generation.get();
            spawn_local(async move {
                let answer = ipc::call(&GetConversation { conversation: ConversationId(id) }).await;
                feed.0.asking.borrow_mut().remove(&id);
                if feed.0.changed.borrow().contains(&id) {
                    feed.gather();
                }
                if feed.0.generation.get() != generation || feed.0.filter.is_disposed() {
                    return;
                }
                match answer {
                    Ok(c) => feed.take(c),
                    // Gone with its account, most likely; a list that is read again will tell.
                    Err(_) => {
                        feed.0.order.borrow_mut().put(id, None);
                    }
                }
                feed.publish();
            });
        }
    }
}
