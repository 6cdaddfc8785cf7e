//! `live(query)` keeps an answer fresh: it asks again when an event made it stale. `order(done)` runs a
//! request once at a time, shows that it is busy and reports what went wrong.

use crate::{
    ipc::{self, News},
    toast::{Toasts, toasts},
};
use heliograph_model::{Event, Problem, Query, Request};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

type Ear = Rc<dyn Fn(&Event)>;

thread_local! {
    static EARS: RefCell<Vec<(u64, Ear)>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// How the engine is reached at the moment.
#[derive(Clone, Copy)]
pub struct Link {
    pub reachable: RwSignal<bool>,
    /// The one-time link of a browser was used or ran out.
    pub used: RwSignal<bool>,
}

/// Begins to hear events and hands them to every [`on_event`].
#[must_use]
pub fn start() -> Link {
    let link = Link { reachable: RwSignal::new(true), used: RwSignal::new(false) };
    ipc::listen(move |news| match news {
        News::Event(event) => tell(&event),
        News::Reachable(yes) => {
            if link.reachable.try_get_untracked() != Some(yes) {
                let _ = link.reachable.try_set(yes);
            }
        }
        News::LinkUsed => {
            let _ = link.used.try_set(true);
        }
    });
    link
}

fn tell(event: &Event) {
    // The list is copied: a listener may add or remove listeners.
    let ears = EARS.with_borrow(Clone::clone);
    for (_, ear) in ears {
        ear(event);
    }
}

/// Hears every event until the current owner goes.
pub fn on_event(ear: impl Fn(&Event) + 'static) {
    let id = NEXT.get();
    NEXT.set(id + 1);
    EARS.with_borrow_mut(|ears| ears.push((id, Rc::new(ear))));
    on_cleanup(move || EARS.with_borrow_mut(|ears| ears.retain(|(i, _)| *i != id)));
}

/// An answer that stays fresh.
pub struct Live<T: Send + Sync + 'static> {
    /// `None` until the first answer, and after the question changed.
    pub value: RwSignal<Option<T>>,
    /// Why the latest asking failed; the old value stays.
    pub problem: RwSignal<Option<Problem>>,
    again: StoredValue<Rc<dyn Fn()>, LocalStorage>,
}

impl<T: Send + Sync> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Live<T> {}

impl<T: Clone + Send + Sync> Live<T> {
    /// The answer; reactive.
    #[must_use]
    pub fn get(self) -> Option<T> {
        self.value.get()
    }

    /// The answer; not reactive.
    #[must_use]
    pub fn peek(self) -> Option<T> {
        self.value.try_get_untracked().flatten()
    }

    /// Reads without copying; reactive.
    pub fn with<U>(self, read: impl FnOnce(Option<&T>) -> U) -> U {
        self.value.with(|v| read(v.as_ref()))
    }

    /// Reads without copying; not reactive.
    #[must_use]
    pub fn with_untracked<U>(self, read: impl FnOnce(Option<&T>) -> U) -> U {
        self.value.with_untracked(|v| read(v.as_ref()))
    }

    /// Asks again now.
    pub fn again(self) {
        if let Some(again) = self.again.try_with_value(Rc::clone) {
            again();
        }
    }
}

/// Keeps the answer to `query` fresh while the current owner lives. `None` asks nothing. When the question
/// changes, the old answer goes at once; when it only got stale, the old answer stays until the new one is here.
pub fn live<Q>(query: impl Fn() -> Option<Q> + 'static) -> Live<Q::Reply>
where
    Q: Query + PartialEq + 'static,
    Q::Reply: Send + Sync + PartialEq + 'static,
{
    let value = RwSignal::new(None);
    let problem = RwSignal::new(None);
    let asked = Rc::new(Asked::<Q>::default());
    let ask = {
        let asked = Rc::clone(&asked);
        move || ask(&asked, value, problem)
    };
    let again: Rc<dyn Fn()> = Rc::new(ask);
    {
        let (asked, again) = (Rc::clone(&asked), Rc::clone(&again));
        Effect::new(move |_| {
            let next = query();
            if *asked.query.borrow() != next {
                asked.generation.set(asked.generation.get() + 1);
                *asked.query.borrow_mut() = next;
                if value.with_untracked(Option::is_some) {
                    value.set(None);
                }
                asked.busy.set(false);
                again();
            }
        });
    }
    {
        let (asked, again) = (asked, Rc::clone(&again));
        on_event(move |event| {
            let stale = asked.query.borrow().as_ref().is_some_and(|q| q.stale_after(event));
            if stale {
                again();
            }
        });
    }
    Live { value, problem, again: StoredValue::new_local(again) }
}

/// What a [`Live`] asked last.
struct Asked<Q> {
    query: RefCell<Option<Q>>,
    /// Answers to an older question are dropped.
    generation: Cell<u64>,
    busy: Cell<bool>,
    /// Went stale while an answer was under way.
    dirty: Cell<bool>,
}

impl<Q> Default for Asked<Q> {
    fn default() -> Self {
        Self {
            query: RefCell::new(None),
            generation: Cell::new(0),
            busy: Cell::new(false),
            dirty: Cell::new(false),
        }
    }
}

fn ask<Q>(asked: &Rc<Asked<Q>>, value: RwSignal<Option<Q::Reply>>, problem: RwSignal<Option<Problem>>)
where
    Q: Query + 'static,
    Q::Reply: Send + Sync + PartialEq + 'static,
{
    if asked.busy.get() {
        asked.dirty.set(true);
        return;
    }
    let Some(query) = asked.query.borrow().clone() else {
        return;
    };
    asked.busy.set(true);
    asked.dirty.set(false);
    let asked = Rc::clone(asked);
    let generation = asked.generation.get();
    spawn_local(async move {
        let answer = ipc::call(&query).await;
        if asked.generation.get() != generation {
            return;
        }
        asked.busy.set(false);
        match answer {
            Ok(reply) => {
                let _ = problem.try_update(|p| p.take());
                if value.try_with_untracked(|v| v.as_ref() != Some(&reply)) == Some(true) {
                    let _ = value.try_set(Some(reply));
                }
            }
            Err(trouble) => {
                let _ = problem.try_set(Some(trouble));
            }
        }
        if asked.dirty.get() && !value.is_disposed() {
            ask(&asked, value, problem);
        }
    });
}

/// What hears the reply of an order.
type Done<R> = Rc<dyn Fn(<R as Request>::Reply)>;

/// A request that a person set off. It runs once at a time; a second press while busy does nothing.
pub struct Order<R: Request> {
    pub busy: RwSignal<bool>,
    /// What went wrong last; cleared by the next run.
    pub problem: RwSignal<Option<Problem>>,
    done: StoredValue<Done<R>, LocalStorage>,
    toasts: Option<Toasts>,
}

impl<R: Request> Clone for Order<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Request> Copy for Order<R> {}

/// An order that reports failures as a toast. `done` hears the reply.
pub fn order<R: Request + 'static>(done: impl Fn(R::Reply) + 'static) -> Order<R> {
    Order {
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        done: StoredValue::new_local(Rc::new(done)),
        toasts: Some(toasts()),
    }
}

impl<R: Request + 'static> Order<R> {
    /// The same, but failures only show where [`Order::problem`] is shown.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.toasts = None;
        self
    }

    /// Runs it, unless it runs already.
    pub fn run(self, request: R) {
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        let _ = self.problem.try_update(|p| p.take());
        spawn_local(async move {
            let answer = ipc::call(&request).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(reply) => {
                    if let Some(done) = self.done.try_with_value(Rc::clone) {
                        done(reply);
                    }
                }
                Err(problem) => {
                    if let Some(toasts) = self.toasts {
                        toasts.problem(&problem);
                    }
                    let _ = self.problem.try_set(Some(problem));
                }
            }
        });
    }
}

/// Tells the engine something whose answer nobody waits for; a failure becomes a toast.
pub fn tell_engine<R: Request + 'static>(request: R) {
    let toasts = toasts();
    spawn_local(async move {
        if let Err(problem) = ipc::call(&request).await {
            toasts.problem(&problem);
        }
    });
}
