//! Named background tasks: a task that ends early or panics is started again after a while, and all
//! stop together: softly first, dropped after ten seconds.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a task may take to stop softly.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first and the longest pause before a broken task starts again.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

/// All tasks of one engine; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    book: Arc<Mutex<Vec<Standing>>>,
}

/// How a named task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub name: &'static str,
    /// It works; else it waits to be started again.
    pub running: bool,
    /// How often it broke and was started again.
    pub restarts: u32,
    /// Why it broke last.
    pub broke: Option<&'static str>,
}

impl Tasks {
    /// Runs `work` until the engine stops. `work` makes a new future for each start; one that returns
    /// before the stop counts as broken.
    pub fn keep<F, Fut>(&self, name: &'static str, work: F)
    where
        F: Fn(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop.clone();
        let place = {
            let mut book = self.book();
            book.push(Standing { name, running: true, restarts: 0, broke: None });
            book.len() - 1
        };
        let tasks = self.clone();
        self.tracker.spawn(async move {
            let mut pause = PAUSE.0;
            while !stop.is_cancelled() {
                let broke = match tokio::spawn(work(stop.clone())).await {
                    Ok(()) => "it ended early",
                    Err(e) if e.is_panic() => "it panicked",
                    Err(_) => "it was dropped",
                };
                if stop.is_cancelled() {
                    break;
                }
                tasks.note(place, |s| (s.running, s.broke) = (false, Some(broke)));
                tracing::error!(task = name, "background task starts again in {pause:?}: {broke}");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(PAUSE.1);
                tasks.note(place, |s| (s.running, s.restarts) = (true, s.restarts + 1));
            }
        });
    }

    /// Runs `work` once; the stop waits for it.
    pub fn once<Fut>(&self, work: Fut)
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(work);
    }

    /// How every named task stands, in the order of their first start.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        self.book().clone()
    }

    fn note(&self, place: usize, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = self.book().get_mut(place) {
            change(standing);
        }
    }

    fn book(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token that says: stop soon.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Asks all to stop and waits for them, ten seconds at most.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(PATIENCE, self.tracker.wait()).await.is_err() {
            tracing::warn!(left = self.tracker.len(), "tasks did not stop in time and are dropped");
        }
    }
}
