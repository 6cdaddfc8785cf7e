//! How much is kept.

use super::{Store, health, row};
use crate::model::{AccountId, FileKind, MediaFigure, StorageFigures, Timestamp};

/// The figures of the storage page; `media_bytes` is not the database's to know and stays 0.
///
/// # Errors
/// When the database cannot be read.
pub async fn figures(store: &Store) -> Result<StorageFigures, sqlx::Error> {
    let mut conn = store.read().await?;
    let (conversations, messages, since): (i64, i64, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT coalesce(sum(conversations + snoozed + resolved + spam), 0) FROM tallies),
             (SELECT count(*) FROM messages),
             (SELECT min(first) FROM (
                 SELECT (SELECT sent_at FROM messages WHERE conversation = c.id ORDER BY sent_at LIMIT 1) AS first
                 FROM conversations c))",
    )
    .fetch_one(&mut *conn)
    .await?;
    let kept: Vec<(i64, String, i64, i64)> = sqlx::query_as(KEPT).fetch_all(&mut *conn).await?;
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM attachments WHERE state = 'waiting'")
        .fetch_one(&mut *conn)
        .await?;
    let (file, log) = store.bytes();
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let journal = health::journal(&mut conn).await?;
    Ok(StorageFigures {
        folder: store.file().parent().map(|folder| folder.display().to_string()).unwrap_or_default(),
        database_bytes: file + log,
        media_bytes: 0,
        conversations: count(conversations),
        messages: count(messages),
        journal_rows: journal.rows,
        journal_bytes: journal.bytes,
        journal_since: journal.oldest,
        since: since.map(Timestamp),
        media: kept
            .into_iter()
            .map(|(account, family, files, bytes)| {
                let kind = FileKind::from_key(&family).ok_or_else(|| row::bad_row("family"))?;
                let (files, bytes) = (count(files), count(bytes));
                Ok(MediaFigure { account: AccountId(account), kind, files, bytes })
            })
            .collect::<Result<_, sqlx::Error>>()?,
        media_waiting: count(waiting),
    })
}

const KEPT: &str = "SELECT account, family, count(*), coalesce(sum(bytes), 0) FROM attachments
    WHERE state = 'kept' GROUP BY account, family";
