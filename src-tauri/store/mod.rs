//! SQLite: many readers, one writer with group commit. Functions take the connection and the caller owns
//! the transaction; nothing here tells events.

mod error;
mod lock;
mod open;
mod page;
mod people;
mod row;
mod trip;
mod writer;

/// Cutting text into words, for index, query and snippet alike.
pub mod words;

/// What Meta says of an account as a whole.
pub mod account_events;
/// Accounts with what is needed to call for them.
pub mod accounts;
/// Files and cards of messages.
pub mod attachments;
/// Deliveries that were answered and are still to be taken in.
pub mod backlog;
/// Those whom a conversation can be given to.
pub mod colleagues;
/// People as one account knows them.
pub mod contacts;
/// The list, its figures, and what it says of each thread.
pub mod conversations;
/// A database file that nobody works with: a copy being made, or one that will take the place of the data.
pub mod copying;
/// How far each source was read.
pub mod cursors;
/// Taking away for good what belongs to somebody.
pub mod deleting;
/// Whether the database is whole.
pub mod examine;
/// Everything, page by page, for the export.
pub mod export;
/// A believable inbox of any size, for benchmarks and tests.
#[doc(hidden)]
pub mod fill;
/// The files of a conversation.
pub mod gallery;
/// What came by webhook, what only a poll found, and what was not for us.
pub mod gaps;
/// How the database itself is doing.
pub mod health;
/// Raw deliveries as they came.
pub mod journal;
/// How long files stay.
pub mod keeping;
/// Contacts that are one person.
pub mod kin;
/// The labels of this desk.
pub mod labels;
/// Messages: taken in, queued, settled, read back.
pub mod messages;
/// What is to leave, in order per conversation.
pub mod outbox;
/// Finding messages and people by their words.
pub mod search;
/// Sealed values by owner and purpose.
pub mod secrets;
/// What the person at the desk chose.
pub mod settings;
/// How much is kept.
pub mod storage;
/// A restored copy takes the place of the data, at the next start.
pub mod swap;
/// Templates as Meta told them last.
pub mod templates;
/// Files in composers.
pub mod uploads;
/// A filter and an order under a name.
pub mod views;
/// What Meta says of reply windows, and which ones end soon.
pub mod windows;

pub use conversations::PageError;
pub use error::{OpenError, WriteError};
pub use page::{BadCursor, Cursor};
pub use row::bad_row;
pub use trip::Trip;

use crate::clock::Clock;
use lock::FolderLock;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use writer::Writer;

/// Messages fed into the index of words in one write: some milliseconds of work.
const FEED: u32 = 500;

/// A connection that only reads.
pub type Reader = PoolConnection<Sqlite>;

/// What a write does with its connection; see [`Store::write`].
pub type Work<'c, T> = futures_util::future::BoxFuture<'c, Result<T, sqlx::Error>>;

/// The open database; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    readers: SqlitePool,
    writer: Writer,
    file: PathBuf,
    clock: Clock,
    lock: FolderLock,
    /// The last run ended without closing it: it was examined at the start.
    examined: bool,
    /// Writes that failed since the start.
    failed: AtomicU64,
    /// The last run did not end in order, and the database is too large to be examined before it opens.
    unexamined: bool,
    /// A test's database goes with its store.
    scratch: Option<PathBuf>,
}

impl Store {
    /// Opens the database of `folder`, making folder and database where there is none.
    ///
    /// # Errors
    /// In words for people; nothing is ever overwritten.
    pub async fn open(folder: &Path, clock: Clock) -> Result<Self, OpenError> {
        open::open(folder, clock, open::Safety::Durable).await
    }

    /// A database of its own that vanishes with the last clone: for tests and benchmarks.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn in_memory() -> Result<Self, OpenError> {
        open::scratch(Clock::system()).await
    }

    /// A connection for reading. It sees what was committed before each of its statements.
    ///
    /// # Errors
    /// When the database cannot be read or was closed.
    pub async fn read(&self) -> Result<Reader, sqlx::Error> {
        self.0.readers.acquire().await
    }

    /// Runs `work` on the one writing connection and returns after its commit. The waiting callers of a
    /// moment share a transaction; an error of one undoes only its own work. `name` is for the log.
    ///
    /// # Errors
    /// [`WriteError::Full`] when the disk is full (a later try may succeed), else as it happened.
    pub async fn write<T, F>(&self, name: &'static str, work: F) -> Result<T, WriteError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        self.look_and_write(name, |conn, mut trip| {
            Box::pin(async move {
                trip.go(conn).await?;
                Ok((work(conn).await?, trip))
            })
        })
        .await
    }

    /// As [`Store::write`], for work that looks before it writes: what it hands back in the trip is written with the
    /// commit. The trip begins with the transaction; until it goes, the connection is only to be read.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn look_and_write<T, F>(&self, name: &'static str, work: F) -> Result<T, WriteError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection, Trip) -> Work<'c, (T, Trip)> + Send + 'static,
    {
        let done = self.0.writer.write(name, work).await;
        if done.as_ref().is_err_and(|error| !matches!(error, WriteError::NotFound)) {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
        }
        done
    }

    /// Feeds the index of words until it is complete: called before a search answers.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn catch_up(&self) -> Result<(), WriteError> {
        while self.feed_some().await? >= FEED {}
        Ok(())
    }

    /// Feeds one step; how many messages it was.
    async fn feed_some(&self) -> Result<u32, WriteError> {
        let (newest, through) = self.fed().await?;
        if newest <= through {
            return Ok(0);
        }
        self.write("words", |conn| Box::pin(search::feed(conn, FEED))).await
    }

    /// Makes sure that nothing of what was deleted is left in the database's files: the index of words is written
    /// anew in short steps, and the log is emptied. `false` = somebody was reading the log; it goes with the next
    /// writes.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn scrub(&self) -> Result<bool, WriteError> {
        for index in search::Index::ALL {
            let mut first = true;
            while self
                .write("rewrite the index of words", move |conn| {
                    Box::pin(search::rewrite(conn, index, first))
                })
                .await?
            {
                first = false;
            }
        }
        self.0.writer.fold().await
    }

    /// The newest message, and the last one whose words are in the index.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn fed(&self) -> Result<(i64, i64), sqlx::Error> {
        let mut conn = self.read().await?;
        sqlx::query_as("SELECT coalesce((SELECT max(id) FROM messages), 0), (SELECT through FROM words_fed)")
            .fetch_one(&mut *conn)
            .await
    }

    /// Copies of the database made earlier that stand beside it, and the folder: what is deleted is still in them.
    #[must_use]
    pub fn copies(&self) -> (Vec<String>, String) {
        let folder = self.0.file.parent().unwrap_or(Path::new("."));
        let own = self.0.file.file_name();
        let mut copies: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| Some(&*entry.file_name()) != own)
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.starts_with("heliograph.") && name.ends_with(".db"))
            .collect();
        copies.sort_unstable();
        (copies, folder.display().to_string())
    }

    /// The database file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.0.file
    }

    /// Whether it was examined at the start, since the last run had not closed it. It was found whole: else it would
    /// not be open.
    #[must_use]
    pub fn was_examined(&self) -> bool {
        self.0.examined
    }

    /// Writes that failed since the start.
    #[must_use]
    pub fn failed_writes(&self) -> u64 {
        self.0.failed.load(Ordering::Relaxed)
    }

    /// Bytes of the database file, and of the log beside it.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        let bytes = |end: &str| {
            let mut name = self.0.file.as_os_str().to_owned();
            name.push(end);
            std::fs::metadata(name).map_or(0, |m| m.len())
        };
        (bytes(""), bytes("-wal"))
    }

    /// It is to be examined soon: the last run did not end in order.
    #[must_use]
    pub fn is_unexamined(&self) -> bool {
        self.0.unexamined
    }

    /// The clock it was opened with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Finishes the waiting writes, folds the log into the database and lets go of the folder.
    pub async fn close(&self) {
        self.0.writer.close().await;
        self.0.readers.close().await;
        self.0.lock.ended_well();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(folder) = &self.scratch {
            // Left behind, it is only a file in the system's temporary folder.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
