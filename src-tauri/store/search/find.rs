//! Asking the index: newest first, page by page, everything narrowed inside it as far as it can be.

use super::{OWN, Term, feed::place_of, of_conversation, of_kind, snippet};
use crate::model::{
    AccountId, Channel, ContactSummary, ConversationId, Direction, MessageHit, MessageId, PersonHit,
    Timestamp,
};
use crate::store::{Cursor, PageError, contacts, row};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

/// Hits of one page at most.
const LARGEST_PAGE: u32 = 100;
/// People of the first page.
const PEOPLE: usize = 8;
/// So many people who match are weighed by their newest conversation.
const WEIGHED: u32 = 400;
/// More conversations than this are narrowed to outside the index.
const ALTERNATIVES: usize = 300;
/// People whom `from:` may mean at most.
const SENDERS: u32 = 5_000;
/// The name of the cursors.
const LIST: &str = "found";

/// Whose messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    Us,
    /// Who matches one of these.
    People(Vec<Term>),
}

/// What is looked for; everything narrows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    pub all: Vec<Term>,
    pub none: Vec<Term>,
    /// Of each group one: the kinds of attachments, or "link".
    pub kinds: Vec<Vec<String>>,
    pub from: Option<Sender>,
    /// Only in this one.
    pub conversation: Option<ConversationId>,
    /// Empty = every account.
    pub accounts: Vec<AccountId>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
}

impl Wanted {
    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A page of hits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    pub messages: Vec<MessageHit>,
    pub next: Option<String>,
    /// The oldest message of all that could have been found.
    pub since: Option<Timestamp>,
}

/// Alternatives as one expression.
fn any(of: impl Iterator<Item = String>) -> String {
    let of: Vec<String> = of.map(|word| format!("\"{word}\"")).collect();
    format!("({})", of.join(" OR "))
}

/// What is handed to the index and what is asked of each hit besides.
struct Plan {
    expression: Option<String>,
    conversations: Option<Vec<i64>>,
    accounts: Option<Vec<AccountId>>,
    direction: Option<Direction>,
    impossible: bool,
}

async fn plan(conn: &mut SqliteConnection, wanted: &Wanted) -> Result<Plan, sqlx::Error> {
    let mut plan =
        Plan { expression: None, conversations: None, accounts: None, direction: None, impossible: false };
    let mut parts: Vec<String> = wanted.all.iter().map(Term::expression).collect();
    parts.extend(wanted.kinds.iter().map(|group| any(group.iter().map(|kind| of_kind(kind)))));
    parts.extend(wanted.conversation.map(|c| any([of_conversation(c.0)].into_iter())));
    match &wanted.from {
        None => {}
        Some(Sender::Us) => plan.direction = Some(Direction::Outbound),
        Some(Sender::People(terms)) => {
            plan.direction = Some(Direction::Inbound);
            let senders: Vec<i64> = sqlx::query_scalar(
                "SELECT v.id FROM people_words w CROSS JOIN conversations v ON v.contact = w.rowid
                 WHERE people_words MATCH ?1 LIMIT ?2",
            )
            .bind(terms.iter().map(Term::expression).collect::<Vec<_>>().join(" AND "))
            .bind(SENDERS)
            .fetch_all(&mut *conn)
            .await?;
            plan.impossible = senders.is_empty();
            if senders.len() <= ALTERNATIVES {
                parts.push(any(senders.into_iter().map(of_conversation)));
            } else {
                plan.conversations = Some(senders);
            }
        }
    }
    if !wanted.accounts.is_empty() {
        let few: Vec<i64> = sqlx::query_scalar(
            "SELECT v.id FROM json_each(?1) a CROSS JOIN conversations v ON v.account = a.value LIMIT ?2",
        )
        .bind(row::json(&wanted.accounts)?)
        .bind(i64::try_from(ALTERNATIVES).unwrap_or(0) + 1)
        .fetch_all(&mut *conn)
        .await?;
        plan.impossible |= few.is_empty();
        if few.len() <= ALTERNATIVES {
            parts.push(any(few.into_iter().map(of_conversation)));
        } else {
            plan.accounts = Some(wanted.accounts.clone());
        }
    }
    if parts.is_empty() && !wanted.none.is_empty() {
        // Everything: each message has a word of the index's own.
        parts.push(format!("\"{OWN}\" *"));
    }
    if !parts.is_empty() {
        let mut expression = format!("({})", parts.join(" AND "));
        for term in &wanted.none {
            expression = format!("({expression} NOT {})", term.expression());
        }
        plan.expression = Some(expression);
    }
    Ok(plan)
}

/// The statement of a page; with words it reads the index, else the places alone.
pub(in crate::store) fn page_sql(by_words: bool) -> String {
    let (of, place) = if by_words {
        ("message_words w CROSS JOIN message_places p ON p.place = w.rowid", "w.rowid")
    } else {
        ("message_places p", "p.place")
    };
    let matches = if by_words { "message_words MATCH ?1" } else { "?1 IS NULL" };
    format!(
        "SELECT p.place, m.id, m.conversation, m.account, a.channel, m.direction, m.sent_at, m.what, m.text, {}
         FROM {of}
         CROSS JOIN messages m ON m.id = p.message
         CROSS JOIN conversations v ON v.id = m.conversation
         CROSS JOIN contacts c ON c.id = v.contact
         CROSS JOIN accounts a ON a.id = m.account
         WHERE {matches} AND {place} < ?2 AND {place} >= ?3
             AND m.sent_at >= ?4 AND m.sent_at < ?5
             AND (?6 IS NULL OR m.direction = ?6)
             AND (?7 IS NULL OR m.conversation IN (SELECT value FROM json_each(?7)))
             AND (?8 IS NULL OR m.account IN (SELECT value FROM json_each(?8)))
         ORDER BY {place} DESC LIMIT ?9",
        contacts::SUMMARY
    )
}

/// A page of messages, newest first.
///
/// # Errors
/// When `after` is no cursor of a search, or the database cannot be read.
pub async fn messages(
    conn: &mut SqliteConnection,
    wanted: &Wanted,
    after: Option<&str>,
    limit: u32,
) -> Result<Found, PageError> {
    let after = after.map(|text| Cursor::read(text, LIST)).transpose()?;
    let limit = limit.clamp(1, LARGEST_PAGE);
    let since: Option<i64> = sqlx::query_scalar(
        "SELECT m.sent_at FROM message_places p CROSS JOIN messages m ON m.id = p.message ORDER BY p.place LIMIT 1",
    )
    .fetch_optional(&mut *conn)
    .await?;
    let mut found = Found { since: since.map(Timestamp), ..Found::default() };
    let plan = plan(conn, wanted).await?;
    if wanted.is_empty() || plan.impossible {
        return Ok(found);
    }
    let rows = rows(conn, plan, wanted, after.map_or(i64::MAX, |cursor| cursor.at), limit + 1).await?;
    let page = &rows[..rows.len().min(limit as usize)];
    if rows.len() > page.len()
        && let Some(last) = page.last()
    {
        let cursor = Cursor { at: last.try_get("place")?, id: 0 };
        found.next = Some(cursor.write(LIST));
    }
    found.messages = page.iter().map(|row| read(row, wanted)).collect::<Result<_, _>>()?;
    Ok(found)
}

async fn rows(
    conn: &mut SqliteConnection,
    plan: Plan,
    wanted: &Wanted,
    before: i64,
    limit: u32,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let since = wanted.since.map_or(i64::MIN, |t| t.0);
    sqlx::query(AssertSqlSafe(page_sql(plan.expression.is_some())))
        .bind(plan.expression)
        .bind(before)
        .bind(place_of(since))
        .bind(since)
        .bind(wanted.before.map_or(i64::MAX, |t| t.0))
        .bind(plan.direction.map(row::direction_key))
        .bind(plan.conversations.map(|ids| row::json(&ids)).transpose()?)
        .bind(plan.accounts.map(|ids| row::json(&ids)).transpose()?)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Which messages match, newest first, at most `limit`, and whether there are more.
///
/// # Errors
/// When the database cannot be read.
pub async fn ids(
    conn: &mut SqliteConnection,
    wanted: &Wanted,
    limit: u32,
) -> Result<(Vec<MessageId>, bool), sqlx::Error> {
    let plan = plan(conn, wanted).await?;
    if wanted.is_empty() || plan.impossible {
        return Ok((Vec::new(), false));
    }
    let rows = rows(conn, plan, wanted, i64::MAX, limit + 1).await?;
    let ids = rows.iter().take(limit as usize).map(|row| row.try_get("id").map(MessageId));
    Ok((ids.collect::<Result<_, _>>()?, rows.len() > limit as usize))
}

fn read(row: &SqliteRow, wanted: &Wanted) -> Result<MessageHit, sqlx::Error> {
    let (what, text): (&str, &str) = (row.try_get("what")?, row.try_get("text")?);
    let shown = match (what, text) {
        (what, "") => what.to_owned(),
        ("", text) => text.to_owned(),
        (what, text) => format!("{what}: {text}"),
    };
    Ok(MessageHit {
        message: MessageId(row.try_get("id")?),
        conversation: ConversationId(row.try_get("conversation")?),
        account: AccountId(row.try_get("account")?),
        channel: row::channel(row.try_get("channel")?)?,
        contact: contacts::summary(row)?,
        direction: row::direction(row.try_get("direction")?)?,
        sent_at: Timestamp(row.try_get("sent_at")?),
        snippet: snippet(&shown, &wanted.all),
    })
}

/// The people who match all of `terms`, those who wrote last first.
///
/// # Errors
/// When the database cannot be read.
pub async fn people(
    conn: &mut SqliteConnection,
    terms: &[Term],
    accounts: &[AccountId],
) -> Result<Vec<PersonHit>, sqlx::Error> {
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let open: Vec<String> = terms.iter().map(|term| term.clone().opened().expression()).collect();
    let mut found: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT v.last_at, v.id FROM people_words w CROSS JOIN conversations v ON v.contact = w.rowid
         WHERE people_words MATCH ?1 AND (?2 IS NULL OR v.account IN (SELECT value FROM json_each(?2)))
         ORDER BY w.rowid DESC LIMIT ?3",
    )
    .bind(open.join(" AND "))
    .bind(if accounts.is_empty() { None } else { Some(row::json(accounts)?) })
    .bind(WEIGHED)
    .fetch_all(&mut *conn)
    .await?;
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(PEOPLE);
    let ids: Vec<i64> = found.iter().map(|(_, id)| *id).collect();
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT v.id, v.account, a.channel, v.last_at, {}
         FROM json_each(?1) j CROSS JOIN conversations v ON v.id = j.value
         CROSS JOIN contacts c ON c.id = v.contact CROSS JOIN accounts a ON a.id = v.account",
        contacts::SUMMARY
    )))
    .bind(row::json(&ids)?)
    .fetch_all(conn)
    .await?;
    rows.iter().map(person).collect()
}

fn person(row: &SqliteRow) -> Result<PersonHit, sqlx::Error> {
    let contact: ContactSummary = contacts::summary(row)?;
    let channel: Channel = row::channel(row.try_get("channel")?)?;
    Ok(PersonHit {
        contact,
        channel,
        account: AccountId(row.try_get("account")?),
        conversation: ConversationId(row.try_get("id")?),
        last_at: Timestamp(row.try_get("last_at")?),
    })
}
