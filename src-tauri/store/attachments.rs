//! Files and cards of messages: which are to be fetched, and what became of it. How long they stay is `keeping`'s.

use super::{messages::NewAttachment, row};
use crate::model::{AccountId, AttachmentId, ConversationId, FileState, MessageId, MetaMessageId, Timestamp};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

/// A file that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub attachment: AttachmentId,
    pub account: AccountId,
    pub conversation: ConversationId,
    pub message: MessageId,
    /// Meta's word.
    pub kind: String,
    pub name: String,
    pub mime: String,
    pub url: String,
    /// WhatsApp names media by id.
    pub meta_id: String,
    /// Meta's id of its message.
    pub mid: Option<MetaMessageId>,
    /// How many files stand before it in its message.
    pub place: usize,
    pub sent_at: Timestamp,
    /// Somebody just wrote it, or a person has it on screen: it goes before the imported past.
    pub live: bool,
    pub tries: u32,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Kept(Box<KeptFile>),
    /// Again at that time.
    Later(Timestamp),
    /// Not any more; why, in words.
    Ended(FileState, String),
}

/// A file that is here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptFile {
    pub hash: String,
    pub mime: String,
    pub name: String,
    pub bytes: u64,
    pub size: Option<(u32, u32)>,
    pub length_ms: Option<u32>,
    pub waveform: Vec<u8>,
    pub thumbnail: Option<String>,
}

/// A statement with places for values.
pub(in crate::store) type Statement<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

impl KeptFile {
    /// Binds file, name, mime, bytes, width, height, length, waveform and thumbnail, in this order.
    pub(in crate::store) fn bind<'q>(&'q self, to: Statement<'q>) -> Statement<'q> {
        to.bind(&self.hash)
            .bind(row::clean(&self.name))
            .bind(&self.mime)
            .bind(i64::try_from(self.bytes).unwrap_or(i64::MAX))
            .bind(self.size.map(|s| s.0))
            .bind(self.size.map(|s| s.1))
            .bind(self.length_ms)
            .bind(Some(&self.waveform).filter(|w| !w.is_empty()))
            .bind(&self.thumbnail)
    }
}

pub(in crate::store) const DUE: &str =
    "SELECT t.id, t.account, t.conversation, t.message, t.kind, t.name, t.mime, t.url, t.meta_id, m.meta_id,
        (SELECT count(*) FROM attachments b WHERE b.message = t.message AND b.id < t.id) AS place,
        t.sent_at, m.live > 0 AS live, t.tries
    FROM attachments t CROSS JOIN messages m ON m.id = t.message
    WHERE t.state = 'waiting' AND t.account = ?1 AND t.due_at <= ?2
        AND t.id NOT IN (SELECT value FROM json_each(?3))
    ORDER BY t.sent_at DESC LIMIT ?4";

/// The files of `account` that are due now, newest first, without those in `busy`.
///
/// # Errors
/// When the database cannot be read.
pub async fn due(
    conn: &mut SqliteConnection,
    account: AccountId,
    now: Timestamp,
    busy: &[AttachmentId],
    limit: usize,
) -> Result<Vec<Wanted>, sqlx::Error> {
    let rows = sqlx::query(DUE)
        .bind(account.0)
        .bind(now.0)
        .bind(row::json(busy)?)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    rows.iter().map(wanted).collect()
}

fn wanted(row: &SqliteRow) -> Result<Wanted, sqlx::Error> {
    Ok(Wanted {
        attachment: AttachmentId(row.try_get(0)?),
        account: AccountId(row.try_get(1)?),
        conversation: ConversationId(row.try_get(2)?),
        message: MessageId(row.try_get(3)?),
        kind: row.try_get(4)?,
        name: row.try_get(5)?,
        mime: row.try_get(6)?,
        url: row.try_get(7)?,
        meta_id: row.try_get(8)?,
        mid: row.try_get::<Option<String>, _>(9)?.map(MetaMessageId),
        place: usize::try_from(row.try_get::<i64, _>(10)?).unwrap_or(0),
        sent_at: Timestamp(row.try_get(11)?),
        live: row.try_get(12)?,
        tries: row.try_get(13)?,
    })
}

/// Accounts that have files due now.
///
/// # Errors
/// When the database cannot be read.
pub async fn accounts_waiting(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Vec<AccountId>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT a.id FROM accounts a WHERE EXISTS (
             SELECT 1 FROM attachments WHERE state = 'waiting' AND account = a.id AND due_at <= ?1)",
    )
    .bind(now.0)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(AccountId).collect())
}

/// When the next file falls due after `now`.
///
/// # Errors
/// When the database cannot be read.
pub async fn next_due_at(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let at: Option<i64> =
        sqlx::query_scalar("SELECT min(due_at) FROM attachments WHERE state = 'waiting' AND due_at > ?1")
            .bind(now.0)
            .fetch_one(conn)
            .await?;
    Ok(at.map(Timestamp))
}

/// Writes down what became of an attempt. `false` = the message was unsent or wiped meanwhile: what was fetched
/// belongs to nobody.
///
/// # Errors
/// When the database cannot be written.
pub async fn settle(
    conn: &mut SqliteConnection,
    attachment: AttachmentId,
    fetched: &Fetched,
) -> Result<bool, sqlx::Error> {
    let done = match fetched {
        Fetched::Kept(file) => {
            let update = sqlx::query(
                "UPDATE attachments SET state = 'kept', file = ?2, name = ?3, mime = ?4, bytes = ?5, width = ?6,
                     height = ?7, length_ms = coalesce(?8, length_ms), waveform = ?9, thumbnail = ?10, fault = ''
                 WHERE id = ?1 AND state = 'waiting'",
            );
            file.bind(update.bind(attachment.0)).execute(conn).await?
        }
        Fetched::Later(at) => {
            sqlx::query(
                "UPDATE attachments SET due_at = ?2, tries = tries + 1 WHERE id = ?1 AND state = 'waiting'",
            )
            .bind(attachment.0)
            .bind(at.0)
            .execute(conn)
            .await?
        }
        Fetched::Ended(state, fault) => {
            sqlx::query("UPDATE attachments SET state = ?2, fault = ?3 WHERE id = ?1 AND state = 'waiting'")
                .bind(attachment.0)
                .bind(state.key())
                .bind(row::clean(fault))
                .execute(conn)
                .await?
        }
    };
    Ok(done.rows_affected() > 0)
}

/// Gives a message of ours the file it carries. `kind` is the word of Meta's kind.
///
/// # Errors
/// When the database cannot be written.
pub async fn attach(
    conn: &mut SqliteConnection,
    message: MessageId,
    kind: &str,
    file: &KeptFile,
) -> Result<(), sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO attachments (message, kind, state, file, name, mime, bytes, width, height, length_ms, waveform, thumbnail)
         VALUES (?1, ?2, 'kept', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    );
    file.bind(insert.bind(message.0).bind(kind)).execute(conn).await.map(drop)
}

/// What can still be fetched of a message's files that are gone is to be fetched, and stays a while.
/// `false` = Meta has no way to any of them.
///
/// # Errors
/// When the database cannot be written.
pub async fn want_again(conn: &mut SqliteConnection, message: MessageId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE attachments SET state = 'waiting', due_at = 0, tries = 0, fault = ''
         WHERE message = ?1 AND state IN ('evicted', 'expired') AND (url <> '' OR meta_id <> '')",
    )
    .bind(message.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A kept file that is not there is to be fetched again.
///
/// # Errors
/// When the database cannot be written.
pub async fn fetch_again(conn: &mut SqliteConnection, attachment: AttachmentId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE attachments SET state = 'waiting', file = NULL, due_at = 0 WHERE id = ?1 AND state = 'kept'",
    )
    .bind(attachment.0)
    .execute(conn)
    .await
    .map(drop)
}

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
             AND NOT EXISTS (SELECT 1 FROM uploads WHERE file = j.value OR thumbnail = j.value)
             AND NOT EXISTS (SELECT 1 FROM contacts WHERE picture = j.value)
             AND NOT EXISTS (SELECT 1 FROM accounts WHERE picture = j.value)",
    )
    .bind(row::json(files)?)
    .fetch_all(conn)
    .await
}

/// What a delivery says of a file or card, as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    kind: String,
    name: String,
    mime: String,
    url: String,
    meta_id: String,
    link: String,
    card: Option<String>,
}

impl From<&NewAttachment> for Written {
    fn from(new: &NewAttachment) -> Self {
        Self {
            kind: new.kind.clone(),
            name: row::clean(&new.name),
            mime: new.mime.clone(),
            url: new.url.clone(),
            meta_id: new.meta_id.clone(),
            link: new.link.clone(),
            card: row::maybe_to_json(new.card.as_ref()),
        }
    }
}

/// The files and cards of a message with their ids, in order.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_message(
    conn: &mut SqliteConnection,
    message: MessageId,
) -> Result<Vec<(Written, i64)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT kind, name, mime, url, meta_id, link, card, id FROM attachments WHERE message = ?1 ORDER BY id",
    )
    .bind(message.0)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let written = Written {
                kind: row.try_get(0)?,
                name: row.try_get(1)?,
                mime: row.try_get(2)?,
                url: row.try_get(3)?,
                meta_id: row.try_get(4)?,
                link: row.try_get(5)?,
                card: row.try_get(6)?,
            };
            Ok((written, row.try_get(7)?))
        })
        .collect()
}

/// Puts `new` in the place of `old`; a file that is kept and that `new` names too stays with it. Answers the files
/// that nothing shows any more.
///
/// # Errors
/// When the database cannot be written.
pub async fn replace(
    conn: &mut SqliteConnection,
    message: MessageId,
    old: &[(Written, i64)],
    new: &[NewAttachment],
) -> Result<Vec<String>, sqlx::Error> {
    let same = |was: &Written, is: &NewAttachment| {
        (!is.url.is_empty() && was.url == is.url) || (!is.meta_id.is_empty() && was.meta_id == is.meta_id)
    };
    let mut left: Vec<&(Written, i64)> = old.iter().collect();
    for one in new {
        let known = left.iter().position(|(was, _)| same(was, one)).map(|n| left.remove(n).1);
        sqlx::query(
            "INSERT INTO attachments (message, kind, name, mime, url, meta_id, state, link, link_ends_at, card, length_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )
        .bind(message.0)
        .bind(&one.kind)
        .bind(row::clean(&one.name))
        .bind(&one.mime)
        .bind(&one.url)
        .bind(&one.meta_id)
        .bind(one.state.key())
        .bind(&one.link)
        .bind(one.link_ends_at.map(|at| at.0))
        .bind(row::maybe_to_json(one.card.as_ref()))
        .bind(one.length_ms)
        .execute(&mut *conn)
        .await?;
        if let Some(known) = known {
            sqlx::query(
                "UPDATE attachments SET (file, state, mime, bytes, width, height, length_ms, waveform, thumbnail) =
                     (SELECT file, state, mime, bytes, width, height, length_ms, waveform, thumbnail
                      FROM attachments WHERE id = ?1)
                 WHERE id = last_insert_rowid() AND (SELECT file FROM attachments WHERE id = ?1) IS NOT NULL",
            )
            .bind(known)
            .execute(&mut *conn)
            .await?;
        }
    }
    let mut files: Vec<String> = Vec::new();
    for (_, id) in old {
        let gone: (Option<String>, Option<String>) =
            sqlx::query_as("DELETE FROM attachments WHERE id = ?1 RETURNING file, thumbnail")
                .bind(id)
                .fetch_one(&mut *conn)
                .await?;
        files.extend([gone.0, gone.1].into_iter().flatten());
    }
    unused(conn, &files).await
}
