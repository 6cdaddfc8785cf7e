//! What was answered in a burst, as soon as the journal had it, is taken in from there: when the burst is over or half
//! of the room is used up, and at the next start if this one ends before. The rows of the journal are the queue, so that
//! a burst takes no memory, and what is deleted or unsent meanwhile is gone from it too.

use super::{Inside, RawDelivery, TakeError, queue::BATCH};
use crate::{
    model::JournalId,
    store::{Store, WriteError, backlog},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

/// Room for deliveries that wait: some seconds of taking in. Beyond it callers wait.
const MOST: u64 = 65_536;
/// Room for their bodies, in bytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Bodies read at once, in bytes; one may be larger.
const STEP_BYTES: u64 = 4 * 1024 * 1024;
/// The pause after the database could not be written.
const AGAIN: Duration = Duration::from_secs(1);
/// How long a stop waits for the backlog; the rest is taken in at the next start.
const LAST: Duration = Duration::from_secs(5);

/// A test's body whose reading fails.
#[cfg(test)]
pub(super) const UNREADABLE: &str = "unreadable ";

/// How much waits, for all who wait for it.
pub(super) struct Backlog(watch::Sender<State>);

#[derive(Default)]
struct State {
    /// Deliveries since the start: those that were added, and those that are through.
    added: u64,
    through: u64,
    /// Of those that wait.
    bytes: u64,
    /// More are coming, faster than they could be taken in.
    burst: bool,
    /// No more will come.
    closed: bool,
    /// Why nothing is taken in for now.
    stuck: Option<TakeError>,
}

impl State {
    const fn waits(&self) -> u64 {
        self.added.saturating_sub(self.through)
    }

    /// Whether `share` hundredths of the room are used up.
    const fn is_full(&self, share: u64) -> bool {
        self.waits() >= MOST * share / 100 || self.bytes >= MOST_BYTES * share / 100
    }

    /// Whether it is time to take some in.
    const fn is_due(&self) -> bool {
        self.waits() > 0 && (!self.burst || self.is_full(50))
    }
}

impl Backlog {
    /// What the last run left.
    pub(super) async fn open(store: &Store) -> Result<Self, WriteError> {
        let left = store
            .write("look for what is still to be taken in", |conn| {
                Box::pin(async move {
                    backlog::try_again(conn).await?;
                    backlog::waits(conn).await
                })
            })
            .await?;
        Ok(Self(watch::Sender::new(State { added: left.deliveries, bytes: left.bytes, ..State::default() })))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().waits() == 0
    }

    /// Whether a burst goes on.
    pub(super) fn burst(&self, on: bool) {
        self.0.send_if_modified(|state| std::mem::replace(&mut state.burst, on) != on);
    }

    pub(super) fn added(&self, deliveries: usize, bytes: usize) {
        self.0.send_if_modified(|state| {
            let due = state.is_due();
            state.added += deliveries as u64;
            state.bytes += bytes as u64;
            state.is_due() != due
        });
    }

    /// No more will come.
    pub(super) fn close(&self) {
        self.0.send_modify(|state| (state.burst, state.closed) = (false, true));
    }

    /// Waits for room.
    ///
    /// # Errors
    /// When there is none, and none can be made for now.
    pub(super) async fn room(&self) -> Result<(), TakeError> {
        if !self.0.borrow().is_full(100) {
            return Ok(());
        }
        self.until(|state| !state.is_full(100)).await
    }

    /// Waits until all that is in it at this moment is through.
    ///
    /// # Errors
    /// When it cannot be for now.
    pub(super) async fn caught_up(&self) -> Result<(), TakeError> {
        let added = self.0.borrow().added;
        self.until(|state| state.through >= added).await
    }

    async fn until(&self, is_so: impl Fn(&State) -> bool) -> Result<(), TakeError> {
        let mut told = self.0.subscribe();
        let state = told.wait_for(|state| is_so(state) || state.stuck.is_some()).await;
        let state = state.map_err(|_| TakeError::Stopping)?;
        match &state.stuck {
            Some(error) if !is_so(&state) => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

/// Takes in what waits, whenever it is time, until the engine stops.
pub(super) async fn take_in(desk: Arc<Inside>, stop: CancellationToken) {
    let too_late = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST).await;
    };
    tokio::select! {
        () = desk.work_off(&stop) => {}
        () = too_late => {}
    }
    desk.backlog.0.send_modify(|state| state.stuck = Some(TakeError::Stopping));
    let left = desk.backlog.0.borrow().waits();
    if left > 0 {
        tracing::info!(left, "deliveries are taken in at the next start");
    }
}

impl Inside {
    async fn work_off(self: &Arc<Self>, stop: &CancellationToken) {
        let mut told = self.backlog.0.subscribe();
        loop {
            match told.wait_for(|state| state.is_due() || state.closed).await {
                Ok(state) if state.waits() > 0 => {}
                _ => return,
            }
            let began = Instant::now();
            let stuck = self.take_some_in().await.err();
            // While a burst goes on, half of the time is for those who wait for an answer.
            let pause = match &stuck {
                Some(_) => AGAIN,
                None if self.backlog.0.borrow().burst => began.elapsed(),
                None => Duration::ZERO,
            };
            let is_stuck = stuck.is_some();
            self.backlog.0.send_if_modified(|state| {
                let changed = state.stuck.is_some() != is_stuck;
                if let (true, Some(error)) = (changed, &stuck) {
                    tracing::error!(%error, "what was answered in a burst waits to be taken in");
                }
                state.stuck = stuck;
                changed
            });
            if !pause.is_zero() && timeout(pause, stop.cancelled()).await.is_ok() && is_stuck {
                return;
            }
        }
    }

    /// Takes the oldest in.
    async fn take_some_in(self: &Arc<Self>) -> Result<(), TakeError> {
        // All of them are in the journal, unless they were deleted there.
        let added = self.backlog.0.borrow().added;
        let oldest = async { backlog::oldest(&mut *self.store.read().await?, BATCH, STEP_BYTES).await };
        let oldest = oldest.await.map_err(|e| TakeError::Read(Arc::new(e)))?;
        let batch: Arc<[RawDelivery]> = oldest.into_iter().map(RawDelivery::kept).collect();
        match self.take_in(batch.clone()).await {
            Ok(()) => {}
            Err(error) if !is_its_own(&error) => return Err(error),
            // One bad delivery must not stop the others: each alone.
            Err(_) => {
                for raw in batch.iter() {
                    self.take_one_in(raw).await?;
                }
            }
        }
        let bytes: usize = batch.iter().map(|raw| raw.body.len()).sum();
        self.backlog.0.send_modify(|state| {
            state.through += batch.len() as u64;
            state.bytes = state.bytes.saturating_sub(bytes as u64);
            if batch.is_empty() {
                state.through = state.through.max(added);
            }
            if state.waits() == 0 {
                state.bytes = 0;
            }
        });
        Ok(())
    }

    /// Takes one in, or sets it aside when it cannot be.
    async fn take_one_in(self: &Arc<Self>, raw: &RawDelivery) -> Result<(), TakeError> {
        match (self.take_in(Arc::new([raw.clone()])).await, raw.row) {
            (Err(error), Some(row)) if is_its_own(&error) => {
                self.set_aside(row).await?;
                tracing::error!(delivery = row.0, %error, "a delivery could not be taken in and stays in the journal");
                Ok(())
            }
            (done, _) => done,
        }
    }

    async fn set_aside(&self, row: JournalId) -> Result<(), TakeError> {
        let set =
            self.store.write("set a delivery aside", move |conn| Box::pin(backlog::failed(conn, row))).await;
        Ok(set?)
    }
}

/// Whether a delivery itself is why it could not be taken in, and not the disk.
const fn is_its_own(error: &TakeError) -> bool {
    matches!(error, TakeError::Storage(WriteError::Failed(_) | WriteError::NotFound | WriteError::GivenUp))
}

#[cfg(test)]
#[path = "backlog_tests.rs"]
mod tests;
