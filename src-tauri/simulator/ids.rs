//! Meta's ids: opaque to whoever reads them, and readable here, so that a million messages need no index.
//! Two kinds: digits (threads, media, people) and sealed text (messages, cursors, tokens).

use crate::random::{mix, mix2};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

const SPAN: u64 = 1 << 49;
const STEP: u64 = (0x5851_F42D_4C95_7F2D % SPAN) | 1;
const BACK: u64 = inverse(STEP);

/// The odd number that undoes a multiplication by `odd` modulo `SPAN`.
const fn inverse(odd: u64) -> u64 {
    let mut x = odd;
    let mut round = 0;
    while round < 6 {
        x = x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x)));
        round += 1;
    }
    x % SPAN
}

/// `n` (under 2^49) as an id of 16 to 18 digits that starts with `kind`.
#[must_use]
pub fn digits(kind: u64, n: u64) -> String {
    format!("{kind}{:015}", (n % SPAN).wrapping_mul(STEP) % SPAN)
}

/// The number inside an id made by [`digits`] with the same `kind`.
#[must_use]
pub fn from_digits(kind: u64, id: &str) -> Option<u64> {
    let rest = id.strip_prefix(&kind.to_string())?;
    if rest.len() != 15 || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let scrambled: u64 = rest.parse().ok()?;
    (scrambled < SPAN).then(|| scrambled.wrapping_mul(BACK) % SPAN)
}

fn stream(purpose: u64, check: u64) -> impl Iterator<Item = u8> {
    (0u64..).flat_map(move |block| mix2(purpose ^ check, block).to_le_bytes())
}

fn checksum(purpose: u64, payload: &[u8]) -> u64 {
    payload.iter().fold(mix(purpose), |sum, byte| mix2(sum, u64::from(*byte)))
}

/// `payload` as text of `length` bytes before base64; `purpose` is the key, so what was sealed for one
/// purpose does not open for another.
#[must_use]
pub fn seal(purpose: u64, payload: &[u8], length: usize) -> String {
    let check = checksum(purpose, payload);
    let mut bytes = check.to_le_bytes().to_vec();
    let length = length.max(bytes.len() + payload.len());
    let plain = payload.iter().copied().chain(std::iter::repeat(0));
    bytes.extend(plain.zip(stream(purpose, check)).map(|(p, s)| p ^ s).take(length - 8));
    BASE64.encode(bytes)
}

/// The first `payload` bytes of what [`seal`] closed for the same purpose; `None` for anything else.
#[must_use]
pub fn unseal(purpose: u64, text: &str, payload: usize) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text).ok()?;
    let (check, sealed) = bytes.split_first_chunk::<8>()?;
    if sealed.len() < payload {
        return None;
    }
    let check = u64::from_le_bytes(*check);
    let mut plain: Vec<u8> = sealed.iter().zip(stream(purpose, check)).map(|(p, s)| p ^ s).collect();
    let padded = plain.split_off(payload);
    (padded.iter().all(|byte| *byte == 0) && checksum(purpose, &plain) == check).then_some(plain)
}

/// Two small numbers as a payload.
#[must_use]
pub fn pair(a: u32, b: u32) -> [u8; 8] {
    ((u64::from(a) << 32) | u64::from(b)).to_le_bytes()
}

/// Three small numbers as a payload.
#[must_use]
pub fn triple(a: u32, b: u32, c: u32) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&pair(a, b));
    bytes[8..].copy_from_slice(&c.to_le_bytes());
    bytes
}

/// The numbers of [`triple`].
#[must_use]
pub fn untriple(bytes: &[u8]) -> Option<(u32, u32, u32)> {
    let (first, last) = bytes.split_first_chunk::<8>()?;
    let (a, b) = unpair(first)?;
    Some((a, b, u32::from_le_bytes(last.try_into().ok()?)))
}

/// The numbers of [`pair`].
#[must_use]
pub fn unpair(bytes: &[u8]) -> Option<(u32, u32)> {
    let n = u64::from_le_bytes(bytes.try_into().ok()?);
    Some(((n >> 32) as u32, (n & 0xFFFF_FFFF) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_for_one_purpose_opens_for_it_alone() {
        for n in [0u32, 1, 77, 999_999] {
            let text = seal(5, &pair(n, n / 2), 40);
            assert_eq!(unseal(5, &text, 8).and_then(|b| unpair(&b)), Some((n, n / 2)));
            assert_eq!(unseal(6, &text, 8), None);
        }
        assert_eq!(unseal(5, "AAAA", 8), None);
        assert_eq!(unseal(5, "not base64!", 8), None);
    }

    #[test]
    fn digits_read_back() {
        for n in [0, 1, 2, 1 << 20, SPAN - 1] {
            assert_eq!(from_digits(122, &digits(122, n)), Some(n));
        }
        assert_eq!(from_digits(122, "122"), None);
        assert_eq!(from_digits(122, "17841405309211844"), None);
    }
}
