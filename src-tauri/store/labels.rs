//! The labels of this desk. Which conversation bears which is written by [`super::conversations::act`].

use super::row;
use crate::model::{Colour, ConversationId, Label, LabelId};
use sqlx::SqliteConnection;

/// All of them by name, each with its count.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<Label>, sqlx::Error> {
    let rows: Vec<(i64, String, String, u32)> =
        sqlx::query_as("SELECT id, name, colour, conversations FROM labels ORDER BY name")
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, colour, conversations)| Label {
            id: LabelId(id),
            name,
            colour: Colour::from_key(&colour),
            conversations,
        })
        .collect())
}

/// Makes a label or changes one; `None` = another label has this name.
///
/// # Errors
/// When the label is not there, or the database cannot be written.
pub async fn save(
    conn: &mut SqliteConnection,
    label: Option<LabelId>,
    name: &str,
    colour: Colour,
) -> Result<Option<LabelId>, sqlx::Error> {
    let name = row::clean(name);
    let taken: Option<i64> = sqlx::query_scalar("SELECT id FROM labels WHERE name = ?1 AND id IS NOT ?2")
        .bind(&name)
        .bind(label.map(|l| l.0))
        .fetch_optional(&mut *conn)
        .await?;
    if taken.is_some() {
        return Ok(None);
    }
    let sql = match label {
        Some(_) => "UPDATE labels SET name = ?1, colour = ?2 WHERE id = ?3 RETURNING id",
        None => "INSERT INTO labels (name, colour) VALUES (?1, ?2) RETURNING id",
    };
    let id: i64 = sqlx::query_scalar(sql)
        .bind(name)
        .bind(colour.key())
        .bind(label.map(|l| l.0))
        .fetch_one(conn)
        .await?;
    Ok(Some(LabelId(id)))
}

/// Removes a label from everything that bears it; the conversations that bore it.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(conn: &mut SqliteConnection, label: LabelId) -> Result<Vec<ConversationId>, sqlx::Error> {
    let bore: Vec<i64> = sqlx::query_scalar("DELETE FROM labelled WHERE label = ?1 RETURNING conversation")
        .bind(label.0)
        .fetch_all(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM labels WHERE id = ?1").bind(label.0).execute(conn).await?;
    Ok(bore.into_iter().map(ConversationId).collect())
}
