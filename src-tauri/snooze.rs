//! Wakes what was snoozed when its time has come. What they write in wakes by itself, where it is taken in.

use crate::{
    clock::Clock,
    events::Events,
    model::{AccountId, ConversationId, Event, MINUTE},
    store::{Store, WriteError, conversations},
    tasks::Tasks,
};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Woken in one write at most.
const STEP: u32 = 100;
/// A pause after the database refused, in milliseconds.
const STORE_PAUSE: i64 = MINUTE;

/// Tells the waking task that something was snoozed; cheap to clone.
#[derive(Debug, Clone)]
pub struct Snooze(Arc<Notify>);

impl Snooze {
    /// Starts the task; what became due while the app was closed wakes at once.
    #[must_use]
    pub fn start(store: &Store, clock: &Clock, events: &Events, tasks: &Tasks) -> Self {
        let changed = Arc::new(Notify::new());
        let parts = (store.clone(), clock.clone(), events.clone(), changed.clone());
        tasks.keep("snooze", move |stop| {
            let (store, clock, events, changed) = parts.clone();
            run(store, clock, events, changed, stop)
        });
        Self(changed)
    }

    /// Something may be due earlier than before.
    pub fn changed(&self) {
        self.0.notify_one();
    }
}

async fn run(store: Store, clock: Clock, events: Events, changed: Arc<Notify>, stop: CancellationToken) {
    loop {
        let next = match wake_due(&store, &clock, &events).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "what was snoozed cannot be woken");
                Some(clock.now().plus(STORE_PAUSE))
            }
        };
        let sleep = async {
            match next {
                Some(moment) => clock.sleep_until(moment).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = changed.notified() => {}
            () = sleep => {}
        }
    }
}

/// Wakes all whose time has come; when the next one's comes.
async fn wake_due(
    store: &Store,
    clock: &Clock,
    events: &Events,
) -> Result<Option<crate::model::Timestamp>, WriteError> {
    loop {
        let next = conversations::next_due(&mut *store.read().await?).await?;
        let now = clock.now();
        if next.is_none_or(|next| next > now) {
            return Ok(next);
        }
        let woken: Vec<(AccountId, ConversationId)> = store
            .write("wake what was snoozed", move |conn| {
                Box::pin(async move { conversations::due(conn, now, STEP).await })
            })
            .await?;
        for (account, conversation) in woken {
            events.tell(Event::ConversationChanged { account, conversation });
            events.tell(Event::ThreadChanged { conversation });
        }
    }
}
