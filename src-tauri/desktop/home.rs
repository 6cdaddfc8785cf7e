//! Where the master key of a data folder lives, and how it is fetched from there. What was chosen is
//! noted beside the data; a key is made only for a folder without data, and nothing is overwritten.

use super::keychain;
use crate::{
    server::{
        key::{self, FoundKey, KeySource},
        private,
    },
    vault::{MasterKey, Secret},
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const NOTE: &str = key::HOME_NOTE;

/// Where the key lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "home", rename_all = "snake_case")]
pub enum Home {
    /// The entry of this name.
    Keychain {
        entry: String,
    },
    File {
        path: PathBuf,
    },
    Passphrase,
}

/// Why there is no key yet: what the person must decide or give.
#[derive(Debug)]
pub enum Missing {
    /// First start, and no keychain: another home must be chosen.
    NoKeychain(keychain::KeychainError),
    /// A new key was to be kept in a keychain that takes none.
    NoKeychainForNew(keychain::KeychainError),
    /// The key of existing data is in a keychain that does not give it.
    KeychainGone(keychain::KeychainError),
    /// It comes from a passphrase that nobody gave yet.
    WantsPassphrase,
    /// Existing data, and nothing says how it was sealed.
    Unknown,
    Problem(key::KeyProblem),
    /// What was chosen could not be noted.
    Note(std::io::Error),
}

/// What the person gave.
#[derive(Debug, Clone)]
pub enum Given {
    Nothing,
    Passphrase(Secret),
    File(PathBuf),
    /// The old key is lost for good: its secrets are forgotten, and this home gets a new one.
    Anew(NewHome),
}

/// Where a new key is to live.
#[derive(Debug, Clone)]
pub enum NewHome {
    Keychain,
    Passphrase(Secret),
    File(PathBuf),
}

/// Makes the key of a folder whose secrets are about to be forgotten. Nothing is noted yet. Blocks.
///
/// # Errors
/// What is missing.
pub fn make_anew(data: &Path, new: NewHome) -> Result<(MasterKey, Home), Missing> {
    let (source, home) = match new {
        NewHome::Keychain => {
            let entry = new_entry();
            let key = keychain::make(&entry).map_err(Missing::NoKeychainForNew)?;
            return Ok((key, Home::Keychain { entry }));
        }
        NewHome::Passphrase(words) => (KeySource::Passphrase(words), Home::Passphrase),
        NewHome::File(path) => (KeySource::File(path.clone()), Home::File { path }),
    };
    let found = source.find_anew(data).map_err(Missing::Problem)?;
    Ok((found.key, home))
}

/// Each folder has an entry of its own, so that no start can replace another folder's key.
fn new_entry() -> String {
    format!("master key {}", hex::encode(rand::random::<[u8; 8]>()))
}

/// Fetches the key of `data`; makes one when the folder is new. Blocks.
///
/// # Errors
/// What is missing.
pub fn fetch(data: &Path, given: Given, demo: bool) -> Result<(FoundKey, Home), Missing> {
    let sealed = key::holds_data(data);
    let usual = KeySource::usual(data);
    match (given, noted(data)) {
        (Given::Passphrase(words) | Given::Anew(NewHome::Passphrase(words)), _) => {
            from(data, KeySource::Passphrase(words), Home::Passphrase)
        }
        (Given::File(path), _) => from(data, KeySource::File(path.clone()), Home::File { path }),
        (Given::Nothing | Given::Anew(_), Some(Home::Passphrase)) => Err(Missing::WantsPassphrase),
        (Given::Nothing | Given::Anew(_), Some(Home::File { path })) => {
            from(data, KeySource::File(path.clone()), Home::File { path })
        }
        (Given::Nothing | Given::Anew(_), Some(Home::Keychain { entry })) => match keychain::read(&entry) {
            Ok(key) => Ok((in_keychain(key), Home::Keychain { entry })),
            // A first start that got no further: nothing was sealed with the lost key.
            Err(_) if !sealed => first(data),
            Err(why) => Err(Missing::KeychainGone(why)),
        },
        (Given::Nothing | Given::Anew(_), None) => match usual {
            // Made by the headless server, or by the demo.
            Ok(KeySource::File(path)) if demo || path.exists() => {
                from(data, KeySource::File(path.clone()), Home::File { path })
            }
            Err(_) => Err(Missing::WantsPassphrase),
            Ok(_) if sealed => Err(Missing::Unknown),
            Ok(_) => first(data),
        },
    }
}

/// A new key in the keychain.
fn first(data: &Path) -> Result<(FoundKey, Home), Missing> {
    let entry = new_entry();
    let key = keychain::make(&entry).map_err(Missing::NoKeychain)?;
    let home = Home::Keychain { entry };
    note(data, &home).map_err(Missing::Note)?;
    Ok((in_keychain(key), home))
}

fn from(data: &Path, source: KeySource, home: Home) -> Result<(FoundKey, Home), Missing> {
    let found = source.find(data).map_err(Missing::Problem)?;
    Ok((found, home))
}

fn in_keychain(key: MasterKey) -> FoundKey {
    let home = if cfg!(target_os = "macos") {
        "Your macOS keychain"
    } else if cfg!(target_os = "windows") {
        "The Windows credential store"
    } else {
        "Your system's keychain"
    };
    FoundKey { key, home: home.into(), made: None }
}

/// What was noted for `data`.
fn noted(data: &Path) -> Option<Home> {
    serde_json::from_slice(&std::fs::read(data.join(NOTE)).ok()?).ok()
}

/// Notes where the key lives, once it has opened the data.
///
/// # Errors
/// When the folder cannot be written.
pub fn note(data: &Path, home: &Home) -> std::io::Result<()> {
    if noted(data).as_ref() == Some(home) {
        return Ok(());
    }
    private::folder(data)?;
    private::write(&data.join(NOTE), &serde_json::to_vec_pretty(home)?)
}

/// The key file that is made when the person chooses one and names none.
#[must_use]
pub fn new_file(data: &Path) -> PathBuf {
    data.join(key::KEY_FILE)
}

#[cfg(test)]
#[path = "home_tests.rs"]
mod tests;
