//! The files of a conversation, newest first, by pages.

use super::{Cursor, PageError, messages, row};
use crate::model::{ConversationId, FileKind, MediaItem, MediaPage, MessageId, Timestamp};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

/// Rows of one page at most.
const LARGEST_PAGE: u32 = 200;
/// The name of the gallery's cursors.
const GALLERY: &str = "gallery";

/// A page of a gallery: the newest before a key, of these kinds.
pub(in crate::store) fn page_sql() -> String {
    format!(
        "SELECT t.message, t.sent_at, m.direction, {}
         FROM attachments t CROSS JOIN messages m ON m.id = t.message
         WHERE t.conversation = ?1 AND t.state <> 'none' AND (t.sent_at, t.id) < (?2, ?3)
             AND t.kind <> 'sticker' AND t.family IN (SELECT value FROM json_each(?4))
         ORDER BY t.sent_at DESC, t.id DESC LIMIT ?5",
        messages::ATTACHMENT
    )
}

/// Files of a conversation, newest first; `kinds` without any means all. Stickers are no files to look for.
///
/// # Errors
/// When the cursor is not a gallery's, or the database cannot be read.
pub async fn page(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    kinds: &[FileKind],
    after: Option<&str>,
    limit: u32,
) -> Result<MediaPage, PageError> {
    let limit = limit.clamp(1, LARGEST_PAGE);
    let from = match after {
        Some(text) => Cursor::read(text, GALLERY)?,
        None => Cursor { at: i64::MAX, id: i64::MAX },
    };
    let kinds = if kinds.is_empty() { &FileKind::ALL } else { kinds };
    let kinds: Vec<&str> = kinds.iter().map(|k| k.key()).collect();
    let found = sqlx::query(AssertSqlSafe(page_sql()))
        .bind(conversation.0)
        .bind(from.at)
        .bind(from.id)
        .bind(row::json(&kinds)?)
        .bind(limit + 1)
        .fetch_all(conn)
        .await?;
    let mut rows = found.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|last| Cursor { at: last.sent_at.0, id: last.attachment.id.0 }.write(GALLERY));
    Ok(MediaPage { rows, next })
}

fn item(row: &SqliteRow) -> Result<MediaItem, sqlx::Error> {
    Ok(MediaItem {
        message: MessageId(row.try_get(0)?),
        sent_at: Timestamp(row.try_get(1)?),
        from_us: row.try_get::<&str, _>(2)? == "outbound",
        attachment: messages::attachment_of(row.try_get(3)?)?,
    })
}
