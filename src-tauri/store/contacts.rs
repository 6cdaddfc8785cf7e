//! People as one account knows them.

use super::{kin, row};
use crate::model::{
    AccountId, Channel, Contact, ContactConversation, ContactId, ContactSummary, ConversationId,
    MetaMessageId, MetaPersonId, Timestamp,
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

/// The ids by which a person is known, and what a delivery says of them. At least one id is needed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// PSID or IGSID.
    pub person: Option<MetaPersonId>,
    /// WhatsApp's business-scoped id, "US.1349…".
    pub bsuid: Option<String>,
    /// WhatsApp's number, digits only.
    pub phone: Option<String>,
    /// Profile name; empty when the delivery does not say.
    pub name: String,
    /// User name without "@"; empty when the delivery does not say.
    pub handle: String,
}

/// How to reach somebody at Meta, and the newest message of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    pub account: AccountId,
    pub person: MetaPersonId,
    pub newest: MetaMessageId,
}

/// How to reach the person of a conversation; `None` = there is nobody, or nothing of theirs.
///
/// # Errors
/// When the database cannot be read.
pub async fn reach(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<Reach>, sqlx::Error> {
    let found: Option<(i64, String, String)> = sqlx::query_as(
        "SELECT v.account, coalesce(c.person, c.bsuid, c.phone), m.meta_id
         FROM conversations v JOIN contacts c ON c.id = v.contact JOIN messages m ON m.conversation = v.id
         WHERE v.id = ?1 AND m.direction = 'inbound' AND m.form IN ('bubble', 'unsent') AND m.meta_id IS NOT NULL
             AND coalesce(c.person, c.bsuid, c.phone) IS NOT NULL
         ORDER BY m.sent_at DESC LIMIT 1",
    )
    .bind(conversation.0)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(account, person, newest)| Reach {
        account: AccountId(account),
        person: MetaPersonId(person),
        newest: MetaMessageId(newest),
    }))
}

/// Somebody whose profile should be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    pub contact: ContactId,
    pub person: MetaPersonId,
}

/// The columns from which [`summary`] reads, of the table alias `c`.
pub(super) const SUMMARY: &str =
    "c.id AS contact_id, c.person, c.bsuid, c.phone, c.name AS contact_name, c.handle, c.picture";

/// A summary from [`SUMMARY`]; its name is never empty.
pub(super) fn summary(row: &SqliteRow) -> Result<ContactSummary, sqlx::Error> {
    let name: String = row.try_get("contact_name")?;
    let handle: String = row.try_get("handle")?;
    let phone: Option<String> = row.try_get("phone")?;
    let id: String = match row.try_get::<Option<String>, _>("person")? {
        Some(person) => person,
        None => row.try_get::<Option<String>, _>("bsuid")?.unwrap_or_default(),
    };
    let handle = match (&*handle, phone) {
        ("", Some(phone)) => number(&phone),
        ("", None) => String::new(),
        (handle, _) => format!("@{}", handle.trim_start_matches('@')),
    };
    let name = match (&*name, &*handle) {
        ("", "") => format!("…{}", tail(&id, 6)),
        ("", handle) => handle.to_owned(),
        (name, _) => name.to_owned(),
    };
    Ok(ContactSummary {
        id: ContactId(row.try_get("contact_id")?),
        name,
        handle,
        picture: row.try_get("picture")?,
    })
}

/// "16505551234" as people read it: "+16505551234".
fn number(phone: &str) -> String {
    format!("+{}", phone.trim_start_matches('+'))
}

/// The last `n` characters.
fn tail(text: &str, n: usize) -> &str {
    let from = text.char_indices().rev().nth(n.saturating_sub(1)).map_or(0, |(at, _)| at);
    &text[from..]
}

/// Keeps what Meta says of a person; empty or absent fields change nothing. Whether anything is different.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_profile(
    conn: &mut SqliteConnection,
    contact: ContactId,
    name: &str,
    handle: &str,
    picture: Option<&str>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE contacts SET
             name = CASE WHEN ?2 <> '' THEN ?2 ELSE name END,
             handle = CASE WHEN ?3 <> '' THEN ?3 ELSE handle END,
             picture = coalesce(?4, picture)
         WHERE id = ?1 AND ((?2 <> '' AND name <> ?2) OR (?3 <> '' AND handle <> ?3)
             OR (?4 IS NOT NULL AND picture IS NOT ?4))",
    )
    .bind(contact.0)
    .bind(row::clean(name))
    .bind(row::clean(handle))
    .bind(picture)
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE contacts SET profile_read_at = ?2, profile_asked_at = ?2 WHERE id = ?1")
        .bind(contact.0)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    let different = done.rows_affected() > 0;
    if different {
        super::search::feed_people(conn, &[contact.0]).await?;
    }
    Ok(different)
}

/// When Meta was last asked for the profile; 0 = never.
///
/// # Errors
/// When the database cannot be read.
pub async fn profile_asked_at(
    conn: &mut SqliteConnection,
    contact: ContactId,
) -> Result<Timestamp, sqlx::Error> {
    let at: Option<i64> = sqlx::query_scalar("SELECT profile_asked_at FROM contacts WHERE id = ?1")
        .bind(contact.0)
        .fetch_optional(conn)
        .await?;
    Ok(Timestamp(at.unwrap_or(0)))
}

/// Remembers that Meta was asked and did not share the profile, so that it is not asked for all day.
///
/// # Errors
/// When the database cannot be written.
pub async fn profile_refused(
    conn: &mut SqliteConnection,
    contact: ContactId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE contacts SET profile_asked_at = ?2 WHERE id = ?1")
        .bind(contact.0)
        .bind(now.0)
        .execute(conn)
        .await
        .map(drop)
}

/// People of `account` whose profile was last asked for before `before`, the longest ago first. Those whom
/// only a phone number or a business-scoped id names have no profile to read.
///
/// # Errors
/// When the database cannot be read.
pub async fn stale(
    conn: &mut SqliteConnection,
    account: AccountId,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Stale>, sqlx::Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT id, person FROM contacts
         WHERE account = ?1 AND profile_asked_at < ?2 AND person IS NOT NULL
         ORDER BY profile_asked_at, id DESC LIMIT ?3",
    )
    .bind(account.0)
    .bind(before.0)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(contact, person)| Stale { contact: ContactId(contact), person: MetaPersonId(person) })
        .collect())
}

/// The contact whom `account` knows by any of the ids of `person`.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(
    conn: &mut SqliteConnection,
    account: AccountId,
    person: &Person,
) -> Result<Option<(ContactId, ConversationId)>, sqlx::Error> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "SELECT c.id, v.id FROM contacts c JOIN conversations v ON v.contact = c.id
         WHERE c.id = coalesce(
             (SELECT id FROM contacts WHERE account = ?1 AND person = ?2),
             (SELECT id FROM contacts WHERE account = ?1 AND bsuid = ?3),
             (SELECT id FROM contacts WHERE account = ?1 AND phone = ?4))",
    )
    .bind(account.0)
    .bind(person.person.as_ref().map(MetaPersonId::as_str))
    .bind(&person.bsuid)
    .bind(&person.phone)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(contact, conversation)| (ContactId(contact), ConversationId(conversation))))
}

/// Whom a block of the conversation's person names at Meta; `None` = no such conversation.
///
/// # Errors
/// When the database cannot be read.
pub async fn to_block(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<(AccountId, MetaPersonId)>, sqlx::Error> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT v.account, coalesce(c.person, c.phone, c.bsuid)
         FROM conversations v JOIN contacts c ON c.id = v.contact WHERE v.id = ?1",
    )
    .bind(conversation.0)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(account, person)| (AccountId(account), MetaPersonId(person))))
}

/// Keeps since when the conversation's person is blocked; `None` = no longer.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_blocked(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
    since: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE contacts SET blocked_at = ?2 WHERE id = (SELECT contact FROM conversations WHERE id = ?1)",
    )
    .bind(conversation.0)
    .bind(since.map(|t| t.0))
    .execute(conn)
    .await
    .map(drop)
}

/// The person pane of `conversation`.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_conversation(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<Contact>, sqlx::Error> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {SUMMARY}, c.account, a.channel, c.first_seen_at, c.profile_read_at, c.profile_asked_at,
             (SELECT count(*) FROM messages m WHERE m.conversation = v.id) AS messages,
             (SELECT count(*) FROM messages m WHERE m.conversation = v.id AND m.direction = 'outbound') AS outbound
         FROM conversations v JOIN contacts c ON c.id = v.contact JOIN accounts a ON a.id = v.account
         WHERE v.id = ?1"
    )))
    .bind(conversation.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let summary = summary(&row)?;
    let account = AccountId(row.try_get("account")?);
    let channel = row::channel(row.try_get("channel")?)?;
    let phone: Option<String> = row.try_get("phone")?;
    let ids: [Option<String>; 2] = [row.try_get("person")?, row.try_get("bsuid")?];
    let meta_id = ids.into_iter().flatten().next().or_else(|| phone.clone()).unwrap_or_default();
    let messages: u32 = row.try_get("messages")?;
    let outbound: u32 = row.try_get("outbound")?;
    let group = kin::group(conn, summary.id).await?;
    let conversations = super::conversations::of_contacts(conn, &group).await?;
    let asked_at: i64 = row.try_get("profile_asked_at")?;
    Ok(Some(Contact {
        account,
        channel,
        meta_id,
        phone: phone.as_deref().map(number),
        first_seen_at: Timestamp(row.try_get("first_seen_at")?),
        profile_read_at: row::time(row.try_get("profile_read_at")?),
        profile_asked_at: (asked_at > 0).then_some(Timestamp(asked_at)),
        conversations: conversations
            .into_iter()
            .map(|c| ContactConversation {
                id: c.id,
                account: c.account,
                channel: c.channel,
                contact: c.contact,
                preview: c.last.map(|last| last.text).unwrap_or_default(),
                last_at: c.last_at,
                window: c.window,
                unread: c.unread,
                state: c.state,
            })
            .collect(),
        messages_received: messages.saturating_sub(outbound),
        messages_sent: outbound,
        merges: kin::merges(conn, &group).await?,
        suggestions: kin::suggestions(conn, &group).await?,
        deleted_at: None,
        summary,
    }))
}

/// The account of a conversation's person, and how their profile is asked for; `None` inside = it cannot be, `None` =
/// no such conversation.
///
/// # Errors
/// When the database cannot be read.
pub async fn profile_of(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Option<(AccountId, Option<Stale>)>, sqlx::Error> {
    let row: Option<(i64, i64, Option<String>, String)> = sqlx::query_as(
        "SELECT c.account, c.id, c.person, a.channel FROM conversations v JOIN contacts c ON c.id = v.contact
             JOIN accounts a ON a.id = c.account WHERE v.id = ?1",
    )
    .bind(conversation.0)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(account, contact, person, channel)| {
        let person = person.filter(|_| channel != Channel::WhatsApp.key());
        let stale = person.map(|person| Stale { contact: ContactId(contact), person: MetaPersonId(person) });
        (AccountId(account), stale)
    }))
}
