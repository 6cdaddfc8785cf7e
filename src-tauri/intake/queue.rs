//! Whoever delivers waits here for a commit: of everything that came at the same moment, and in a burst of the journal
//! rows alone.

use super::{Inside, RawDelivery, TakeError, Waiting};
use crate::store::{WriteError, backlog as rows};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// Deliveries committed together at most.
pub(super) const BATCH: usize = 256;
/// How long a batch waits for those who came with the last one.
const COMPANY: Duration = Duration::from_millis(1);
/// A burst is over when no batch was one for so long: a breath of the disk or of whoever delivers does not end it.
const QUIET: Duration = Duration::from_millis(20);

/// Commits whatever waits, as one batch; while it is written the next one gathers. Who was answered together comes back
/// together, and one commit for all of them costs less than two: those are waited for, a moment. In a burst half of them
/// commit while the others deliver.
pub(super) async fn answer(mut queue: mpsc::Receiver<Waiting>, desk: Arc<Inside>, stop: CancellationToken) {
    let mut waiting = Vec::with_capacity(BATCH);
    let mut company = 0;
    let mut over: Option<Instant> = None;
    loop {
        waiting.clear();
        tokio::select! {
            biased;
            _ = queue.recv_many(&mut waiting, BATCH) => {}
            () = sleep_until(over.unwrap_or_else(Instant::now)), if over.is_some() => {
                over = None;
                desk.backlog.burst(false);
                continue;
            }
            () = stop.cancelled() => {
                // Whoever got in before the stop is still served.
                queue.close();
                queue.recv_many(&mut waiting, super::WAITING).await;
            }
        }
        if waiting.is_empty() {
            desk.backlog.close();
            return;
        }
        let wanted = if over.is_some() { desk.burst.min(company) } else { company };
        let gather = async {
            while waiting.len() < wanted {
                let room = BATCH - waiting.len();
                if queue.recv_many(&mut waiting, room).await == 0 {
                    return;
                }
            }
        };
        // In vain when they have nothing more to bring.
        let _ = timeout(COMPANY, gather).await;
        let burst = waiting.len() >= desk.burst;
        if burst {
            over = Some(Instant::now() + QUIET);
        } else if over.is_some_and(|over| over <= Instant::now()) {
            over = None;
        }
        desk.backlog.burst(over.is_some());
        let (batch, callers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|w| (w.raw, w.done)).unzip();
        let batch: Arc<[RawDelivery]> = batch.into();
        let answered = callers.len();
        // What comes later is never taken in before what came earlier.
        let keep_only = burst || !desk.backlog.is_empty();
        match desk.commit(keep_only, batch.clone()).await {
            Ok(()) => callers.into_iter().for_each(|done| {
                let _ = done.send(Ok(()));
            }),
            // One bad delivery must not refuse its neighbours: each alone.
            Err(e) if callers.len() > 1 && !matches!(e, TakeError::Storage(WriteError::Full)) => {
                for (one, done) in batch.iter().zip(callers) {
                    let _ = done.send(desk.commit(keep_only, Arc::new([one.clone()])).await);
                }
            }
            Err(e) => callers.into_iter().for_each(|done| {
                let _ = done.send(Err(e.clone()));
            }),
        }
        company = (answered + queue.len()).min(BATCH);
    }
}

impl Inside {
    async fn commit(self: &Arc<Self>, keep_only: bool, batch: Arc<[RawDelivery]>) -> Result<(), TakeError> {
        if keep_only { self.keep(batch).await } else { self.take_in(batch).await }
    }

    /// Keeps deliveries in the journal, to be taken in later. What it may not keep is counted at once.
    async fn keep(self: &Arc<Self>, batch: Arc<[RawDelivery]>) -> Result<(), TakeError> {
        self.backlog.room().await?;
        let known = self.known().await?;
        let (now, desk) = (self.clock.now(), self.clone());
        let (deliveries, bytes) = self
            .store
            .look_and_write("keep deliveries", move |conn, mut trip| {
                Box::pin(async move {
                    let fresh = if desk.is_current(&known) { None } else { Some(desk.load(conn).await?) };
                    let (kept, not) = fresh.as_ref().unwrap_or(&known).part(&desk.vault, &batch);
                    if !not.is_empty() {
                        (_, trip) = super::write::write_batch(conn, trip, &not, now).await?;
                    }
                    let rows: Vec<_> = kept.iter().map(RawDelivery::to_keep).collect();
                    rows::add(&mut trip, &rows)?;
                    let bytes = rows.iter().map(|row| row.body.len()).sum::<usize>();
                    Ok(((rows.len(), bytes), trip))
                })
            })
            .await?;
        self.backlog.added(deliveries, bytes);
        Ok(())
    }
}
