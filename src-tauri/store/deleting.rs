//! Taking away for good what belongs to an account or to a person: counted first, then in short steps, since there is
//! one writer. Files that nothing shows any more are named, to be removed after the commit.

use super::{attachments, journal, row};
use crate::model::{AccountId, Amounts, ContactId, JournalId};
use sqlx::{AssertSqlSafe, SqliteConnection};

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Account(AccountId),
    /// One person, as each account knows them.
    People(Vec<ContactId>),
}

impl Whose {
    /// Whether the conversation of the alias `v` is theirs; `?1` is [`Whose::argument`].
    const fn of_conversation(&self) -> &'static str {
        match self {
            Self::Account(_) => "v.account = ?1",
            Self::People(_) => "v.contact IN (SELECT value FROM json_each(?1))",
        }
    }

    const fn of_contact(&self) -> &'static str {
        match self {
            Self::Account(_) => "c.account = ?1",
            Self::People(_) => "c.id IN (SELECT value FROM json_each(?1))",
        }
    }

    fn argument(&self) -> Result<String, sqlx::Error> {
        match self {
            Self::Account(account) => Ok(account.to_string()),
            Self::People(contacts) => row::json(contacts),
        }
    }
}

/// How much of theirs is here. Files count where nobody else's message shows them as well.
///
/// # Errors
/// When the database cannot be read.
pub async fn amounts(conn: &mut SqliteConnection, whose: &Whose) -> Result<Amounts, sqlx::Error> {
    let theirs = whose.of_conversation();
    let sql = format!(
        "WITH t (id, draft, note_draft) AS MATERIALIZED
             (SELECT v.id, v.draft, v.note_draft FROM conversations v WHERE {theirs}),
         f (file, bytes) AS MATERIALIZED (
             SELECT a.file, max(a.bytes) FROM t JOIN attachments a ON a.conversation = t.id
             WHERE a.state <> 'none' AND a.file IS NOT NULL GROUP BY a.file)
         SELECT (SELECT count(*) FROM t),
             (SELECT coalesce(sum((SELECT count(*) FROM messages m WHERE m.conversation = t.id)), 0) FROM t),
             count(*), coalesce(sum(bytes), 0),
             (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure')
                 AND send_at IS NULL AND conversation IN (SELECT id FROM t)),
             (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure')
                 AND send_at IS NOT NULL AND conversation IN (SELECT id FROM t)),
             (SELECT count(*) FROM t WHERE draft <> '' OR note_draft <> ''),
             (SELECT coalesce(sum((SELECT count(*) FROM messages m WHERE m.conversation = t.id AND m.form = 'note')), 0)
                 FROM t)
         FROM f WHERE NOT EXISTS (SELECT 1 FROM attachments o WHERE o.file = f.file
             AND o.conversation NOT IN (SELECT id FROM t))"
    );
    let figures: (i64, i64, i64, i64, i64, i64, i64, i64) =
        sqlx::query_as(AssertSqlSafe(sql)).bind(whose.argument()?).fetch_one(conn).await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let (conversations, messages, files, bytes, unsent, scheduled, drafts, notes) = figures;
    Ok(Amounts {
        conversations: count(conversations),
        messages: count(messages),
        files: count(files),
        bytes: count(bytes),
        unsent: count(unsent),
        scheduled: count(scheduled),
        drafts: count(drafts),
        notes: count(notes),
    })
}

/// Keeps everything of theirs that waits to leave from leaving.
///
/// # Errors
/// When the database cannot be written.
pub async fn hold_back(conn: &mut SqliteConnection, whose: &Whose) -> Result<(), sqlx::Error> {
    let theirs = whose.of_conversation();
    sqlx::query(AssertSqlSafe(format!(
        "DELETE FROM outbox WHERE conversation IN (SELECT v.id FROM conversations v WHERE {theirs})"
    )))
    .bind(whose.argument()?)
    .execute(conn)
    .await
    .map(drop)
}

/// What a step took away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// Files that nothing shows any more: to be removed from the media store after the commit.
    pub files: Vec<String>,
    /// Nothing of theirs is left.
    pub done: bool,
}

/// Removes up to `limit` messages of theirs, or, when none is left, up to as many people. An account's own row goes
/// by [`super::accounts::remove`].
///
/// # Errors
/// When the database cannot be written.
pub async fn some(conn: &mut SqliteConnection, whose: &Whose, limit: u32) -> Result<Step, sqlx::Error> {
    let theirs = whose.of_conversation();
    let messages: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT m.id FROM conversations v CROSS JOIN messages m ON m.conversation = v.id WHERE {theirs} LIMIT ?2"
    )))
    .bind(whose.argument()?)
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    if messages.is_empty() {
        return people(conn, whose, limit).await;
    }
    let ids = row::json(&messages)?;
    let files: Vec<String> = sqlx::query_scalar(
        "SELECT a.file FROM json_each(?1) j CROSS JOIN attachments a ON a.message = j.value WHERE a.file IS NOT NULL
         UNION SELECT a.thumbnail FROM json_each(?1) j CROSS JOIN attachments a ON a.message = j.value
             WHERE a.thumbnail IS NOT NULL",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    // What a poll read is a delivery of this message alone.
    sqlx::query(
        "DELETE FROM journal WHERE source = 'poll'
             AND id IN (SELECT m.journal FROM json_each(?1) j CROSS JOIN messages m ON m.id = j.value)",
    )
    .bind(&ids)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?1))")
        .bind(&ids)
        .execute(&mut *conn)
        .await?;
    Ok(Step { files: attachments::unused(conn, &files).await?, done: false })
}

async fn people(conn: &mut SqliteConnection, whose: &Whose, limit: u32) -> Result<Step, sqlx::Error> {
    let theirs = whose.of_contact();
    let contacts: Vec<i64> =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT c.id FROM contacts c WHERE {theirs} LIMIT ?2")))
            .bind(whose.argument()?)
            .bind(limit)
            .fetch_all(&mut *conn)
            .await?;
    if contacts.is_empty() {
        return Ok(Step { files: Vec::new(), done: true });
    }
    let ids = row::json(&contacts)?;
    let files: Vec<String> = sqlx::query_scalar(
        "SELECT c.picture FROM json_each(?1) j CROSS JOIN contacts c ON c.id = j.value WHERE c.picture IS NOT NULL
         UNION SELECT u.file FROM json_each(?1) j CROSS JOIN conversations v ON v.contact = j.value
             CROSS JOIN uploads u ON u.conversation = v.id
         UNION SELECT u.thumbnail FROM json_each(?1) j CROSS JOIN conversations v ON v.contact = j.value
             CROSS JOIN uploads u ON u.conversation = v.id WHERE u.thumbnail IS NOT NULL",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM early_changes WHERE (account, who) IN (
             SELECT c.account, i.value FROM json_each(?1) j CROSS JOIN contacts c ON c.id = j.value,
                 json_each(json_array(c.person, c.bsuid, c.phone)) i WHERE i.value IS NOT NULL)",
    )
    .bind(&ids)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM contacts WHERE id IN (SELECT value FROM json_each(?1))")
        .bind(&ids)
        .execute(&mut *conn)
        .await?;
    Ok(Step { files: attachments::unused(conn, &files).await?, done: false })
}

/// Deliveries that may speak of `ids`, which are Meta's, from `after` on.
///
/// # Errors
/// When the database cannot be read.
pub async fn mentions(
    conn: &mut SqliteConnection,
    ids: &[String],
    after: JournalId,
    limit: u32,
) -> Result<Vec<journal::Kept>, sqlx::Error> {
    let rows: Vec<(i64, String, i64, Vec<u8>)> = sqlx::query_as(
        "SELECT id, source, received_at, body FROM journal WHERE id > ?1
             AND EXISTS (SELECT 1 FROM json_each(?2) WHERE instr(body, CAST(value AS BLOB)) > 0)
         ORDER BY id LIMIT ?3",
    )
    .bind(after.0)
    .bind(row::json(ids)?)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let kept = |(id, source, at, body)| journal::Kept {
        id: JournalId(id),
        source,
        received_at: crate::model::Timestamp(at),
        body,
    };
    Ok(rows.into_iter().map(kept).collect())
}

/// Puts what is left of these deliveries in their place; nothing left = gone.
///
/// # Errors
/// When the database cannot be written.
pub async fn rewrite_journal(
    conn: &mut SqliteConnection,
    left: &[(JournalId, Option<Vec<u8>>)],
) -> Result<(), sqlx::Error> {
    for (id, body) in left {
        let query = match body {
            Some(body) => sqlx::query("UPDATE journal SET body = ?2 WHERE id = ?1").bind(id.0).bind(body),
            None => sqlx::query("DELETE FROM journal WHERE id = ?1").bind(id.0),
        };
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Every id by which Meta names these people, with the account that knows them so.
///
/// # Errors
/// When the database cannot be read.
pub async fn ids_of(
    conn: &mut SqliteConnection,
    contacts: &[ContactId],
) -> Result<Vec<(AccountId, String)>, sqlx::Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT c.account, i.value FROM json_each(?1) j CROSS JOIN contacts c ON c.id = j.value,
             json_each(json_array(c.person, c.bsuid, c.phone)) i WHERE i.value IS NOT NULL",
    )
    .bind(row::json(contacts)?)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(account, id)| (AccountId(account), id)).collect())
}
