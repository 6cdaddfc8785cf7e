//! Why a file was not kept, and whether trying again helps.

use super::NotAllowed;
use std::io;

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("it leads from one address to the next too often")]
    Redirects,
    #[error("the host answered with HTTP {0}")]
    Status(u16),
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    #[error("it is {found}, but {expected} was expected")]
    WrongKind { expected: String, found: String },
    #[error("its content is not what was announced")]
    WrongHash,
    #[error("it comes too slowly")]
    TooSlow,
    #[error("it ended before it was whole")]
    Broken,
    #[error("it is empty")]
    Empty,
    #[error("it could not be fetched: {0}")]
    Http(#[source] reqwest::Error),
    #[error("it could not be stored: {0}")]
    Io(#[from] io::Error),
}

impl MediaError {
    /// The link has ended: Meta's hosts answer so (graph-api b, g.2).
    #[must_use]
    pub const fn is_dead_link(&self) -> bool {
        matches!(self, Self::Status(401 | 403 | 404 | 410))
    }

    /// It may go better another time.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Http(_) | Self::TooSlow | Self::Io(_) | Self::Status(408 | 425 | 429 | 500..))
    }
}
