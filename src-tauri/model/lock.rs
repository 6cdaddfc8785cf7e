//! The app lock: words between whoever sits at the screen and the inbox.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// How the inbox is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct AppLock {
    /// `None` = there is no lock.
    pub kind: Option<LockKind>,
    /// Nothing is shown and nothing changed until somebody unlocks.
    pub locked: bool,
    /// Wrong tries since the last good one.
    pub wrong: u32,
    /// No try counts before this.
    pub wait_until: Option<Timestamp>,
    /// The engine's clock, which a locked window cannot ask otherwise.
    pub now: Timestamp,
}

/// What unlocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockKind {
    Passphrase,
    /// Digits only: quick to type, and weak.
    Pin,
}

impl LockKind {
    /// Shortest passphrase, in characters.
    pub const SHORTEST: usize = 8;
    /// Digits of a PIN, least and most.
    pub const DIGITS: (usize, usize) = (4, 12);

    /// "passphrase", "PIN".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::Pin => "PIN",
        }
    }

    /// Why `words` cannot be a new one of this kind; `None` = they can.
    #[must_use]
    pub fn refuses(self, words: &str) -> Option<String> {
        let (least, most) = Self::DIGITS;
        match self {
            Self::Passphrase if words.trim().chars().count() < Self::SHORTEST => {
                Some(format!("At least {} characters: several words are best.", Self::SHORTEST))
            }
            Self::Pin if !words.chars().all(|c| c.is_ascii_digit()) => Some("A PIN is digits only.".into()),
            Self::Pin if !(least..=most).contains(&words.len()) => {
                Some(format!("A PIN has {least} to {most} digits."))
            }
            Self::Passphrase | Self::Pin => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_digits_and_a_passphrase_is_long_enough() {
        assert_eq!(LockKind::Pin.refuses("2468"), None);
        assert_eq!(LockKind::Passphrase.refuses("grüne Au"), None, "characters count, not bytes");
        for (kind, bad) in [
            (LockKind::Pin, "123"),
            (LockKind::Pin, "1234567890123"),
            (LockKind::Pin, "12a4"),
            (LockKind::Pin, "١٢٣٤"),
            (LockKind::Passphrase, "short"),
            (LockKind::Passphrase, "        "),
        ] {
            assert!(kind.refuses(bad).is_some(), "{bad:?}");
        }
    }
}
