//! What rows and the model say to each other: stored words, JSON columns, ids.

use crate::model::{
    Activity, Channel, Content, DeliveryStatus, Detail, Direction, FileState, Origin, Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

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

/// The columns that a content becomes; what is rare goes into [`rare`].
pub(super) struct Columns<'a> {
    pub form: &'static str,
    pub kind: &'static str,
    pub what: &'a str,
    pub text: &'a str,
}

pub(super) fn content_columns(content: &Content) -> Columns<'_> {
    let (form, kind, what, text): (_, _, &str, &str) = match content {
        Content::Text { text } => ("bubble", "text", "", text),
        Content::Placeholder { what, text } => ("bubble", "placeholder", what, text),
        Content::Unsent => ("unsent", "text", "", ""),
        Content::Note { text, .. } => ("note", "text", "", text),
        Content::Activity { .. } => ("activity", "placeholder", "", ""),
    };
    Columns { form, kind, what, text }
}

/// The column `detail`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Rare {
    #[serde(flatten)]
    pub detail: Detail,
    /// The story it answers: its link and when that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<(Option<String>, Timestamp)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// Who wrote a note.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Meta's time of the edit that gave it its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
}

/// What is rare about a message as JSON; `None` = nothing is.
pub(super) fn rare(
    content: &Content,
    detail: &Detail,
    story: Option<(Option<&str>, Timestamp)>,
) -> Option<String> {
    let (activity, by) = match content {
        Content::Activity { activity } => (Some(activity.clone()), String::new()),
        Content::Note { author, .. } => (None, author.clone()),
        _ => (None, String::new()),
    };
    if activity.is_none() && by.is_empty() && story.is_none() && *detail == Detail::default() {
        return None;
    }
    let story = story.map(|(link, ends_at)| (link.map(str::to_owned), ends_at));
    maybe_to_json(Some(&Rare { detail: detail.clone(), story, activity, by, edited_at: None }))
}

pub(super) fn content(
    form: &str,
    kind: &str,
    what: String,
    text: String,
    rare: &mut Rare,
) -> Result<Content, sqlx::Error> {
    Ok(match (form, kind) {
        ("bubble", "text") => Content::Text { text },
        ("bubble", "placeholder") => Content::Placeholder { what, text },
        ("unsent", _) => Content::Unsent,
        ("note", _) => Content::Note { text, author: std::mem::take(&mut rare.by) },
        ("activity", _) => Content::Activity {
            activity: rare.activity.take().unwrap_or(Activity::Other { name: "something new".into() }),
        },
        _ => return Err(bad_row("kind")),
    })
}

pub(super) fn file_state(word: &str) -> Result<FileState, sqlx::Error> {
    FileState::from_key(word).ok_or_else(|| bad_row("state"))
}

/// A value as JSON text without NUL, which SQLite's JSON cannot carry; `None` where there is none.
pub(super) fn maybe_to_json<T: Serialize>(value: Option<&T>) -> Option<String> {
    serde_json::to_string(value?).ok().map(|text| text.replace("\\u0000", ""))
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

/// JSON that a statement of ours made.
pub(super) fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|e| sqlx::Error::Decode(Box::new(e)))
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
