//! Opening: take the lock, look before touching, keep a copy of what is damaged or about to be changed.

use super::{Inner, OpenError, Store, error::means_damage, lock::FolderLock, writer::Writer};
use crate::clock::Clock;
use sqlx::{
    ConnectOptions, Connection, Executor, SqliteConnection,
    migrate::Migrator,
    pool::PoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, UNIX_EPOCH},
};

/// The tables of every version so far.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
/// "HELI": tells our file from another program's.
const APPLICATION: i64 = 0x4845_4C49;
/// A database of more bytes is not examined before it opens, since that takes seconds: see [`Store::is_unexamined`].
pub(super) const LARGE: u64 = 64 * 1024 * 1024;
/// Readers at the same time; each keeps a page cache of its own.
const READERS: u32 = 3;

/// How hard a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// On the disk before it is acknowledged.
    Durable,
    /// A test's database, which nobody needs after a power cut.
    Scratch,
}

pub(super) async fn scratch(clock: Clock) -> Result<Store, OpenError> {
    let folder = std::env::temp_dir().join(format!("heliograph-{:032x}", rand::random::<u128>()));
    open(&folder, clock, Safety::Scratch).await
}

pub(super) async fn open(folder: &Path, clock: Clock, safety: Safety) -> Result<Store, OpenError> {
    std::fs::create_dir_all(folder).map_err(|e| OpenError::from_io(folder.to_owned(), e))?;
    let (lock, ended_well) = FolderLock::take(folder)?;
    super::swap::swap_in(folder)?;
    let file = folder.join("heliograph.db");
    let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
    let existed = bytes > 0;
    let large = bytes > LARGE;
    if !existed {
        make_private(&file).map_err(|e| OpenError::from_io(folder.to_owned(), e))?;
    }
    let conn = match prepare(&file, existed, ended_well || large, safety).await {
        Ok(conn) => conn,
        Err(Trouble::Told(error)) => return Err(error),
        Err(Trouble::Sqlite(error)) if means_damage(&error) => return Err(damaged(file, Some(error))),
        Err(Trouble::Damage) => return Err(damaged(file, None)),
        Err(Trouble::Sqlite(error)) => return Err(OpenError::from_sqlite(file, error)),
    };
    let readers = PoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .test_before_acquire(false)
        .idle_timeout(Duration::from_secs(60))
        .max_lifetime(None)
        .connect_lazy_with(options(&file, safety).pragma("query_only", "on").pragma("cache_size", "-3000"));
    Ok(Store(Arc::new(Inner {
        readers,
        writer: Writer::start(conn).map_err(|e| OpenError::from_io(folder.to_owned(), e))?,
        file,
        clock,
        lock,
        examined: existed && !ended_well && !large,
        unexamined: large && !ended_well,
        failed: AtomicU64::new(0),
        scratch: (safety == Safety::Scratch).then(|| folder.to_owned()),
    })))
}

/// An empty file that only its owner may read: SQLite gives the files beside it the same mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

enum Trouble {
    Told(OpenError),
    Damage,
    Sqlite(sqlx::Error),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn options(file: &Path, safety: Safety) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match safety {
            Safety::Durable => SqliteSynchronous::Full,
            Safety::Scratch => SqliteSynchronous::Off,
        })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("temp_store", "memory")
        .row_buffer_size(256)
        .statement_cache_capacity(64)
        // Values would be text of people; what fails is logged by the writer.
        .disable_statement_logging()
}

/// Looks, migrates, and hands back the connection that will write.
async fn prepare(
    file: &Path,
    existed: bool,
    trusted: bool,
    safety: Safety,
) -> Result<SqliteConnection, Trouble> {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    let mut pending = true;
    if existed {
        // Without create: what stands there is looked at before anything is written.
        let mut conn = options(file, safety).connect().await?;
        let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut conn).await?;
        let objects: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut conn).await?;
        if application != APPLICATION && objects > 0 {
            return Err(Trouble::Told(OpenError::Foreign { file: file.to_owned() }));
        }
        if !trusted {
            tracing::info!("the last run did not end in order: examining the database");
            let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut conn).await?;
            if verdict != "ok" {
                return Err(Trouble::Damage);
            }
        }
        let found = if objects > 0 {
            let latest: Option<i64> =
                sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut conn).await?;
            latest.unwrap_or(0)
        } else {
            0
        };
        if found > known {
            return Err(Trouble::Told(OpenError::Newer { file: file.to_owned(), found, known }));
        }
        pending = found < known;
        if pending && found > 0 {
            let _: Option<(i64, i64, i64)> =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_optional(&mut conn).await?;
            let copy = file.with_file_name(format!("heliograph.before-version-{known}.db"));
            keep_copy(file, &copy)?;
        }
        conn.close().await?;
    }
    let writing = options(file, safety)
        .create_if_missing(true)
        .statement_cache_capacity(128)
        // A commit that folds the log back waits for two more syncs: rarely, and more pages at once, is cheaper.
        .pragma("wal_autocheckpoint", "4000")
        // What is deleted is overwritten: unsent words and people who asked to be forgotten are in no free page. The
        // door does not feel it, since taking messages in frees next to nothing.
        .pragma("secure_delete", "on")
        .pragma("cache_size", "-8000");
    let mut conn = writing.connect().await?;
    if pending {
        conn.execute(sqlx::AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION}"))).await?;
        MIGRATIONS
            .run_direct(None, &mut conn, false)
            .await
            .map_err(|source| Trouble::Told(OpenError::Migration { file: file.to_owned(), source }))?;
    }
    Ok(conn)
}

/// Copies the whole file beside itself, once.
fn keep_copy(file: &Path, copy: &Path) -> Result<(), Trouble> {
    if copy.exists() {
        return Ok(());
    }
    let half = copy.with_extension("part");
    std::fs::copy(file, &half).and_then(|_| std::fs::rename(&half, copy)).map_err(|source| {
        let folder = file.parent().map(PathBuf::from).unwrap_or_default();
        Trouble::Told(OpenError::from_io(folder, source))
    })
}

/// Keeps a copy of a damaged database with its log, named by the file's own time, so that starting it ten
/// times makes one copy.
fn damaged(file: PathBuf, source: Option<sqlx::Error>) -> OpenError {
    let changed = std::fs::metadata(&file)
        .and_then(|m| m.modified())
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_secs());
    let copy = file.with_file_name(format!("heliograph.damaged-{changed}.db"));
    for end in ["", "-wal"] {
        let from = with_end(&file, end);
        if from.exists()
            && let Err(Trouble::Told(error)) = keep_copy(&from, &with_end(&copy, end))
        {
            return error;
        }
    }
    OpenError::Damaged { file, copy, source }
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
