//! What is to leave. Order per conversation: a reply is due only when none before it is still to leave.

use super::{conversations, row};
use crate::model::{
    AccountId, Action, Code, ConversationId, DeliveryStatus, Failure, MINUTE, MessageId, OutboxId, Problem,
    Timestamp,
};
use sqlx::{Row, SqliteConnection};

/// A reply whose fate is unsure holds back those behind it for this long after its call: its echo usually
/// comes by then. Longer would silence the conversation, since WhatsApp has nothing to look at.
const UNSURE_HOLDS: i64 = 2 * MINUTE;

/// A row whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub outbox: OutboxId,
    pub message: MessageId,
    pub account: AccountId,
    pub conversation: ConversationId,
    /// PSID or IGSID.
    pub person: Option<String>,
    /// WhatsApp's business-scoped id.
    pub bsuid: Option<String>,
    /// WhatsApp's number, digits only.
    pub phone: Option<String>,
    /// The Conversations API's thread, for looking.
    pub thread: Option<String>,
    pub text: String,
    pub key: String,
    /// Calls begun so far.
    pub attempts: u32,
    pub attempted_at: Option<Timestamp>,
    pub leave_before: Option<Timestamp>,
    /// Queued = to be sent; Unsure = to be looked for.
    pub state: DeliveryStatus,
}

/// Which message of which conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub account: AccountId,
    pub conversation: ConversationId,
    pub message: MessageId,
}

/// What to leave out of [`due`].
#[derive(Debug, Clone, Default)]
pub struct Busy {
    /// A call for them is under way.
    pub conversations: Vec<ConversationId>,
    /// Their calls are held back.
    pub accounts: Vec<AccountId>,
}

/// Rows whose time has come, at most one per conversation, the longest due first.
///
/// # Errors
/// When the database cannot be read.
pub async fn due(
    conn: &mut SqliteConnection,
    now: Timestamp,
    busy: &Busy,
    limit: u32,
) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT o.id, o.message, o.account, o.conversation, c.person, c.bsuid, c.phone, v.thread_id, m.text, o.key,
             o.attempts, o.attempted_at, o.leave_before, o.state
         FROM outbox o
         CROSS JOIN messages m ON m.id = o.message
         CROSS JOIN conversations v ON v.id = o.conversation
         CROSS JOIN contacts c ON c.id = v.contact
         WHERE o.state IN ('queued', 'sending', 'unsure') AND o.state <> 'sending' AND o.due_at <= ?1
             AND NOT EXISTS (
                 SELECT 1 FROM outbox e
                 WHERE e.conversation = o.conversation AND e.id < o.id AND e.state IN ('queued', 'sending', 'unsure')
                     AND (e.state <> 'unsure' OR o.state = 'unsure' OR e.attempted_at > ?1 - ?5))
             AND o.conversation NOT IN (SELECT value FROM json_each(?2))
             AND o.account NOT IN (SELECT value FROM json_each(?3))
         ORDER BY o.due_at, o.id LIMIT ?4",
    )
    .bind(now.0)
    .bind(row::json(&busy.conversations)?)
    .bind(row::json(&busy.accounts)?)
    .bind(limit)
    .bind(UNSURE_HOLDS)
    .fetch_all(conn)
    .await?;
    let mut due: Vec<Due> = Vec::with_capacity(rows.len());
    for row in rows {
        let conversation = ConversationId(row.try_get(3)?);
        // An unsure row and the queued one behind it may both be due: the earlier goes first.
        if due.iter().any(|d| d.conversation == conversation) {
            continue;
        }
        due.push(read(&row)?);
    }
    Ok(due)
}

/// A row as [`due`] selects it.
fn read(row: &sqlx::sqlite::SqliteRow) -> Result<Due, sqlx::Error> {
    Ok(Due {
        outbox: OutboxId(row.try_get(0)?),
        message: MessageId(row.try_get(1)?),
        account: AccountId(row.try_get(2)?),
        conversation: ConversationId(row.try_get(3)?),
        person: row.try_get(4)?,
        bsuid: row.try_get(5)?,
        phone: row.try_get(6)?,
        thread: row.try_get(7)?,
        text: row.try_get(8)?,
        key: row.try_get(9)?,
        attempts: row.try_get(10)?,
        attempted_at: row::time(row.try_get(11)?),
        leave_before: row::time(row.try_get(12)?),
        state: row::status(row.try_get(13)?)?,
    })
}

/// The unsure reply of `message`; `None` = it is not unsure.
///
/// # Errors
/// When the database cannot be read.
pub async fn unsure(conn: &mut SqliteConnection, message: MessageId) -> Result<Option<Due>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT o.id, o.message, o.account, o.conversation, c.person, c.bsuid, c.phone, v.thread_id, m.text, o.key,
             o.attempts, o.attempted_at, o.leave_before, o.state
         FROM outbox o JOIN messages m ON m.id = o.message JOIN conversations v ON v.id = o.conversation
             JOIN contacts c ON c.id = v.contact
         WHERE o.message = ?1 AND o.state = 'unsure'",
    )
    .bind(message.0)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(read).transpose()
}

/// The row of an idempotency key, its message, and whether it was sent.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_key(
    conn: &mut SqliteConnection,
    key: &str,
) -> Result<Option<(OutboxId, MessageId, bool)>, sqlx::Error> {
    let row: Option<(i64, i64, String)> =
        sqlx::query_as("SELECT id, message, state FROM outbox WHERE key = ?1")
            .bind(key)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(id, message, state)| (OutboxId(id), MessageId(message), state == "done")))
}

/// When something is to be done next after `now`: a row falls due, a hold ends, a window closes. What is due
/// already is [`due`]'s.
///
/// # Errors
/// When the database cannot be read.
pub async fn next_due_at(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let at: Option<i64> = sqlx::query_scalar(
        "SELECT min(at) FROM (
             SELECT due_at AS at FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'sending'
             UNION ALL SELECT leave_before FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state = 'queued'
             UNION ALL SELECT attempted_at + ?2 FROM outbox
                 WHERE state IN ('queued', 'sending', 'unsure') AND state = 'unsure')
         WHERE at > ?1 AND at < 9223372036854775807",
    )
    .bind(now.0)
    .bind(UNSURE_HOLDS)
    .fetch_one(conn)
    .await?;
    Ok(at.map(Timestamp))
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
    let done = sqlx::query(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, attempted_at = ?2
         WHERE id = ?1 AND state = 'queued'",
    )
    .bind(outbox.0)
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "UPDATE messages SET status = 'sending', failure = NULL WHERE id = (SELECT message FROM outbox WHERE id = ?1)",
    )
    .bind(outbox.0)
    .execute(conn)
    .await?;
    Ok(true)
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
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE outbox SET state = ?2,
             due_at = CASE WHEN ?2 = 'unsure' THEN ?1 ELSE due_at END,
             settled_at = CASE WHEN ?2 = 'unsure' THEN NULL ELSE ?1 END
         WHERE state IN ('queued', 'sending', 'unsure') AND {which}
         RETURNING account, conversation, message"
    )))
    .bind(now.0)
    .bind(state)
    .fetch_all(&mut *conn)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let messages: Vec<i64> = rows.iter().map(|(.., message)| *message).collect();
    sqlx::query(
        "UPDATE messages SET status = ?2, failure = ?3 WHERE id IN (SELECT value FROM json_each(?1))",
    )
    .bind(row::json(&messages)?)
    .bind(state)
    .bind(row::json(failure)?)
    .execute(&mut *conn)
    .await?;
    let mut touched: Vec<_> = rows.iter().map(|(_, v, _)| (ConversationId(*v), None)).collect();
    touched.dedup();
    conversations::recount(conn, &touched).await?;
    Ok(rows
        .into_iter()
        .map(|(account, conversation, message)| Settled {
            account: AccountId(account),
            conversation: ConversationId(conversation),
            message: MessageId(message),
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

/// Replies waiting to leave, and the earliest end of window among them.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(conn: &mut SqliteConnection) -> Result<(u32, Option<Timestamp>), sqlx::Error> {
    let (count, leave_before): (u32, Option<i64>) = sqlx::query_as(
        "SELECT count(*), min(leave_before) FROM outbox
         WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'unsure'",
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
