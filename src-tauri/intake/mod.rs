//! The single door in. Polling and webhooks hand over what came; everything it means is written with its
//! journal row in one transaction, many callers at once; only then the caller is answered and the events
//! go out. The same message by webhook, poll and echo is one row.

mod files;
mod forgotten;
mod heal;
mod item;
mod meaning;
mod read;
mod unsent;
mod windows;
mod write;

pub(crate) use meaning::person;

use crate::{
    clock::Clock,
    events::Events,
    media::Media,
    model::{AccountId, Channel, Direction, Event, MetaAccountId, Timestamp},
    store::{
        Store, WriteError, accounts, kin,
        messages::{Change, Taken},
    },
    tasks::Tasks,
    vault::Vault,
};
use bytes::Bytes;
use meaning::Meaning;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Deliveries committed together at most.
const BATCH: usize = 256;
/// How long a batch waits for those who came with the last one.
const COMPANY: Duration = Duration::from_millis(1);
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
}

/// What came, as it came. Whoever hands it over has checked its signature.
#[derive(Debug, Clone)]
pub struct RawDelivery {
    pub source: Source,
    pub body: Bytes,
    pub received_at: Timestamp,
}

impl RawDelivery {
    /// A webhook body that arrived at `received_at`.
    #[must_use]
    pub const fn webhook(body: Bytes, received_at: Timestamp) -> Self {
        Self { source: Source::Webhook, body, received_at }
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
    known: RwLock<Option<Arc<Known>>>,
}

/// Our accounts by Meta's id. One id can be two of ours only on different channels. News of a whole WhatsApp
/// business account name it instead of a number: they are told of its first number.
#[derive(Default)]
struct Known {
    by_id: HashMap<MetaAccountId, Vec<(Channel, AccountId)>>,
    /// Every id of ours: none of them is a customer (graph-api a.4).
    own: Arc<HashSet<String>>,
    /// Each account's own name at Meta.
    of_account: HashMap<AccountId, (Channel, MetaAccountId)>,
    /// People who were deleted, by fingerprint, and when.
    deleted: HashMap<String, Timestamp>,
}

/// A decoded delivery and whoever waits for its commit.
struct Waiting {
    raw: RawDelivery,
    meanings: Vec<Meaning>,
    done: oneshot::Sender<Result<(), TakeError>>,
}

impl Intake {
    /// Starts the task that commits what comes.
    #[must_use]
    pub fn start(
        store: &Store,
        clock: &Clock,
        events: &Events,
        media: &Media,
        vault: &Vault,
        tasks: &Tasks,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let desk = Arc::new(Inside {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            media: media.clone(),
            vault: vault.clone(),
            known: RwLock::default(),
        });
        let stop = tasks.stopping();
        tasks.once(commit(receiver, desk.clone(), stop));
        Self { waiting: sender, desk }
    }

    /// Takes a delivery; returns after the commit.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn take(&self, mut raw: RawDelivery) -> Result<(), TakeError> {
        let known = self.desk.known().await?;
        // Decoding is done here, in the caller's task, so that many callers decode at once.
        let mut meanings = meaning::of(&raw.body, &known, raw.received_at);
        known.forget(&self.desk.vault, &mut raw, &mut meanings);
        let (done, committed) = oneshot::channel();
        self.waiting.send(Waiting { raw, meanings, done }).await.map_err(|_| TakeError::Stopping)?;
        committed.await.map_err(|_| TakeError::Stopping)?
    }

    /// An account came or went, or a person was deleted: look them up again.
    pub fn forget_accounts(&self) {
        *self.desk.known.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Inside {
    async fn known(&self) -> Result<Arc<Known>, TakeError> {
        if let Some(known) = &*self.known.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(known.clone());
        }
        let (own, deleted) = async {
            let mut conn = self.store.read().await?;
            Ok::<_, sqlx::Error>((accounts::list(&mut conn).await?, kin::deleted(&mut conn).await?))
        }
        .await
        .map_err(|e| TakeError::Read(Arc::new(e)))?;
        let mut known = Known { deleted: deleted.into_iter().collect(), ..Known::default() };
        let mut ids = HashSet::new();
        for one in own {
            let account = one.account;
            known.of_account.insert(account.id, (account.channel, account.meta_id.clone()));
            ids.insert(account.meta_id.0.clone());
            ids.extend(one.own_ids.iter().cloned());
            // Each id that the business was seen under may name it in a delivery.
            let further = one.own_ids.into_iter().map(MetaAccountId).filter(|id| *id != account.meta_id);
            for id in std::iter::once(account.meta_id.clone()).chain(further) {
                let of_id = known.by_id.entry(id).or_default();
                if of_id.iter().all(|(channel, _)| *channel != account.channel) {
                    of_id.push((account.channel, account.id));
                }
            }
            if !one.waba_id.is_empty() {
                let of_waba = known.by_id.entry(MetaAccountId(one.waba_id)).or_default();
                if of_waba.iter().all(|(channel, _)| *channel != account.channel) {
                    of_waba.push((account.channel, account.id));
                }
            }
        }
        known.own = Arc::new(ids);
        let known = Arc::new(known);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// Writes a batch as one caller of the writer and tells what changed.
    async fn write(&self, batch: Arc<Vec<(RawDelivery, Vec<Meaning>)>>) -> Result<(), TakeError> {
        let now = self.clock.now();
        let told = self
            .store
            .look_and_write("take deliveries", move |conn, trip| {
                Box::pin(async move { write::write_batch(conn, trip, &batch, now).await })
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

/// Commits whatever waits, as one batch; while it is written the next one gathers. Who was answered together comes back
/// together, and one commit for all of them costs less than two: those are waited for, a moment.
async fn commit(
    mut receiver: mpsc::Receiver<Waiting>,
    desk: Arc<Inside>,
    stop: tokio_util::sync::CancellationToken,
) {
    let mut waiting = Vec::with_capacity(BATCH);
    let mut company = 0;
    loop {
        waiting.clear();
        tokio::select! {
            biased;
            _ = receiver.recv_many(&mut waiting, BATCH) => {}
            () = stop.cancelled() => {
                // Whoever got in before the stop is still served.
                receiver.close();
                receiver.recv_many(&mut waiting, WAITING).await;
            }
        }
        if waiting.is_empty() {
            return;
        }
        let gather = async {
            while waiting.len() < company {
                let room = BATCH - waiting.len();
                if receiver.recv_many(&mut waiting, room).await == 0 {
                    return;
                }
            }
        };
        // In vain when they have nothing more to bring.
        let _ = tokio::time::timeout(COMPANY, gather).await;
        let (batch, callers): (Vec<_>, Vec<_>) =
            waiting.drain(..).map(|w| ((w.raw, w.meanings), w.done)).unzip();
        let batch = Arc::new(batch);
        let answered = callers.len();
        match desk.write(batch.clone()).await {
            Ok(()) => callers.into_iter().for_each(|done| {
                let _ = done.send(Ok(()));
            }),
            // One bad delivery must not refuse its neighbours: each alone.
            Err(e) if callers.len() > 1 && !matches!(e, TakeError::Storage(WriteError::Full)) => {
                for (one, done) in batch.iter().zip(callers) {
                    let _ = done.send(desk.write(Arc::new(vec![one.clone()])).await);
                }
            }
            Err(e) => callers.into_iter().for_each(|done| {
                let _ = done.send(Err(e.clone()));
            }),
        }
        company = (answered + receiver.len()).min(BATCH);
    }
}
