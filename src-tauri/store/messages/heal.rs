//! Messages that an earlier version could only name, read again from the journal: what they say is replaced,
//! never whose they are, when they came or how far they got.

use super::{Answers, Arrival, meta_hash, status::Change};
use crate::model::{
    AccountId, Channel, Content, ConversationId, Detail, MessageId, MetaMessageId, Timestamp,
};
use crate::store::{
    attachments::{self, Written},
    conversations, row, search,
};
use sqlx::{Row, SqliteConnection};

/// A message that has only a name, with the delivery it came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crude {
    pub message: MessageId,
    pub account: AccountId,
    pub channel: Channel,
    pub meta_id: MetaMessageId,
    pub sent_at: Timestamp,
    /// Where the delivery came from.
    pub source: String,
    pub body: Vec<u8>,
}

/// Those among the `span` ids after `after` whose delivery is still kept.
///
/// # Errors
/// When the database cannot be read.
pub async fn crude(
    conn: &mut SqliteConnection,
    after: MessageId,
    span: i64,
) -> Result<Vec<Crude>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT m.id, m.account, a.channel, m.meta_id, m.sent_at, j.source, j.body
         FROM messages m CROSS JOIN journal j ON j.id = m.journal CROSS JOIN accounts a ON a.id = m.account
         WHERE m.id > ?1 AND m.id <= ?1 + ?2 AND m.kind = 'placeholder' AND m.form = 'bubble'
             AND m.meta_id IS NOT NULL
         ORDER BY m.id",
    )
    .bind(after.0)
    .bind(span)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Crude {
                message: MessageId(row.try_get(0)?),
                account: AccountId(row.try_get(1)?),
                channel: row::channel(row.try_get(2)?)?,
                meta_id: MetaMessageId(row.try_get(3)?),
                sent_at: Timestamp(row.try_get(4)?),
                source: row.try_get(5)?,
                body: row.try_get(6)?,
            })
        })
        .collect()
}

/// Replaces what `message` says by what `read` says; whether anything is different. An edit that came later stays,
/// and so does a file that was fetched for something that `read` names too. Files that nothing shows any more are
/// added to `orphans`.
///
/// # Errors
/// When the database cannot be written.
pub async fn heal(
    conn: &mut SqliteConnection,
    message: MessageId,
    read: &Arrival,
    orphans: &mut Vec<String>,
) -> Result<Option<Change>, sqlx::Error> {
    let found = sqlx::query(
        "SELECT conversation, kind, what, text, quotes, detail FROM messages
         WHERE id = ?1 AND form = 'bubble'",
    )
    .bind(message.0)
    .fetch_optional(&mut *conn)
    .await?;
    let (Some(found), true) = (found, read.content.is_said()) else { return Ok(None) };
    let conversation = ConversationId(found.try_get(0)?);
    let before: row::Rare = row::maybe_json(found.try_get(5)?).unwrap_or_default();
    let content = match &read.content {
        // Its newest words came by an edit.
        _ if before.detail.edits == 0 => read.content.clone(),
        Content::Placeholder { what, .. } => {
            Content::Placeholder { what: what.clone(), text: found.try_get(3)? }
        }
        _ => Content::Text { text: found.try_get(3)? },
    };
    let detail = Detail { edits: before.detail.edits, ..read.detail.clone() };
    let (quotes, story) = match &read.answers {
        Some(Answers::Message(mid)) => (Some(meta_hash(read.account, mid)), None),
        Some(Answers::Story { link, ends_at }) => (None, Some((link.as_deref(), *ends_at))),
        None => (None, None),
    };
    let columns = row::content_columns(&content);
    let rare = row::rare(&content, &detail, story);
    // When it was edited stays as well.
    let rare = match (row::maybe_json::<row::Rare>(rare.as_deref()), before.edited_at) {
        (Some(rare), Some(_)) => row::maybe_to_json(Some(&row::Rare { edited_at: before.edited_at, ..rare })),
        _ => rare,
    };
    let files = attachments::of_message(conn, message).await?;
    let new: Vec<Written> = read.attachments.iter().map(Written::from).collect();
    let same_files = files.iter().map(|(written, _)| written).eq(&new);
    let same_words = found.try_get::<&str, _>(1)? == columns.kind
        && found.try_get::<&str, _>(2)? == columns.what
        && found.try_get::<&str, _>(3)? == columns.text
        && found.try_get::<Option<i64>, _>(4)? == quotes
        && row::maybe_to_json(Some(&before))
            == row::maybe_to_json(row::maybe_json::<row::Rare>(rare.as_deref()).as_ref());
    if same_files && same_words {
        return Ok(None);
    }
    sqlx::query(
        "UPDATE messages SET kind = ?2, what = ?3, text = ?4, quotes = ?5, detail = ?6 WHERE id = ?1",
    )
    .bind(message.0)
    .bind(columns.kind)
    .bind(row::clean(columns.what))
    .bind(row::clean(columns.text))
    .bind(quotes)
    .bind(rare)
    .execute(&mut *conn)
    .await?;
    if !same_files {
        orphans.extend(attachments::replace(conn, message, &files, &read.attachments).await?);
    }
    search::feed_message(conn, message.0).await?;
    conversations::recount(conn, &[(conversation, None)]).await?;
    Ok(Some(Change { account: read.account, conversation, message }))
}
