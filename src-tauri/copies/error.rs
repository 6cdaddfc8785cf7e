//! Why a copy was not made or not restored, in words for people.

use crate::{
    model::{Action, Code, Problem, SHORTEST_PASSPHRASE},
    store::{WriteError, copying::CopyFault},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a copy was not made, or not restored. What is in use was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("It was stopped. Nothing half done was left behind.")]
    Stopped,
    #[error("The passphrase does not open this backup. Nothing was changed.")]
    WrongPassphrase,
    #[error("{} is not a backup of Heliograph. Nothing was changed.", .0.display())]
    NotABackup(PathBuf),
    #[error(
        "The backup is damaged or was cut off: it ends too early, or a part of it is not what was written. Nothing was \
         changed. Copy the file again from where it came, or use another one."
    )]
    Damaged,
    #[error("This was made by a newer Heliograph ({0}). Install that version first; nothing was changed.")]
    Newer(String),
    #[error("The disk that holds {} is full. Free some space and try again; nothing was lost.", .0.display())]
    Full(PathBuf),
    #[error(
        "{} has too little room: {} MB are needed and {} MB are free. Nothing was written.",
        folder.display(), .needed.div_ceil(MIB), .free / MIB
    )]
    NoRoom { folder: PathBuf, needed: u64, free: u64 },
    #[error("{} cannot be written: {why}. Choose another place.", path.display())]
    Unwritable { path: PathBuf, why: io::Error },
    #[error("{} cannot be read: {why}.", path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error("A passphrase of at least {SHORTEST_PASSPHRASE} characters, please: several words are best.")]
    ShortPassphrase,
    #[error("It is no longer there.")]
    Gone,
    #[error("This copy was sealed with another key than the one in use. Nothing was changed.")]
    OtherKey,
    #[error("The database has faults, so the copy was not kept: {0}. Earlier copies stay.")]
    Faults(String),
    #[error("The copy could not be used: {0}. Nothing was changed.")]
    Copy(CopyFault),
    #[error("The work ended unexpectedly. Nothing was changed.")]
    Broke,
}

const MIB: u64 = 1024 * 1024;

impl CopyError {
    /// What the system said about writing `path`.
    #[must_use]
    pub fn writing(path: &Path, why: io::Error) -> Self {
        let folder = path.parent().unwrap_or(path).to_owned();
        match why.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(folder),
            _ => Self::Unwritable { path: path.to_owned(), why },
        }
    }

    /// What the system said about reading `path`.
    #[must_use]
    pub fn reading(path: &Path, why: io::Error) -> Self {
        if why.kind() == io::ErrorKind::NotFound {
            return Self::Gone;
        }
        Self::Unreadable { path: path.to_owned(), why }
    }

    /// What SQLite said about writing into `folder`.
    #[must_use]
    pub fn database(folder: &Path, error: CopyFault) -> Self {
        match error {
            CopyFault::Newer { found, .. } => Self::Newer(format!("its database has version {found}")),
            CopyFault::Sqlite(error) => match WriteError::from(error) {
                WriteError::Full => Self::Full(folder.to_owned()),
                WriteError::Failed(error) | WriteError::Disk(error) | WriteError::Damaged(error) => {
                    Self::Copy(CopyFault::Damaged(error.to_string()))
                }
                other => Self::Copy(CopyFault::Damaged(other.to_string())),
            },
            other => Self::Copy(other),
        }
    }

    /// For people, with the button that helps.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::WrongPassphrase
            | Self::ShortPassphrase
            | Self::NotABackup(_)
            | Self::Damaged
            | Self::Newer(_) => Code::BadRequest,
            Self::Gone => Code::NotFound,
            Self::OtherKey => Code::Locked,
            Self::Broke => Code::Internal,
            _ => Code::Storage,
        };
        let problem = Problem::new(code, self.to_string());
        match self {
            Self::Full(_) | Self::NoRoom { .. } | Self::Broke => problem.with(Action::Retry),
            _ => problem,
        }
    }
}
