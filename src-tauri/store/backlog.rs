//! Deliveries that were answered as soon as the journal had them, and that are still to be taken in.

use super::{
    Trip,
    journal::{Delivery, Kept},
};
use crate::model::{JournalId, Timestamp};
use sqlx::SqliteConnection;

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waits {
    pub deliveries: u64,
    pub bytes: u64,
    /// Deliveries that were tried and could not be taken in.
    pub failed: u64,
}

/// Keeps all of them in the journal, to be taken in later.
///
/// # Errors
/// When it cannot be JSON.
pub fn add(trip: &mut Trip, deliveries: &[Delivery<'_>]) -> Result<(), sqlx::Error> {
    let mut rows = Vec::with_capacity(deliveries.len());
    let mut bodies = Vec::with_capacity(deliveries.iter().map(|delivery| delivery.body.len()).sum());
    for Delivery { source, received_at, body } in deliveries {
        rows.push((source, received_at, bodies.len() + 1, body.len()));
        bodies.extend_from_slice(body);
    }
    trip.rows_of_bytes(
        "INSERT INTO journal (source, received_at, body)
         SELECT value ->> 0, value ->> 1, substr($2, value ->> 2, value ->> 3) FROM json_each($1);
         INSERT INTO backlog (delivery) SELECT id FROM journal ORDER BY id DESC LIMIT json_array_length($1)",
        &rows,
        bodies,
    )
}

/// The oldest that wait: at most `limit`, and no more after so many `bytes`.
///
/// # Errors
/// When the database cannot be read.
pub async fn oldest(conn: &mut SqliteConnection, limit: usize, bytes: u64) -> Result<Vec<Kept>, sqlx::Error> {
    let rows: Vec<(i64, String, i64, Vec<u8>)> = sqlx::query_as(
        "SELECT j.id, j.source, j.received_at, j.body
         FROM (SELECT b.delivery, sum(length(j.body)) OVER (ORDER BY b.delivery) - length(j.body) AS before
               FROM (SELECT delivery FROM backlog WHERE failed = 0 ORDER BY delivery LIMIT ?1) b
               CROSS JOIN journal j ON j.id = b.delivery) b
         CROSS JOIN journal j ON j.id = b.delivery WHERE b.before < ?2 ORDER BY b.delivery",
    )
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    let kept = |(id, source, at, body)| Kept { id: JournalId(id), source, received_at: Timestamp(at), body };
    Ok(rows.into_iter().map(kept).collect())
}

/// They are taken in.
///
/// # Errors
/// When it cannot be JSON.
pub fn taken(trip: &mut Trip, deliveries: &[JournalId]) -> Result<(), sqlx::Error> {
    trip.rows("DELETE FROM backlog WHERE delivery IN (SELECT value FROM json_each($1))", deliveries)
}

/// It could not be taken in: the others go on without it.
///
/// # Errors
/// When the database cannot be written.
pub async fn failed(conn: &mut SqliteConnection, delivery: JournalId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE backlog SET failed = 1 WHERE delivery = ?1")
        .bind(delivery.0)
        .execute(conn)
        .await
        .map(drop)
}

/// What failed is tried again: another version may read it.
///
/// # Errors
/// When the database cannot be written.
pub async fn try_again(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE backlog SET failed = 0 WHERE failed <> 0").execute(conn).await.map(drop)
}

/// Whether nothing waits.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_empty(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM backlog WHERE failed = 0)";
    sqlx::query_scalar(sql).fetch_one(conn).await
}

/// See [`Waits`].
///
/// # Errors
/// When the database cannot be read.
pub async fn waits(conn: &mut SqliteConnection) -> Result<Waits, sqlx::Error> {
    let (deliveries, bytes, failed): (i64, i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE b.failed = 0), coalesce(sum(length(j.body)) FILTER (WHERE b.failed = 0), 0),
             count(*) FILTER (WHERE b.failed <> 0)
         FROM backlog b CROSS JOIN journal j ON j.id = b.delivery",
    )
    .fetch_one(conn)
    .await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Waits { deliveries: count(deliveries), bytes: count(bytes), failed: count(failed) })
}
