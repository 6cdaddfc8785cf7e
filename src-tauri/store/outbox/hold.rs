//! A restored copy holds what waited when it was made: it may have left since, and must not leave a second time.

use super::settle_all;
use crate::{
    model::{Action, Code, Failure, Problem, Timestamp},
    store::row,
};
use sqlx::SqliteConnection;

/// Makes every waiting reply unsure and every waiting act failed; how many they were. An echo that a later poll brings
/// settles its reply, and a person may look or send it again.
///
/// # Errors
/// When the database cannot be written.
pub async fn hold_all(conn: &mut SqliteConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    let failure = |action| {
        Failure {
        problem: Problem::new(
            Code::Offline,
            "This waited to leave when the copy was made that is open here. It may have left since. Look before you \
             send it again.",
        )
        .with(action),
        code: None,
        subcode: None,
        trace: None,
    }
    };
    // Echoes are compared with the time of the call: the earliest it can have been.
    sqlx::query(
        "UPDATE outbox SET attempted_at = coalesce(attempted_at, send_at, queued_at)
         WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'unsure' AND about IS NULL",
    )
    .execute(&mut *conn)
    .await?;
    let waits = "state <> 'unsure' AND about IS NULL";
    let replies = settle_all(conn, waits, "unsure", &failure(Action::CheckAtMeta), now).await?;
    let messages: Vec<i64> = replies.iter().map(|reply| reply.message.0).collect();
    // It is not looked for by itself: that would put other words in the place of these.
    sqlx::query(
        "UPDATE outbox SET due_at = 9223372036854775807 WHERE message IN (SELECT value FROM json_each(?1))",
    )
    .bind(row::json(&messages)?)
    .execute(&mut *conn)
    .await?;
    let acts = "state <> 'unsure' AND about IS NOT NULL";
    let acts = settle_all(conn, acts, "failed", &failure(Action::Retry), now).await?;
    Ok((replies.len() + acts.len()) as u64)
}
