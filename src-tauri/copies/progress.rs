//! How far the work is, and whether it should go on: told at each hundredth, asked at every piece.

use super::CopyError;
use crate::{
    events::Events,
    model::{CopyState, CopyWork, Copying, Event},
};
use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Shared by the work, those who watch it, and whoever stops it; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    copying: Arc<Mutex<Option<Copying>>>,
    stop: Arc<AtomicBool>,
    events: Events,
}

impl Progress {
    /// Work that nobody watches yet.
    #[must_use]
    pub fn new(work: CopyWork, events: Events) -> Self {
        let copying = Copying { work, state: CopyState::Gathering, done: 0, total: 0 };
        Self { copying: Arc::new(Mutex::new(Some(copying))), stop: Arc::default(), events }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Copying>> {
        self.copying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it is.
    #[must_use]
    pub fn now(&self) -> Option<Copying> {
        self.lock().clone()
    }

    /// It is under way.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.lock().as_ref().is_some_and(|copying| !copying.state.has_ended())
    }

    /// A part begins, of `total` bytes.
    pub fn enter(&self, state: CopyState, total: u64) {
        if let Some(copying) = self.lock().as_mut() {
            (copying.state, copying.done, copying.total) = (state, 0, total);
        }
        self.events.tell(Event::CopyingChanged);
    }

    /// So many more bytes are done.
    pub fn add(&self, bytes: u64) {
        let told = {
            let mut lock = self.lock();
            let Some(copying) = lock.as_mut() else { return };
            let hundredth = |done: u64| (done.saturating_mul(100)).checked_div(copying.total).unwrap_or(0);
            let before = hundredth(copying.done);
            copying.done = copying.done.saturating_add(bytes).min(copying.total);
            before != hundredth(copying.done)
        };
        if told {
            self.events.tell(Event::CopyingChanged);
        }
    }

    /// The work ended; `None` = it was stopped, and nothing is left to show.
    pub fn end(&self, state: Option<CopyState>) {
        match state {
            Some(state) => {
                if let Some(copying) = self.lock().as_mut() {
                    copying.state = state;
                }
            }
            None => *self.lock() = None,
        }
        self.events.tell(Event::CopyingChanged);
    }

    /// Asks the work to stop; it does at its next piece.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// The flag that [`Progress::stop`] raises.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// When it was stopped.
    pub fn check(&self) -> Result<(), CopyError> {
        if self.stop.load(Ordering::SeqCst) { Err(CopyError::Stopped) } else { Ok(()) }
    }
}

/// Counts what is read through it, and breaks off when the work was stopped.
pub struct Counted<R> {
    pub inner: R,
    pub progress: Progress,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.progress.check().map_err(|_| io::Error::other("stopped"))?;
        let read = self.inner.read(buffer)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}
