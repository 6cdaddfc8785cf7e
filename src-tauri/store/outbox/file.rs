//! What the outbox remembers of a file on its way: the id Meta gave it, so that a crash between upload and send
//! begins at the send.

use super::Job;
use crate::model::OutboxId;
use sqlx::SqliteConnection;

/// Notes how far the file of a job is, while its row waits. `false` = it was taken back meanwhile.
///
/// # Errors
/// When the database cannot be written.
pub async fn note_file(
    conn: &mut SqliteConnection,
    outbox: OutboxId,
    job: &Job,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE outbox SET job = ?2 WHERE id = ?1 AND state IN ('queued', 'sending')")
        .bind(outbox.0)
        .bind(job.column()?)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}
