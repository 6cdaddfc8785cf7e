//! The engine's clock as the window follows it. Countdowns use it, never the computer's own time,
//! since a demo world or a test may live at another moment.

use heliograph_model::Timestamp;
use leptos::prelude::*;
use std::{cell::Cell, time::Duration};

/// Follows the engine's clock.
#[derive(Clone, Copy)]
pub struct Clock {
    offset: RwSignal<i64>,
    now: RwSignal<Timestamp>,
}

/// How often countdowns are looked at again.
const TICK: Duration = Duration::from_secs(5);

impl Clock {
    /// Starts to tick, for the life of the caller's owner.
    #[must_use]
    pub fn start() -> Self {
        let clock = Self { offset: RwSignal::new(0), now: RwSignal::new(computer()) };
        if let Ok(ticking) = set_interval_with_handle(move || clock.tick(), TICK) {
            on_cleanup(move || ticking.clear());
        }
        HERE.set(Some(clock));
        clock
    }

    /// The engine said what time it is.
    pub fn set(self, engine: Timestamp) {
        self.offset.set(computer().until(engine));
        self.tick();
    }

    fn tick(self) {
        let _ = self.now.try_set(self.peek());
    }

    /// Now, to the tick; reactive.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.now.get()
    }

    /// Now, exactly; not reactive.
    #[must_use]
    pub fn peek(self) -> Timestamp {
        computer().plus(self.offset.try_get_untracked().unwrap_or_default())
    }
}

fn computer() -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    Timestamp(js_sys::Date::now() as i64)
}

thread_local! {
    /// One per window; not a context, since event handlers run without an owner.
    static HERE: Cell<Option<Clock>> = const { Cell::new(None) };
}

/// The clock of this window.
#[must_use]
pub fn clock() -> Clock {
    HERE.get().unwrap_or_else(Clock::start)
}

/// Runs `then` once after `ms` milliseconds.
pub fn after(ms: u64, then: impl FnOnce() + 'static) {
    set_timeout(then, Duration::from_millis(ms));
}

/// Milliseconds since the page began, for measuring.
#[must_use]
pub fn ticks() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}
