//! What filters look at, for many conversations at once: saved views are counted from it.

use super::{labels, state};
use crate::model::{AccountId, ColleagueId, ConversationId, Facts};
use crate::store::row;
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

fn sql(of: &str) -> String {
    format!(
        "SELECT v.id, v.account, a.channel, v.state, v.unread > 0 AS unread, v.waiting_since IS NOT NULL AS waiting,
             v.draft <> '' AS draft, v.failed > 0 AS failed, v.scheduled > 0 AS scheduled, v.request = 1 AS request, v.assignee,
             CASE WHEN v.window_refused_at IS NULL THEN v.window_closes_at END AS window_closes_at,
             CASE WHEN v.labels > 0 THEN
                 (SELECT json_group_array(label) FROM labelled WHERE conversation = v.id) END AS labels
         FROM {of} CROSS JOIN accounts a ON a.id = v.account"
    )
}

fn read(row: &SqliteRow) -> Result<(ConversationId, Facts), sqlx::Error> {
    let facts = Facts {
        account: AccountId(row.try_get("account")?),
        channel: row::channel(row.try_get("channel")?)?,
        state: state(row.try_get("state")?)?,
        unread: row.try_get("unread")?,
        waiting: row.try_get("waiting")?,
        draft: row.try_get("draft")?,
        failed: row.try_get("failed")?,
        scheduled: row.try_get("scheduled")?,
        request: row.try_get("request")?,
        assignee: row.try_get::<Option<i64>, _>("assignee")?.map(ColleagueId),
        labels: labels(row.try_get("labels")?),
        window_closes_at: row::time(row.try_get("window_closes_at")?),
    };
    Ok((ConversationId(row.try_get("id")?), facts))
}

/// Of every conversation: read once, not after each event.
///
/// # Errors
/// When the database cannot be read.
pub async fn facts(conn: &mut SqliteConnection) -> Result<Vec<(ConversationId, Facts)>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(sql("conversations v"))).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Of these; one that is gone is not in the answer.
///
/// # Errors
/// When the database cannot be read.
pub async fn facts_of(
    conn: &mut SqliteConnection,
    conversations: &[ConversationId],
) -> Result<Vec<(ConversationId, Facts)>, sqlx::Error> {
    let sql = sql("json_each(?1) j CROSS JOIN conversations v ON v.id = j.value");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(row::json(conversations)?).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}
