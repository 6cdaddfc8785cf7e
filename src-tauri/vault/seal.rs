//! XChaCha20-Poly1305 with a random nonce; owner and purpose are authenticated beside the secret.

use super::{MasterKey, Secret};
use crate::model::{Channel, MetaAccountId, MetaPersonId};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// Length of the nonce before the ciphertext, in bytes.
const NONCE: usize = 24;
/// What a fresh vault seals to recognise its key later.
const WITNESS: &str = "heliograph";

/// A secret as it may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// Seals and opens with one master key; cheap to clone.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    /// Makes fingerprints: derived from the master key, and of no use for opening anything.
    people: Zeroizing<[u8; 32]>,
}

/// Why a sealed value does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    #[error("this secret was sealed with another key, or moved, or damaged")]
    DoesNotOpen,
    #[error("the secret could not be sealed")]
    DoesNotSeal,
}

impl Vault {
    /// A vault that uses `key`.
    #[must_use]
    pub fn new(key: &MasterKey) -> Self {
        let people = Zeroizing::new(digest(key.bytes(), b"fingerprints of people"));
        Self { cipher: XChaCha20Poly1305::new(key.bytes().into()), people }
    }

    /// What may be kept of a person who was deleted: the same for the same id, and not to be turned back without the
    /// master key.
    #[must_use]
    pub fn fingerprint_of_person(
        &self,
        channel: Channel,
        account: &MetaAccountId,
        person: &MetaPersonId,
    ) -> String {
        let name = label(&format!("{} {account}", channel.key()), person.as_str());
        hex::encode(&digest(&*self.people, &name)[..16])
    }

    /// Seals `secret` for `purpose` of `owner` ("account 3", "token").
    ///
    /// # Errors
    /// Practically never: the cipher refuses only absurd lengths.
    pub fn seal(&self, owner: &str, purpose: &str, secret: &Secret) -> Result<Sealed, SealError> {
        let nonce: [u8; NONCE] = rand::random();
        let aad = label(owner, purpose);
        let body = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: secret.reveal().as_bytes(), aad: &aad })
            .map_err(|_| SealError::DoesNotSeal)?;
        let mut sealed = nonce.to_vec();
        sealed.extend_from_slice(&body);
        Ok(Sealed(sealed))
    }

    /// Opens what was sealed for the same owner and purpose.
    ///
    /// # Errors
    /// When it was sealed with another key, for something else, or changed since.
    pub fn open(&self, owner: &str, purpose: &str, sealed: &Sealed) -> Result<Secret, SealError> {
        let (nonce, body) = sealed.0.split_first_chunk::<NONCE>().ok_or(SealError::DoesNotOpen)?;
        let aad = label(owner, purpose);
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad })
            .map_err(|_| SealError::DoesNotOpen)?;
        String::from_utf8(plain).map(Secret::new).map_err(|e| {
            e.into_bytes().zeroize();
            SealError::DoesNotOpen
        })
    }

    /// A sealed value that only this key opens: stored with a new database.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn witness(&self) -> Result<Sealed, SealError> {
        self.seal("vault", "witness", &Secret::new(WITNESS))
    }

    /// Whether `witness` was made with this key.
    #[must_use]
    pub fn recognises(&self, witness: &Sealed) -> bool {
        self.open("vault", "witness", witness).is_ok_and(|s| s.reveal() == WITNESS)
    }
}

/// HMAC-SHA256, which takes a key of any length.
fn digest(key: &[u8], said: &[u8]) -> [u8; 32] {
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(said);
        mac.finalize().into_bytes().into()
    })
}

/// Length-prefixed, so that ("a", "bc") and ("ab", "c") differ.
fn label(owner: &str, purpose: &str) -> Vec<u8> {
    let mut label = (owner.len() as u64).to_le_bytes().to_vec();
    label.extend_from_slice(owner.as_bytes());
    label.extend_from_slice(purpose.as_bytes());
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_where_it_belongs() {
        let vault = Vault::new(&MasterKey::random());
        let sealed = vault.seal("account 1", "token", &Secret::new("EAAG")).unwrap();
        assert_eq!(vault.open("account 1", "token", &sealed).unwrap().reveal(), "EAAG");
        assert_eq!(vault.open("account 2", "token", &sealed), Err(SealError::DoesNotOpen));
        assert_eq!(vault.open("account 1", "app", &sealed), Err(SealError::DoesNotOpen));
        assert_eq!(
            Vault::new(&MasterKey::random()).open("account 1", "token", &sealed),
            Err(SealError::DoesNotOpen)
        );
        assert!(!sealed.0.windows(4).any(|w| w == b"EAAG"), "the secret does not stand in the sealed bytes");
    }

    #[test]
    fn a_fingerprint_is_the_same_for_the_same_key_and_tells_nothing() {
        let (key, page) = (MasterKey::random(), MetaAccountId("682".into()));
        let of = |vault: &Vault, id: &str| {
            vault.fingerprint_of_person(Channel::Messenger, &page, &MetaPersonId(id.into()))
        };
        let (vault, same, another) = (Vault::new(&key), Vault::new(&key), Vault::new(&MasterKey::random()));
        assert_eq!(of(&vault, "6042"), of(&same, "6042"));
        assert_ne!(of(&vault, "6042"), of(&vault, "6043"));
        assert_ne!(of(&vault, "6042"), of(&another, "6042"));
        assert!(!of(&vault, "6042").contains("6042"));
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let vault = Vault::new(&MasterKey::random());
        let mut sealed = vault.seal("a", "b", &Secret::new("x")).unwrap();
        sealed.0[NONCE] ^= 1;
        assert_eq!(vault.open("a", "b", &sealed), Err(SealError::DoesNotOpen));
        assert_eq!(vault.open("a", "b", &Sealed(vec![1, 2])), Err(SealError::DoesNotOpen));
    }
}
