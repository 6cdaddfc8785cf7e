//! Files and cards of messages.

use super::row;
use sqlx::SqliteConnection;

/// Which of these files nothing shows any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn unused(conn: &mut SqliteConnection, files: &[String]) -> Result<Vec<String>, sqlx::Error> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_scalar(
        "SELECT j.value FROM json_each(?1) j
         WHERE NOT EXISTS (SELECT 1 FROM attachments WHERE file = j.value)
             AND NOT EXISTS (SELECT 1 FROM attachments WHERE thumbnail = j.value)
             AND NOT EXISTS (SELECT 1 FROM contacts WHERE picture = j.value)
             AND NOT EXISTS (SELECT 1 FROM accounts WHERE picture = j.value)",
    )
    .bind(row::json(files)?)
    .fetch_all(conn)
    .await
}
