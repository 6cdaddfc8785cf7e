//! Raw deliveries as they came. Messages name the delivery they came by; by then it may be gone by age.

use super::Trip;
use crate::model::{JournalId, MINUTE, MessageId, MetaMessageId, Timestamp};
use sqlx::{QueryBuilder, Row, SqliteConnection};

/// Rows of one statement at most.
const CHUNK: usize = 64;

/// How long before its message a delivery may have come, in milliseconds: it waited for its turn to be written.
const QUEUED: i64 = 10 * MINUTE;
/// An edit may come shortly before its message (graph-api d.3): so many deliveries earlier at most.
const EARLIER: i64 = 200;
/// Deliveries that are looked through for a message that never came.
const LATELY: i64 = 2_000;

/// A delivery to keep.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Where it came from: "webhook", "poll", "import".
    pub source: &'a str,
    pub received_at: Timestamp,
    pub body: &'a [u8],
}

/// A kept delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: JournalId,
    pub source: String,
    pub received_at: Timestamp,
    pub body: Vec<u8>,
}

/// Keeps all of them; the ids stand in the same order.
///
/// # Errors
/// When the database cannot be written.
pub async fn append_all(
    conn: &mut SqliteConnection,
    deliveries: &[Delivery<'_>],
) -> Result<Vec<JournalId>, sqlx::Error> {
    let mut ids = Vec::with_capacity(deliveries.len());
    for chunk in deliveries.chunks(CHUNK) {
        let mut insert = QueryBuilder::new("INSERT INTO journal (source, received_at, body) ");
        insert.push_values(chunk, |mut row, delivery| {
            row.push_bind(delivery.source.to_owned())
                .push_bind(delivery.received_at.0)
                .push_bind(delivery.body.to_vec());
        });
        let done = insert.build().execute(&mut *conn).await?;
        // One writer and one statement: the ids are consecutive.
        let last = done.last_insert_rowid();
        let first = last - i64::try_from(chunk.len()).unwrap_or(0) + 1;
        ids.extend((first..=last).map(JournalId));
    }
    Ok(ids)
}

/// Keeps all of them under these ids, which are the next ones.
///
/// # Errors
/// When it cannot be JSON.
pub fn keep(trip: &mut Trip, deliveries: &[(JournalId, Delivery<'_>)]) -> Result<(), sqlx::Error> {
    let mut rows = Vec::with_capacity(deliveries.len());
    // A body need not be text: all of them travel as one run of bytes.
    let mut bodies = Vec::new();
    for (id, Delivery { source, received_at, body }) in deliveries {
        rows.push((id, source, received_at, bodies.len() + 1, body.len()));
        bodies.extend_from_slice(body);
    }
    trip.rows_of_bytes(
        "INSERT INTO journal (id, source, received_at, body)
         SELECT value ->> 0, value ->> 1, value ->> 2, substr($2, value ->> 3, value ->> 4) FROM json_each($1)",
        &rows,
        bodies,
    )
}

/// What Meta delivered for `message`, if it is still kept.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_message(
    conn: &mut SqliteConnection,
    message: MessageId,
) -> Result<Option<Kept>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT j.id, j.source, j.received_at, j.body
         FROM messages m JOIN journal j ON j.id = m.journal WHERE m.id = ?1",
    )
    .bind(message.0)
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Kept {
            id: JournalId(row.try_get(0)?),
            source: row.try_get(1)?,
            received_at: Timestamp(row.try_get(2)?),
            body: row.try_get(3)?,
        })
    })
    .transpose()
}

/// Names the delivery that says most of a message.
///
/// # Errors
/// When the database cannot be written.
pub async fn tells(
    conn: &mut SqliteConnection,
    delivery: JournalId,
    message: MessageId,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE messages SET journal = ?2 WHERE id = ?1")
        .bind(message.0)
        .bind(delivery.0)
        .execute(conn)
        .await
        .map(drop)
}

/// Takes what was said of an unsent message out of every delivery that is kept since about when it first came: `without` gives
/// a body with it taken out, or `None` where it is not in it.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget(
    conn: &mut SqliteConnection,
    message: MessageId,
    meta_id: &MetaMessageId,
    without: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<(), sqlx::Error> {
    // A message that a poll found first names no delivery: whatever came since about that time may hold it.
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT j.id, j.body FROM messages m CROSS JOIN journal j
             ON j.id >= coalesce(m.journal - ?4, 0) AND (m.journal IS NOT NULL OR j.received_at >= m.recorded_at - ?3)
         WHERE m.id = ?1 AND instr(j.body, CAST(?2 AS BLOB)) > 0",
    )
    .bind(message.0)
    .bind(longest_part(meta_id))
    .bind(QUEUED)
    .bind(EARLIER)
    .fetch_all(&mut *conn)
    .await?;
    rewrite(conn, rows, without).await
}

/// The same for a message that never came: what was said of it lately goes.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_unseen(
    conn: &mut SqliteConnection,
    meta_id: &MetaMessageId,
    without: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT id, body FROM journal
         WHERE id > (SELECT coalesce(max(id), 0) FROM journal) - ?2 AND instr(body, CAST(?1 AS BLOB)) > 0",
    )
    .bind(longest_part(meta_id))
    .bind(LATELY)
    .fetch_all(&mut *conn)
    .await?;
    rewrite(conn, rows, without).await
}

/// Meta writes a slash as "\/": the longest part between slashes is looked for.
fn longest_part(meta_id: &MetaMessageId) -> &str {
    meta_id.as_str().split('/').max_by_key(|part| part.len()).unwrap_or_default()
}

async fn rewrite(
    conn: &mut SqliteConnection,
    rows: Vec<(i64, Vec<u8>)>,
    without: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<(), sqlx::Error> {
    for (id, body) in rows {
        if let Some(left) = without(&body) {
            sqlx::query("UPDATE journal SET body = ?2 WHERE id = ?1")
                .bind(id)
                .bind(left)
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(())
}

/// Removes up to `limit` deliveries older than `before`, oldest first; how many. Call again while it
/// equals `limit`: a short step keeps the writer free for others. What is still to be taken in stays.
///
/// # Errors
/// When the database cannot be written.
pub async fn prune(conn: &mut SqliteConnection, before: Timestamp, limit: u32) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM journal
         WHERE id IN (SELECT id FROM journal ORDER BY id LIMIT ?1) AND received_at < ?2
             AND NOT EXISTS (SELECT 1 FROM backlog b WHERE b.delivery = journal.id AND b.failed = 0)",
    )
    .bind(limit)
    .bind(before.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn bodies_are_kept_byte_by_byte_under_the_next_ids() {
        const BODIES: [&[u8]; 4] = [b"{\"object\":\"page\"}", b"", b"\xff\x00$1\xfe", b"last"];
        let store = Store::in_memory().await.unwrap();
        let kept = store
            .write("keep", |conn| {
                Box::pin(async move {
                    let deliveries =
                        BODIES.map(|body| Delivery { source: "webhook", received_at: Timestamp(7), body });
                    let before = append_all(conn, &deliveries[..1]).await?[0];
                    let numbered: Vec<_> = (before.0 + 1..).map(JournalId).zip(deliveries).collect();
                    let mut trip = Trip::default();
                    keep(&mut trip, &numbered)?;
                    trip.go(conn).await?;
                    let after = append_all(conn, &deliveries[..1]).await?[0];
                    assert_eq!(after.0, before.0 + 5, "numbering goes on behind them");
                    sqlx::query_scalar::<_, Vec<u8>>(
                        "SELECT body FROM journal WHERE id > ?1 AND id < ?2 ORDER BY id",
                    )
                    .bind(before.0)
                    .bind(after.0)
                    .fetch_all(conn)
                    .await
                })
            })
            .await
            .unwrap();
        assert_eq!(kept, BODIES);
    }
}
