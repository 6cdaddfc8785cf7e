//! Message requests: what Meta keeps apart until somebody answers.

use crate::model::{AccountId, ConversationId};
use crate::store::contacts::{self, Person};
use sqlx::SqliteConnection;

/// Whether taking over what Meta says of a person's thread would change anything.
///
/// # Errors
/// When the database cannot be read.
pub async fn request_differs(
    conn: &mut SqliteConnection,
    account: AccountId,
    person: &Person,
    held: bool,
) -> Result<bool, sqlx::Error> {
    let Some((_, conversation)) = contacts::find(conn, account, person).await? else { return Ok(false) };
    sqlx::query_scalar(
        "SELECT CASE WHEN ?2 THEN request = 0 ELSE request <> 0 END FROM conversations WHERE id = ?1",
    )
    .bind(conversation.0)
    .bind(held)
    .fetch_one(conn)
    .await
}

/// Takes over whether Meta keeps a person's thread among its message requests. One that was answered or accepted here
/// is none, whatever a list says that is older. `None` = nothing changed.
///
/// # Errors
/// When the database cannot be written.
pub async fn note_request(
    conn: &mut SqliteConnection,
    account: AccountId,
    person: &Person,
    held: bool,
) -> Result<Option<ConversationId>, sqlx::Error> {
    let Some((_, conversation)) = contacts::find(conn, account, person).await? else { return Ok(None) };
    let changed: Option<i64> = sqlx::query_scalar(
        "UPDATE conversations SET request = CASE
             WHEN NOT ?2 THEN 0
             WHEN EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND direction = 'outbound' AND form = 'bubble')
                 THEN 2
             ELSE 1 END
         WHERE id = ?1 AND CASE WHEN ?2 THEN request = 0 ELSE request <> 0 END
         RETURNING id",
    )
    .bind(conversation.0)
    .bind(held)
    .fetch_optional(conn)
    .await?;
    Ok(changed.map(ConversationId))
}
