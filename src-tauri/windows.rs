//! Tells when the reply window of somebody who waits ends soon: two hours before, and half an hour before. Each once.

use crate::{
    clock::Clock,
    events::Events,
    model::{Event, HOUR, MINUTE, Timestamp},
    store::{Store, windows},
};
use tokio_util::sync::CancellationToken;

/// How long before the end it is told.
const BEFORE: [i64; 2] = [2 * HOUR, 30 * MINUTE];
/// An import may bring windows that end soon: looked for this often.
const LOOK: i64 = 5 * MINUTE;

/// Tells until stopped. What ended its two hours while nobody ran is not told late: the list shows it.
pub async fn follow(store: Store, clock: Clock, events: Events, stop: CancellationToken) {
    let mut told_up_to = clock.now();
    loop {
        let now = clock.now();
        let next = match tell(&store, &events, told_up_to, now).await {
            Ok(next) => {
                told_up_to = now;
                next
            }
            Err(error) => {
                tracing::warn!(%error, "the windows that end soon could not be read");
                now.plus(LOOK)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
    }
}

/// Tells what came nearer than a mark between `from` and `now`; answers when to look again.
async fn tell(
    store: &Store,
    events: &Events,
    from: Timestamp,
    now: Timestamp,
) -> Result<Timestamp, sqlx::Error> {
    let mut next = now.plus(LOOK);
    let mut conn = store.read().await?;
    for mark in BEFORE {
        for ending in windows::ending(&mut conn, from.plus(mark), now.plus(mark)).await? {
            let windows::Ending { account, conversation, closes_at } = ending;
            events.tell(Event::WindowEnding { account, conversation, closes_at });
        }
        let ahead = windows::ending(&mut conn, now.plus(mark), now.plus(mark + LOOK)).await?;
        if let Some(first) = ahead.first() {
            next = next.min(first.closes_at.plus(-mark));
        }
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{NOW, store as fresh, take, text};

    #[tokio::test]
    async fn a_window_that_ends_while_somebody_waits_is_told_at_two_hours_and_at_half_an_hour() {
        let (store, account) = fresh().await;
        let taken = take(&store, vec![text(account, "1", "m_1", 0, "hello?")]).await[0];
        let closes_at = NOW.plus(24 * HOUR);
        let events = Events::default();
        let mut heard = events.listen();
        let (mut from, mut now) = (closes_at.plus(-3 * HOUR), closes_at.plus(-3 * HOUR));
        let mut told_at = Vec::new();
        while now < closes_at {
            let next = tell(&store, &events, from, now).await.unwrap();
            while let Some(Some(event)) = ready(heard.next()).await {
                assert_eq!(
                    event,
                    Event::WindowEnding { account, conversation: taken.conversation, closes_at }
                );
                told_at.push(now.until(closes_at));
            }
            (from, now) = (now, next);
        }
        assert_eq!(told_at, BEFORE);
    }

    /// What a future has ready at once.
    async fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            value = future => Some(value),
            () = std::future::ready(()) => None,
        }
    }
}
