//! The list, its figures, and what it says of each thread. Everything the list sorts and filters by follows
//! from the messages: whoever touches messages calls [`recount`] in the same transaction.

use super::{BadCursor, Cursor, contacts, row};
use crate::model::{
    AccountId, Channel, ContactId, Conversation, ConversationId, ConversationPage, Counts, Filter, Preview,
    ReplyWindow, Show, Sort, Tally, Timestamp,
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

/// Rows of one page at most.
const LARGEST_PAGE: u32 = 200;
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

/// How `sort` reads the index: name for cursors, column, comparison, direction.
const fn order(sort: Sort) -> (&'static str, &'static str, &'static str, &'static str) {
    match sort {
        Sort::Newest => ("newest", "last_at", "<", "DESC"),
        Sort::WaitingLongest => ("waiting", "waiting_since", ">", "ASC"),
        Sort::EndingSoonest => ("ending", "window_closes_at", ">", "ASC"),
    }
}

/// The condition of a tab; the partial indexes bear the same words.
const fn condition(show: Show) -> &'static str {
    match show {
        Show::All => "",
        Show::Unread => "AND unread > 0",
        Show::Waiting => "AND waiting_since IS NOT NULL",
        Show::Drafts => "AND draft <> ''",
        Show::Failed => "AND failed > 0",
    }
}

/// The statement that finds the keys of a page: the first of each account's own order, to be merged.
/// Arguments: account, channel, limit, cursor's value and id, now.
pub(super) fn keys_sql(show: Show, sort: Sort) -> String {
    let (_, column, than, direction) = order(sort);
    let show = condition(show);
    let only = match sort {
        Sort::Newest => "",
        Sort::WaitingLongest => "AND waiting_since IS NOT NULL",
        Sort::EndingSoonest => "AND window_closes_at IS NOT NULL AND window_closes_at > ?6",
    };
    format!(
        "SELECT k.value ->> 0, k.value ->> 1
         FROM accounts a, json_each((
             SELECT json_group_array(json_array(at, id)) FROM (
                 SELECT {column} AS at, id FROM conversations
                 WHERE account = a.id {only} {show} AND ({column}, id) {than} (?4, ?5)
                 ORDER BY {column} {direction}, id {direction} LIMIT ?3))) k
         WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.channel = ?2)"
    )
}

/// The columns of a row of the list.
fn rows_sql(of: &str) -> String {
    format!(
        "SELECT v.id, v.account, a.channel, v.last_at, v.unread, v.waiting_since, v.window_closes_at, v.draft, v.failed,
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
        window: ReplyWindow { closes_at: row::time(row.try_get("window_closes_at")?) },
        draft: row.try_get("draft")?,
        failed: row.try_get("failed")?,
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

/// A page of the list. `now` decides which windows are open.
///
/// # Errors
/// When `after` is no cursor of this order, or the database cannot be read.
pub async fn list(
    conn: &mut SqliteConnection,
    filter: &Filter,
    sort: Sort,
    after: Option<&str>,
    limit: u32,
    now: Timestamp,
) -> Result<ConversationPage, PageError> {
    let (name, _, than, _) = order(sort);
    let beginning = if than == "<" { i64::MAX } else { i64::MIN };
    let after = match after {
        Some(text) => Cursor::read(text, name)?,
        None => Cursor { at: beginning, id: beginning },
    };
    let limit = limit.clamp(1, LARGEST_PAGE);
    let mut keys: Vec<Cursor> = sqlx::query_as(AssertSqlSafe(keys_sql(filter.show, sort)))
        .bind(filter.account.map(|a| a.0))
        .bind(filter.channel.map(Channel::key))
        .bind(limit + 1)
        .bind(after.at)
        .bind(after.id)
        .bind(now.0)
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .map(|(at, id)| Cursor { at, id })
        .collect();
    keys.sort_unstable();
    if than == "<" {
        keys.reverse();
    }
    let more = keys.len() > limit as usize;
    keys.truncate(limit as usize);
    let next = keys.last().filter(|_| more).map(|last| last.write(name));
    let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
    let sql = rows_sql("json_each(?1) k CROSS JOIN conversations v ON v.id = k.value");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(row::json(&ids)?).fetch_all(conn).await?;
    Ok(ConversationPage { rows: rows.iter().map(read).collect::<Result<_, _>>()?, next })
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

/// The figures beside the filters; read from the tallies, whatever the size of the inbox.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(conn: &mut SqliteConnection) -> Result<Counts, sqlx::Error> {
    let rows: Vec<(i64, String, u32, u32, u32, u32, u32)> = sqlx::query_as(
        "SELECT t.account, a.channel, t.conversations, t.unread, t.waiting, t.drafts, t.failed
         FROM tallies t JOIN accounts a ON a.id = t.account ORDER BY t.account",
    )
    .fetch_all(conn)
    .await?;
    let mut counts = Counts::default();
    for (account, channel, conversations, unread, waiting, drafts, failed) in rows {
        let tally = Tally { conversations, unread, waiting, drafts, failed };
        let channel = row::channel(&channel)?;
        add(&mut counts.all, tally);
        counts.accounts.push((AccountId(account), tally));
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

/// Marks everything that has arrived as read; `false` = nothing was unread.
///
/// # Errors
/// When the database cannot be written.
pub async fn mark_read(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE messages SET live = 2 WHERE conversation = ?1 AND live = 1;
         UPDATE conversations SET unread = 0, marked_unread = 0,
             read_through = (SELECT coalesce(max(id), 0) FROM messages)
         WHERE id = ?1 AND unread > 0",
    )
    .bind(conversation.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Makes it count as unread until it is read again; `false` = they never wrote, or it is unread.
///
/// # Errors
/// When the database cannot be written.
pub async fn mark_unread(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE conversations SET marked_unread = 1, unread = 1 WHERE id = ?1 AND unread = 0
             AND EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND direction = 'inbound')",
    )
    .bind(conversation.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps what is in the composer; `false` = it is the same as before.
///
/// # Errors
/// When the database cannot be written.
pub async fn save_draft(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    text: &str,
) -> Result<bool, sqlx::Error> {
    let text = if text.trim().is_empty() { "" } else { text };
    let done = sqlx::query("UPDATE conversations SET draft = ?2 WHERE id = ?1 AND draft <> ?2")
        .bind(conversation.0)
        .bind(row::clean(text))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// What the list says of these conversations, from their messages as they are now. With each the end of the
/// reply window that an event of theirs just opened; only such events move it (graph-api c.1, g.1).
///
/// * last: the newest bubble by Meta's time, then by arrival.
/// * unread: live messages of theirs that nobody read here and nobody answered, wherever the answer was
///   written; at least one while it is marked unread by hand.
/// * waiting: their first live message after our last one that Meta accepted.
/// * failed: sends that failed or are unsure.
///
/// # Errors
/// When the database cannot be written.
pub async fn recount(
    conn: &mut SqliteConnection,
    touched: &[(ConversationId, Option<Timestamp>)],
) -> Result<(), sqlx::Error> {
    if touched.is_empty() {
        return Ok(());
    }
    sqlx::query(RECOUNT).bind(row::json(touched)?).execute(conn).await.map(drop)
}

pub(super) const RECOUNT: &str = "
    WITH t (id, until, answered) AS MATERIALIZED (
        SELECT value ->> 0, value ->> 1, max(
            coalesce((SELECT max(sent_at) FROM messages
                WHERE conversation = value ->> 0 AND direction = 'outbound' AND status = 'sent'), 0),
            coalesce((SELECT max(sent_at) FROM messages
                WHERE conversation = value ->> 0 AND direction = 'outbound' AND status = 'delivered'), 0),
            coalesce((SELECT max(sent_at) FROM messages
                WHERE conversation = value ->> 0 AND direction = 'outbound' AND status = 'read'), 0))
        FROM json_each($1))
    UPDATE conversations AS v SET
        last_message = (SELECT id FROM messages WHERE conversation = v.id AND form IN ('bubble', 'unsent')
            ORDER BY sent_at DESC, id DESC LIMIT 1),
        last_at = coalesce((SELECT sent_at FROM messages WHERE conversation = v.id AND form IN ('bubble', 'unsent')
            ORDER BY sent_at DESC, id DESC LIMIT 1), v.last_at),
        unread = max(v.marked_unread, (
            SELECT count(*) FROM messages WHERE conversation = v.id AND live = 1 AND sent_at > t.answered)),
        waiting_since = (
            SELECT sent_at FROM messages WHERE conversation = v.id AND live > 0 AND sent_at > t.answered
            ORDER BY sent_at LIMIT 1),
        window_closes_at = coalesce(max(v.window_closes_at, t.until), v.window_closes_at, t.until),
        failed = (SELECT count(*) FROM messages
            WHERE conversation = v.id AND direction = 'outbound' AND status IN ('failed', 'unsure'))
    FROM t WHERE v.id = t.id";
