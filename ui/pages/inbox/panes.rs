//! Handles between panes: dragged, or moved by arrow keys; widths are remembered.

use crate::kept;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// A pane with a width of its own.
#[derive(Clone, Copy)]
pub struct Pane {
    name: &'static str,
    pub width: RwSignal<f64>,
    usual: f64,
    least: f64,
    most: f64,
}

impl Pane {
    /// A pane as wide as it was left.
    #[must_use]
    pub fn new(name: &'static str, usual: f64, least: f64, most: f64) -> Self {
        let kept = kept::number(&format!("width.{name}"), usual, least, most);
        Self { name, width: RwSignal::new(kept), usual, least, most }
    }

    fn set(self, width: f64) {
        self.width.set(width.clamp(self.least, self.most).round());
    }

    fn keep(self) {
        kept::set(&format!("width.{}", self.name), &self.width.get_untracked().to_string());
    }
}

/// How far an arrow key moves a handle, in pixels.
const STEP: f64 = 16.0;

/// The line between two panes. `mirrored` = its pane is on the right.
#[component]
pub fn Handle(pane: Pane, label: &'static str, #[prop(optional)] mirrored: bool) -> impl IntoView {
    let sign = if mirrored { -1.0 } else { 1.0 };
    let grabbed = StoredValue::new(None::<(f64, f64)>);
    let down = move |e: ev::PointerEvent| {
        grabbed.set_value(Some((f64::from(e.client_x()), pane.width.get_untracked())));
        if let Some(handle) = e.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) {
            let _ = handle.set_pointer_capture(e.pointer_id());
        }
        e.prevent_default();
    };
    let drag = move |e: ev::PointerEvent| {
        if let Some((from, width)) = grabbed.get_value() {
            pane.set(width + sign * (f64::from(e.client_x()) - from));
        }
    };
    let up = move |_: ev::PointerEvent| {
        if grabbed.try_update_value(Option::take).flatten().is_some() {
            pane.keep();
        }
    };
    let key = move |e: ev::KeyboardEvent| {
        let by = match e.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        e.prevent_default();
        pane.set(pane.width.get_untracked() + sign * by);
        pane.keep();
    };
    let reset = move |_| {
        pane.set(pane.usual);
        pane.keep();
    };
    view! {
        <div
            class="handle"
            class:of-person=mirrored
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=label
            aria-valuenow=move || pane.width.get().to_string()
            aria-valuemin=pane.least.to_string()
            aria-valuemax=pane.most.to_string()
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=up
            on:pointercancel=up
            on:dblclick=reset
            on:keydown=key
        ></div>
    }
    .into_any()
}

fn wider_than(px: u32) -> bool {
    window().match_media(&format!("(min-width: {px}px)")).ok().flatten().is_some_and(|m| m.matches())
}

/// Whether the person stands beside the thread. The same figure is in the style sheet.
#[must_use]
pub fn wide_enough_for_person() -> bool {
    wider_than(1100)
}

/// The same, followed as the window changes its size, while the current owner lives.
#[must_use]
pub fn person_beside() -> RwSignal<bool> {
    let beside = RwSignal::new(wide_enough_for_person());
    let resized = window_event_listener(ev::resize, move |_| {
        let now = wide_enough_for_person();
        if beside.get_untracked() != now {
            beside.set(now);
        }
    });
    on_cleanup(move || resized.remove());
    beside
}

/// Whether list and thread are shown at once. The same figure is in the style sheet.
#[must_use]
pub fn two_panes() -> bool {
    wider_than(800)
}
