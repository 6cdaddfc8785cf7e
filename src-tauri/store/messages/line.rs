//! Lines between bubbles and private notes: what happened at this desk, in its place in the thread.

use crate::model::{Activity, Content, ConversationId, Detail, MessageId, Note, Timestamp};
use crate::store::row;
use sqlx::SqliteConnection;

/// A line to write.
#[derive(Debug, Clone, PartialEq)]
pub enum NewLine {
    Activity(Activity),
    Note { text: String, author: String },
}

/// Writes a line at `now`, behind everything that is there; `None` = there is no such conversation. The list does
/// not move: nobody said anything.
///
/// # Errors
/// When the database cannot be written.
pub async fn append_line(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    line: &NewLine,
    now: Timestamp,
) -> Result<Option<MessageId>, sqlx::Error> {
    Ok(append_lines(conn, &[conversation], line, now).await?.first().copied())
}

/// The same line in many threads.
///
/// # Errors
/// When the database cannot be written.
pub async fn append_lines(
    conn: &mut SqliteConnection,
    conversations: &[ConversationId],
    line: &NewLine,
    now: Timestamp,
) -> Result<Vec<MessageId>, sqlx::Error> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let content = match line.clone() {
        NewLine::Activity(activity) => Content::Activity { activity },
        NewLine::Note { text, author } => Content::Note { text: row::clean(&text), author },
    };
    let columns = row::content_columns(&content);
    let ids: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO messages (account, conversation, direction, origin, form, kind, what, text, sent_at, meta_time,
             recorded_at, status, detail)
         SELECT account, id, 'outbound', 'heliograph', ?2, ?3, ?4, ?5, max(?6, last_at), 0, ?6, 'received', ?7
         FROM conversations WHERE id IN (SELECT value FROM json_each(?1))
         RETURNING id",
    )
    .bind(row::json(conversations)?)
    .bind(columns.form)
    .bind(columns.kind)
    .bind(columns.what)
    .bind(columns.text)
    .bind(now.0)
    .bind(row::rare(&content, &Detail::default(), None))
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(MessageId).collect())
}

/// Removes a private note; the conversation it stood in, `None` = it is no note.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove_note(
    conn: &mut SqliteConnection,
    note: MessageId,
) -> Result<Option<ConversationId>, sqlx::Error> {
    let of: Option<i64> =
        sqlx::query_scalar("DELETE FROM messages WHERE id = ?1 AND form = 'note' RETURNING conversation")
            .bind(note.0)
            .fetch_optional(conn)
            .await?;
    Ok(of.map(ConversationId))
}

/// Notes listed at once.
pub(in crate::store) const NOTES: &str = "
    SELECT id, text, coalesce(detail ->> '$.by', ''), sent_at FROM messages
    WHERE conversation = ?1 AND form = 'note' ORDER BY sent_at DESC LIMIT 100";

/// The notes of a conversation, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn notes(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Vec<Note>, sqlx::Error> {
    let rows: Vec<(i64, String, String, i64)> =
        sqlx::query_as(NOTES).bind(conversation.0).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(id, text, author, at)| Note { id: MessageId(id), text, author, at: Timestamp(at) })
        .collect())
}
