//! The broadcast of events. A reader that falls behind is told to start over instead of silently
//! missing something.

use crate::{
    clock::Clock,
    model::{Event, Timestamp},
};
use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};
use tokio_util::sync::CancellationToken;

/// How many events a slow reader may lag before it must start over.
const KEPT: usize = 1024;

/// Where facts are announced; cheap to clone.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(KEPT).0)
    }
}

impl Events {
    /// Tells everybody. Call it only after the commit that made it true.
    pub fn tell(&self, event: Event) {
        // An error means that nobody listens, which is fine.
        let _ = self.0.send(event);
    }

    /// How many listen.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.0.receiver_count()
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// One reader of the broadcast.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Event>);

impl Listener {
    /// The next event; `None` when the engine is gone.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => Some(Event::StartOver),
            Err(RecvError::Closed) => None,
        }
    }

    /// Waits until `next`, or until `gather` milliseconds after news of an account: one often comes with others.
    /// `false` = stop.
    pub async fn account_or(
        &mut self,
        clock: &Clock,
        next: Timestamp,
        gather: i64,
        stop: &CancellationToken,
    ) -> bool {
        loop {
            tokio::select! {
                () = stop.cancelled() => return false,
                () = clock.sleep_until(next) => return true,
                event = self.next() => match event {
                    None => return false,
                    Some(Event::AccountChanged { .. } | Event::StartOver) => break,
                    Some(_) => {}
                },
            }
        }
        tokio::select! {
            () = stop.cancelled() => false,
            () = clock.sleep(gather) => true,
        }
    }

    /// An event that was told already; `None` = nothing waits.
    pub fn waiting(&mut self) -> Option<Event> {
        match self.0.try_recv() {
            Ok(event) => Some(event),
            Err(TryRecvError::Lagged(_)) => Some(Event::StartOver),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;

    #[tokio::test]
    async fn a_slow_reader_is_told_to_start_over() {
        let events = Events::default();
        let mut slow = events.listen();
        for n in 0..=KEPT {
            events.tell(Event::AccountChanged { account: AccountId(i64::try_from(n).unwrap()) });
        }
        assert_eq!(slow.next().await, Some(Event::StartOver));
        assert_eq!(slow.next().await, Some(Event::AccountChanged { account: AccountId(1) }));
    }
}
