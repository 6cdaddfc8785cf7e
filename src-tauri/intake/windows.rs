//! What news mean for reply windows besides their end, and for what waits to leave.

use crate::{
    model::{Code, ConversationId, DAY, Direction, Failure, Timestamp},
    store::{
        messages::{Arrival, Change, Taken},
        outbox, windows,
    },
};
use sqlx::SqliteConnection;

/// Whether [`follow`] has anything to do for a message.
pub(super) fn concerns(arrival: &Arrival, taken: &Taken) -> bool {
    taken.direction == Direction::Inbound && (arrival.opens_for > DAY || overtakes(taken))
}

/// They wrote where something of ours waits to leave.
fn overtakes(taken: &Taken) -> bool {
    taken.fresh && taken.live && taken.sends_wait
}

/// Notes windows that an ad opened, and takes back what was to leave unless somebody wrote.
pub(super) async fn follow(
    conn: &mut SqliteConnection,
    arrivals: &[Arrival],
    taken: &[Taken],
    now: Timestamp,
) -> Result<Vec<outbox::Settled>, sqlx::Error> {
    let mut wrote: Vec<ConversationId> = Vec::new();
    for (arrival, taken) in arrivals.iter().zip(taken).filter(|(_, t)| t.direction == Direction::Inbound) {
        if arrival.opens_for > DAY {
            windows::by_ad(conn, taken.conversation, taken.sent_at.plus(arrival.opens_for)).await?;
        }
        if overtakes(taken) {
            wrote.push(taken.conversation);
        }
    }
    if wrote.is_empty() { Ok(Vec::new()) } else { outbox::they_wrote(conn, &wrote, now).await }
}

/// A send was refused after it had been taken: WhatsApp says only then that the window is closed (graph-api k.4).
pub(super) async fn refused(
    conn: &mut SqliteConnection,
    change: &Change,
    failure: Option<&Failure>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if failure.is_some_and(|f| f.problem.code == Code::WindowClosed) {
        windows::refused(conn, change.conversation, false, now).await?;
    }
    Ok(())
}
