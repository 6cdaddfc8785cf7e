//! What Meta says of an account as a whole: templates, quality, policy, restrictions. The same news twice is one.

use crate::model::{AccountEvent, AccountId, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

/// News to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub account: AccountId,
    pub at: Timestamp,
    /// Meta's field.
    pub name: String,
    pub words: String,
    pub grave: bool,
}

/// Keeps news; whether they were new.
///
/// # Errors
/// When the database cannot be written.
pub async fn add(conn: &mut SqliteConnection, news: &NewEvent) -> Result<bool, sqlx::Error> {
    let mut hash = Sha256::new();
    hash.update(news.name.as_bytes());
    hash.update(news.at.0.to_le_bytes());
    hash.update(news.words.as_bytes());
    let told = hex::encode(&hash.finalize()[..16]);
    let done = sqlx::query(
        "INSERT INTO account_events (account, at, name, words, grave, told) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (account, told) DO NOTHING",
    )
    .bind(news.account.0)
    .bind(news.at.0)
    .bind(&news.name)
    .bind(&news.words)
    .bind(news.grave)
    .bind(told)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The row of the last news under a name like `name`; 0 = none. Rows tell what is newer than what was heard before,
/// whatever Meta's clock says.
///
/// # Errors
/// When the database cannot be read.
pub async fn newest(conn: &mut SqliteConnection, account: AccountId, name: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM account_events WHERE account = ?1 AND name LIKE ?2")
        .bind(account.0)
        .bind(name)
        .fetch_one(conn)
        .await
}

/// The newest news of an account, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    conn: &mut SqliteConnection,
    account: AccountId,
    limit: u32,
) -> Result<Vec<AccountEvent>, sqlx::Error> {
    let rows: Vec<(i64, String, String, bool)> = sqlx::query_as(
        "SELECT at, name, words, grave FROM account_events WHERE account = ?1 ORDER BY at DESC, id DESC LIMIT ?2",
    )
    .bind(account.0)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(at, name, words, grave)| AccountEvent { at: Timestamp(at), name, words, grave })
        .collect())
}
