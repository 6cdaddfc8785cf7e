//! What Meta says of what we sent. Statuses come in any order, sometimes before the message they speak of,
//! and only ever move forward; a failure is final.

use super::meta_hash;
use crate::model::{AccountId, ConversationId, DeliveryStatus, Failure, MessageId, MetaMessageId, Timestamp};
use crate::store::{
    contacts::{self, Person},
    conversations, row,
};
use sqlx::SqliteConnection;

/// A message that looks different now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub account: AccountId,
    pub conversation: ConversationId,
    pub message: MessageId,
}

/// The statuses from which a message may move to `status`; a failure comes late, but not after it arrived.
const fn from(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Sent => r#"["queued","sending","unsure"]"#,
        DeliveryStatus::Delivered => r#"["queued","sending","unsure","sent"]"#,
        DeliveryStatus::Read => r#"["queued","sending","unsure","sent","delivered"]"#,
        DeliveryStatus::Failed => r#"["queued","sending","unsure","sent"]"#,
        _ => "[]",
    }
}

/// A status of one message. `None` = nothing changed, or the message has not come yet: then it is kept
/// and applied when it does.
///
/// # Errors
/// When the database cannot be written.
pub async fn status(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
    status: DeliveryStatus,
    failure: Option<&Failure>,
    now: Timestamp,
) -> Result<Option<Change>, sqlx::Error> {
    let failure = failure.map(row::json).transpose()?;
    let Some(message) = super::find(conn, account, meta_id).await? else {
        sqlx::query(
            "INSERT INTO early_statuses (account, meta_id, status, failure, told_at)
             SELECT ?1, ?2, ?3, ?4, ?5
             ON CONFLICT (account, meta_id) DO UPDATE
                 SET status = excluded.status, failure = excluded.failure
                 WHERE early_statuses.status IN (SELECT value FROM json_each(?6))",
        )
        .bind(account.0)
        .bind(meta_id.as_str())
        .bind(status.key())
        .bind(failure)
        .bind(now.0)
        .bind(from(status))
        .execute(conn)
        .await?;
        return Ok(None);
    };
    apply(conn, account, message, (status, failure), now).await
}

async fn apply(
    conn: &mut SqliteConnection,
    account: AccountId,
    message: MessageId,
    (status, failure): (DeliveryStatus, Option<String>),
    now: Timestamp,
) -> Result<Option<Change>, sqlx::Error> {
    let conversation: Option<i64> = sqlx::query_scalar(
        "UPDATE messages SET status = ?2, failure = ?3
         WHERE id = ?1 AND direction = 'outbound' AND status IN (SELECT value FROM json_each(?4))
         RETURNING conversation",
    )
    .bind(message.0)
    .bind(status.key())
    .bind(failure)
    .bind(from(status))
    .fetch_optional(&mut *conn)
    .await?;
    let Some(conversation) = conversation.map(ConversationId) else {
        return Ok(None);
    };
    if status == DeliveryStatus::Failed {
        conversations::not_sent(conn, &[conversation], now).await?;
    }
    conversations::recount(conn, &[(conversation, None)]).await?;
    Ok(Some(Change { account, conversation, message }))
}

/// Applies what Meta said of `meta_id` before it was known to be `message`, and the watermarks of its thread.
pub(super) async fn catch_up(
    conn: &mut SqliteConnection,
    account: AccountId,
    message: MessageId,
    meta_id: &MetaMessageId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let early: Option<(String, Option<String>, Option<i64>)> = sqlx::query_as(
        "DELETE FROM early_statuses WHERE account = ?1 AND meta_id = ?2 RETURNING status, failure, sent_by",
    )
    .bind(account.0)
    .bind(meta_id.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    if let Some((status, failure, by)) = early {
        sqlx::query("UPDATE messages SET sent_at = min(sent_at, ?2) WHERE id = ?1 AND meta_time = 0 AND ?2 IS NOT NULL")
            .bind(message.0)
            .bind(by)
            .execute(&mut *conn)
            .await?;
        apply(conn, account, message, (row::status(&status)?, failure), now).await?;
    }
    sqlx::query(
        "UPDATE messages AS m SET status = CASE WHEN m.sent_at <= v.read_up_to THEN 'read' ELSE 'delivered' END
         FROM conversations v
         WHERE m.id = ?1 AND v.id = m.conversation AND m.status IN ('sent', 'delivered')
             AND m.sent_at <= max(v.read_up_to, v.delivered_up_to)",
    )
    .bind(message.0)
    .execute(conn)
    .await
    .map(drop)
}

/// Meta tells that a message of ours was sent by then: where its time is only ours, from a clock that is ahead, that
/// moment is nearer to the truth. Of a message that has not come yet it is kept until it does.
///
/// # Errors
/// When the database cannot be written.
pub async fn sent_by(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let moved: Option<(i64, i64)> = sqlx::query_as(
        "UPDATE messages SET sent_at = ?4
         WHERE meta_hash = ?1 AND account = ?2 AND meta_id = ?3 AND direction = 'outbound' AND meta_time = 0
             AND sent_at > ?4
         RETURNING id, conversation",
    )
    .bind(meta_hash(account, meta_id))
    .bind(account.0)
    .bind(meta_id.as_str())
    .bind(at.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((message, conversation)) = moved else {
        if super::find(conn, account, meta_id).await?.is_none() {
            early_time(conn, account, meta_id, at, now).await?;
        }
        return Ok(());
    };
    catch_up(conn, account, MessageId(message), meta_id, now).await?;
    conversations::recount(conn, &[(ConversationId(conversation), None)]).await
}

async fn early_time(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO early_statuses (account, meta_id, status, told_at, sent_by) VALUES (?1, ?2, 'sent', ?3, ?4)
         ON CONFLICT (account, meta_id) DO UPDATE SET sent_by = min(coalesce(sent_by, ?4), ?4)",
    )
    .bind(account.0)
    .bind(meta_id.as_str())
    .bind(now.0)
    .bind(at.0)
    .execute(conn)
    .await
    .map(drop)
}

/// Everything that we sent to `person` up to a moment was delivered or read; what looks different now. A
/// person who is not known changes nothing.
///
/// # Errors
/// When the database cannot be written.
pub async fn watermark(
    conn: &mut SqliteConnection,
    account: AccountId,
    person: &Person,
    status: DeliveryStatus,
    up_to: Timestamp,
) -> Result<Vec<Change>, sqlx::Error> {
    let Some((_, conversation)) = contacts::find(conn, account, person).await? else {
        return Ok(Vec::new());
    };
    raise(conn, account, conversation, status, up_to).await
}

/// As [`watermark`], where Meta names the last message instead of a time (Instagram's `read.mid`,
/// graph-api d). A message that has not come yet takes the status when it does.
///
/// # Errors
/// When the database cannot be written.
pub async fn watermark_at(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
    status: DeliveryStatus,
    now: Timestamp,
) -> Result<Vec<Change>, sqlx::Error> {
    let at: Option<(i64, i64)> = sqlx::query_as(
        "SELECT conversation, sent_at FROM messages WHERE meta_hash = ?1 AND account = ?2 AND meta_id = ?3",
    )
    .bind(meta_hash(account, meta_id))
    .bind(account.0)
    .bind(meta_id.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    match at {
        Some((conversation, at)) => {
            raise(conn, account, ConversationId(conversation), status, Timestamp(at)).await
        }
        None => Ok(self::status(conn, account, meta_id, status, None, now).await?.into_iter().collect()),
    }
}

async fn raise(
    conn: &mut SqliteConnection,
    account: AccountId,
    conversation: ConversationId,
    status: DeliveryStatus,
    up_to: Timestamp,
) -> Result<Vec<Change>, sqlx::Error> {
    let read = match status {
        DeliveryStatus::Read => true,
        DeliveryStatus::Delivered => false,
        _ => return Ok(Vec::new()),
    };
    sqlx::query(
        "UPDATE conversations SET
             read_up_to = CASE WHEN ?3 THEN max(read_up_to, ?2) ELSE read_up_to END,
             delivered_up_to = CASE WHEN ?3 THEN delivered_up_to ELSE max(delivered_up_to, ?2) END
         WHERE id = ?1",
    )
    .bind(conversation.0)
    .bind(up_to.0)
    .bind(read)
    .execute(&mut *conn)
    .await?;
    let messages: Vec<i64> = sqlx::query_scalar(
        "UPDATE messages SET status = ?3
         WHERE conversation = ?1 AND direction = 'outbound' AND sent_at <= ?2
             AND status IN ('sent', CASE WHEN ?3 = 'read' THEN 'delivered' ELSE 'sent' END)
         RETURNING id",
    )
    .bind(conversation.0)
    .bind(up_to.0)
    .bind(status.key())
    .fetch_all(conn)
    .await?;
    Ok(messages
        .into_iter()
        .map(|message| Change { account, conversation, message: MessageId(message) })
        .collect())
}
