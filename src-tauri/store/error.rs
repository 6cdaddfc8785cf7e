//! Why the database does not open or a write did not happen, in words for people.

use std::{io, path::PathBuf, sync::Arc};

/// Why the database did not open. Nothing was overwritten.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("Heliograph is already running with the data in {}. Use the window that is open, or close it first.", folder.display())]
    InUse { folder: PathBuf },
    /// The file is not a whole database any more.
    #[error(
        "The database {} is damaged. It was left as it is, and a copy is kept at {}. To begin anew, move the \
         database away and start again; conversations that Meta still has are imported again.",
        file.display(), copy.display()
    )]
    Damaged {
        file: PathBuf,
        copy: PathBuf,
        #[source]
        source: Option<sqlx::Error>,
    },
    /// Written by a later version of this program.
    #[error(
        "The database {} was written by a newer Heliograph (its version is {found}, this one knows {known}). \
         Install the newer version again, or start with another data folder. Nothing was changed.",
        file.display()
    )]
    Newer { file: PathBuf, found: i64, known: i64 },
    /// The file is some other program's.
    #[error(
        "{} is a database of another program. Choose another data folder; nothing was changed.",
        file.display()
    )]
    Foreign { file: PathBuf },
    /// No room.
    #[error("The disk that holds {} is full. Free some space and start again; nothing was lost.", folder.display())]
    Full { folder: PathBuf },
    /// The folder or the file may not be written.
    #[error(
        "{} cannot be written. Check who owns it and that the disk is not read-only, or choose another data folder.",
        folder.display()
    )]
    ReadOnly { folder: PathBuf },
    /// The folder cannot be used.
    #[error("The data folder {} cannot be used: {source}.", folder.display())]
    Folder {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A step to this version's tables failed; the copy made before it stays.
    #[error("The database {} could not be brought to this version: {source}. It is unchanged.", file.display())]
    Migration {
        file: PathBuf,
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// Anything else SQLite says.
    #[error("The database {} does not open: {source}.", file.display())]
    Sqlite {
        file: PathBuf,
        #[source]
        source: sqlx::Error,
    },
}

/// Why a write did not happen. Cheap to clone: one failed commit tells many callers.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    #[error("the disk is full")]
    Full,
    #[error("the database cannot be written: the disk or the file is read-only")]
    ReadOnly,
    #[error("the disk failed while writing")]
    Disk(#[source] Arc<sqlx::Error>),
    #[error("the database is damaged")]
    Damaged(#[source] Arc<sqlx::Error>),
    /// A row that was asked for is not there.
    #[error("no such row")]
    NotFound,
    #[error("the write failed: {0}")]
    Failed(#[source] Arc<sqlx::Error>),
    /// The store was closed, or the work panicked; it is not written.
    #[error("the write was given up")]
    GivenUp,
}

/// SQLite's primary result codes that mean something to people.
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// The primary result code of a database error.
pub(super) fn code(error: &sqlx::Error) -> Option<i32> {
    let text = error.as_database_error()?.code()?;
    text.parse::<i32>().ok().map(|extended| extended & 0xff)
}

/// The file itself is broken, as opposed to the disk or the statement.
pub(super) fn means_damage(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(CORRUPT | NOTADB))
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::RowNotFound) {
            return Self::NotFound;
        }
        match code(&error) {
            Some(FULL) => Self::Full,
            Some(READONLY) => Self::ReadOnly,
            Some(IOERR) => Self::Disk(Arc::new(error)),
            Some(CORRUPT | NOTADB) => Self::Damaged(Arc::new(error)),
            _ => Self::Failed(Arc::new(error)),
        }
    }
}

impl OpenError {
    /// Sorts what SQLite said while opening `file`; damage is sorted by the caller, who makes the copy.
    pub(super) fn from_sqlite(file: PathBuf, source: sqlx::Error) -> Self {
        let folder = file.parent().map(PathBuf::from).unwrap_or_default();
        match code(&source) {
            Some(FULL) => Self::Full { folder },
            Some(READONLY | CANTOPEN) => Self::ReadOnly { folder },
            _ => Self::Sqlite { file, source },
        }
    }

    /// Sorts what the system said about `folder`.
    pub(super) fn from_io(folder: PathBuf, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { folder },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { folder },
            _ => Self::Folder { folder, source },
        }
    }
}
