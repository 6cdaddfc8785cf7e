//! The master key: 32 random bytes. Where it lives (keychain, passphrase, file, environment) is the
//! host's affair; the engine only receives it.

use super::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;
use zeroize::Zeroize;

/// The key that opens everything sealed.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a key is 32 bytes in base64 (44 characters) or 64 hexadecimal digits")]
    Shape,
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    #[error("the passphrase could not be turned into a key: {0}")]
    Derivation(argon2::Error),
}

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Reads what [`MasterKey::to_text`] wrote, or 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is neither.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let mut bytes = if text.len() == 64 { hex::decode(text).ok() } else { STANDARD.decode(text).ok() }
            .ok_or(KeyError::Shape)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError::Shape);
        bytes.zeroize();
        key.map(Self)
    }

    /// The key as text for a keychain or a key file.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        Secret::new(STANDARD.encode(self.0))
    }

    /// The key of a passphrase; see [`stretched`]. `salt` is stored beside the database.
    ///
    /// # Errors
    /// When the passphrase is empty or memory is short.
    pub fn from_passphrase(passphrase: &Secret, salt: &[u8; 16]) -> Result<Self, KeyError> {
        stretched(passphrase, salt).map(Self)
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What Argon2id makes of words and a salt: 64 MiB, three passes.
///
/// # Errors
/// When the words are empty or memory is short.
pub fn stretched(words: &Secret, salt: &[u8; 16]) -> Result<[u8; 32], KeyError> {
    if words.reveal().trim().is_empty() {
        return Err(KeyError::EmptyPassphrase);
    }
    let params = Params::new(64 * 1024, 3, 1, Some(32)).map_err(KeyError::Derivation)?;
    let mut made = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(words.reveal().as_bytes(), salt, &mut made)
        .map_err(KeyError::Derivation)?;
    Ok(made)
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Drop for MasterKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_written_down() {
        let key = MasterKey::random();
        assert_eq!(MasterKey::from_text(key.to_text().reveal()).unwrap().bytes(), key.bytes());
        assert!(MasterKey::from_text("c2hvcnQ=").is_err(), "too short to be a key");
        assert_eq!(format!("{key:?}"), "<redacted>");
    }

    #[test]
    fn the_same_passphrase_and_salt_give_the_same_key_and_another_salt_another() {
        let words = Secret::new("correct horse");
        let key = |salt| MasterKey::from_passphrase(&words, &salt).unwrap();
        assert_eq!(key([1; 16]).bytes(), key([1; 16]).bytes());
        assert_ne!(key([1; 16]).bytes(), key([2; 16]).bytes());
    }
}
