//! Signatures over exact bytes (graph-api d.2).

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A body as Meta signs it.
#[derive(Debug, Clone)]
pub struct SignedBody {
    pub body: Bytes,
    /// The value of `X-Hub-Signature-256`.
    pub signature: String,
}

impl SignedBody {
    /// Signs `body` with an app secret.
    #[must_use]
    pub fn new(body: Bytes, secret: &str) -> Self {
        let signature = format!("sha256={}", hex::encode(digest(secret.as_bytes(), &body)));
        Self { body, signature }
    }
}

/// HMAC-SHA256.
pub(crate) fn digest(key: &[u8], message: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
