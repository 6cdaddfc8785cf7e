//! How long files stay: by age for each account and kind, by size in all, and not a moment longer than the message
//! they belong to. Words and small copies stay; only the file itself goes.

use super::{attachments, row};
use crate::model::{AccountId, AttachmentId, ConversationId, FileKind, MessageId, Timestamp};
use sqlx::SqliteConnection;

/// What was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evicted {
    /// Messages that look different now.
    pub messages: Vec<(ConversationId, MessageId)>,
    /// Files that nothing shows any more: to be removed from the media store after the commit.
    pub files: Vec<String>,
    /// Attachments taken, possibly several of one file.
    pub count: usize,
}

/// Accounts that have kept files, with the kinds they have.
///
/// # Errors
/// When the database cannot be read.
pub async fn kept_kinds(conn: &mut SqliteConnection) -> Result<Vec<(AccountId, FileKind)>, sqlx::Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT DISTINCT account, family FROM attachments INDEXED BY attachments_by_age WHERE state = 'kept'",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(account, family)| {
            let kind = FileKind::from_key(&family).ok_or_else(|| row::bad_row("family"))?;
            Ok((AccountId(account), kind))
        })
        .collect()
}

pub(in crate::store) const TOO_OLD: &str = "SELECT id FROM attachments
    WHERE state = 'kept' AND account = ?1 AND family = ?2 AND sent_at < ?3
        AND file NOT IN (SELECT value FROM json_each(?4))
    ORDER BY sent_at LIMIT ?5";

/// Takes away up to `limit` files of `account` and `kind` whose message is from before `before`. Files in
/// `on_screen` stay.
///
/// # Errors
/// When the database cannot be written.
pub async fn evict_old(
    conn: &mut SqliteConnection,
    account: AccountId,
    kind: FileKind,
    before: Timestamp,
    on_screen: &[String],
    limit: u32,
) -> Result<Evicted, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(TOO_OLD)
        .bind(account.0)
        .bind(kind.key())
        .bind(before.0)
        .bind(row::json(on_screen)?)
        .bind(limit)
        .fetch_all(&mut *conn)
        .await?;
    evict(conn, &ids).await
}

pub(in crate::store) const OLDEST: &str = "SELECT id FROM attachments
    WHERE state = 'kept' AND file NOT IN (SELECT value FROM json_each(?1)) ORDER BY sent_at LIMIT ?2";

/// Takes away up to `limit` files of the oldest messages. Files in `on_screen` stay.
///
/// # Errors
/// When the database cannot be written.
pub async fn evict_oldest(
    conn: &mut SqliteConnection,
    on_screen: &[String],
    limit: u32,
) -> Result<Evicted, sqlx::Error> {
    let ids: Vec<i64> =
        sqlx::query_scalar(OLDEST).bind(row::json(on_screen)?).bind(limit).fetch_all(&mut *conn).await?;
    evict(conn, &ids).await
}

async fn evict(conn: &mut SqliteConnection, ids: &[i64]) -> Result<Evicted, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Evicted::default());
    }
    let ids: Vec<AttachmentId> = ids.iter().copied().map(AttachmentId).collect();
    let files: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT file FROM attachments WHERE id IN (SELECT value FROM json_each(?1)) AND file IS NOT NULL",
    )
    .bind(row::json(&ids)?)
    .fetch_all(&mut *conn)
    .await?;
    let messages: Vec<(i64, i64)> = sqlx::query_as(
        "UPDATE attachments SET state = 'evicted', file = NULL
         WHERE id IN (SELECT value FROM json_each(?1)) RETURNING conversation, message",
    )
    .bind(row::json(&ids)?)
    .fetch_all(&mut *conn)
    .await?;
    Ok(Evicted {
        messages: messages.into_iter().map(|(c, m)| (ConversationId(c), MessageId(m))).collect(),
        files: attachments::unused(conn, &files).await?,
        count: ids.len(),
    })
}
