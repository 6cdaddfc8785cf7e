//! A reply in the hands of the person at the desk: tried again, given another time, taken back.

use crate::model::{AccountId, ConversationId, MessageId, OutboxId, Timestamp};
use crate::store::conversations;
use sqlx::SqliteConnection;

/// Queues a failed or unsure reply again, at the person's wish. `None` = it is neither. One that failed after
/// Meta had taken it is a new message to Meta: it loses its id, and gets a new key, since reports about the old one
/// may still come.
///
/// # Errors
/// When the database cannot be written.
pub async fn requeue(
    conn: &mut SqliteConnection,
    message: MessageId,
    now: Timestamp,
    leave_before: Option<Timestamp>,
) -> Result<Option<OutboxId>, sqlx::Error> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "UPDATE outbox SET state = 'queued', due_at = ?2, send_at = NULL, leave_before = ?3, settled_at = NULL,
             unless_they_write = 0, attempts = 0,
             key = CASE WHEN state = 'done' THEN key || '~' || hex(randomblob(4)) ELSE key END
         WHERE message = ?1 AND (state IN ('failed', 'unsure') OR state = 'done' AND EXISTS
             (SELECT 1 FROM messages WHERE id = ?1 AND status = 'failed'))
         RETURNING id, conversation",
    )
    .bind(message.0)
    .bind(now.0)
    .bind(leave_before.map(|t| t.0))
    .fetch_optional(&mut *conn)
    .await?;
    let Some((outbox, conversation)) = row else {
        return Ok(None);
    };
    // It goes to the end of the thread: that is when it is said.
    sqlx::query(
        "UPDATE messages SET meta_id = CASE WHEN status = 'failed' THEN NULL ELSE meta_id END,
             meta_hash = CASE WHEN status = 'failed' THEN NULL ELSE meta_hash END,
             status = 'queued', failure = NULL, scheduled = 0, meta_time = 0,
             sent_at = max(?2, (SELECT last_at FROM conversations WHERE id = ?3))
         WHERE id = ?1",
    )
    .bind(message.0)
    .bind(now.0)
    .bind(conversation)
    .execute(&mut *conn)
    .await?;
    conversations::recount(conn, &[(ConversationId(conversation), None)]).await?;
    Ok(Some(OutboxId(outbox)))
}

/// Gives a reply that waits for its time another one; `None` = as soon as possible. `false` = it does not wait any
/// more.
///
/// # Errors
/// When the database cannot be written.
pub async fn reschedule(
    conn: &mut SqliteConnection,
    message: MessageId,
    send_at: Option<Timestamp>,
    leave_before: Timestamp,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let conversation: Option<i64> = sqlx::query_scalar(
        "UPDATE outbox SET send_at = ?2, due_at = coalesce(?2, ?3), leave_before = ?4
         WHERE message = ?1 AND state = 'queued' AND send_at IS NOT NULL
         RETURNING conversation",
    )
    .bind(message.0)
    .bind(send_at.map(|t| t.0))
    .bind(now.0)
    .bind(leave_before.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(conversation) = conversation else { return Ok(false) };
    sqlx::query(
        "UPDATE messages SET scheduled = ?2 IS NOT NULL,
             sent_at = coalesce(?2, max(?3, (SELECT last_at + 1 FROM conversations WHERE id = ?4)))
         WHERE id = ?1",
    )
    .bind(message.0)
    .bind(send_at.map(|t| t.0))
    .bind(now.0)
    .bind(conversation)
    .execute(&mut *conn)
    .await?;
    conversations::recount(conn, &[(ConversationId(conversation), None)]).await?;
    Ok(true)
}

/// Takes back a reply that has not left, or clears away one that failed. `None` = too late, or none of ours.
///
/// # Errors
/// When the database cannot be written.
pub async fn discard(
    conn: &mut SqliteConnection,
    message: MessageId,
) -> Result<Option<(AccountId, ConversationId)>, sqlx::Error> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "DELETE FROM messages WHERE id = ?1 AND origin = 'heliograph' AND (status = 'failed' OR status = 'queued' AND EXISTS
             (SELECT 1 FROM outbox WHERE message = ?1 AND state = 'queued'))
         RETURNING account, conversation",
    )
    .bind(message.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((account, conversation)) = row else {
        return Ok(None);
    };
    conversations::recount(conn, &[(ConversationId(conversation), None)]).await?;
    Ok(Some((AccountId(account), ConversationId(conversation))))
}
