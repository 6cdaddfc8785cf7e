//! The single door out. Everything that leaves is a row first; a worker sends the next due row of each
//! conversation in order. The error itself says what happens next. A send whose answer was lost is
//! *unsure* and shown so; it is never sent again by itself.

mod attempt;
mod breaker;
mod fate;
mod file;
mod look;
mod reaction;
mod template;
mod text;
mod worker;

use crate::{
    access::AccessBook,
    clock::Clock,
    events::Events,
    media::Media,
    model::{AccountId, MessageId, Timestamp},
    store::{Store, WriteError, outbox},
    tasks::Tasks,
};
use breaker::Breakers;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Wakes the worker; cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    wake: Arc<Notify>,
    pub(crate) line: Arc<Line>,
}

/// What the worker works with.
pub(crate) struct Line {
    pub store: Store,
    pub clock: Clock,
    pub events: Events,
    pub access: Arc<AccessBook>,
    pub media: Media,
    breakers: Mutex<Breakers>,
}

impl Line {
    fn breakers(&self) -> MutexGuard<'_, Breakers> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Finds what a crash left half sent, then starts the worker.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn start(
        store: &Store,
        clock: &Clock,
        events: &Events,
        access: &Arc<AccessBook>,
        media: &Media,
        tasks: &Tasks,
    ) -> Result<Self, WriteError> {
        let now = clock.now();
        let unsure = store
            .write("recover the outbox", move |conn| {
                Box::pin(async move { outbox::recover(conn, now).await })
            })
            .await?;
        if !unsure.is_empty() {
            tracing::warn!(
                sends = unsure.len(),
                "sends were under way when the last run ended; their fate is unsure"
            );
        }
        let wake = Arc::new(Notify::new());
        let line = Arc::new(Line {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            access: access.clone(),
            media: media.clone(),
            breakers: Mutex::default(),
        });
        tasks.keep("outbox", {
            let (line, wake) = (line.clone(), wake.clone());
            move |stop| worker::run(line.clone(), wake.clone(), stop)
        });
        Ok(Self { wake, line })
    }

    /// Something was queued or may be due earlier.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// The account was mended or replaced: what waited for it goes at once.
    pub fn resume(&self, account: AccountId) {
        self.line.breakers().forget(account);
        self.wake();
    }

    /// Until when the account's sends wait because it cannot send; `None` = they do not.
    #[must_use]
    pub fn held_until(&self, account: AccountId) -> Option<Timestamp> {
        self.line.breakers().held_until(account, self.line.clock.now())
    }

    /// Looks at Meta's side now whether an unsure send arrived.
    ///
    /// # Errors
    /// When Meta cannot be asked or has no call for it.
    pub async fn look(&self, message: MessageId) -> Result<(), look::LookError> {
        look::now(&self.line, message).await
    }
}

pub use look::LookError;
