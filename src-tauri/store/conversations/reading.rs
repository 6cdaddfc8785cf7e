//! Reading marks, and what is kept of an unfinished reply or note.

use crate::model::ConversationId;
use crate::store::row;
use sqlx::SqliteConnection;

/// Marks everything that has arrived as read; `false` = nothing was unread.
///
/// # Errors
/// When the database cannot be written.
pub async fn mark_read(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE messages SET live = 2 WHERE conversation = ?1 AND live = 1;
         UPDATE conversations SET unread = 0, marked_unread = 0,
             read_through = (SELECT coalesce(max(id), 0) FROM messages)
         WHERE id = ?1 AND unread > 0",
    )
    .bind(conversation.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Makes it count as unread until it is read again; `false` = they never wrote, or it is unread.
///
/// # Errors
/// When the database cannot be written.
pub async fn mark_unread(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE conversations SET marked_unread = 1, unread = 1 WHERE id = ?1 AND unread = 0
             AND EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND direction = 'inbound')",
    )
    .bind(conversation.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps what is in the composer; `false` = it is the same as before.
///
/// # Errors
/// When the database cannot be written.
pub async fn save_draft(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    text: &str,
) -> Result<bool, sqlx::Error> {
    let text = if text.trim().is_empty() { "" } else { text };
    let done = sqlx::query("UPDATE conversations SET draft = ?2 WHERE id = ?1 AND draft <> ?2")
        .bind(conversation.0)
        .bind(row::clean(text))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps an unfinished note; `false` = it is the same as before. It is never a reply's draft.
///
/// # Errors
/// When the database cannot be written.
pub async fn save_note_draft(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    text: &str,
) -> Result<bool, sqlx::Error> {
    let text = if text.trim().is_empty() { "" } else { text };
    let done = sqlx::query("UPDATE conversations SET note_draft = ?2 WHERE id = ?1 AND note_draft <> ?2")
        .bind(conversation.0)
        .bind(row::clean(text))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// What is kept of an unfinished note.
///
/// # Errors
/// When the database cannot be read.
pub async fn note_draft(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT note_draft FROM conversations WHERE id = ?1")
        .bind(conversation.0)
        .fetch_optional(conn)
        .await
}
