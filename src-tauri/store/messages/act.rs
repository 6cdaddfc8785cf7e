//! What we do to a message: an emoji of ours. Queued like a reply and shown as under way until Meta has taken it.

use super::{
    change::{self, Alter},
    queue::{Outcome, Queued},
    status::Change,
};
use crate::model::{AccountId, ConversationId, Failure, MessageId, OutboxId, Timestamp};
use crate::store::{outbox::Job, row};
use sqlx::SqliteConnection;

/// Something to do to a message that Meta knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAct {
    pub about: MessageId,
    pub job: Job,
    /// The same key twice is one act.
    pub key: String,
    pub leave_before: Option<Timestamp>,
}

/// Queues an act in place of those on the same message that were never called or that failed. `None` = Meta does
/// not know that message.
///
/// # Errors
/// When the database cannot be written.
pub async fn act(
    conn: &mut SqliteConnection,
    act: &NewAct,
    now: Timestamp,
) -> Result<Option<Queued>, sqlx::Error> {
    let known: Option<i64> = sqlx::query_scalar("SELECT id FROM outbox WHERE key = ?1 AND about = ?2")
        .bind(&act.key)
        .bind(act.about.0)
        .fetch_optional(&mut *conn)
        .await?;
    if let Some(outbox) = known {
        return Ok(Some(Queued { message: act.about, outbox: OutboxId(outbox), already: true }));
    }
    sqlx::query("DELETE FROM outbox WHERE about = ?1 AND state IN ('queued', 'failed')")
        .bind(act.about.0)
        .execute(&mut *conn)
        .await?;
    let outbox: Option<i64> = sqlx::query_scalar(
        "INSERT INTO outbox (about, account, conversation, key, job, state, queued_at, due_at, leave_before)
         SELECT id, account, conversation, ?2, ?3, 'queued', ?4, ?4, ?5
         FROM messages WHERE id = ?1 AND meta_id IS NOT NULL AND form = 'bubble'
         RETURNING id",
    )
    .bind(act.about.0)
    .bind(&act.key)
    .bind(act.job.column()?)
    .bind(now.0)
    .bind(act.leave_before.map(|t| t.0))
    .fetch_optional(conn)
    .await?;
    Ok(outbox.map(|id| Queued { message: act.about, outbox: OutboxId(id), already: false }))
}

/// Writes what became of an attempt to act on `about`.
pub(super) async fn settle(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    about: MessageId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<MessageId, sqlx::Error> {
    match outcome {
        Outcome::Sent { .. } | Outcome::Done => {
            let job: Option<String> = sqlx::query_scalar(
                "UPDATE outbox SET state = 'done', settled_at = ?2, failure = NULL WHERE id = ?1 RETURNING job",
            )
            .bind(outbox.0)
            .bind(now.0)
            .fetch_one(&mut *conn)
            .await?;
            if let Job::Reaction { emoji } = Job::read(job.as_deref()) {
                let react = Alter::React { who: String::new(), emoji };
                change::apply(conn, about, &react, now, &mut Vec::new()).await?;
            }
        }
        Outcome::Failed(failure) | Outcome::Unsure { failure, .. } => {
            mark(conn, outbox, "failed", Some(failure), i64::MAX, Some(now)).await?;
        }
        Outcome::Later { at, failure } => mark(conn, outbox, "queued", failure.as_ref(), at.0, None).await?,
    }
    Ok(about)
}

/// An act that Meta had taken and refuses after all: what it did here is undone, unless something newer stands. What
/// looks different now.
///
/// # Errors
/// When the database cannot be written.
pub async fn refuse_act(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    failure: &Failure,
    now: Timestamp,
) -> Result<Option<Change>, sqlx::Error> {
    let found: Option<(i64, i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT about, conversation, account, job FROM outbox o WHERE id = ?1 AND state = 'done'
             AND NOT EXISTS (SELECT 1 FROM outbox n WHERE n.about = o.about AND n.id > o.id)",
    )
    .bind(outbox.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((about, conversation, account, job)) = found else { return Ok(None) };
    mark(conn, outbox, "failed", Some(failure), i64::MAX, Some(now)).await?;
    let message = MessageId(about);
    if let Job::Reaction { emoji: Some(_) } = Job::read(job.as_deref()) {
        let gone = Alter::React { who: String::new(), emoji: None };
        change::apply(conn, message, &gone, now, &mut Vec::new()).await?;
    }
    Ok(Some(Change { account: AccountId(account), conversation: ConversationId(conversation), message }))
}

async fn mark(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    state: &str,
    failure: Option<&Failure>,
    due_at: i64,
    settled_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET state = ?2, failure = ?3, due_at = ?4, settled_at = ?5 WHERE id = ?1")
        .bind(outbox.0)
        .bind(state)
        .bind(failure.map(row::json).transpose()?)
        .bind(due_at)
        .bind(settled_at.map(|t| t.0))
        .execute(conn)
        .await
        .map(drop)
}
