//! Lines between bubbles and private notes: what happened at this desk, in its place in the thread.

use crate::model::{Activity, Content, ConversationId, Detail, MessageId, Timestamp};
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
    let content = match line.clone() {
        NewLine::Activity(activity) => Content::Activity { activity },
        NewLine::Note { text, author } => Content::Note { text: row::clean(&text), author },
    };
    let columns = row::content_columns(&content);
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO messages (account, conversation, direction, origin, form, kind, what, text, sent_at, meta_time,
             recorded_at, status, detail)
         SELECT account, id, 'outbound', 'heliograph', ?2, ?3, ?4, ?5, max(?6, last_at), 0, ?6, 'received', ?7
         FROM conversations WHERE id = ?1
         RETURNING id",
    )
    .bind(conversation.0)
    .bind(columns.form)
    .bind(columns.kind)
    .bind(columns.what)
    .bind(columns.text)
    .bind(now.0)
    .bind(row::rare(&content, &Detail::default(), None))
    .fetch_optional(conn)
    .await?;
    Ok(id.map(MessageId))
}
