//! What rows and the model say to each other: stored words, JSON columns, ids.

use crate::model::{Channel, Content, DeliveryStatus, Direction, Origin, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

/// A stored word that this version does not know: the row is damaged or from a later version.
#[derive(Debug, thiserror::Error)]
#[error("a stored value of {column} makes no sense")]
struct BadRow {
    column: &'static str,
}

/// The error for a stored value that makes no sense.
#[must_use]
pub fn bad_row(column: &'static str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(BadRow { column }) }
}

pub(super) fn channel(word: &str) -> Result<Channel, sqlx::Error> {
    Channel::from_key(word).ok_or_else(|| bad_row("channel"))
}

pub(super) fn status(word: &str) -> Result<DeliveryStatus, sqlx::Error> {
    DeliveryStatus::from_key(word).ok_or_else(|| bad_row("status"))
}

pub(super) const fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    }
}

pub(super) fn direction(word: &str) -> Result<Direction, sqlx::Error> {
    match word {
        "inbound" => Ok(Direction::Inbound),
        "outbound" => Ok(Direction::Outbound),
        _ => Err(bad_row("direction")),
    }
}

pub(super) const fn origin_key(origin: Origin) -> &'static str {
    match origin {
        Origin::Person => "person",
        Origin::Heliograph => "heliograph",
        Origin::Elsewhere => "elsewhere",
    }
}

pub(super) fn origin(word: &str) -> Result<Origin, sqlx::Error> {
    match word {
        "person" => Ok(Origin::Person),
        "heliograph" => Ok(Origin::Heliograph),
        "elsewhere" => Ok(Origin::Elsewhere),
        _ => Err(bad_row("origin")),
    }
}

/// The columns `kind`, `what` and `text` of a content.
pub(super) fn content_columns(content: &Content) -> (&'static str, &str, &str) {
    match content {
        Content::Text { text } => ("text", "", text),
        Content::Placeholder { what, text } => ("placeholder", what, text),
    }
}

pub(super) fn content(kind: &str, what: String, text: String) -> Result<Content, sqlx::Error> {
    match kind {
        "text" => Ok(Content::Text { text }),
        "placeholder" => Ok(Content::Placeholder { what, text }),
        _ => Err(bad_row("kind")),
    }
}

/// How far a message has come; statuses only move to a higher one. A failure is final.
pub(super) const fn rank(status: DeliveryStatus) -> u8 {
    match status {
        DeliveryStatus::Queued => 0,
        DeliveryStatus::Sending => 1,
        DeliveryStatus::Unsure => 2,
        DeliveryStatus::Sent => 3,
        DeliveryStatus::Delivered => 4,
        DeliveryStatus::Read => 5,
        DeliveryStatus::Failed => 6,
        DeliveryStatus::Received => 7,
    }
}

/// A value as a JSON column or argument. Our own types always serialise.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|e| sqlx::Error::Encode(Box::new(e)))
}

/// A JSON column whose unknown or broken content falls back to the default.
pub(super) fn json_or_default<T: DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

pub(super) fn maybe_json<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    serde_json::from_str(text?).ok()
}

/// Text without NUL, which SQLite's JSON cannot carry.
pub(super) fn clean(text: &str) -> String {
    text.replace('\0', "")
}

pub(super) fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.map(Timestamp)
}
