//! The operating system's keychain, where the master key lives. Every call blocks and may ask the
//! person something: never on an async thread.

use crate::vault::{KeyError, MasterKey, Secret};
use keyring_core::{Entry, Error, api::CredentialStoreApi};

/// The name under which entries stand in the keychain.
const SERVICE: &str = "app.heliograph.desktop";

/// Why the keychain gives no key.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    /// No keychain service runs, or it refuses.
    #[error("it does not answer ({0})")]
    Silent(Error),
    /// It answers, and has no such entry.
    #[error("it has no key for this inbox; it may be locked, or belong to another user or system")]
    NoKey,
    /// It has an entry that is no key.
    #[error("its entry is damaged: {0}")]
    NotAKey(KeyError),
    /// It took a key and gave back another.
    #[error("it did not keep what it was given")]
    Forgetful,
}

impl From<Error> for KeychainError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoEntry => Self::NoKey,
            other => Self::Silent(other),
        }
    }
}

/// Makes a key and keeps it as `entry`. Reading it back proves that the keychain works: one without an
/// unlocked collection answers "no entry" to a read and refuses only a write.
///
/// # Errors
/// When the keychain did not keep it.
pub fn make(entry: &str) -> Result<MasterKey, KeychainError> {
    let key = MasterKey::random();
    let text = key.to_text();
    let place = place(entry)?;
    place.set_secret(text.reveal().as_bytes())?;
    if read(entry)?.to_text() != text {
        return Err(KeychainError::Forgetful);
    }
    Ok(key)
}

/// The key kept as `entry`.
///
/// # Errors
/// When there is none.
pub fn read(entry: &str) -> Result<MasterKey, KeychainError> {
    let bytes = place(entry)?.get_secret()?;
    let text = Secret::new(String::from_utf8_lossy(&bytes));
    drop(zeroize::Zeroizing::new(bytes));
    MasterKey::from_text(text.reveal()).map_err(KeychainError::NotAKey)
}

fn place(entry: &str) -> Result<Entry, Error> {
    #[cfg(target_os = "linux")]
    let store = zbus_secret_service_keyring_store::Store::new()?;
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(target_os = "windows")]
    let store = windows_native_keyring_store::Store::new()?;
    store.build(SERVICE, entry, None)
}
