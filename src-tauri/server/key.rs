//! The master key where no keychain gives it: an environment variable, a key file, or a passphrase.
//! A key is only made for a folder without data: a new key beside old data would open nothing.

use super::private;
use crate::vault::{KeyError, MasterKey, Secret};
use std::{
    io,
    path::{Path, PathBuf},
};

/// The variable that may hold the key itself.
pub const VARIABLE: &str = "HELIOGRAPH_KEY";
/// The usual key file, in the data folder.
pub const KEY_FILE: &str = "heliograph.key";
/// Where the desktop notes which home the key of a folder has.
pub const HOME_NOTE: &str = "key-home.json";
/// What a passphrase is mixed with; worthless to a thief without the passphrase, and so is the passphrase without it.
const SALT_FILE: &str = "passphrase.salt";

/// Where the key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// The key itself.
    Text(Secret),
    File(PathBuf),
    Passphrase(Secret),
}

/// A key and where it lives.
#[derive(Debug)]
pub struct FoundKey {
    pub key: MasterKey,
    /// In words, for the settings page.
    pub home: String,
    /// The key file that was made just now.
    pub made: Option<PathBuf>,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyProblem {
    #[error("The key in {VARIABLE} is no key: {0}.")]
    Variable(KeyError),
    #[error("The key file {} holds no key: {why}.", path.display())]
    NoKeyInFile { path: PathBuf, why: KeyError },
    #[error(
        "The key file {} is not there, and this folder holds data that was sealed before. Put the file back, or give \
         the key another way. Nothing was changed.",
        .0.display()
    )]
    FileGone(PathBuf),
    #[error(
        "The file {} is not there. Without it the passphrase does not open this data: put it back from a copy. Nothing \
         was changed.",
        .0.display()
    )]
    SaltGone(PathBuf),
    #[error("The file {} is damaged. Put it back from a copy. Nothing was changed.", .0.display())]
    SaltDamaged(PathBuf),
    #[error("This folder was sealed with a passphrase. Give it with --passphrase-env NAME.")]
    NeedsPassphrase,
    #[error("The passphrase cannot be used: {0}.")]
    Passphrase(KeyError),
    #[error("The file {} cannot be read or written: {why}.", path.display())]
    File { path: PathBuf, why: io::Error },
}

impl KeySource {
    /// The key file that a folder uses when nothing else was said.
    ///
    /// # Errors
    /// When the folder was sealed with a passphrase.
    pub fn usual(data: &Path) -> Result<Self, KeyProblem> {
        if wants_passphrase(data) {
            return Err(KeyProblem::NeedsPassphrase);
        }
        Ok(Self::File(data.join(KEY_FILE)))
    }

    /// The key for the folder `data`. Takes a fifth of a second for a passphrase: not for an async thread.
    ///
    /// # Errors
    /// When there is none, in words.
    pub fn find(self, data: &Path) -> Result<FoundKey, KeyProblem> {
        self.look(data, !holds_data(data))
    }

    /// The same for a folder whose secrets are about to be forgotten: a key that is not there is made.
    ///
    /// # Errors
    /// As [`KeySource::find`].
    pub fn find_anew(self, data: &Path) -> Result<FoundKey, KeyProblem> {
        self.look(data, true)
    }

    fn look(self, data: &Path, may_make: bool) -> Result<FoundKey, KeyProblem> {
        match self {
            Self::Text(text) => {
                let key = MasterKey::from_text(text.reveal()).map_err(KeyProblem::Variable)?;
                Ok(FoundKey { key, home: format!("The environment variable {VARIABLE}"), made: None })
            }
            Self::File(path) => from_file(&path, may_make),
            Self::Passphrase(words) => from_passphrase(&words, data, may_make),
        }
    }
}

/// Whether the key of `data` comes from a passphrase.
#[must_use]
pub fn wants_passphrase(data: &Path) -> bool {
    data.join(SALT_FILE).exists()
}

/// The folder's key comes from no passphrase any longer: its salt would make every start ask for one. Kept aside.
///
/// # Errors
/// When the folder cannot be written.
pub fn retire_passphrase(data: &Path) -> io::Result<()> {
    match std::fs::rename(data.join(SALT_FILE), data.join(format!("{SALT_FILE}.old"))) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether `data` holds a database, and so was sealed with a key before.
#[must_use]
pub fn holds_data(data: &Path) -> bool {
    std::fs::read_dir(data).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|e| Path::new(&e.file_name()).extension().is_some_and(|x| x == "db" || x == "sqlite"))
    })
}

fn from_file(path: &Path, may_make: bool) -> Result<FoundKey, KeyProblem> {
    let failed = |why| KeyProblem::File { path: path.to_owned(), why };
    let home = format!("The key file {}", path.display());
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let text = Secret::new(text);
            let key = MasterKey::from_text(text.reveal())
                .map_err(|why| KeyProblem::NoKeyInFile { path: path.to_owned(), why })?;
            if private::readable_by_others(path) {
                tracing::warn!(path = %path.display(), "others may read the key file; chmod 600 it");
            }
            Ok(FoundKey { key, home, made: None })
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            if !may_make {
                return Err(KeyProblem::FileGone(path.to_owned()));
            }
            let key = MasterKey::random();
            if let Some(folder) = path.parent() {
                private::folder(folder).map_err(failed)?;
            }
            let line = Secret::new(format!("{}\n", key.to_text().reveal()));
            private::write_new(path, line.reveal().as_bytes()).map_err(failed)?;
            Ok(FoundKey { key, home, made: Some(path.to_owned()) })
        }
        Err(why) => Err(failed(why)),
    }
}

fn from_passphrase(words: &Secret, data: &Path, may_make: bool) -> Result<FoundKey, KeyProblem> {
    let path = data.join(SALT_FILE);
    let failed = |why| KeyProblem::File { path: path.clone(), why };
    let salt: [u8; 16] = match std::fs::read_to_string(&path) {
        Ok(text) => hex::decode(text.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| KeyProblem::SaltDamaged(path.clone()))?,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            if !may_make {
                return Err(KeyProblem::SaltGone(path));
            }
            // An unusable passphrase must not leave a salt behind.
            let salt = rand::random::<[u8; 16]>();
            MasterKey::from_passphrase(words, &salt).map_err(KeyProblem::Passphrase)?;
            private::folder(data).map_err(failed)?;
            private::write_new(&path, format!("{}\n", hex::encode(salt)).as_bytes()).map_err(failed)?;
            salt
        }
        Err(why) => return Err(failed(why)),
    };
    let key = MasterKey::from_passphrase(words, &salt).map_err(KeyProblem::Passphrase)?;
    Ok(FoundKey { key, home: "Your passphrase".into(), made: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &FoundKey, b: &FoundKey) -> bool {
        a.key.to_text() == b.key.to_text()
    }

    #[test]
    fn a_key_file_is_made_once_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let find = || KeySource::usual(folder.path()).unwrap().find(folder.path()).unwrap();
        let first = find();
        let path = first.made.clone().expect("it says that it made one");
        assert!(!private::readable_by_others(&path));
        let second = find();
        assert!(same(&first, &second));
        assert_eq!(second.made, None);
    }

    #[test]
    fn a_lost_key_is_never_replaced_beside_data() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("heliograph.db"), b"data").unwrap();
        let file = folder.path().join("gone.key");
        let lost = KeySource::File(file.clone()).find(folder.path()).unwrap_err();
        assert!(matches!(lost, KeyProblem::FileGone(_)), "{lost}");
        assert!(!file.exists());
        let lost = KeySource::Passphrase(Secret::new("correct horse")).find(folder.path()).unwrap_err();
        assert!(matches!(lost, KeyProblem::SaltGone(_)), "{lost}");
        assert!(!wants_passphrase(folder.path()));
    }

    #[test]
    fn a_key_is_made_anew_only_where_the_old_secrets_are_given_up() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("heliograph.db"), b"data").unwrap();
        let file = || KeySource::File(folder.path().join("heliograph.key"));
        let made = file().find_anew(folder.path()).unwrap();
        assert!(made.made.is_some());
        assert!(same(&made, &file().find(folder.path()).unwrap()), "and is found from then on");
        let words = || KeySource::Passphrase(Secret::new("correct horse"));
        assert!(same(&words().find_anew(folder.path()).unwrap(), &words().find(folder.path()).unwrap()));
        retire_passphrase(folder.path()).unwrap();
        assert!(matches!(KeySource::usual(folder.path()), Ok(KeySource::File(_))));
    }

    #[test]
    fn a_passphrase_gives_the_same_key_again_and_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let find = |words: &str| KeySource::Passphrase(Secret::new(words)).find(folder.path());
        assert!(find("  ").is_err());
        assert!(!wants_passphrase(folder.path()), "an empty passphrase leaves nothing behind");
        let first = find("correct horse").unwrap();
        assert!(same(&first, &find("correct horse").unwrap()));
        assert!(!same(&first, &find("wrong horse").unwrap()));
        assert!(matches!(KeySource::usual(folder.path()), Err(KeyProblem::NeedsPassphrase)));
    }
}
