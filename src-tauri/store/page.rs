//! Pages by key: a cursor is the key of the last row seen, opaque to who holds it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Where a page ended: the sorted value and the id that breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub at: i64,
    pub id: i64,
}

/// The text is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this page mark is not one of this list's")]
pub struct BadCursor;

impl Cursor {
    /// The cursor as text; `list` tells lists and orders apart.
    #[must_use]
    pub fn write(self, list: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{list}.{}.{}", self.at, self.id))
    }

    /// A cursor back from outside.
    ///
    /// # Errors
    /// When it is another list's or no cursor at all.
    pub fn read(text: &str, list: &str) -> Result<Self, BadCursor> {
        // Ours are short; a megabyte of nonsense is not worth decoding.
        if text.len() > 128 {
            return Err(BadCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let inner = std::str::from_utf8(&bytes).map_err(|_| BadCursor)?;
        let mut parts = inner.split('.');
        let (Some(name), Some(at), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadCursor);
        };
        if name != list {
            return Err(BadCursor);
        }
        Ok(Self { at: at.parse().map_err(|_| BadCursor)?, id: id.parse().map_err(|_| BadCursor)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_and_nothing_else_is_one(at: i64, id: i64, other in ".{0,200}") {
            let cursor = Cursor { at, id };
            prop_assert_eq!(Cursor::read(&cursor.write("newest"), "newest"), Ok(cursor));
            prop_assert_eq!(Cursor::read(&cursor.write("newest"), "ending"), Err(BadCursor));
            prop_assert_eq!(Cursor::read(&other, "newest"), Err(BadCursor));
        }
    }
}
