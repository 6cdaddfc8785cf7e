//! What is done when nobody waits for it: new messages go into the index of words, and what is past its
//! time goes out of journal, outbox and media folder. Every step is short, since there is one writer.

mod files;

use crate::{
    clock::Clock,
    events::Events,
    media::Media,
    model::{DAY, HOUR},
    store::{Store, WriteError, journal, outbox, settings},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the index is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// So many unfed messages are fed although more are still coming; below that, deliveries go first.
const ENOUGH: i64 = 100_000;
/// Deliveries removed in one write.
const STEP: u32 = 500;
/// How long a sent reply's key answers a second click.
const KEYS: i64 = 7 * DAY;

/// Feeds the index of words whenever it is quiet, so that a search finds nothing left to do.
pub async fn feed_words(store: Store, stop: CancellationToken) {
    let mut before = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let fed = async {
            let (newest, through) = store.fed().await?;
            if newest > through && (newest == before || newest - through > ENOUGH) {
                store.catch_up().await?;
            }
            before = newest;
            Ok::<_, WriteError>(())
        };
        if let Err(error) = fed.await {
            tracing::warn!(%error, "the index of words waits");
        }
    }
}

/// Removes what is past its time, once an hour.
pub async fn clear_out(store: Store, media: Media, events: Events, clock: Clock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep(HOUR) => {}
        }
        if let Err(error) = clear(&store, &media, &events, &clock).await {
            tracing::warn!(%error, "what is past its time stays for another hour");
        }
    }
}

async fn clear(store: &Store, media: &Media, events: &Events, clock: &Clock) -> Result<(), WriteError> {
    let limits = settings::get(&mut *store.read().await?).await?.storage;
    let now = clock.now();
    let old = now.plus(-DAY * i64::from(limits.journal_days));
    loop {
        let removed =
            store.write("prune the journal", move |conn| Box::pin(journal::prune(conn, old, STEP))).await?;
        if removed < u64::from(STEP) {
            break;
        }
    }
    store.write("prune the outbox", move |conn| Box::pin(outbox::prune(conn, now.plus(-KEYS)))).await?;
    files::Cleaner { store, media, events, clock }.clear(&limits).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Hosts,
        model::{Settings, Timestamp},
        store::{journal::Delivery, storage},
    };

    #[tokio::test]
    async fn deliveries_go_when_their_days_are_over() {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::open(folder.path().join("media"), &Hosts::default()).await.unwrap();
        let clock = Clock::manual(Timestamp(100 * DAY));
        let store = Store::in_memory().await.unwrap();
        store
            .write("fill", |conn| {
                Box::pin(async move {
                    let mut chosen = Settings::default();
                    chosen.storage.journal_days = 2;
                    settings::set(conn, &chosen).await?;
                    let deliveries: Vec<_> = (0..1_200)
                        .map(|n| Delivery {
                            source: "webhook",
                            received_at: Timestamp(97 * DAY + i64::from(n) * HOUR / 10),
                            body: b"{}",
                        })
                        .collect();
                    journal::append_all(conn, &deliveries).await.map(drop)
                })
            })
            .await
            .unwrap();
        clear(&store, &media, &Events::default(), &clock).await.unwrap();
        let left = storage::figures(&store).await.unwrap().journal_rows;
        assert_eq!(left, 1_200 - 240);
    }
}
