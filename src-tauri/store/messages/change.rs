//! What happens to a message after it was said: reactions, edits, unsends. One that comes before its message waits
//! for it (graph-api d.3: an edit may precede its message).

use super::{meta_hash, status::Change};
use crate::model::{AccountId, ConversationId, MessageId, MetaMessageId, Timestamp};
use crate::store::{
    contacts::{self, Person},
    conversations, row, search,
};
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};

/// What is to happen to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Alter {
    /// `who` is empty for us; `None` takes the emoji away.
    React { who: String, emoji: Option<String> },
    /// The new words, and how often it was edited so far if Meta tells.
    Edit { text: String, edits: Option<u32> },
    /// Words, files, reactions and index go; a tombstone stays (graph-api l.2).
    Unsend,
}

impl Alter {
    const fn kind(&self) -> &'static str {
        match self {
            Self::React { .. } => "reaction",
            Self::Edit { .. } => "edit",
            Self::Unsend => "unsend",
        }
    }

    fn who(&self) -> &str {
        match self {
            Self::React { who, .. } => who,
            Self::Edit { .. } | Self::Unsend => "",
        }
    }
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Altered {
    /// The message that looks different now; `None` = nothing changed, or it has not come yet.
    pub change: Option<Change>,
    /// Files that nothing shows any more: to be removed from the media store after the commit.
    pub orphans: Vec<String>,
    /// It was taken back: nothing that speaks of it is kept.
    pub unsent: bool,
    /// The message; `None` = it has not come.
    pub message: Option<MessageId>,
}

/// Changes a message of Meta's. `opens_until`: a reaction of theirs opens the reply window (graph-api c.1), also
/// when its message is not known; `person` says whose.
///
/// # Errors
/// When the database cannot be written.
pub async fn alter(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
    change: &Alter,
    at: Timestamp,
    person: Option<&Person>,
    opens_until: Option<Timestamp>,
) -> Result<Altered, sqlx::Error> {
    let found: Option<(i64, i64, bool)> = sqlx::query_as(
        "SELECT id, conversation, form = 'unsent' FROM messages WHERE meta_hash = ?1 AND account = ?2 AND meta_id = ?3",
    )
    .bind(meta_hash(account, meta_id))
    .bind(account.0)
    .bind(meta_id.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    let mut altered = Altered::default();
    let conversation = match found {
        Some((message, conversation, unsent)) => {
            let (message, conversation) = (MessageId(message), ConversationId(conversation));
            (altered.unsent, altered.message) = (unsent || *change == Alter::Unsend, Some(message));
            if apply(conn, message, change, at, &mut altered.orphans).await? {
                altered.change = Some(Change { account, conversation, message });
            }
            Some(conversation)
        }
        None => {
            altered.unsent = wait(conn, account, meta_id, change, at).await?;
            match person {
                Some(person) => {
                    contacts::find(conn, account, person).await?.map(|(_, conversation)| conversation)
                }
                None => None,
            }
        }
    };
    if let Some(conversation) = conversation
        && (altered.change.is_some() || opens_until.is_some())
    {
        conversations::recount(conn, &[(conversation, opens_until)]).await?;
    }
    Ok(altered)
}

/// Keeps a change until its message comes; the newest of each kind and side stands. Whether the message was taken
/// back: then nothing else of it is kept.
async fn wait(
    conn: &mut SqliteConnection,
    account: AccountId,
    meta_id: &MetaMessageId,
    change: &Alter,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "INSERT INTO early_changes (account, meta_id, kind, who, change, at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ?1)
         ON CONFLICT (account, meta_id, kind, who) DO UPDATE SET change = excluded.change, at = excluded.at
             WHERE excluded.at >= early_changes.at",
    )
    .bind(account.0)
    .bind(meta_id.as_str())
    .bind(change.kind())
    .bind(change.who())
    .bind(row::maybe_to_json(Some(change)))
    .bind(at.0)
    .execute(&mut *conn)
    .await?;
    let unsent: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM early_changes WHERE account = ?1 AND meta_id = ?2 AND kind = 'unsend')",
    )
    .bind(account.0)
    .bind(meta_id.as_str())
    .fetch_one(&mut *conn)
    .await?;
    if unsent {
        sqlx::query("DELETE FROM early_changes WHERE account = ?1 AND meta_id = ?2 AND kind <> 'unsend'")
            .bind(account.0)
            .bind(meta_id.as_str())
            .execute(conn)
            .await?;
    }
    Ok(unsent)
}

/// Applies what waited for messages that are here now; those that were taken back before they came are told.
pub(super) async fn catch_up<'a>(
    conn: &mut SqliteConnection,
    fresh: impl Iterator<Item = (AccountId, MessageId, &'a MetaMessageId)>,
) -> Result<Vec<MessageId>, sqlx::Error> {
    let mut unsent = Vec::new();
    let fresh: Vec<_> =
        fresh.map(|(account, message, meta_id)| (account.0, meta_id.as_str(), message.0)).collect();
    let rows = sqlx::query(
        "SELECT j.value ->> 2, e.change, e.at
         FROM json_each($1) j CROSS JOIN early_changes e
             ON e.account = j.value ->> 0 AND e.meta_id = j.value ->> 1
         ORDER BY e.at;
         DELETE FROM early_changes WHERE (account, meta_id) IN
             (SELECT value ->> 0, value ->> 1 FROM json_each($1))",
    )
    .bind(row::json(&fresh)?)
    .fetch_all(&mut *conn)
    .await?;
    for found in rows {
        let message = MessageId(found.try_get(0)?);
        if let Some(change) = row::maybe_json::<Alter>(Some(found.try_get(1)?)) {
            let mut orphans = Vec::new();
            apply(conn, message, &change, Timestamp(found.try_get(2)?), &mut orphans).await?;
            if change == Alter::Unsend {
                unsent.push(message);
            }
        }
    }
    Ok(unsent)
}

/// Whether anything is different.
pub(super) async fn apply(
    conn: &mut SqliteConnection,
    message: MessageId,
    change: &Alter,
    at: Timestamp,
    orphans: &mut Vec<String>,
) -> Result<bool, sqlx::Error> {
    match change {
        Alter::React { who, emoji } => react(conn, message, who, emoji.as_deref(), at).await,
        Alter::Edit { text, edits } => edit(conn, message, text, *edits, at).await,
        Alter::Unsend => unsend(conn, message, orphans).await,
    }
}

/// The newest word of each side stands. One taken away leaves its time behind, without an emoji: Meta repeats
/// deliveries, and the emoji must not come back with an old one.
async fn react(
    conn: &mut SqliteConnection,
    message: MessageId,
    who: &str,
    emoji: Option<&str>,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let emoji = row::clean(emoji.unwrap_or_default());
    let before: Option<String> =
        sqlx::query_scalar("SELECT emoji FROM reactions WHERE message = ?1 AND who = ?2")
            .bind(message.0)
            .bind(who)
            .fetch_optional(&mut *conn)
            .await?;
    let done = sqlx::query(
        "INSERT INTO reactions (message, who, emoji, at)
         SELECT id, ?2, ?3, ?4 FROM messages WHERE id = ?1 AND form = 'bubble'
         ON CONFLICT (message, who) DO UPDATE SET emoji = excluded.emoji, at = excluded.at
             WHERE excluded.at > reactions.at OR (excluded.at = reactions.at AND reactions.emoji <> '')",
    )
    .bind(message.0)
    .bind(who)
    .bind(&emoji)
    .bind(at.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0 && before.unwrap_or_default() != emoji)
}

/// An older edit that comes late changes nothing: Messenger and Instagram count them, WhatsApp only tells when. The
/// words may be known from a list already.
async fn edit(
    conn: &mut SqliteConnection,
    message: MessageId,
    text: &str,
    edits: Option<u32>,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE messages SET text = ?2,
             detail = json_set(coalesce(detail, '{}'), '$.edits',
                 coalesce(?3, 1 + coalesce(detail ->> '$.edits', 0)), '$.edited_at', ?4)
         WHERE id = ?1 AND form = 'bubble'
             AND CASE WHEN ?3 IS NULL THEN text <> ?2 AND ?4 >= coalesce(detail ->> '$.edited_at', 0)
                 ELSE ?3 > coalesce(detail ->> '$.edits', 0) END",
    )
    .bind(message.0)
    .bind(row::clean(text))
    .bind(edits)
    .bind(at.0)
    .execute(&mut *conn)
    .await?;
    let different = done.rows_affected() > 0;
    if different {
        search::feed_message(conn, message.0).await?;
    }
    Ok(different)
}

async fn unsend(
    conn: &mut SqliteConnection,
    message: MessageId,
    orphans: &mut Vec<String>,
) -> Result<bool, sqlx::Error> {
    let files: Vec<String> = sqlx::query_scalar(
        "SELECT file FROM attachments WHERE message = ?1 AND file IS NOT NULL
         UNION SELECT thumbnail FROM attachments WHERE message = ?1 AND thumbnail IS NOT NULL",
    )
    .bind(message.0)
    .fetch_all(&mut *conn)
    .await?;
    let done = sqlx::query(
        "UPDATE messages SET form = 'unsent', kind = 'text', what = '', text = '', detail = NULL, quotes = NULL,
             live = CASE WHEN live = 1 THEN 2 ELSE live END
         WHERE id = ?1 AND form = 'bubble'",
    )
    .bind(message.0)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for sql in [
        "DELETE FROM attachments WHERE message = ?1",
        "DELETE FROM reactions WHERE message = ?1",
        "DELETE FROM message_places WHERE message = ?1",
    ] {
        sqlx::query(sql).bind(message.0).execute(&mut *conn).await?;
    }
    orphans.extend(super::super::attachments::unused(conn, &files).await?);
    Ok(true)
}
