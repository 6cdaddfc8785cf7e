//! Meta's signatures: over a webhook's raw bytes, over our own tokens, and the handshake's word
//! (graph-api a.2, d.2). Every comparison takes the same time whatever the answer.

use crate::vault::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// Which of `secrets` signed `body`; `header` is `X-Hub-Signature-256`. Every secret is tried, so that
/// the time does not tell which one it was.
#[must_use]
pub fn signer<'a, K>(
    secrets: impl IntoIterator<Item = (K, &'a Secret)>,
    body: &[u8],
    header: Option<&str>,
) -> Option<K> {
    let signature = header.and_then(read)?;
    let mut found = None;
    for (name, secret) in secrets {
        if bool::from(matches(secret, body, &signature)) {
            found.get_or_insert(name);
        }
    }
    found
}

/// Whether one of `secrets` signed `body`.
#[must_use]
pub fn is_signed<'a>(
    secrets: impl IntoIterator<Item = &'a Secret>,
    body: &[u8],
    header: Option<&str>,
) -> bool {
    signer(secrets.into_iter().map(|s| ((), s)), body, header).is_some()
}

/// "sha256=" and 64 hex digits, in any case.
fn read(header: &str) -> Option<[u8; 32]> {
    let (kind, digits) = header.trim().split_once('=')?;
    let mut signature = [0; 32];
    (kind.eq_ignore_ascii_case("sha256") && hex::decode_to_slice(digits, &mut signature).is_ok())
        .then_some(signature)
}

fn matches(secret: &Secret, body: &[u8], signature: &[u8; 32]) -> Choice {
    // An empty secret would let anybody sign.
    if secret.reveal().is_empty() {
        return Choice::from(0);
    }
    mac(secret, body).map_or(Choice::from(0), |own| own.ct_eq(signature))
}

fn mac(secret: &Secret, message: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(message);
    Some(mac.finalize().into_bytes().into())
}

/// What Meta would send with `body`: "sha256=" and lower-case hex.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(secret, body).unwrap_or_default()))
}

/// `appsecret_proof` of a token: lower-case hex of HMAC-SHA256 keyed with the app secret.
#[must_use]
pub fn proof(app_secret: &Secret, token: &Secret) -> String {
    hex::encode(mac(app_secret, token.reveal().as_bytes()).unwrap_or_default())
}

/// Answers Meta's handshake: the challenge to echo, when the mode is right and the word is ours.
#[must_use]
pub fn handshake<'a>(
    expected: &str,
    mode: Option<&str>,
    word: Option<&str>,
    challenge: Option<&'a str>,
) -> Option<&'a str> {
    let right = word.unwrap_or_default().as_bytes().ct_eq(expected.as_bytes());
    (bool::from(right) && !expected.is_empty() && mode == Some("subscribe")).then_some(challenge).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"object":"page","entry":[{"text":"\u00e4\/"}]}"#;

    fn secrets() -> Vec<(&'static str, Secret)> {
        vec![
            ("facebook", Secret::new("first")),
            ("instagram", Secret::new("second")),
            ("empty", Secret::new("")),
        ]
    }

    fn by(header: Option<&str>, body: &[u8]) -> Option<&'static str> {
        let secrets = secrets();
        signer(secrets.iter().map(|(name, s)| (*name, s)), body, header)
    }

    #[test]
    fn each_configured_secret_may_have_signed_in_any_case() {
        for (name, secret) in &secrets()[..2] {
            let header = sign(secret, BODY);
            assert_eq!(by(Some(&header), BODY), Some(*name));
            assert_eq!(by(Some(&header.to_uppercase()), BODY), Some(*name));
        }
    }

    #[test]
    fn other_bytes_other_secrets_and_other_headers_are_refused() {
        let header = sign(&Secret::new("first"), BODY);
        assert_eq!(by(Some(&header), b"{}"), None);
        assert_eq!(by(Some(&sign(&Secret::new("third"), BODY)), BODY), None);
        assert_eq!(by(Some(&sign(&Secret::new(""), BODY)), BODY), None, "an empty secret signs nothing");
        for bad in ["", "sha256=", "sha1=00", &header[7..], &header[..70], &format!("{header}00")] {
            assert_eq!(by(Some(bad), BODY), None, "{bad}");
        }
        assert_eq!(by(None, BODY), None);
    }

    #[test]
    fn a_known_vector() {
        // RFC 4231, test case 2.
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign(&Secret::new("Jefe"), b"what do ya want for nothing?"), format!("sha256={known}"));
        assert_eq!(proof(&Secret::new("Jefe"), &Secret::new("what do ya want for nothing?")), known);
    }

    #[test]
    fn the_handshake_echoes_only_to_the_right_word() {
        assert_eq!(handshake("w", Some("subscribe"), Some("w"), Some("42")), Some("42"));
        assert_eq!(handshake("w", Some("subscribe"), Some("v"), Some("42")), None);
        assert_eq!(handshake("w", Some("unsubscribe"), Some("w"), Some("42")), None);
        assert_eq!(handshake("w", None, None, Some("42")), None);
        assert_eq!(handshake("", Some("subscribe"), Some(""), Some("42")), None, "no word set opens nothing");
    }
}
