//! How far each source of an account was read.

use crate::model::{AccountId, Timestamp};
use sqlx::SqliteConnection;

/// The value kept for `source` of `account`, and when.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(
    conn: &mut SqliteConnection,
    account: AccountId,
    source: &str,
) -> Result<Option<(String, Timestamp)>, sqlx::Error> {
    let row: Option<(String, i64)> =
        sqlx::query_as("SELECT value, at FROM cursors WHERE account = ?1 AND source = ?2")
            .bind(account.0)
            .bind(source)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(value, at)| (value, Timestamp(at))))
}

/// Keeps `value`: written in the transaction of what it has passed.
///
/// # Errors
/// When the database cannot be written.
pub async fn set(
    conn: &mut SqliteConnection,
    account: AccountId,
    source: &str,
    value: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cursors (account, source, value, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (account, source) DO UPDATE SET value = excluded.value, at = excluded.at",
    )
    .bind(account.0)
    .bind(source)
    .bind(value)
    .bind(at.0)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets `source`: it begins anew.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(
    conn: &mut SqliteConnection,
    account: AccountId,
    source: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM cursors WHERE account = ?1 AND source = ?2")
        .bind(account.0)
        .bind(source)
        .execute(conn)
        .await
        .map(drop)
}
