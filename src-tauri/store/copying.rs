//! A database file that nobody works with: a copy of the one in use as it was at one moment, and what is changed in it
//! before it may take the data's place. The database in use is only read here.

use super::{Store, examine, open::MIGRATIONS, outbox, row, secrets};
use crate::{
    model::{AccountId, Code, Problem, Timestamp},
    vault::{SealError, Sealed, Vault},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// SQLite asks this often, in steps of its machine, whether to go on.
const ASK: i32 = 20_000;

/// Why a copy could not be made, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CopyFault {
    #[error("the database could not be read or written: {0}")]
    Sqlite(#[from] sqlx::Error),
    #[error("a secret in it does not open with the key it came with")]
    Sealed(#[from] SealError),
    #[error("it is not a database of Heliograph")]
    Foreign,
    #[error("it was made by a newer Heliograph: its version is {found}, this one knows {known}")]
    Newer { found: i64, known: i64 },
    #[error("it is damaged: {0}")]
    Damaged(String),
    #[error("it could not be brought to this version: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub accounts: u64,
    pub conversations: u64,
    pub messages: u64,
}

/// What was changed in a copy before it may take the data's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MadeSafe {
    /// Sends that waited: held, so that none leaves a second time.
    pub held: u64,
    /// Files that messages show and that are not there.
    pub missing: u64,
}

impl Store {
    /// Writes the database as it is at this moment into the file `to`, which must be empty or absent; `stop` ends it.
    /// Whoever writes meanwhile is not held up.
    ///
    /// # Errors
    /// When the disk is full or it was stopped; `to` is then not to be used.
    pub async fn copy_to(&self, to: &Path, stop: Arc<AtomicBool>) -> Result<(), sqlx::Error> {
        let mut conn = apart(self.file()).connect().await?;
        conn.lock_handle().await?.set_progress_handler(ASK, move || !stop.load(Ordering::SeqCst));
        let name = to.to_str().ok_or_else(|| row::bad_row("the name of the copy"))?;
        let copied = sqlx::query("VACUUM INTO ?1").bind(name).execute(&mut conn).await;
        conn.close().await?;
        copied.map(drop)
    }
}

/// Options for a file that nobody works with: it is one file, without a log beside it.
fn apart(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        // What is taken out of a copy must not stand in the free pages of a file that travels.
        .pragma("secure_delete", "on")
        .disable_statement_logging()
}

/// Opens a copy, looks whether it is ours and whole, and brings it to this version.
///
/// # Errors
/// When it is foreign, newer or damaged.
pub async fn open(file: &Path) -> Result<SqliteConnection, CopyFault> {
    let mut conn = apart(file).connect().await?;
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    let ours: bool = sqlx::query_scalar(
        "SELECT count(*) = 3 FROM sqlite_schema WHERE name IN ('_sqlx_migrations', 'messages', 'secrets')",
    )
    .fetch_one(&mut conn)
    .await?;
    if !ours {
        return Err(CopyFault::Foreign);
    }
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut conn)
        .await?;
    if found > known {
        return Err(CopyFault::Newer { found, known });
    }
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut conn).await?;
    if verdict != "ok" {
        return Err(CopyFault::Damaged(verdict));
    }
    if found < known {
        MIGRATIONS.run_direct(None, &mut conn, false).await?;
    }
    Ok(conn)
}

/// What it holds.
///
/// # Errors
/// When it cannot be read.
pub async fn figures(conn: &mut SqliteConnection) -> Result<Figures, sqlx::Error> {
    let (accounts, conversations, messages): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages)",
    )
    .fetch_one(conn)
    .await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Figures { accounts: count(accounts), conversations: count(conversations), messages: count(messages) })
}

/// Opens every secret with `from` and seals it with `to`.
///
/// # Errors
/// When a secret does not open.
pub async fn seal_again(conn: &mut SqliteConnection, from: &Vault, to: &Vault) -> Result<(), CopyFault> {
    let all: Vec<(String, String, Vec<u8>)> =
        sqlx::query_as("SELECT owner, purpose, sealed FROM secrets").fetch_all(&mut *conn).await?;
    let mut work = conn.begin().await?;
    for (owner, purpose, sealed) in all {
        let secret = from.open(&owner, &purpose, &Sealed(sealed))?;
        secrets::put(&mut work, &owner, &purpose, &to.seal(&owner, &purpose, &secret)?).await?;
    }
    work.commit().await?;
    Ok(())
}

/// Whether the secrets in it open with `vault`.
///
/// # Errors
/// When it cannot be read.
pub async fn opens_with(conn: &mut SqliteConnection, vault: &Vault) -> Result<bool, sqlx::Error> {
    Ok(secrets::get(conn, "vault", "witness").await?.is_some_and(|witness| vault.recognises(&witness)))
}

/// Takes the accounts' tokens out, and everything else that is sealed: each account says that it must be signed in
/// again.
///
/// # Errors
/// When it cannot be written.
pub async fn forget_secrets(conn: &mut SqliteConnection, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut work = conn.begin().await?;
    sqlx::query("DELETE FROM secrets").execute(&mut *work).await?;
    let accounts: Vec<i64> = sqlx::query_scalar("SELECT id FROM accounts WHERE disconnected_at IS NULL")
        .fetch_all(&mut *work)
        .await?;
    let why = Problem::new(
        Code::SignInAgain,
        "This account's token was left out of the backup. Sign in again; the history is all here.",
    )
    .with(crate::model::Action::Reconnect);
    for account in accounts {
        super::accounts::trouble(&mut work, AccountId(account), why.clone(), None, now).await?;
    }
    work.commit().await
}

/// Makes a copy fit to take the data's place: sends that waited are held, since they may have left after the copy was
/// made, and files that `is_here` does not find are shown as gone.
///
/// # Errors
/// When it cannot be written.
pub async fn make_safe(
    conn: &mut SqliteConnection,
    now: Timestamp,
    is_here: impl Fn(&str) -> bool,
) -> Result<MadeSafe, sqlx::Error> {
    let files: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT file FROM attachments WHERE file IS NOT NULL AND state = 'kept'")
            .fetch_all(&mut *conn)
            .await?;
    let gone: Vec<String> = files.into_iter().filter(|file| !is_here(file)).collect();
    let mut work = conn.begin().await?;
    sqlx::query(
        "UPDATE attachments SET state = 'evicted', file = NULL
         WHERE state = 'kept' AND file IN (SELECT value FROM json_each(?1))",
    )
    .bind(row::json(&gone)?)
    .execute(&mut *work)
    .await?;
    let held = outbox::hold_all(&mut work, now).await?;
    examine::forget(&mut work).await?;
    work.commit().await?;
    Ok(MadeSafe { held, missing: gone.len() as u64 })
}

/// Folds everything into the one file.
///
/// # Errors
/// When it cannot be written.
pub async fn close(mut conn: SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut conn).await?;
    conn.close().await
}
