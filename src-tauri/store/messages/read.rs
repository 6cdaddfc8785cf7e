//! Reading a thread by pages, both ways.

use crate::model::{
    AccountId, Attachment, AttachmentId, Card, ConversationId, Failure, FileState, Message, MessageId,
    MessagePage, MetaMessageId, Quote, Reacting, Reaction, Stretch, Timestamp,
};
use crate::store::{Cursor, conversations::PageError, outbox::Job, row};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::HashSet;

/// Rows of one page at most.
const LARGEST_PAGE: u32 = 200;
/// The name of the thread's cursors.
const LIST: &str = "thread";

/// An attachment `t` as JSON; read by [`attachment_of`].
macro_rules! attachment {
    () => {
        "json_array(t.id, t.kind, t.name, t.mime, t.file, t.thumbnail, t.state, t.link, t.link_ends_at,
            json(t.card), t.bytes, t.width, t.height, t.length_ms, hex(t.waveform),
            json_array(t.fault, t.url <> '' OR t.meta_id <> ''))"
    };
}
pub(in crate::store) const ATTACHMENT: &str = attachment!();

pub(in crate::store) const COLUMNS: &str = concat!(
    "SELECT m.id, m.conversation, m.meta_id, m.direction, m.origin, m.kind, m.what, m.text, m.sent_at, m.recorded_at,
        m.status, m.failure, m.form, m.detail, m.quotes,
        CASE WHEN o.state = 'queued' THEN o.leave_before END AS leave_before,
        CASE WHEN o.state = 'queued' THEN o.due_at END AS next_attempt_at,
        CASE WHEN o.state = 'queued' THEN o.send_at END AS scheduled_for,
        (SELECT json_array(json(r.job), json(r.failure), r.state) FROM outbox r
            WHERE r.about = m.id AND r.state IN ('queued', 'sending', 'failed') ORDER BY r.id DESC LIMIT 1) AS reacting,
        (SELECT json_group_array(",
    attachment!(),
    ")
            FROM attachments t WHERE t.message = m.id) AS attachments,
        (SELECT json_group_array(json_array(r.emoji, r.who = '')) FROM reactions r WHERE r.message = m.id AND r.emoji <> '') AS reactions,
        CASE WHEN m.quotes IS NOT NULL THEN (
            SELECT json_array(q.id, q.direction, CASE WHEN q.form = 'unsent' THEN 'Message unsent'
                WHEN q.text <> '' THEN substr(q.text, 1, 240) ELSE q.what END)
            FROM messages q WHERE q.meta_hash = m.quotes AND q.conversation = m.conversation LIMIT 1) END AS quoted
    FROM messages m LEFT JOIN outbox o ON o.message = m.id"
);

/// An attachment as [`COLUMNS`] tells it.
type AttachmentRow = (
    i64,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    Option<i64>,
    Option<Card>,
    Option<u64>,
    Option<u32>,
    Option<u32>,
    Option<u32>,
    String,
    // Why there is none, and whether Meta named a way to it.
    (String, u8),
);

/// An attachment from [`ATTACHMENT`].
pub(in crate::store) fn attachment_of(json: &str) -> Result<Attachment, sqlx::Error> {
    attachment(serde_json::from_str(json).map_err(|_| row::bad_row("attachment"))?)
}

fn attachment(row: AttachmentRow) -> Result<Attachment, sqlx::Error> {
    let (
        id,
        kind,
        name,
        mime,
        file,
        thumbnail,
        state,
        link,
        ends_at,
        card,
        bytes,
        width,
        height,
        length_ms,
        waveform,
        (fault, has_way),
    ) = row;
    let state = row::file_state(&state)?;
    Ok(Attachment {
        id: AttachmentId(id),
        kind,
        name,
        mime,
        file,
        thumbnail,
        state,
        link: Some(link).filter(|link| !link.is_empty()),
        link_ends_at: row::time(ends_at),
        card,
        bytes,
        size: width.zip(height),
        length_ms,
        waveform: hex::decode(waveform).unwrap_or_default(),
        fault,
        again: has_way > 0 && matches!(state, FileState::Evicted | FileState::Expired),
    })
}

/// An emoji of ours on its way, as [`COLUMNS`] tells it; why an attempt is held back is nobody's business yet.
fn reacting(told: Option<&str>) -> Option<Reacting> {
    let (job, failure, state): (Job, Option<Failure>, String) = row::maybe_json(told)?;
    match job {
        Job::Reaction { emoji } => Some(Reacting { emoji, failure: failure.filter(|_| state == "failed") }),
        _ => None,
    }
}

fn read(row: &SqliteRow) -> Result<Message, sqlx::Error> {
    let failure: Option<&str> = row.try_get("failure")?;
    let attachments: Vec<AttachmentRow> = row::json_or_default(row.try_get("attachments")?);
    let reactions: Vec<(String, u8)> = row::json_or_default(row.try_get("reactions")?);
    let mut rare: row::Rare = row::maybe_json(row.try_get("detail")?).unwrap_or_default();
    let form: &str = row.try_get("form")?;
    let content =
        row::content(form, row.try_get("kind")?, row.try_get("what")?, row.try_get("text")?, &mut rare)?;
    let quote = match (rare.story.take(), row.try_get::<Option<i64>, _>("quotes")?) {
        (Some((link, ends_at)), _) => Some(Quote::Story { link, ends_at }),
        (None, Some(_)) => {
            let quoted: Option<(i64, String, String)> = row::maybe_json(row.try_get("quoted")?);
            Some(match quoted {
                Some((id, direction, text)) => {
                    Quote::Message { message: Some(MessageId(id)), from_us: direction == "outbound", text }
                }
                None => Quote::Message { message: None, from_us: false, text: String::new() },
            })
        }
        (None, None) => None,
    };
    Ok(Message {
        id: MessageId(row.try_get("id")?),
        conversation: ConversationId(row.try_get("conversation")?),
        // A line between bubbles has an id of our making, which is nobody's business.
        meta_id: row
            .try_get::<Option<String>, _>("meta_id")?
            .filter(|_| content.is_said())
            .map(MetaMessageId),
        direction: row::direction(row.try_get("direction")?)?,
        origin: row::origin(row.try_get("origin")?)?,
        content,
        attachments: attachments.into_iter().map(attachment).collect::<Result<_, _>>()?,
        quote,
        reactions: reactions
            .into_iter()
            .map(|(emoji, ours)| Reaction { emoji, from_us: ours == 1 })
            .collect(),
        detail: rare.detail,
        sent_at: Timestamp(row.try_get("sent_at")?),
        recorded_at: Timestamp(row.try_get("recorded_at")?),
        status: row::status(row.try_get("status")?)?,
        failure: row::maybe_json(failure),
        leave_before: row::time(row.try_get("leave_before")?),
        next_attempt_at: row::time(row.try_get("next_attempt_at")?),
        scheduled_for: row::time(row.try_get("scheduled_for")?),
        reacting: reacting(row.try_get("reacting")?),
    })
}

/// One message.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(conn: &mut SqliteConnection, message: MessageId) -> Result<Option<Message>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!("{COLUMNS} WHERE m.id = ?1")))
        .bind(message.0)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// A page of a conversation, oldest first, after the message with this time and id: for whoever reads it all.
///
/// # Errors
/// When the database cannot be read.
pub async fn all_after(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    after: (Timestamp, MessageId),
    limit: u32,
) -> Result<Vec<Message>, sqlx::Error> {
    let sql = format!(
        "{COLUMNS} WHERE m.conversation = ?1 AND (m.sent_at, m.id) > (?2, ?3) ORDER BY m.sent_at, m.id LIMIT ?4"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(conversation.0)
        .bind(after.0.0)
        .bind(after.1.0)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Our row of a message of Meta's.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
) -> Result<Option<MessageId>, sqlx::Error> {
    let id: Option<i64> =
        sqlx::query_scalar("SELECT id FROM messages WHERE meta_hash = ?1 AND account = ?2 AND meta_id = ?3")
            .bind(super::meta_hash(account, meta_id))
            .bind(account.0)
            .bind(meta_id.as_str())
            .fetch_optional(conn)
            .await?;
    Ok(id.map(MessageId))
}

/// Which of these messages of Meta's have no row here.
///
/// # Errors
/// When the database cannot be read.
pub async fn unknown(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_ids: &[MetaMessageId],
) -> Result<HashSet<MetaMessageId>, sqlx::Error> {
    let asked: Vec<_> = meta_ids.iter().map(|id| (super::meta_hash(account, id), id)).collect();
    let unknown: Vec<String> =
        sqlx::query_scalar(UNKNOWN).bind(row::json(&asked)?).bind(account.0).fetch_all(conn).await?;
    Ok(unknown.into_iter().map(MetaMessageId).collect())
}

/// As [`unknown`] asks.
pub(in crate::store) const UNKNOWN: &str = "SELECT j.value ->> 1 FROM json_each(?1) j WHERE NOT EXISTS (
    SELECT 1 FROM messages m WHERE m.meta_hash = j.value ->> 0 AND m.account = ?2 AND m.meta_id = j.value ->> 1)";

/// The newest row.
///
/// # Errors
/// When the database cannot be read.
pub async fn newest(conn: &mut SqliteConnection) -> Result<MessageId, sqlx::Error> {
    let id: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM messages").fetch_one(conn).await?;
    Ok(MessageId(id))
}

/// Messages of a conversation strictly between two times that a list of Meta's should show and that are not among
/// `listed`: plain text and photos only, since shared posts, stories and their like are never listed (graph-api b).
///
/// # Errors
/// When the database cannot be read.
pub async fn unlisted(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    between: (Timestamp, Timestamp),
    listed: &[MetaMessageId],
    limit: u32,
) -> Result<Vec<(MessageId, MetaMessageId)>, sqlx::Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT m.id, m.meta_id FROM messages m
         WHERE m.conversation = ?1 AND m.sent_at > ?2 AND m.sent_at < ?3
             AND m.form = 'bubble' AND m.meta_id IS NOT NULL AND m.status <> 'failed' AND m.text || m.what <> ''
             AND (m.detail IS NULL OR m.detail ->> '$.standby' IS NULL)
             AND NOT EXISTS (SELECT 1 FROM attachments t WHERE t.message = m.id AND t.kind <> 'image')
             AND (m.kind = 'text' OR EXISTS (SELECT 1 FROM attachments t WHERE t.message = m.id))
             AND m.meta_id NOT IN (SELECT value FROM json_each(?4))
         ORDER BY m.sent_at DESC, m.id DESC LIMIT ?5",
    )
    .bind(conversation.0)
    .bind(between.0.0)
    .bind(between.1.0)
    .bind(row::json(listed)?)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, meta_id)| (MessageId(id), MetaMessageId(meta_id))).collect())
}

/// Rows before (or, with `later`, after) a key, in the order of reading.
pub(in crate::store) fn stretch_sql(later: bool) -> String {
    let (than, direction) = if later { (">", "ASC") } else { ("<", "DESC") };
    format!(
        "{COLUMNS} WHERE m.conversation = ?1 AND (m.sent_at, m.id) {than} (?2, ?3)
         ORDER BY m.sent_at {direction}, m.id {direction} LIMIT ?4"
    )
}

/// Up to `limit` messages on one side of `from`, oldest first, and whether there are more on that side.
async fn stretch(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    from: Cursor,
    later: bool,
    limit: u32,
) -> Result<(Vec<Message>, bool), sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(stretch_sql(later)))
        .bind(conversation.0)
        .bind(from.at)
        .bind(from.id)
        .bind(limit + 1)
        .fetch_all(conn)
        .await?;
    let mut rows: Vec<Message> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if !later {
        rows.reverse();
    }
    Ok((rows, more))
}

fn key(message: &Message) -> Cursor {
    Cursor { at: message.sent_at.0, id: message.id.0 }
}

/// A stretch of a thread, oldest first. Around a message that is not in it is its newest stretch.
///
/// # Errors
/// When the cursor is not a thread's, or the database cannot be read.
pub async fn list(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    which: &Stretch,
    limit: u32,
) -> Result<MessagePage, PageError> {
    let limit = limit.clamp(1, LARGEST_PAGE);
    let newest = Cursor { at: i64::MAX, id: i64::MAX };
    let middle = match which {
        Stretch::Around(message) => key_of(conn, conversation, *message).await?,
        _ => None,
    };
    let (rows, older, newer) = match (which, middle) {
        (Stretch::Before(text), _) => {
            let (rows, more) = stretch(conn, conversation, Cursor::read(text, LIST)?, false, limit).await?;
            (rows, more, true)
        }
        (Stretch::After(text), _) => {
            let (rows, more) = stretch(conn, conversation, Cursor::read(text, LIST)?, true, limit).await?;
            (rows, true, more)
        }
        (Stretch::Around(_), Some(middle)) => {
            let after = limit / 2;
            let (mut rows, older) =
                stretch(conn, conversation, Cursor { id: middle.id + 1, ..middle }, false, limit - after)
                    .await?;
            let (later, newer) = stretch(conn, conversation, middle, true, after.max(1)).await?;
            rows.extend(later);
            (rows, older, newer)
        }
        (Stretch::Newest | Stretch::Around(_), _) => {
            let (rows, more) = stretch(conn, conversation, newest, false, limit).await?;
            (rows, more, false)
        }
    };
    let mark = |message: Option<&Message>| message.map(|m| key(m).write(LIST));
    Ok(MessagePage {
        older: mark(rows.first().filter(|_| older)),
        newer: mark(rows.last().filter(|_| newer)),
        rows,
    })
}

async fn key_of(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Option<Cursor>, sqlx::Error> {
    let at: Option<i64> =
        sqlx::query_scalar("SELECT sent_at FROM messages WHERE id = ?1 AND conversation = ?2")
            .bind(message.0)
            .bind(conversation.0)
            .fetch_optional(conn)
            .await?;
    Ok(at.map(|at| Cursor { at, id: message.0 }))
}
