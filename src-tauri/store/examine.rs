//! Whether the database is whole: its pages, the index of words, and what refers to what. Only read, on a connection of
//! its own, so that nobody waits for it.

use super::{Store, settings};
use crate::model::Examined;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Faults that are told: the first ones say where to look.
const FAULTS: usize = 5;
/// The key of the latest result among the settings.
const RESULT: &str = "examined";

/// Faults of the database `file`; none = it is whole. `stop` ends the work.
///
/// # Errors
/// When it was stopped, or is damaged so badly that it cannot be examined.
pub async fn faults(file: &Path, stop: Arc<AtomicBool>) -> Result<Vec<String>, sqlx::Error> {
    let mut conn = SqliteConnectOptions::new()
        .filename(file)
        .pragma("query_only", "on")
        .pragma("cache_size", "-4000")
        .busy_timeout(Duration::from_secs(10))
        .disable_statement_logging()
        .connect()
        .await?;
    conn.lock_handle().await?.set_progress_handler(20_000, move || !stop.load(Ordering::SeqCst));
    let found = look(&mut conn).await;
    conn.close().await?;
    found
}

async fn look(conn: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    // It looks into the index of words too, since that says itself whether it holds together.
    let pages: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)").fetch_all(&mut *conn).await?;
    let mut faults: Vec<String> = pages.into_iter().filter(|line| line != "ok").collect();
    let dangling: Vec<(String, Option<i64>, String, i64)> =
        sqlx::query_as("PRAGMA foreign_key_check").fetch_all(conn).await?;
    if let Some((table, row, parent, _)) = dangling.first() {
        let row = row.map_or_else(String::new, |row| format!(" {row}"));
        faults.push(format!(
            "{} rows refer to something that is not there; the first: {table}{row} to {parent}",
            dangling.len()
        ));
    }
    faults.truncate(FAULTS);
    Ok(faults)
}

/// Keeps the latest result.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep(store: &Store, result: &Examined) -> Result<(), super::WriteError> {
    let result = result.clone();
    store
        .write("keep what an examination found", move |c| {
            Box::pin(async move { settings::set_value(c, RESULT, &result).await })
        })
        .await
}

/// Forgets the latest result: it speaks of another file.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn forget(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM settings WHERE key = ?1").bind(RESULT).execute(conn).await.map(drop)
}

/// The latest result.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest(store: &Store) -> Result<Option<Examined>, sqlx::Error> {
    settings::value(&mut *store.read().await?, RESULT).await
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Makes a row that refers to nothing: what a fault of a disk or of ours would leave.
    pub async fn dangle(file: &Path) {
        let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
        let mut conn = options.connect().await.unwrap();
        sqlx::query("UPDATE messages SET conversation = 999 WHERE id = 1").execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }
}
