//! The world's time: it runs with ours or stands still, and moves forward on demand, never back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Milliseconds of one day.
pub const DAY: i64 = 24 * HOUR;
/// Milliseconds of one hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds of one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds of one second.
pub const SECOND: i64 = 1000;

/// Now, in the simulated world.
#[derive(Debug)]
pub struct Clock {
    /// Unix milliseconds at the start, plus every advance.
    base: AtomicI64,
    /// When it began to run; `None` = it stands still.
    running: Option<Instant>,
}

impl Clock {
    /// A clock that shows `start` (unix milliseconds; `None` = the machine's own time) and runs if told.
    #[must_use]
    pub fn new(start: Option<i64>, runs: bool) -> Self {
        Self { base: AtomicI64::new(start.unwrap_or_else(machine_time)), running: runs.then(Instant::now) }
    }

    /// Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        let elapsed = self.running.map_or(0, |since| since.elapsed().as_millis() as i64);
        self.base.load(Ordering::Relaxed) + elapsed
    }

    /// Moves forward by `ms`; negative values are ignored.
    pub fn advance(&self, ms: i64) {
        self.base.fetch_add(ms.max(0), Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the simulator's clock; a start time replaces it")]
fn machine_time() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

/// Meta's way to write a time: `2026-11-20T09:15:02+0000` (graph-api 0).
#[must_use]
pub fn iso(ms: i64) -> String {
    let stamp = jiff::Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}
