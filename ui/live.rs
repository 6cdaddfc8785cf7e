//! `live(query)` keeps an answer fresh: it asks again when an event made it stale. `order(done)` runs a
//! request once at a time, shows that it is busy and reports what went wrong.

use crate::{
    ipc::{self, News, Said},
    toast::{Toasts, toasts},
};
use heliograph_model::{Event, Problem, Query, Request};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    marker::PhantomData,
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

/// Asks everything again: events were not told to us for a while.
pub fn start_over() {
    tell(&Event::StartOver);
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

/// Whether what is read here is followed: in a view or an effect, not in the handler of an event.
#[must_use]
pub fn is_followed() -> bool {
    leptos::reactive::graph::Observer::get().is_some()
}

/// Keeps the answer to `query` fresh while the current owner lives. `None` asks nothing. When the question
/// changes, the old answer goes at once; when it only got stale, the old answer stays until the new one is here.
pub fn live<Q>(query: impl Fn() -> Option<Q> + 'static) -> Live<Q::Reply>
where
    Q: Query + 'static,
    Q::Reply: Send + Sync + PartialEq + 'static,
{
    let value = RwSignal::new(None);
    let problem = RwSignal::new(None);
    let heard = move |text: String| {
        let reply = ipc::read(&text)?;
        if value.try_with_untracked(|v| v.as_ref() != Some(&reply)) == Some(true) {
            let _ = value.try_set(Some(reply));
        }
        Ok(())
    };
    let forget = move || {
        if value.with_untracked(Option::is_some) {
            value.set(None);
        }
    };
    let question = move || {
        let query = query()?;
        let said = ipc::say(&query);
        Some(Question { said, stale_after: Box::new(move |event| query.stale_after(event)) })
    };
    let asked = Rc::new(Asked {
        question: RefCell::new(None),
        generation: Cell::new(0),
        busy: Cell::new(false),
        dirty: Cell::new(false),
        problem,
        heard: Box::new(heard),
        forget: Box::new(forget),
    });
    let again = keep_asking(&asked, Box::new(question));
    Live { value, problem, again: StoredValue::new_local(again) }
}

/// One question to the engine, as it is sent.
struct Question {
    said: Result<Said, Problem>,
    stale_after: Box<dyn Fn(&Event) -> bool>,
}

/// What a [`Live`] asked last. It knows no types of requests and replies: the machinery is compiled once.
struct Asked {
    question: RefCell<Option<Question>>,
    /// Answers to an older question are dropped.
    generation: Cell<u64>,
    busy: Cell<bool>,
    /// Went stale while an answer was under way.
    dirty: Cell<bool>,
    problem: RwSignal<Option<Problem>>,
    /// Reads a reply and keeps it.
    heard: Box<dyn Fn(String) -> Result<(), Problem>>,
    forget: Box<dyn Fn()>,
}

/// Asks when the question changes and when its answer went stale; answers how to ask at will.
fn keep_asking(asked: &Rc<Asked>, question: Box<dyn Fn() -> Option<Question>>) -> Rc<dyn Fn()> {
    let again: Rc<dyn Fn()> = Rc::new({
        let asked = Rc::clone(asked);
        move || ask(&asked)
    });
    Effect::new({
        let (asked, again) = (Rc::clone(asked), Rc::clone(&again));
        move |_| {
            let next = question();
            let same = {
                let was = asked.question.borrow();
                was.as_ref().map(|q| &q.said) == next.as_ref().map(|q| &q.said)
            };
            if !same {
                asked.generation.set(asked.generation.get() + 1);
                *asked.question.borrow_mut() = next;
                (asked.forget)();
                asked.busy.set(false);
                again();
            }
        }
    });
    on_event({
        let (asked, again) = (Rc::clone(asked), Rc::clone(&again));
        move |event| {
            let stale = asked.question.borrow().as_ref().is_some_and(|q| (q.stale_after)(event));
            if stale {
                again();
            }
        }
    });
    again
}

fn ask(asked: &Rc<Asked>) {
    if asked.busy.get() {
        asked.dirty.set(true);
        return;
    }
    let Some(said) = asked.question.borrow().as_ref().map(|q| q.said.clone()) else {
        return;
    };
    asked.busy.set(true);
    asked.dirty.set(false);
    let asked = Rc::clone(asked);
    let generation = asked.generation.get();
    spawn_local(async move {
        let answer = match said {
            Ok(said) => ipc::ask(said).await,
            Err(problem) => Err(problem),
        };
        if asked.generation.get() != generation {
            return;
        }
        asked.busy.set(false);
        match answer.and_then(|text| (asked.heard)(text)) {
            Ok(()) => {
                let _ = asked.problem.try_update(|p| p.take());
            }
            Err(trouble) => {
                let _ = asked.problem.try_set(Some(trouble));
            }
        }
        if asked.dirty.get() && !asked.problem.is_disposed() {
            ask(&asked);
        }
    });
}

/// What reads the reply of an order and tells whoever waits for it.
type Done = Rc<dyn Fn(&str) -> Result<(), Problem>>;

/// A request that a person set off. It runs once at a time; a second press while busy does nothing.
pub struct Order<R: Request> {
    pub busy: RwSignal<bool>,
    /// What went wrong last; cleared by the next run.
    pub problem: RwSignal<Option<Problem>>,
    done: StoredValue<Done, LocalStorage>,
    toasts: Option<Toasts>,
    of: PhantomData<fn(R)>,
}

impl<R: Request> Clone for Order<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Request> Copy for Order<R> {}

/// An order that reports failures as a toast. `done` hears the reply.
pub fn order<R: Request + 'static>(done: impl Fn(R::Reply) + 'static) -> Order<R> {
    let done: Done = Rc::new(move |text| {
        done(ipc::read(text)?);
        Ok(())
    });
    Order {
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        done: StoredValue::new_local(done),
        toasts: Some(toasts()),
        of: PhantomData,
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
        carry_out(ipc::say(&request), self.busy, self.problem, self.done, self.toasts);
    }
}

fn carry_out(
    said: Result<Said, Problem>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    done: StoredValue<Done, LocalStorage>,
    toasts: Option<Toasts>,
) {
    busy.set(true);
    let _ = problem.try_update(|p| p.take());
    spawn_local(async move {
        let answer = match said {
            Ok(said) => ipc::ask(said).await,
            Err(problem) => Err(problem),
        };
        let _ = busy.try_set(false);
        let told = answer.and_then(|text| done.try_with_value(Rc::clone).map_or(Ok(()), |done| done(&text)));
        if let Err(trouble) = told {
            if let Some(toasts) = toasts {
                toasts.problem(&trouble);
            }
            let _ = problem.try_set(Some(trouble));
        }
    });
}

/// Tells the engine something whose answer nobody waits for; a failure becomes a toast.
pub fn tell_engine<R: Request + 'static>(request: R) {
    send_off(ipc::say(&request));
}

fn send_off(said: Result<Said, Problem>) {
    let toasts = toasts();
    spawn_local(async move {
        let answer = match said {
            Ok(said) => ipc::ask(said).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = answer {
            toasts.problem(&problem);
        }
    });
}
