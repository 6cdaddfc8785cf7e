//! Saved views: a filter and an order under a name. Counting them is the engine's, see [`crate::views`].

use super::row;
use crate::model::{Filter, Sort, View, ViewId};
use sqlx::SqliteConnection;

/// All of them in their order, uncounted. What a later version wrote and this one cannot read shows everything.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<View>, sqlx::Error> {
    let rows: Vec<(i64, String, String, String)> =
        sqlx::query_as("SELECT id, name, filter, sort FROM views ORDER BY position, id")
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, filter, sort)| View {
            id: ViewId(id),
            name,
            filter: row::json_or_default(&filter),
            sort: row::json_or_default(&sort),
            conversations: 0,
        })
        .collect())
}

/// Makes a view, behind the others, or changes one.
///
/// # Errors
/// When the view is not there, or the database cannot be written.
pub async fn save(
    conn: &mut SqliteConnection,
    view: Option<ViewId>,
    name: &str,
    filter: &Filter,
    sort: Sort,
) -> Result<ViewId, sqlx::Error> {
    let sql = match view {
        Some(_) => "UPDATE views SET name = ?1, filter = ?2, sort = ?3 WHERE id = ?4 RETURNING id",
        None => {
            "INSERT INTO views (name, filter, sort, position)
             VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM views)) RETURNING id"
        }
    };
    let id: i64 = sqlx::query_scalar(sql)
        .bind(row::clean(name))
        .bind(row::json(filter)?)
        .bind(row::json(&sort)?)
        .bind(view.map(|v| v.0))
        .fetch_one(conn)
        .await?;
    Ok(ViewId(id))
}

/// Removes a view; the conversations in it are not touched.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(conn: &mut SqliteConnection, view: ViewId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM views WHERE id = ?1").bind(view.0).execute(conn).await.map(drop)
}

/// Puts them into this order; those that are not named come behind.
///
/// # Errors
/// When the database cannot be written.
pub async fn order(conn: &mut SqliteConnection, views: &[ViewId]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE views AS v SET position = coalesce(
             (SELECT key FROM json_each(?1) WHERE value = v.id), json_array_length(?1) + v.position)",
    )
    .bind(row::json(views)?)
    .execute(conn)
    .await
    .map(drop)
}
