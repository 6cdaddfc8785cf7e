//! Everything that waits to leave, failed or is unsure, over all conversations.

use crate::model::{AccountId, ConversationId, DeliveryStatus, MessageId, OutboxEntry, OutboxId, Timestamp};
use crate::store::{contacts, outbox::Job, row};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

/// Rows at most: beyond that nobody reads them one by one.
const MOST: u32 = 300;

/// Rows that are open, then messages that Meta refused after it had taken them, then failed emojis. What needs a
/// person stands first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<OutboxEntry>, sqlx::Error> {
    let sql = format!(
        "WITH these (id, message) AS MATERIALIZED (
             SELECT id, coalesce(message, about) FROM outbox WHERE state IN ('queued', 'sending', 'unsure')
             UNION SELECT id, coalesce(message, about) FROM outbox WHERE state = 'failed'
             UNION SELECT coalesce(o.id, 0), m.id
                 FROM conversations v
                 CROSS JOIN messages m ON m.conversation = v.id AND m.direction = 'outbound' AND m.status = 'failed'
                 LEFT JOIN outbox o ON o.message = m.id
                 WHERE v.account IN (SELECT id FROM accounts) AND v.failed > 0)
         SELECT t.id AS row_id, m.id AS message, v.id AS conversation, v.account, a.channel, {}, m.text, m.what, m.status,
             o.about IS NOT NULL AS acts, o.job, o.state,
             coalesce(o.queued_at, m.sent_at) AS queued_at, o.send_at, o.due_at, o.leave_before,
             coalesce(o.attempts, 1) AS attempts, coalesce(o.failure, m.failure) AS failure
         FROM these t
         CROSS JOIN messages m ON m.id = t.message
         CROSS JOIN conversations v ON v.id = m.conversation
         CROSS JOIN accounts a ON a.id = v.account
         CROSS JOIN contacts c ON c.id = v.contact
         LEFT JOIN outbox o ON o.id = t.id
         ORDER BY coalesce(o.state, 'failed') NOT IN ('failed', 'unsure', 'done'), coalesce(o.due_at, 0), t.id
         LIMIT {MOST}",
        contacts::SUMMARY
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(found: &SqliteRow) -> Result<OutboxEntry, sqlx::Error> {
    let acts: bool = found.try_get("acts")?;
    let state: Option<&str> = found.try_get("state")?;
    // Of a message its own status is the truth: a failure may be told long after its row was done.
    let status = match state {
        Some(state) if acts => row::status(state)?,
        _ => row::status(found.try_get("status")?)?,
    };
    let text: String = found.try_get("text")?;
    let what: String = found.try_get("what")?;
    let text = match Job::read(found.try_get("job")?) {
        Job::Reaction { emoji: Some(emoji) } => emoji,
        Job::Reaction { emoji: None } => String::new(),
        _ if text.is_empty() => what,
        _ => text.chars().take(200).collect(),
    };
    let queued = status == DeliveryStatus::Queued;
    Ok(OutboxEntry {
        id: OutboxId(found.try_get("row_id")?),
        message: MessageId(found.try_get("message")?),
        conversation: ConversationId(found.try_get("conversation")?),
        account: AccountId(found.try_get("account")?),
        channel: row::channel(found.try_get("channel")?)?,
        contact: contacts::summary(found)?,
        text,
        is_reaction: acts,
        status,
        queued_at: Timestamp(found.try_get("queued_at")?),
        send_at: row::time(found.try_get("send_at")?),
        due_at: row::time(found.try_get("due_at")?).filter(|_| queued),
        leave_before: row::time(found.try_get("leave_before")?).filter(|_| queued),
        attempts: found.try_get("attempts")?,
        failure: row::maybe_json(found.try_get("failure")?),
    })
}
