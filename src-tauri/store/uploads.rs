//! Files in composers: kept from the moment they are chosen until they are sent or taken out.

use super::{attachments, attachments::KeptFile, row};
use crate::model::{ConversationId, FileKind, Timestamp, Upload, UploadId};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

const COLUMNS: &str =
    "SELECT id, conversation, name, mime, file, thumbnail, bytes, width, height, length_ms, voice,
    waveform FROM uploads";

/// A file with what only the store needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub upload: Upload,
    pub waveform: Vec<u8>,
}

impl Chosen {
    /// As a message carries it.
    #[must_use]
    pub fn as_kept(&self) -> KeptFile {
        let Upload { file, mime, name, bytes, size, length_ms, thumbnail, .. } = self.upload.clone();
        let waveform = self.waveform.clone();
        KeptFile { hash: file, mime, name, bytes, size, length_ms, waveform, thumbnail }
    }
}

fn read(row: &SqliteRow) -> Result<Chosen, sqlx::Error> {
    let mime: String = row.try_get(3)?;
    let bytes: i64 = row.try_get(6)?;
    let size: (Option<u32>, Option<u32>) = (row.try_get(7)?, row.try_get(8)?);
    let upload = Upload {
        id: UploadId(row.try_get(0)?),
        conversation: ConversationId(row.try_get(1)?),
        name: row.try_get(2)?,
        kind: FileKind::of("", &mime),
        mime,
        file: row.try_get(4)?,
        thumbnail: row.try_get(5)?,
        bytes: u64::try_from(bytes).unwrap_or(0),
        size: size.0.zip(size.1),
        length_ms: row.try_get(9)?,
        voice: row.try_get(10)?,
    };
    Ok(Chosen { upload, waveform: row.try_get::<Option<Vec<u8>>, _>(11)?.unwrap_or_default() })
}

/// Puts a file at the end of a composer. `None` = there is no such conversation.
///
/// # Errors
/// When the database cannot be written.
pub async fn add(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    file: &KeptFile,
    voice: bool,
    now: Timestamp,
) -> Result<Option<Upload>, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO uploads (conversation, place, file, name, mime, bytes, width, height, length_ms, waveform,
             thumbnail, voice, at)
         SELECT id, 1 + coalesce((SELECT max(place) FROM uploads WHERE conversation = ?1), 0), ?2, ?3, ?4, ?5, ?6, ?7,
             ?8, ?9, ?10, ?11, ?12
         FROM conversations WHERE id = ?1
         RETURNING id",
    );
    let added =
        file.bind(insert.bind(conversation.0)).bind(voice).bind(now.0).fetch_optional(&mut *conn).await?;
    match added.map(|row| row.try_get(0)).transpose()? {
        Some(id) => Ok(get(conn, UploadId(id)).await?.map(|chosen| chosen.upload)),
        None => Ok(None),
    }
}

/// One file.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(conn: &mut SqliteConnection, upload: UploadId) -> Result<Option<Chosen>, sqlx::Error> {
    let sql = format!("{COLUMNS} WHERE id = ?1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(upload.0).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

pub(in crate::store) fn list_sql() -> String {
    format!("{COLUMNS} WHERE conversation = ?1 ORDER BY place, id")
}

/// The files of a composer, in their order.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Vec<Upload>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(list_sql())).bind(conversation.0).fetch_all(conn).await?;
    rows.iter().map(|row| read(row).map(|chosen| chosen.upload)).collect()
}

/// Takes files out; answers the files that nothing needs any more, to be removed after the commit.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(conn: &mut SqliteConnection, uploads: &[UploadId]) -> Result<Vec<String>, sqlx::Error> {
    let gone: Vec<(String, Option<String>)> = sqlx::query_as(
        "DELETE FROM uploads WHERE id IN (SELECT value FROM json_each(?1)) RETURNING file, thumbnail",
    )
    .bind(row::json(uploads)?)
    .fetch_all(&mut *conn)
    .await?;
    let files: Vec<String> =
        gone.into_iter().flat_map(|(file, small)| [Some(file), small]).flatten().collect();
    attachments::unused(conn, &files).await
}

/// Puts the files of a composer in this order; those not named stay behind.
///
/// # Errors
/// When the database cannot be written.
pub async fn arrange(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    order: &[UploadId],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE uploads SET place = coalesce(
             (SELECT j.key FROM json_each(?2) j WHERE j.value = uploads.id), place + 1000)
         WHERE conversation = ?1",
    )
    .bind(conversation.0)
    .bind(row::json(order)?)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets files that were chosen before `before` and never sent.
///
/// # Errors
/// When the database cannot be written.
pub async fn prune(conn: &mut SqliteConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM uploads WHERE at < ?1").bind(before.0).execute(conn).await?;
    Ok(done.rows_affected())
}
