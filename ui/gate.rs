//! The app lock in this window. The engine answers a locked window nothing; here what was already shown leaves the
//! document, and comes back as it was left: drafts, focus and scroll positions with it.

use crate::{
    clock::{after, ticks},
    ipc,
    keys::{self, Command},
    live::{self, Live, live},
    pages::settings::{self, Section},
    parts::focus,
};
use heliograph_model::{
    AppLock,
    call::{GetLock, LockNow, NoteInput},
};
use leptos::{ev, html, prelude::*};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlDialogElement, Node};

/// A draft is handed over before the engine shuts.
const HAND_OVER_MS: u64 = 60;
/// Input is told of at most this often, in milliseconds.
const TOLD_EVERY: f64 = 20_000.0;

/// The lock of this window.
#[derive(Clone, Copy)]
pub struct Gate {
    pub lock: Live<AppLock>,
    /// Nothing may be shown.
    pub shut: Memo<bool>,
    /// It was open once, so that there is something to put away.
    pub entered: RwSignal<bool>,
}

impl Gate {
    /// Follows the lock, for the life of the window.
    #[must_use]
    pub fn start() -> Self {
        let lock = live(|| Some(GetLock {}));
        let shut = Memo::new(move |_| lock.with(|l| l.is_some_and(|l| l.locked)));
        let gate = Self { lock, shut, entered: RwSignal::new(false) };
        keys::bind(Command::Lock, move || gate.lock_now());
        gate.note_input();
        HERE.set(Some(gate));
        gate
    }

    /// Whether there is a lock at all; reactive.
    #[must_use]
    pub fn is_set(self) -> bool {
        self.lock.with(|l| l.is_some_and(|l| l.kind.is_some()))
    }

    /// Locks, or shows where a lock is made.
    pub fn lock_now(self) {
        if !untrack(|| self.is_set()) {
            settings::open_at(Section::Lock);
            return;
        }
        // What is being written is kept when focus leaves it; focus returns with the page.
        let writing = document().active_element();
        if let Some(writing) = writing.as_ref().and_then(|e| e.dyn_ref::<web_sys::HtmlElement>()) {
            let _ = writing.blur();
        }
        LEFT.set(writing.map(Into::into));
        after(HAND_OVER_MS, || live::tell_engine(LockNow {}));
    }

    fn note_input(self) {
        let told = StoredValue::new(f64::MIN);
        let note = move || {
            let open = self.lock.with_untracked(|l| l.is_some_and(|l| l.kind.is_some() && !l.locked));
            let now = ticks();
            if open && told.try_get_value().is_some_and(|at| now - at > TOLD_EVERY) {
                told.set_value(now);
                spawn_local(async {
                    // The next input tells again.
                    let _ = ipc::call(&NoteInput {}).await;
                });
            }
        };
        let heard = [
            window_event_listener(ev::keydown, move |_| note()),
            window_event_listener(ev::pointerdown, move |_| note()),
            window_event_listener(ev::pointermove, move |_| note()),
            window_event_listener(ev::wheel, move |_| note()),
        ];
        on_cleanup(move || heard.into_iter().for_each(WindowListenerHandle::remove));
    }
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Gate>> = const { Cell::new(None) };
    /// What had focus when the person locked.
    static LEFT: Cell<Option<Node>> = const { Cell::new(None) };
}

/// The gate of this window.
#[must_use]
pub fn gate() -> Gate {
    HERE.get().unwrap_or_else(Gate::start)
}

/// What was put away, and how it stood.
struct Away {
    /// Marks its place.
    place: Node,
    focused: Option<Element>,
    scrolled: Vec<(Element, i32, i32)>,
    dialogs: Vec<HtmlDialogElement>,
}

/// Everything that a locked window does not hold.
#[component]
pub fn Inside(children: ChildrenFn) -> impl IntoView {
    let gate = gate();
    let inside = NodeRef::<html::Div>::new();
    let away = StoredValue::new_local(None::<Away>);
    Effect::new(move |was: Option<bool>| {
        let shut = gate.shut.get();
        if let Some(inside) = inside.get_untracked() {
            if shut && was != Some(true) {
                away.set_value(put_away(&inside));
            } else if !shut && was == Some(true) {
                if let Some(away) = away.try_update_value(Option::take).flatten() {
                    bring_back(&inside, away);
                }
                // Whatever happened meanwhile was not told to a locked window.
                live::start_over();
            }
        }
        // An engine that does not answer shows nothing anyway, and the pages say why.
        let known = gate.lock.with(|l| l.is_some()) || gate.lock.problem.with(Option::is_some);
        if known && !shut && !gate.entered.get_untracked() {
            gate.entered.set(true);
        }
        shut
    });
    on_cleanup(move || {
        if away.try_with_value(Option::is_some).unwrap_or(false) {
            keys::leave_dialog();
        }
    });
    view! {
        <div class="inside" node_ref=inside>
            {move || gate.entered.get().then(|| children())}
        </div>
    }
    .into_any()
}

fn put_away(inside: &Element) -> Option<Away> {
    let parent = inside.parent_node()?;
    let place: Node = document().create_comment("locked").into();
    let focused = LEFT.take().and_then(|n| n.dyn_into().ok()).or_else(|| document().active_element());
    let focused = focused.filter(|e| inside.contains(Some(e)));
    let scrolled = every(inside, "*")
        .filter(|e| e.scroll_top() != 0 || e.scroll_left() != 0)
        .map(|e| (e.scroll_top(), e.scroll_left(), e))
        .map(|(top, left, e)| (e, top, left))
        .collect();
    let dialogs = every(inside, "dialog[open]").filter_map(|e| e.dyn_into().ok()).collect();
    parent.replace_child(&place, inside).ok()?;
    // Its keys keep still as behind a dialog.
    keys::enter_dialog();
    Some(Away { place, focused, scrolled, dialogs })
}

fn bring_back(inside: &Element, away: Away) {
    let Some(parent) = away.place.parent_node() else { return };
    if parent.replace_child(inside, &away.place).is_err() {
        return;
    }
    keys::leave_dialog();
    for dialog in &away.dialogs {
        // It left the top layer with the document, though it counts as open.
        dialog.set_open(false);
        let _ = dialog.show_modal();
    }
    let stand = move || {
        for (element, top, left) in &away.scrolled {
            element.set_scroll_top(*top);
            element.set_scroll_left(*left);
        }
        if let Some(focused) = &away.focused {
            focus(focused);
        }
    };
    stand();
    // Lists measure themselves when they are back, and may move.
    request_animation_frame(stand);
}

fn every(inside: &Element, which: &str) -> impl Iterator<Item = Element> + use<> {
    let found = inside.query_selector_all(which).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |n| found.as_ref()?.item(n)?.dyn_into().ok())
}
