//! What Meta says of reply windows, and which ones end soon.

use crate::model::{AccountId, ConversationId, DAY, Timestamp};
use sqlx::SqliteConnection;

/// A window that ends while somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub account: AccountId,
    pub conversation: ConversationId,
    pub closes_at: Timestamp,
}

/// Meta called the window closed. `agent`: it refused a human agent too, so that only the person can open it. `None` =
/// nothing is different.
///
/// # Errors
/// When the database cannot be written.
pub async fn refused(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    agent: bool,
    now: Timestamp,
) -> Result<Option<AccountId>, sqlx::Error> {
    // A human agent's time is counted from the end of the window: see model::ReplyWindow.
    let account: Option<i64> = sqlx::query_scalar(
        "UPDATE conversations SET window_refused_at = coalesce(window_refused_at, ?2),
             window_closes_at = CASE WHEN ?3 THEN min(coalesce(window_closes_at, ?4), ?4) ELSE window_closes_at END
         WHERE id = ?1 AND (window_refused_at IS NULL OR ?3)
         RETURNING account",
    )
    .bind(conversation.0)
    .bind(now.0)
    .bind(agent)
    .bind(now.plus(-6 * DAY).0)
    .fetch_optional(conn)
    .await?;
    Ok(account.map(AccountId))
}

/// Windows of people who wait that end after `after` and not after `until`, the next first.
///
/// # Errors
/// When the database cannot be read.
pub async fn ending(
    conn: &mut SqliteConnection,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<Ending>, sqlx::Error> {
    let rows: Vec<(i64, i64, i64)> =
        sqlx::query_as(ENDING).bind(after.0).bind(until.0).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(account, conversation, closes_at)| Ending {
            account: AccountId(account),
            conversation: ConversationId(conversation),
            closes_at: Timestamp(closes_at),
        })
        .collect())
}

pub(super) const ENDING: &str = "
    SELECT account, id, window_closes_at FROM conversations
    WHERE window_closes_at > ?1 AND window_closes_at <= ?2 AND waiting_since IS NOT NULL AND window_refused_at IS NULL
    ORDER BY window_closes_at LIMIT 1000";

/// Opened by an ad until then: it stays so until a later event moves the end.
///
/// # Errors
/// When the database cannot be written.
pub async fn by_ad(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE conversations SET window_by_ad = 1 WHERE id = ?1 AND window_closes_at = ?2")
        .bind(conversation.0)
        .bind(until.0)
        .execute(conn)
        .await
        .map(drop)
}
