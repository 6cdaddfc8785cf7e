//! Everything, page by page, as it was at the moment the reading began: one connection of its own, one transaction.

use super::{Store, accounts, colleagues, conversations, labels, messages};
use crate::model::{
    Account, AccountId, Channel, Colleague, ContactId, Conversation, ConversationId, Label, Message,
    MessageId, Timestamp,
};
use serde::Serialize;
use sqlx::{ConnectOptions, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::time::Duration;

/// Rows of a page.
const PAGE: u32 = 500;

/// A person as an export tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    pub id: ContactId,
    pub account: AccountId,
    pub channel: Channel,
    /// PSID or IGSID.
    pub meta_id: Option<String>,
    /// WhatsApp's business-scoped id.
    pub bsuid: Option<String>,
    pub phone: Option<String>,
    pub name: String,
    pub handle: String,
    pub first_seen_at: Timestamp,
    pub blocked: bool,
}

/// Reads everything in order.
pub struct Reading(SqliteConnection);

/// Where a thread goes on.
pub type Place = (Timestamp, MessageId);
/// Before the first message.
pub const BEGINNING: Place = (Timestamp(i64::MIN), MessageId(0));

impl Reading {
    /// Begins: what is written from here on is not in it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn begin(store: &Store) -> Result<Self, sqlx::Error> {
        let mut conn = SqliteConnectOptions::new()
            .filename(store.file())
            .pragma("query_only", "on")
            .pragma("cache_size", "-4000")
            .pragma("temp_store", "memory")
            .busy_timeout(Duration::from_secs(10))
            .disable_statement_logging()
            .connect()
            .await?;
        sqlx::query("BEGIN").execute(&mut conn).await?;
        // A transaction begins with its first read.
        sqlx::query("SELECT count(*) FROM settings").execute(&mut conn).await?;
        Ok(Self(conn))
    }

    /// Every account, disconnected ones too; no token is part of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn accounts(&mut self) -> Result<Vec<Account>, sqlx::Error> {
        Ok(accounts::list_all(&mut self.0).await?.into_iter().map(|stored| stored.account).collect())
    }

    /// Labels and colleagues.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn desk(&mut self) -> Result<(Vec<Label>, Vec<Colleague>), sqlx::Error> {
        Ok((labels::list(&mut self.0).await?, colleagues::list(&mut self.0).await?))
    }

    /// A page of people after `after`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn people(&mut self, after: ContactId) -> Result<Vec<PersonLine>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT c.id, c.account, a.channel, c.person, c.bsuid, c.phone, c.name, c.handle, c.first_seen_at,
                 c.blocked_at IS NOT NULL
             FROM contacts c CROSS JOIN accounts a ON a.id = c.account
             WHERE c.id > ?1 ORDER BY c.id LIMIT ?2",
        )
        .bind(after.0)
        .bind(PAGE)
        .fetch_all(&mut self.0)
        .await?;
        rows.iter().map(person).collect()
    }

    /// The person of a conversation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn person_of(&mut self, contact: ContactId) -> Result<Vec<PersonLine>, sqlx::Error> {
        let mut page = self.people(ContactId(contact.0 - 1)).await?;
        page.retain(|person| person.id == contact);
        Ok(page)
    }

    /// A page of conversations after `after`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn conversations(&mut self, after: ConversationId) -> Result<Vec<Conversation>, sqlx::Error> {
        conversations::all_after(&mut self.0, after, PAGE).await
    }

    /// One conversation.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn conversation(&mut self, id: ConversationId) -> Result<Option<Conversation>, sqlx::Error> {
        conversations::get(&mut self.0, id).await
    }

    /// A page of a thread after `after`, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn messages(
        &mut self,
        conversation: ConversationId,
        after: Place,
    ) -> Result<Vec<Message>, sqlx::Error> {
        messages::all_after(&mut self.0, conversation, after, PAGE).await
    }

    /// How many messages there are, for telling how far the export is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count(&mut self, only: Option<ConversationId>) -> Result<u64, sqlx::Error> {
        let count: i64 = sqlx::query_scalar(
            "SELECT CASE WHEN ?1 IS NULL THEN (SELECT count(*) FROM messages)
                 ELSE (SELECT count(*) FROM messages WHERE conversation = ?1) END",
        )
        .bind(only.map(|id| id.0))
        .fetch_one(&mut self.0)
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn person(row: &sqlx::sqlite::SqliteRow) -> Result<PersonLine, sqlx::Error> {
    Ok(PersonLine {
        id: ContactId(row.try_get(0)?),
        account: AccountId(row.try_get(1)?),
        channel: super::row::channel(row.try_get(2)?)?,
        meta_id: row.try_get(3)?,
        bsuid: row.try_get(4)?,
        phone: row.try_get(5)?,
        name: row.try_get(6)?,
        handle: row.try_get(7)?,
        first_seen_at: Timestamp(row.try_get(8)?),
        blocked: row.try_get(9)?,
    })
}
