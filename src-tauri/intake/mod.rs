//! The single door in. Polling and webhooks hand over what came; everything it means is written with its
//! journal row in one transaction, many callers at once; only then the caller is answered and the events
//! go out. In a burst the journal rows alone are committed before the answer, and what they mean follows from
//! the backlog, in the same way. The same message by webhook, poll and echo is one row.

mod backlog;
mod files;
mod forgotten;
mod heal;
mod item;
mod known;
mod meaning;
mod queue;
mod read;
mod unsent;
mod windows;
mod write;

pub(crate) use meaning::person;

use crate::{
    clock::Clock,
    events::Events,
    media::Media,
    model::{Direction, Event, JournalId, Timestamp},
    store::{
        Store, WriteError,
        journal::{Delivery, Kept},
        messages::{Change, Taken},
    },
    tasks::Tasks,
    vault::Vault,
};
use backlog::Backlog;
use bytes::Bytes;
use known::{Cache, Known};
use std::sync::{Arc, RwLock};
use tokio::sync::{mpsc, oneshot};

/// Deliveries that may wait; a caller waits for a place beyond that.
const WAITING: usize = 2048;

/// Which way something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Webhook,
    Poll,
}

impl Source {
    const fn key(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Poll => "poll",
        }
    }

    fn from_key(key: &str) -> Self {
        if key == Self::Poll.key() { Self::Poll } else { Self::Webhook }
    }
}

/// What came, as it came. Whoever hands it over has checked its signature.
#[derive(Debug, Clone)]
pub struct RawDelivery {
    pub source: Source,
    pub body: Bytes,
    pub received_at: Timestamp,
    /// Its row in the journal, if it has one already.
    row: Option<JournalId>,
    /// Something was taken out of the body.
    cut: bool,
}

impl RawDelivery {
    /// A webhook body that arrived at `received_at`.
    #[must_use]
    pub const fn webhook(body: Bytes, received_at: Timestamp) -> Self {
        Self { source: Source::Webhook, body, received_at, row: None, cut: false }
    }

    /// The same as the journal has it.
    fn kept(kept: Kept) -> Self {
        let Kept { id, source, received_at, body } = kept;
        let source = Source::from_key(&source);
        Self { source, body: body.into(), received_at, row: Some(id), cut: false }
    }

    /// As the journal takes it.
    fn to_keep(&self) -> Delivery<'_> {
        Delivery { source: self.source.key(), received_at: self.received_at, body: &self.body }
    }
}

/// Why a delivery was not taken: whoever delivered it must try again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TakeError {
    #[error("the delivery could not be stored: {0}")]
    Storage(#[from] WriteError),
    #[error("the known accounts could not be read: {0}")]
    Read(Arc<sqlx::Error>),
    #[error("the engine is stopping")]
    Stopping,
}

/// Takes deliveries; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    waiting: mpsc::Sender<Waiting>,
    desk: Arc<Inside>,
}

struct Inside {
    store: Store,
    clock: Clock,
    events: Events,
    media: Media,
    vault: Vault,
    known: RwLock<Cache>,
    backlog: Backlog,
    /// So many at the same moment are a burst.
    burst: usize,
}

/// A delivery and whoever waits for its commit.
struct Waiting {
    raw: RawDelivery,
    done: oneshot::Sender<Result<(), TakeError>>,
}

impl Intake {
    /// Starts the tasks that commit what comes, and what was answered before the last run ended. `burst` = so many at
    /// the same moment are one.
    ///
    /// # Errors
    /// When it cannot be found out what still waits.
    pub async fn start(
        store: &Store,
        clock: &Clock,
        events: &Events,
        media: &Media,
        vault: &Vault,
        tasks: &Tasks,
        burst: usize,
    ) -> Result<Self, WriteError> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let desk = Arc::new(Inside {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            media: media.clone(),
            vault: vault.clone(),
            known: RwLock::default(),
            backlog: Backlog::open(store).await?,
            burst,
        });
        tasks.once(queue::answer(receiver, desk.clone(), tasks.stopping()));
        tasks.once(backlog::take_in(desk.clone(), tasks.stopping()));
        Ok(Self { waiting: sender, desk })
    }

    /// Takes a delivery; returns after the commit. Then what it means is in the inbox, except in a burst: see
    /// [`Intake::caught_up`].
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn take(&self, raw: RawDelivery) -> Result<(), TakeError> {
        let (done, committed) = oneshot::channel();
        self.waiting.send(Waiting { raw, done }).await.map_err(|_| TakeError::Stopping)?;
        committed.await.map_err(|_| TakeError::Stopping)?
    }

    /// Returns when everything that was answered before is in the inbox.
    ///
    /// # Errors
    /// When it cannot be taken in for now.
    pub async fn caught_up(&self) -> Result<(), TakeError> {
        self.desk.backlog.caught_up().await
    }

    /// An account came or went, or a person was deleted: look them up again. What was read before is read again when
    /// it is written.
    pub fn forget_accounts(&self) {
        self.desk.forget_known();
    }
}

impl Inside {
    /// Reads a batch, writes what it means as one caller of the writer and tells what changed.
    async fn take_in(self: &Arc<Self>, batch: Arc<[RawDelivery]>) -> Result<(), TakeError> {
        if batch.is_empty() {
            return Ok(());
        }
        let known = self.known().await?;
        let read = known.read_all(&self.vault, &batch)?;
        let (now, desk) = (self.clock.now(), self.clone());
        let told = self
            .store
            .look_and_write("take deliveries", move |conn, trip| {
                Box::pin(async move {
                    // Whoever was deleted while this waited for its turn must not come back with it.
                    if !desk.is_current(&known) {
                        let known = desk.load(conn).await?;
                        let read = batch.iter().map(|raw| known.read(&desk.vault, raw)).collect::<Vec<_>>();
                        return write::write_batch(conn, trip, &read, now).await;
                    }
                    write::write_batch(conn, trip, &read, now).await
                })
            })
            .await?;
        self.remove(&told.orphans).await;
        self.tell(&told.taken, &told.changed);
        for late in told.overtaken {
            let (conversation, message) = (late.conversation, late.message);
            self.events.tell(Event::MessageChanged { conversation, message });
            self.events.tell(Event::SendSettled { conversation, message, good: false });
        }
        for account in told.news {
            self.events.tell(Event::AccountChanged { account });
        }
        Ok(())
    }

    /// Removes files that nothing shows any more. Only after the commit: one that something still shows must not
    /// be gone.
    async fn remove(&self, orphans: &[String]) {
        for orphan in orphans {
            if let Err(error) = self.media.remove(orphan).await {
                tracing::error!(%error, "a file that nothing shows any more could not be removed");
            }
        }
    }

    /// Announces what a commit made true.
    fn tell(&self, taken: &[Taken], changed: &[(Change, Option<bool>)]) {
        let mut conversations: Vec<_> = Vec::new();
        for t in taken.iter().filter(|t| t.fresh || t.changed) {
            self.events.tell(Event::MessageChanged { conversation: t.conversation, message: t.message });
            if t.fresh && t.live && !t.silent && t.direction == Direction::Inbound {
                self.events.tell(Event::MessageReceived {
                    account: t.account,
                    conversation: t.conversation,
                    message: t.message,
                    sent_at: t.sent_at,
                });
            }
            conversations.push((t.account, t.conversation));
        }
        for (c, settled) in changed {
            self.events.tell(Event::MessageChanged { conversation: c.conversation, message: c.message });
            if let Some(good) = settled {
                self.events.tell(Event::SendSettled {
                    conversation: c.conversation,
                    message: c.message,
                    good: *good,
                });
            }
            conversations.push((c.account, c.conversation));
        }
        conversations.sort_unstable();
        conversations.dedup();
        for (account, conversation) in conversations {
            self.events.tell(Event::ConversationChanged { account, conversation });
        }
    }
}
