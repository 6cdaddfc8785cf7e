//! Secrets: they never print, never serialise, and are sealed before they touch the disk. A sealed
//! value names its owner and purpose, so that it cannot be moved to another row.

mod key;
mod seal;

pub use key::{KeyError, MasterKey, stretched};
pub use seal::{SealError, Sealed, Vault};

use std::fmt;
use zeroize::Zeroize;

/// Text that prints as `<redacted>` and is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes `text` into keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one call that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
