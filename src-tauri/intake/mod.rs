//! The single door in. Polling and webhooks hand over what came; everything it means is written with its
//! journal row in one transaction, many callers at once; only then the caller is answered and the events
//! go out. The same message by webhook, poll and echo is one row.

mod meaning;
mod read;

use crate::{
    clock::Clock,
    events::Events,
    graph::delivery,
    media::Media,
    model::{AccountId, Channel, Direction, Event, MetaAccountId, Timestamp},
    store::{
        Store, WriteError, account_events, accounts, gaps,
        journal::{self, Delivery},
        messages::{self, Alter, Arrival, Change, Outcome, Taken},
        outbox,
    },
    tasks::Tasks,
};
use bytes::Bytes;
use meaning::{Meaning, Receipt};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::{mpsc, oneshot};

/// Deliveries committed together at most.
const BATCH: usize = 256;
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
    known: RwLock<Option<Arc<Known>>>,
}

/// Our accounts by Meta's id. One id can be two of ours only on different channels. News of a whole WhatsApp
/// business account name it instead of a number: they are told of its first number.
#[derive(Default)]
struct Known {
    by_id: HashMap<MetaAccountId, Vec<(Channel, AccountId)>>,
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
    pub fn start(store: &Store, clock: &Clock, events: &Events, media: &Media, tasks: &Tasks) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let desk = Arc::new(Inside {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            media: media.clone(),
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
    pub async fn take(&self, raw: RawDelivery) -> Result<(), TakeError> {
        let known = self.desk.known().await?;
        // Decoding is done here, in the caller's task, so that many callers decode at once.
        let meanings = meaning::of(&raw.body, &known, raw.received_at);
        let (done, committed) = oneshot::channel();
        self.waiting.send(Waiting { raw, meanings, done }).await.map_err(|_| TakeError::Stopping)?;
        committed.await.map_err(|_| TakeError::Stopping)?
    }

    /// An account came or went: look them up again.
    pub fn forget_accounts(&self) {
        *self.desk.known.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Inside {
    async fn known(&self) -> Result<Arc<Known>, TakeError> {
        if let Some(known) = &*self.known.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(known.clone());
        }
        let own = async {
            let mut conn = self.store.read().await?;
            accounts::list(&mut conn).await
        }
        .await
        .map_err(|e| TakeError::Read(Arc::new(e)))?;
        let mut known = Known::default();
        for one in own {
            let account = one.account;
            known.by_id.entry(account.meta_id).or_default().push((account.channel, account.id));
            if !one.waba_id.is_empty() {
                let of_waba = known.by_id.entry(MetaAccountId(one.waba_id)).or_default();
                if of_waba.iter().all(|(channel, _)| *channel != account.channel) {
                    of_waba.push((account.channel, account.id));
                }
            }
        }
        let known = Arc::new(known);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// Writes a batch as one caller of the writer and tells what changed.
    async fn write(&self, batch: Arc<Vec<(RawDelivery, Vec<Meaning>)>>) -> Result<(), TakeError> {
        let now = self.clock.now();
        let told = self
            .store
            .write("take deliveries", move |conn| {
                Box::pin(async move { write_batch(conn, &batch, now).await })
            })
            .await?;
        // Only after the commit: a file that something still shows must not be gone.
        for orphan in &told.orphans {
            if let Err(error) = self.media.remove(orphan).await {
                tracing::error!(%error, "a file of an unsent message could not be removed");
            }
        }
        self.tell(&told.taken, &told.changed);
        for account in told.news {
            self.events.tell(Event::AccountChanged { account });
        }
        Ok(())
    }

    /// Announces what a commit made true.
    fn tell(&self, taken: &[Taken], changed: &[(Change, Option<bool>)]) {
        let mut conversations: Vec<_> = Vec::new();
        for t in taken.iter().filter(|t| t.fresh || t.changed) {
            self.events.tell(Event::MessageChanged { conversation: t.conversation, message: t.message });
            if t.fresh && t.live && t.direction == Direction::Inbound {
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

/// What a batch made of the database.
#[derive(Default)]
struct Told {
    taken: Vec<Taken>,
    changed: Vec<(Change, Option<bool>)>,
    /// Files that nothing shows any more.
    orphans: Vec<String>,
    /// Accounts that Meta has news of.
    news: Vec<AccountId>,
}

async fn write_batch(
    conn: &mut sqlx::SqliteConnection,
    batch: &[(RawDelivery, Vec<Meaning>)],
    now: Timestamp,
) -> Result<Told, sqlx::Error> {
    // What is for nobody here is counted and not kept (graph-api d.2).
    let is_foreign = |meanings: &[Meaning]| {
        !meanings.is_empty() && meanings.iter().all(|m| matches!(m, Meaning::Foreign(..)))
    };
    let raws: Vec<Delivery<'_>> = batch
        .iter()
        .filter(|(_, meanings)| !is_foreign(meanings))
        .map(|(raw, _)| Delivery { source: raw.source.key(), received_at: raw.received_at, body: &raw.body })
        .collect();
    let mut journal = journal::append_all(conn, &raws).await?.into_iter();
    let mut told = Told::default();
    let mut arrivals: Vec<Arrival> = Vec::new();
    let (mut changes, mut receipts, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    let mut heard: Vec<AccountId> = Vec::new();
    for (raw, meanings) in batch {
        let row = if is_foreign(meanings) { None } else { journal.next() };
        for meaning in meanings {
            match meaning {
                Meaning::Arrival(arrival) => {
                    heard.push(arrival.account);
                    arrivals.push(Arrival { journal: row, recorded_at: now, ..(**arrival).clone() });
                }
                Meaning::Change(change) => {
                    heard.push(change.account);
                    changes.push(change);
                }
                Meaning::Receipt(receipt) => {
                    heard.push(receipt.account());
                    receipts.push(receipt);
                }
                Meaning::News(news) => {
                    heard.push(news.account);
                    if account_events::add(conn, news).await? {
                        told.news.push(news.account);
                    }
                }
                Meaning::Heard(account) => heard.push(*account),
                Meaning::Foreign(channel, meta_id) => foreign.push((*channel, meta_id, raw.received_at)),
            }
        }
    }
    told.taken = messages::take(conn, &arrivals).await?;
    gaps::count_by_webhook(conn, told.taken.iter().filter(|t| t.fresh).map(|t| (t.account, t.sent_at)))
        .await?;
    gaps::count_foreign(conn, &foreign).await?;
    for change in changes {
        let meaning::Change { account, meta_id, alter, at, person, opens_until } = change;
        let altered =
            messages::alter(conn, *account, meta_id, alter, *at, person.as_ref(), *opens_until).await?;
        if let Some(changed) = altered.change {
            if *alter == Alter::Unsend {
                journal::forget(conn, changed.message, meta_id, |body| {
                    delivery::without(body, meta_id.as_str())
                })
                .await?;
            }
            told.changed.push((changed, None));
        }
        told.orphans.extend(altered.orphans);
    }
    for receipt in receipts {
        let settles = receipt.settles();
        let changes = take_receipt(conn, receipt, now).await?;
        told.changed.extend(changes.into_iter().map(|c| (c, settles)));
    }
    heard.sort_unstable();
    heard.dedup();
    for account in heard {
        accounts::patch_health(conn, account, &json!({"last_webhook_at": now})).await?;
    }
    Ok(told)
}

/// How far messages of ours got.
async fn take_receipt(
    conn: &mut sqlx::SqliteConnection,
    receipt: &Receipt,
    now: Timestamp,
) -> Result<Vec<Change>, sqlx::Error> {
    match receipt {
        Receipt::UpTo { account, person, status, at } => {
            messages::watermark(conn, *account, person, *status, *at).await
        }
        Receipt::UpToMessage { account, meta_id, status } => {
            messages::watermark_at(conn, *account, meta_id, *status, now).await
        }
        Receipt::One { account, meta_id, key, status, failure } => {
            // A lost answer is settled by the report that gives our own key back.
            if let Some(key) = key
                && let Some((row, _, false)) = outbox::by_key(conn, key).await?
            {
                let sent = Outcome::Sent { meta_id: meta_id.clone(), at: now };
                messages::settle(conn, row, &sent, now).await?;
            }
            let changed = messages::status(conn, *account, meta_id, *status, failure.as_ref(), now).await?;
            Ok(changed.into_iter().collect())
        }
    }
}

/// Commits whatever waits, as one batch; while it is written the next one gathers.
async fn commit(
    mut receiver: mpsc::Receiver<Waiting>,
    desk: Arc<Inside>,
    stop: tokio_util::sync::CancellationToken,
) {
    let mut waiting = Vec::with_capacity(BATCH);
    loop {
        waiting.clear();
        let count = tokio::select! {
            biased;
            count = receiver.recv_many(&mut waiting, BATCH) => count,
            () = stop.cancelled() => {
                // Whoever got in before the stop is still served.
                receiver.close();
                receiver.recv_many(&mut waiting, WAITING).await
            }
        };
        if count == 0 {
            return;
        }
        let (batch, callers): (Vec<_>, Vec<_>) =
            waiting.drain(..).map(|w| ((w.raw, w.meanings), w.done)).unzip();
        let batch = Arc::new(batch);
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
    }
}
