//! Files and cards of messages.

use super::{messages::NewAttachment, row};
use crate::model::MessageId;
use sqlx::{Row, SqliteConnection};

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
