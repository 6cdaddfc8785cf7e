//! Those whom a conversation can be given to: names, no accounts. The first is the person at this desk.

use super::row;
use crate::model::{Colleague, ColleagueId};
use sqlx::SqliteConnection;

/// Everybody, the person at this desk first, then by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<Colleague>, sqlx::Error> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, name FROM colleagues ORDER BY id <> 1, name COLLATE NOCASE, id")
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(id, name)| Colleague { id: ColleagueId(id), name }).collect())
}

/// How the person at this desk is called; empty until they say.
///
/// # Errors
/// When the database cannot be read.
pub async fn me(conn: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM colleagues WHERE id = ?1")
        .bind(ColleagueId::ME.0)
        .fetch_one(conn)
        .await
}

/// Adds somebody or changes a name.
///
/// # Errors
/// When the colleague is not there, or the database cannot be written.
pub async fn save(
    conn: &mut SqliteConnection,
    colleague: Option<ColleagueId>,
    name: &str,
) -> Result<ColleagueId, sqlx::Error> {
    let sql = match colleague {
        Some(_) => "UPDATE colleagues SET name = ?1 WHERE id = ?2 RETURNING id",
        None => "INSERT INTO colleagues (name) VALUES (?1) RETURNING id",
    };
    let id: i64 =
        sqlx::query_scalar(sql).bind(row::clean(name)).bind(colleague.map(|c| c.0)).fetch_one(conn).await?;
    Ok(ColleagueId(id))
}

/// Forgets somebody; what they had is nobody's. The person at this desk stays.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(conn: &mut SqliteConnection, colleague: ColleagueId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE conversations SET assignee = NULL WHERE assignee = ?1;
         DELETE FROM colleagues WHERE id = ?1",
    )
    .bind(colleague.0)
    .execute(conn)
    .await
    .map(drop)
}
