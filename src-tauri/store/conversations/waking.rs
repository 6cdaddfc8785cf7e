//! What comes back to work by itself: when they write, when its time has come, and when a reply turns out not to have
//! left.

use super::row;
use crate::model::{AccountId, Activity, ConversationId, State, Timestamp};
use crate::store::messages::{self, NewLine};
use sqlx::SqliteConnection;

/// A conversation that their message opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Woken {
    pub conversation: ConversationId,
    /// Where it stood.
    pub state: State,
    /// The earliest of the messages that open it, and when the last of them was recorded.
    pub wrote_at: Timestamp,
    pub recorded_at: Timestamp,
}

/// Opens what they wrote in, with a line in each thread. Called after their messages are in and before the recount.
pub(in crate::store) async fn they_wrote(
    conn: &mut SqliteConnection,
    woken: &[Woken],
) -> Result<(), sqlx::Error> {
    let Some(now) = woken.iter().map(|one| one.recorded_at).max() else { return Ok(()) };
    let rows: Vec<_> = woken.iter().map(|one| (one.conversation, one.wrote_at)).collect();
    // A message that comes late may be older than what was settled; it waits all the same.
    sqlx::query(
        "UPDATE conversations AS v SET state = 'open', snoozed_until = NULL,
             settled_at = min(settled_at, (t.value ->> 1) - 1)
         FROM json_each(?1) t WHERE v.id = t.value ->> 0",
    )
    .bind(row::json(&rows)?)
    .execute(&mut *conn)
    .await?;
    for (snoozed, activity) in
        [(true, Activity::Woke { they_wrote: true }), (false, Activity::Reopened { they_wrote: true })]
    {
        let ids: Vec<ConversationId> = woken
            .iter()
            .filter(|one| (one.state == State::Snoozed) == snoozed)
            .map(|one| one.conversation)
            .collect();
        messages::append_lines(conn, &ids, &NewLine::Activity(activity), now).await?;
    }
    Ok(())
}

/// Opens what was resolved with a reply that did not leave, with a line in each thread: the person has no answer yet.
/// Called before the recount.
pub(in crate::store) async fn not_sent(
    conn: &mut SqliteConnection,
    conversations: &[ConversationId],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let opened: Vec<i64> = sqlx::query_scalar(
        "UPDATE conversations SET state = 'open', settled_at = 0
         WHERE state = 'resolved' AND id IN (SELECT value FROM json_each(?1)) RETURNING id",
    )
    .bind(row::json(conversations)?)
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<ConversationId> = opened.into_iter().map(ConversationId).collect();
    messages::append_lines(conn, &ids, &NewLine::Activity(Activity::NotSent), now).await.map(drop)
}

/// When the next snooze ends by the clock.
///
/// # Errors
/// When the database cannot be read.
pub async fn next_due(conn: &mut SqliteConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    let next: Option<i64> = sqlx::query_scalar(
        "SELECT min(snoozed_until) FROM conversations WHERE state = 'snoozed' AND snoozed_until IS NOT NULL",
    )
    .fetch_one(conn)
    .await?;
    Ok(row::time(next))
}

/// Opens those whose time has come, `limit` at most, and marks them unread so that they are seen.
///
/// # Errors
/// When the database cannot be written.
pub async fn due(
    conn: &mut SqliteConnection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(AccountId, ConversationId)>, sqlx::Error> {
    let woken: Vec<(i64, i64)> = sqlx::query_as(
        "UPDATE conversations AS v SET state = 'open', snoozed_until = NULL,
             marked_unread = EXISTS (SELECT 1 FROM messages WHERE conversation = v.id AND direction = 'inbound'),
             unread = max(unread, EXISTS (SELECT 1 FROM messages WHERE conversation = v.id AND direction = 'inbound'))
         WHERE id IN (SELECT id FROM conversations
             WHERE state = 'snoozed' AND snoozed_until IS NOT NULL AND snoozed_until <= ?1
             ORDER BY snoozed_until LIMIT ?2)
         RETURNING account, id",
    )
    .bind(now.0)
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<ConversationId> = woken.iter().map(|(_, id)| ConversationId(*id)).collect();
    messages::append_lines(conn, &ids, &NewLine::Activity(Activity::Woke { they_wrote: false }), now).await?;
    Ok(woken.into_iter().map(|(account, id)| (AccountId(account), ConversationId(id))).collect())
}
