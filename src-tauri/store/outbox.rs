//! What is to leave: messages of ours, and what is done to messages. Written in the transaction of its cause.

mod due;
mod file;
mod hold;
mod job;
mod listing;

pub use due::{Busy, Due, due, next_due_at, unsure};
pub use file::note_file;
pub use hold::hold_all;
pub use job::{FileJob, Job};
pub use listing::list;

use super::{conversations, row};
use crate::model::{
    AccountId, Action, Code, ConversationId, Failure, MessageId, OutboxId, Problem, Timestamp,
};
use sqlx::SqliteConnection;

/// Which message of which conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub account: AccountId,
    pub conversation: ConversationId,
    pub message: MessageId,
}

/// The row of an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    pub outbox: OutboxId,
    /// The message that leaves, or the one that is acted on.
    pub message: MessageId,
    pub is_act: bool,
    pub done: bool,
    pub attempted_at: Option<Timestamp>,
}

/// The row of an idempotency key, if it was used.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_key(conn: &mut SqliteConnection, key: &str) -> Result<Option<Keyed>, sqlx::Error> {
    let row: Option<(i64, i64, bool, bool, Option<i64>)> = sqlx::query_as(
        "SELECT id, coalesce(message, about), about IS NOT NULL, state = 'done', attempted_at FROM outbox
         WHERE key = ?1",
    )
    .bind(key)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(id, message, is_act, done, at)| Keyed {
        outbox: OutboxId(id),
        message: MessageId(message),
        is_act,
        done,
        attempted_at: row::time(at),
    }))
}

/// A call for this row begins; committed before the call is made. `false` = it is not queued any more: it was
/// taken back, or its echo has come.
///
/// # Errors
/// When the database cannot be written.
pub async fn sending(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let begun: Option<(i64, i64)> = sqlx::query_as(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, attempted_at = ?2, send_at = NULL
         WHERE id = ?1 AND state = 'queued'
         RETURNING conversation, coalesce(message, 0)",
    )
    .bind(outbox.0)
    .bind(now.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((conversation, message)) = begun else { return Ok(false) };
    // One that waited for its time is said from here on.
    let waited: Option<bool> = sqlx::query_scalar("SELECT scheduled FROM messages WHERE id = ?1")
        .bind(message)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE messages SET status = 'sending', failure = NULL, scheduled = 0, sent_at = CASE WHEN scheduled = 0
             THEN sent_at ELSE max(?2, (SELECT last_at + 1 FROM conversations WHERE id = ?3)) END
         WHERE id = ?1",
    )
    .bind(message)
    .bind(now.0)
    .bind(conversation)
    .execute(&mut *conn)
    .await?;
    if waited == Some(true) {
        conversations::recount(conn, &[(ConversationId(conversation), None)]).await?;
    }
    Ok(true)
}

/// Whether of all unsettled replies with the same words in its conversation this one was called nearest to `at`: a
/// message of that time is then this reply.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_nearest(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT NOT EXISTS (
             SELECT 1 FROM outbox mine CROSS JOIN messages m ON m.id = mine.message
                 CROSS JOIN outbox o ON o.conversation = mine.conversation AND o.state IN ('queued', 'sending', 'unsure')
                 CROSS JOIN messages other ON other.id = o.message
             WHERE mine.id = ?1 AND o.id <> mine.id AND other.meta_id IS NULL AND trim(other.text) = trim(m.text)
                 AND abs(o.attempted_at - ?2) < abs(mine.attempted_at - ?2))",
    )
    .bind(outbox.0)
    .bind(at.0)
    .fetch_one(conn)
    .await
}

/// At the start: what a crash left between calling and recording is unsure, and never sent again by itself.
///
/// # Errors
/// When the database cannot be written.
pub async fn recover(conn: &mut SqliteConnection, now: Timestamp) -> Result<Vec<Settled>, sqlx::Error> {
    let failure = Failure {
        problem: Problem::new(
            Code::Offline,
            "Heliograph ended while this was on its way. It may have arrived.",
        )
        .with(Action::CheckAtMeta),
        code: None,
        subcode: None,
        trace: None,
    };
    // An act is the same done twice: it simply goes on.
    sqlx::query(
        "UPDATE outbox SET state = 'queued', due_at = ?1
         WHERE state IN ('queued', 'sending', 'unsure') AND state = 'sending' AND about IS NOT NULL",
    )
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    settle_all(conn, "state = 'sending'", "unsure", &failure, now).await
}

/// Replies whose window closed before they could leave: refused in time, never sent late.
///
/// # Errors
/// When the database cannot be written.
pub async fn expire(conn: &mut SqliteConnection, now: Timestamp) -> Result<Vec<Settled>, sqlx::Error> {
    let failure = Failure {
        problem: Problem::new(
            Code::WindowClosed,
            "The reply window closed before this could leave. It was not sent.",
        ),
        code: None,
        subcode: None,
        trace: None,
    };
    settle_all(conn, "state = 'queued' AND leave_before <= ?1", "failed", &failure, now).await
}

/// People wrote: what was to leave unless they do is taken back, and what waits may leave as long as the window
/// they have just opened.
///
/// # Errors
/// When the database cannot be written.
pub async fn they_wrote(
    conn: &mut SqliteConnection,
    conversations: &[ConversationId],
    now: Timestamp,
) -> Result<Vec<Settled>, sqlx::Error> {
    let which = row::json(conversations)?;
    let failure = Failure {
        problem: Problem::new(
            Code::Overtaken,
            "Not sent: they wrote before its time. Read what they say, then send it or write anew.",
        )
        .with(Action::Retry),
        code: None,
        subcode: None,
        trace: None,
    };
    let ids = conversations.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let overtaken =
        format!("state = 'queued' AND attempts = 0 AND unless_they_write = 1 AND conversation IN ({ids})");
    let overtaken = settle_all(conn, &overtaken, "failed", &failure, now).await?;
    sqlx::query(
        "UPDATE outbox AS o SET leave_before = v.window_closes_at
         FROM conversations v
         WHERE v.id = o.conversation AND o.state IN ('queued', 'sending', 'unsure') AND o.leave_before < v.window_closes_at
             AND v.id IN (SELECT value FROM json_each(?1))",
    )
    .bind(which)
    .execute(conn)
    .await?;
    Ok(overtaken)
}

/// Replies of a disconnected account that will not leave any more.
///
/// # Errors
/// When the database cannot be written.
pub async fn fail_all(
    conn: &mut SqliteConnection,
    account: AccountId,
    failure: &Failure,
    now: Timestamp,
) -> Result<Vec<Settled>, sqlx::Error> {
    let which = format!("state = 'queued' AND account = {account}");
    settle_all(conn, &which, "failed", failure, now).await
}

async fn settle_all(
    conn: &mut SqliteConnection,
    which: &str,
    state: &str,
    failure: &Failure,
    now: Timestamp,
) -> Result<Vec<Settled>, sqlx::Error> {
    let failure = row::json(failure)?;
    let rows: Vec<(i64, i64, Option<i64>, Option<i64>)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE outbox SET state = ?2,
             due_at = CASE WHEN ?2 = 'unsure' THEN ?1 ELSE due_at END, send_at = NULL,
             settled_at = CASE WHEN ?2 = 'unsure' THEN NULL ELSE ?1 END,
             failure = CASE WHEN about IS NOT NULL THEN ?3 END
         WHERE state IN ('queued', 'sending', 'unsure') AND {which}
         RETURNING account, conversation, message, about"
    )))
    .bind(now.0)
    .bind(state)
    .bind(&failure)
    .fetch_all(&mut *conn)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let messages: Vec<i64> = rows.iter().filter_map(|(_, _, message, _)| *message).collect();
    sqlx::query(
        "UPDATE messages SET status = ?2, failure = ?3, scheduled = 0,
             sent_at = CASE WHEN scheduled = 0 THEN sent_at ELSE ?4 END
         WHERE id IN (SELECT value FROM json_each(?1))",
    )
    .bind(row::json(&messages)?)
    .bind(state)
    .bind(failure)
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    let mut touched: Vec<_> = rows.iter().map(|(_, v, ..)| (ConversationId(*v), None)).collect();
    touched.dedup();
    if state == "failed" {
        let replied: Vec<ConversationId> = touched.iter().map(|(conversation, _)| *conversation).collect();
        conversations::not_sent(conn, &replied, now).await?;
    }
    conversations::recount(conn, &touched).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(account, conversation, message, about)| {
            Some(Settled {
                account: AccountId(account),
                conversation: ConversationId(conversation),
                message: MessageId(message.or(about)?),
            })
        })
        .collect())
}

/// The row of a message.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_message(
    conn: &mut SqliteConnection,
    message: MessageId,
) -> Result<Option<OutboxId>, sqlx::Error> {
    let id: Option<i64> = sqlx::query_scalar("SELECT id FROM outbox WHERE message = ?1")
        .bind(message.0)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(OutboxId))
}

/// The earliest end of a window among all that is still to leave, also at a chosen time.
///
/// # Errors
/// When the database cannot be read.
pub async fn first_end(conn: &mut SqliteConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    let end: Option<i64> = sqlx::query_scalar(
        "SELECT min(leave_before) FROM outbox
         WHERE state IN ('queued', 'sending', 'unsure') AND state = 'queued'",
    )
    .fetch_one(conn)
    .await?;
    Ok(end.map(Timestamp))
}

/// Replies waiting to leave as soon as they may, and the earliest end of window among them.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(conn: &mut SqliteConnection) -> Result<(u32, Option<Timestamp>), sqlx::Error> {
    let (count, leave_before): (u32, Option<i64>) = sqlx::query_as(
        "SELECT count(*), min(leave_before) FROM outbox
         WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'unsure' AND send_at IS NULL",
    )
    .fetch_one(conn)
    .await?;
    Ok((count, leave_before.map(Timestamp)))
}

/// Forgets rows that were sent before `before`, and statuses of messages that never came. Failed rows stay
/// with their message: the person may still retry or discard it.
///
/// # Errors
/// When the database cannot be written.
pub async fn prune(conn: &mut SqliteConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM outbox WHERE settled_at IS NOT NULL AND settled_at < $1 AND state = 'done';
         DELETE FROM early_statuses WHERE told_at < $1",
    )
    .bind(before.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
