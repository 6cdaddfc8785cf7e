//! What is done when nobody waits for it: new messages go into the index of words, and what is past its
//! time goes out of journal, outbox and media folder. Every step is short, since there is one writer.

mod files;

use crate::{
    clock::Clock,
    events::Events,
    media::Media,
    model::{DAY, Event, HOUR},
    store::{Store, WriteError, backlog, journal, outbox, settings},
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
            let quiet = newest == before && backlog::is_empty(&mut *store.read().await?).await?;
            if newest > through && (quiet || newest - through > ENOUGH) {
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

/// Removes what is past its time, once an hour and when other times were chosen.
pub async fn clear_out(store: Store, media: Media, events: Events, clock: Clock, stop: CancellationToken) {
    let mut heard = events.listen();
    let mut chosen = None;
    loop {
        let hour = clock.now().plus(HOUR);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = clock.sleep_until(hour) => break,
                event = heard.next() => match event {
                    Some(Event::SettingsChanged | Event::StartOver) => {}
                    Some(_) => continue,
                    None => return,
                },
            }
            let now = async { settings::get(&mut *store.read().await?).await };
            let now = now.await.ok().map(|s| s.storage);
            if std::mem::replace(&mut chosen, now.clone()) != now {
                break;
            }
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
        // Deliveries that wait to be written go between the steps.
        tokio::task::yield_now().await;
    }
    store.write("prune the outbox", move |conn| Box::pin(outbox::prune(conn, now.plus(-KEYS)))).await?;
    files::Cleaner { store, media, events, clock }.clear(&limits).await
}

#[cfg(test)]
#[path = "housekeeping/tests.rs"]
mod tests;
