//! Now, or what a test says is now. Nothing else in the engine asks the system for the time.

use crate::model::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tokio::sync::watch;

/// A source of the present moment; cheap to clone, shared by everybody.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Manual(Arc<Manual>),
    Ahead(Arc<Manual>),
}

#[derive(Debug)]
struct Manual {
    now: AtomicI64,
    moved: watch::Sender<()>,
}

impl Clock {
    /// The computer's own clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until [`Clock::advance`].
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Kind::Manual(Arc::new(Manual { now: AtomicI64::new(start.0), moved: watch::channel(()).0 })))
    }

    /// The computer's own clock, which [`Clock::advance`] can move forward: for stories over days in which calls
    /// go on meanwhile.
    #[must_use]
    pub fn ahead() -> Self {
        Self(Kind::Ahead(Arc::new(Manual { now: AtomicI64::new(0), moved: watch::channel(()).0 })))
    }

    /// This moment.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::Ahead(ahead) => Self::system().now().plus(ahead.now.load(Ordering::SeqCst)),
            Kind::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Timestamp(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
            }
            Kind::Manual(manual) => Timestamp(manual.now.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock of a test by `ms`; the system's clock is not ours to move.
    pub fn advance(&self, ms: i64) {
        if let Kind::Manual(manual) | Kind::Ahead(manual) = &self.0 {
            manual.now.fetch_add(ms, Ordering::SeqCst);
            manual.moved.send_replace(());
        }
    }

    /// Waits until `moment` has come. A long sleep is taken in steps, since a laptop that slept
    /// wakes with the timers of yesterday.
    pub async fn sleep_until(&self, moment: Timestamp) {
        const STEP: i64 = 20_000;
        match &self.0 {
            Kind::System => loop {
                let left = self.now().until(moment);
                if left <= 0 {
                    return;
                }
                let step = u64::try_from(left.min(STEP)).unwrap_or(0);
                tokio::time::sleep(std::time::Duration::from_millis(step)).await;
            },
            Kind::Ahead(ahead) => {
                let mut moved = ahead.moved.subscribe();
                loop {
                    let left = self.now().until(moment);
                    if left <= 0 {
                        return;
                    }
                    let step = u64::try_from(left.min(STEP)).unwrap_or(0);
                    tokio::select! {
                        () = tokio::time::sleep(std::time::Duration::from_millis(step)) => {}
                        _ = moved.changed() => {}
                    }
                }
            }
            Kind::Manual(manual) => {
                let mut moved = manual.moved.subscribe();
                while self.now() < moment {
                    if moved.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Waits `ms` milliseconds of this clock.
    pub async fn sleep(&self, ms: i64) {
        self.sleep_until(self.now().plus(ms)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_only_when_their_moment_has_come() {
        let clock = Clock::manual(Timestamp(1_000));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(500).await }
        });
        tokio::task::yield_now().await;
        clock.advance(499);
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished(), "one millisecond is missing");
        clock.advance(1);
        sleeper.await.unwrap();
        assert_eq!(clock.now(), Timestamp(1_500));
    }
}
