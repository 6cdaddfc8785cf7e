//! How much is kept.

use super::{Store, row};
use crate::model::{StorageFigures, Timestamp};
use sqlx::SqliteConnection;

/// The figures of the storage page; `media_bytes` is not the database's to know and stays 0.
///
/// # Errors
/// When the database cannot be read.
pub async fn figures(store: &Store) -> Result<StorageFigures, sqlx::Error> {
    let mut conn = store.read().await?;
    let (conversations, messages, journal_rows, since): (i64, i64, i64, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT coalesce(sum(conversations + snoozed + resolved + spam), 0) FROM tallies),
             (SELECT count(*) FROM messages),
             (SELECT count(*) FROM journal),
             (SELECT min(first) FROM (
                 SELECT (SELECT sent_at FROM messages WHERE conversation = c.id ORDER BY sent_at LIMIT 1) AS first
                 FROM conversations c))",
    )
    .fetch_one(&mut *conn)
    .await?;
    let bytes = |end: &str| {
        let mut name = store.file().as_os_str().to_owned();
        name.push(end);
        std::fs::metadata(name).map_or(0, |m| m.len())
    };
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(StorageFigures {
        folder: store.file().parent().map(|folder| folder.display().to_string()).unwrap_or_default(),
        database_bytes: bytes("") + bytes("-wal"),
        media_bytes: 0,
        conversations: count(conversations),
        messages: count(messages),
        journal_rows: count(journal_rows),
        since: since.map(Timestamp),
    })
}

/// Files that are no longer kept: whoever shows one must know, and a picture may be fetched again.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_files(conn: &mut SqliteConnection, hashes: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE contacts SET picture = NULL, profile_asked_at = 0 WHERE picture IN (SELECT value FROM json_each($1));
         UPDATE accounts SET picture = NULL WHERE picture IN (SELECT value FROM json_each($1));
         UPDATE attachments SET file = NULL WHERE file IN (SELECT value FROM json_each($1))",
    )
    .bind(row::json(hashes)?)
    .execute(conn)
    .await
    .map(drop)
}
