//! The list, its figures, and what it says of each thread. Everything the list sorts and filters by follows
//! from the messages: whoever touches messages calls [`recount`] in the same transaction.

mod acting;
mod facts;
mod keys;
mod reading;
mod recount;
mod requests;
mod waking;

pub use acting::{Done, act};
pub use facts::{facts, facts_of};
#[cfg(test)]
pub(in crate::store) use keys::{STEP, keys_sql, pins_sql};
pub use keys::{list, matching};
pub use reading::{mark_read, mark_unread, note_draft, save_draft, save_note_draft};
pub(in crate::store) use recount::RECOUNT;
pub use recount::recount;
pub use requests::{note_request, request_differs};
pub(in crate::store) use waking::{Woken, not_sent, they_wrote};
pub use waking::{due, next_due};

use super::{BadCursor, contacts, row};
use crate::model::{
    AccountId, ColleagueId, ContactId, Conversation, ConversationId, Counts, LabelId, Preview, ReplyWindow,
    State, Tally, Timestamp,
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

/// Characters of the preview.
const PREVIEW: usize = 160;

/// Why a page cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    #[error(transparent)]
    Sqlite(#[from] sqlx::Error),
}

/// The columns of a row of the list.
fn rows_sql(of: &str) -> String {
    format!(
        "SELECT v.id, v.account, a.channel, v.last_at, v.unread, v.waiting_since, v.window_closes_at, v.window_by_ad,
             v.window_refused_at, v.draft, v.failed, v.scheduled,
             v.state, v.snoozed_until, v.assignee, v.pinned_at, v.request = 1 AS request, c.blocked_at,
             CASE WHEN v.labels > 0 THEN (SELECT json_group_array(label ORDER BY name) FROM labelled
                 JOIN labels ON labels.id = label WHERE conversation = v.id) END AS labels,
             {}, m.direction, m.kind, m.what, substr(m.text, 1, 400) AS text, m.status, m.form,
             (SELECT length_ms FROM attachments WHERE message = m.id AND kind IN ('voice', 'audio') LIMIT 1) AS length
         FROM {of}
         CROSS JOIN accounts a ON a.id = v.account
         CROSS JOIN contacts c ON c.id = v.contact
         LEFT JOIN messages m ON m.id = v.last_message",
        contacts::SUMMARY
    )
}

fn read(row: &SqliteRow) -> Result<Conversation, sqlx::Error> {
    let last = match row.try_get::<Option<&str>, _>("kind")? {
        None => None,
        Some(kind) => {
            let mut what: String = row.try_get("what")?;
            if let Some(ms) = row.try_get::<Option<i64>, _>("length")? {
                // "Voice message 0:12".
                let seconds = (ms + 500) / 1_000;
                what.push_str(&format!(" {}:{:02}", seconds / 60, seconds % 60));
            }
            let text = one_line(row.try_get("text")?);
            let unsent = row.try_get::<&str, _>("form")? == "unsent";
            let placeholder = kind == "placeholder" || unsent;
            Some(Preview {
                direction: row::direction(row.try_get("direction")?)?,
                text: match (placeholder, text.is_empty()) {
                    _ if unsent => "Message unsent".to_owned(),
                    (true, true) => what,
                    (true, false) => format!("{what}: {text}"),
                    (false, _) => text,
                },
                placeholder,
                status: row::status(row.try_get("status")?)?,
            })
        }
    };
    Ok(Conversation {
        id: ConversationId(row.try_get("id")?),
        account: AccountId(row.try_get("account")?),
        channel: row::channel(row.try_get("channel")?)?,
        contact: contacts::summary(row)?,
        last,
        last_at: Timestamp(row.try_get("last_at")?),
        unread: row.try_get("unread")?,
        waiting_since: row::time(row.try_get("waiting_since")?),
        window: ReplyWindow {
            closes_at: row::time(row.try_get("window_closes_at")?),
            by_ad: row.try_get("window_by_ad")?,
            refused_at: row::time(row.try_get("window_refused_at")?),
        },
        draft: row.try_get("draft")?,
        failed: row.try_get("failed")?,
        scheduled: row.try_get("scheduled")?,
        state: state(row.try_get("state")?)?,
        snoozed_until: row::time(row.try_get("snoozed_until")?),
        assignee: row.try_get::<Option<i64>, _>("assignee")?.map(ColleagueId),
        labels: labels(row.try_get("labels")?),
        pinned: row.try_get::<Option<i64>, _>("pinned_at")?.is_some(),
        blocked: row.try_get::<Option<i64>, _>("blocked_at")?.is_some(),
        request: row.try_get("request")?,
    })
}

/// The text with runs of white space as one space, cut at [`PREVIEW`] characters.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(PREVIEW * 2));
    for (n, c) in text.split_whitespace().flat_map(|word| word.chars().chain([' '])).enumerate() {
        if n >= PREVIEW {
            line.push('…');
            return line;
        }
        line.push(c);
    }
    line.truncate(line.trim_end().len());
    line
}

fn state(word: &str) -> Result<State, sqlx::Error> {
    State::from_key(word).ok_or_else(|| row::bad_row("state"))
}

/// Labels as the database's JSON gives them.
fn labels(json: Option<&str>) -> Vec<LabelId> {
    row::maybe_json(json).unwrap_or_default()
}

/// One row of the list.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<Conversation>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!("{} WHERE v.id = ?1", rows_sql("conversations v"))))
        .bind(conversation.0)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// A page of all conversations in the order in which they began, after `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn all_after(
    conn: &mut SqliteConnection,
    after: ConversationId,
    limit: u32,
) -> Result<Vec<Conversation>, sqlx::Error> {
    let sql = format!("{} WHERE v.id > ?1 ORDER BY v.id LIMIT ?2", rows_sql("conversations v"));
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(after.0).bind(limit).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Every conversation with a contact, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_contact(
    conn: &mut SqliteConnection,
    contact: ContactId,
) -> Result<Vec<Conversation>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{} WHERE v.contact = ?1 ORDER BY v.last_at DESC",
        rows_sql("conversations v")
    )))
    .bind(contact.0)
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}

/// Every conversation with these contacts, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_contacts(
    conn: &mut SqliteConnection,
    contacts: &[ContactId],
) -> Result<Vec<Conversation>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{} WHERE v.contact IN (SELECT value FROM json_each(?1)) ORDER BY v.last_at DESC",
        rows_sql("conversations v")
    )))
    .bind(row::json(contacts)?)
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}

/// The figures beside the filters; read from the tallies, whatever the size of the inbox.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(conn: &mut SqliteConnection) -> Result<Counts, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT t.account, a.channel, t.conversations, t.unread, t.waiting, t.drafts, t.failed, t.mine, t.unassigned,
             t.pending, t.snoozed, t.resolved, t.spam, t.scheduled, t.requests
         FROM tallies t JOIN accounts a ON a.id = t.account ORDER BY t.account",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut counts = Counts::default();
    for row in rows {
        let tally = Tally {
            conversations: row.try_get("conversations")?,
            unread: row.try_get("unread")?,
            waiting: row.try_get("waiting")?,
            drafts: row.try_get("drafts")?,
            failed: row.try_get("failed")?,
            mine: row.try_get("mine")?,
            unassigned: row.try_get("unassigned")?,
            pending: row.try_get("pending")?,
            snoozed: row.try_get("snoozed")?,
            resolved: row.try_get("resolved")?,
            spam: row.try_get("spam")?,
            scheduled: row.try_get("scheduled")?,
            requests: row.try_get("requests")?,
        };
        let channel = row::channel(row.try_get("channel")?)?;
        add(&mut counts.all, tally);
        counts.accounts.push((AccountId(row.try_get("account")?), tally));
        match counts.channels.iter_mut().find(|(c, _)| *c == channel) {
            Some((_, sum)) => add(sum, tally),
            None => counts.channels.push((channel, tally)),
        }
    }
    counts.channels.sort_by_key(|(channel, _)| *channel);
    Ok(counts)
}

fn add(sum: &mut Tally, tally: Tally) {
    sum.conversations += tally.conversations;
    sum.unread += tally.unread;
    sum.waiting += tally.waiting;
    sum.drafts += tally.drafts;
    sum.failed += tally.failed;
    sum.scheduled += tally.scheduled;
    sum.requests += tally.requests;
    sum.mine += tally.mine;
    sum.unassigned += tally.unassigned;
    sum.pending += tally.pending;
    sum.snoozed += tally.snoozed;
    sum.resolved += tally.resolved;
    sum.spam += tally.spam;
}

/// The account of a conversation.
///
/// # Errors
/// When the database cannot be read.
pub async fn account_of(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<AccountId>, sqlx::Error> {
    let account: Option<i64> = sqlx::query_scalar("SELECT account FROM conversations WHERE id = ?1")
        .bind(conversation.0)
        .fetch_optional(conn)
        .await?;
    Ok(account.map(AccountId))
}
