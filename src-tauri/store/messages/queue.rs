//! Replies of ours: queued with their outbox row in one transaction, settled when Meta has answered.

use super::meta_hash;
use crate::model::{
    AccountId, Content, ConversationId, Detail, Failure, MessageId, MetaMessageId, OutboxId, Timestamp,
};
use crate::store::{conversations, outbox::Job, row};
use sqlx::{Row, SqliteConnection};

/// A reply in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    pub message: MessageId,
    pub outbox: OutboxId,
    /// The key was used before: this is that reply, and nothing was written.
    pub already: bool,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Meta did to a message what was asked, and gave it no id.
    Done,
    /// Meta gave it an id. `at` is Meta's time if it told one, else ours.
    Sent { meta_id: MetaMessageId, at: Timestamp },
    /// Refused for good.
    Failed(Failure),
    /// The answer was lost. At `look_at` the row is due again, to be looked for; `None` = nothing to look at.
    Unsure { failure: Failure, look_at: Option<Timestamp> },
    /// Not now: due again `at`; why is told when known.
    Later { at: Timestamp, failure: Option<Failure> },
}

/// A reply to queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReply {
    pub conversation: ConversationId,
    /// How it leaves.
    pub job: Job,
    pub content: Content,
    pub detail: Detail,
    /// The message of the same conversation that it quotes.
    pub quotes: Option<MessageId>,
    /// The same key twice is one reply.
    pub key: String,
    /// No call is made before; `now` = as soon as possible.
    pub due_at: Timestamp,
    /// A chosen time; those behind it do not wait for it.
    pub send_at: Option<Timestamp>,
    pub leave_before: Option<Timestamp>,
    /// Taken back when the person writes before it has left.
    pub unless_they_write: bool,
    /// The composer was emptied into it.
    pub empties_draft: bool,
}

impl NewReply {
    /// Words that leave as soon as possible.
    #[must_use]
    pub fn text(conversation: ConversationId, text: &str, key: &str, now: Timestamp) -> Self {
        Self {
            conversation,
            job: Job::Text,
            content: Content::Text { text: text.to_owned() },
            detail: Detail::default(),
            quotes: None,
            key: key.to_owned(),
            due_at: now,
            send_at: None,
            leave_before: None,
            unless_they_write: false,
            empties_draft: true,
        }
    }
}

/// Queues a reply with its outbox row. `None` = there is no such conversation.
///
/// # Errors
/// When the database cannot be written.
pub async fn queue(
    conn: &mut SqliteConnection,
    reply: &NewReply,
    now: Timestamp,
) -> Result<Option<Queued>, sqlx::Error> {
    let known: Option<(i64, i64)> =
        sqlx::query_as("SELECT coalesce(message, about), id FROM outbox WHERE key = ?1")
            .bind(&reply.key)
            .fetch_optional(&mut *conn)
            .await?;
    if let Some((message, outbox)) = known {
        return Ok(Some(Queued { message: MessageId(message), outbox: OutboxId(outbox), already: true }));
    }
    let columns = row::content_columns(&reply.content);
    // Our clock may be behind Meta's: a reply is never shown above what it answers.
    let message: Option<i64> = sqlx::query_scalar(
        "INSERT INTO messages (account, conversation, direction, origin, form, kind, what, text, detail, quotes, sent_at,
             meta_time, recorded_at, status, scheduled)
         SELECT account, id, 'outbound', 'heliograph', ?2, ?3, ?4, ?5, ?6,
             (SELECT q.meta_hash FROM messages q WHERE q.id = ?7 AND q.conversation = ?1),
             coalesce(?9, max(?8, last_at + 1)), 0, ?8, 'queued', ?9 IS NOT NULL
         FROM conversations WHERE id = ?1
         RETURNING id",
    )
    .bind(reply.conversation.0)
    .bind(columns.form)
    .bind(columns.kind)
    .bind(row::clean(columns.what))
    .bind(row::clean(columns.text))
    .bind(row::rare(&reply.content, &reply.detail, None))
    .bind(reply.quotes.map(|id| id.0))
    .bind(now.0)
    .bind(reply.send_at.map(|t| t.0))
    .fetch_optional(&mut *conn)
    .await?;
    let Some(message) = message else { return Ok(None) };
    let outbox: i64 = sqlx::query_scalar(
        "INSERT INTO outbox (message, account, conversation, key, job, state, queued_at, send_at, due_at, leave_before,
             unless_they_write)
         SELECT id, account, conversation, ?2, ?3, 'queued', ?4, ?5, ?6, ?7, ?8 FROM messages WHERE id = ?1
         RETURNING id",
    )
    .bind(message)
    .bind(&reply.key)
    .bind(reply.job.column()?)
    .bind(now.0)
    .bind(reply.send_at.map(|t| t.0))
    .bind(reply.due_at.0)
    .bind(reply.leave_before.map(|t| t.0))
    .bind(reply.unless_they_write)
    .fetch_one(&mut *conn)
    .await?;
    // Who is answered is no stranger any more.
    sqlx::query("UPDATE conversations SET request = 2 WHERE id = ?1 AND request = 1")
        .bind(reply.conversation.0)
        .execute(&mut *conn)
        .await?;
    if reply.empties_draft {
        sqlx::query("UPDATE conversations SET draft = '' WHERE id = ?1 AND draft <> ''")
            .bind(reply.conversation.0)
            .execute(&mut *conn)
            .await?;
    }
    conversations::recount(conn, &[(reply.conversation, None)]).await?;
    Ok(Some(Queued { message: MessageId(message), outbox: OutboxId(outbox), already: false }))
}

/// The reply behind an outbox row.
struct Reply {
    message: MessageId,
    account: AccountId,
    conversation: ConversationId,
    meta_id: Option<String>,
    sent_at: Timestamp,
    /// Its echo has come: nothing that a call says can undo that it was sent.
    done: bool,
    /// It waits for another attempt that a person asked for: what says that it was sent speaks of the earlier one.
    of_earlier: bool,
}

/// Writes what became of an attempt; the message it was about. A reply whose echo has settled it stays sent,
/// whatever a lost answer suggests.
///
/// # Errors
/// [`sqlx::Error::RowNotFound`] when the row was discarded, or when the database cannot be written.
pub async fn settle(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<MessageId, sqlx::Error> {
    let about: Option<i64> = sqlx::query_scalar("SELECT about FROM outbox WHERE id = ?1")
        .bind(outbox.0)
        .fetch_one(&mut *conn)
        .await?;
    if let Some(about) = about {
        return super::act::settle(conn, outbox, MessageId(about), outcome, now).await;
    }
    let found = sqlx::query(
        "SELECT m.id, m.account, m.conversation, m.meta_id, m.sent_at, o.state,
             o.state = 'queued' AND o.attempts = 0 AND o.attempted_at IS NOT NULL
         FROM outbox o JOIN messages m ON m.id = o.message WHERE o.id = ?1",
    )
    .bind(outbox.0)
    .fetch_one(&mut *conn)
    .await?;
    let reply = Reply {
        message: MessageId(found.try_get(0)?),
        account: AccountId(found.try_get(1)?),
        conversation: ConversationId(found.try_get(2)?),
        meta_id: found.try_get(3)?,
        sent_at: Timestamp(found.try_get(4)?),
        done: found.try_get::<&str, _>(5)? == "done",
        of_earlier: found.try_get(6)?,
    };
    match outcome {
        Outcome::Sent { meta_id, at } => sent(conn, outbox, &reply, meta_id, *at, now).await?,
        // Only what acts on a message ends without an id.
        Outcome::Done => {}
        _ if reply.done => {}
        Outcome::Failed(failure) => {
            mark(conn, outbox, "failed", Some(failure), i64::MAX, Some(now)).await?;
            conversations::not_sent(conn, &[reply.conversation], now).await?;
        }
        Outcome::Unsure { failure, look_at } => {
            let due = look_at.map_or(i64::MAX, |t| t.0);
            mark(conn, outbox, "unsure", Some(failure), due, None).await?;
        }
        Outcome::Later { at, failure } => mark(conn, outbox, "queued", failure.as_ref(), at.0, None).await?,
    }
    conversations::recount(conn, &[(reply.conversation, None)]).await?;
    Ok(reply.message)
}

/// Gives row and message the same state.
async fn mark(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    state: &str,
    failure: Option<&Failure>,
    due_at: i64,
    settled_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    let failure = failure.map(row::json).transpose()?;
    sqlx::query(
        "UPDATE outbox SET state = $2, due_at = $4, settled_at = $5 WHERE id = $1;
         UPDATE messages SET status = $2, failure = $3 WHERE id = (SELECT message FROM outbox WHERE id = $1)",
    )
    .bind(outbox.0)
    .bind(state)
    .bind(failure)
    .bind(due_at)
    .bind(settled_at.map(|t| t.0))
    .execute(conn)
    .await
    .map(drop)
}

async fn sent(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    reply: &Reply,
    meta_id: &MetaMessageId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET state = 'done', settled_at = ?2 WHERE id = ?1")
        .bind(outbox.0)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    let echo = super::find(conn, reply.account, meta_id).await?;
    let linked = reply.meta_id.as_deref();
    match echo {
        // The echo was faster and has settled the row, or this is the second time we hear it.
        Some(echo) if echo == reply.message => return Ok(()),
        // An equal text of another tool was taken for ours, and our own echo is a row by itself: two
        // messages, two rows, both with their ids.
        Some(_) if linked.is_some() => return Ok(()),
        // The echo came as a row of its own, with words that Meta changed: one row again, ours, with Meta's time.
        Some(echo) => {
            sqlx::query(
                "UPDATE messages AS m SET sent_at = e.sent_at, meta_time = e.meta_time, status = e.status, journal = e.journal
                 FROM messages e WHERE m.id = $1 AND e.id = $2;
                 DELETE FROM messages WHERE id = $2",
            )
            .bind(reply.message.0)
            .bind(echo.0)
            .execute(&mut *conn)
            .await?;
        }
        None => {
            if linked.is_some() {
                // The id that came by an equal text is another tool's message: it gets the row it needs.
                sqlx::query(
                    "INSERT INTO messages (account, conversation, meta_id, meta_hash, direction, origin, kind, text,
                         sent_at, meta_time, recorded_at, status, journal)
                     SELECT account, conversation, meta_id, meta_hash, direction, 'elsewhere', kind, text,
                         sent_at, meta_time, recorded_at, status, journal
                     FROM messages WHERE id = ?1",
                )
                .bind(reply.message.0)
                .execute(&mut *conn)
                .await?;
            }
            sqlx::query("UPDATE messages SET sent_at = ?2, meta_time = 0, status = 'sent' WHERE id = ?1")
                .bind(reply.message.0)
                .bind(if reply.of_earlier { at } else { at.max(reply.sent_at) }.0)
                .execute(&mut *conn)
                .await?;
        }
    }
    sqlx::query("UPDATE messages SET meta_id = ?2, meta_hash = ?3, failure = NULL WHERE id = ?1")
        .bind(reply.message.0)
        .bind(meta_id.as_str())
        .bind(meta_hash(reply.account, meta_id))
        .execute(&mut *conn)
        .await?;
    super::status::catch_up(conn, reply.account, reply.message, meta_id, now).await
}
