//! Asking the index: newest first, page by page, everything narrowed inside it as far as it can be.

use super::{OWN, feed::place_of, of_conversation, of_kind};
use crate::model::{
    AccountId, Channel, ContactSummary, ConversationId, Direction, MessageHit, MessageId, PersonHit, Piece, Timestamp,
};
use crate::store::{Cursor, PageError, contacts, row, words::{Word, words}};
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
/// Characters around a match.
const SNIPPET: usize = 160;
/// The name of the cursors.
const LIST: &str = "found";

/// One thing to look for: a word, or words that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    words: Vec<String>,
    /// The last word may go on.
    open: bool,
}

impl Term {
    /// The term for a piece of what was typed; `None` when it has no words. With `open`, words that begin like
    /// its last one match too.
    #[must_use]
    pub fn new(text: &str, open: bool) -> Option<Self> {
        let mut cut = words(text);
        let mut open = open;
        // The last character of a run stands alone in the cut. Alone it means every pair that begins with it;
        // after a pair it says nothing new.
        if let Some(last) = cut.last().filter(|word| word.run && word.folded.chars().count() == 1) {
            let pair = cut.len() > 1 && cut[cut.len() - 2].run && cut[cut.len() - 2].at.end == last.at.end;
            if pair {
                cut.pop();
                open = false;
            } else {
                open = true;
            }
        }
        let words: Vec<String> = cut.into_iter().map(|word| word.folded).collect();
        (!words.is_empty()).then_some(Self { words, open })
    }

    /// As the index is asked: words are letters, digits and pictures, never quotation marks.
    fn expression(&self) -> String {
        format!("\"{}\"{}", self.words.join(" "), if self.open { " *" } else { "" })
    }

    /// Where it stands in `text`, cut into words: the first and the last of them.
    fn find(&self, text: &[Word], from: usize) -> Option<(usize, usize)> {
        let n = self.words.len();
        (from..=text.len().checked_sub(n)?).find_map(|at| {
            let here = self.words.iter().zip(&text[at..at + n]).enumerate().all(|(k, (word, found))| {
                if self.open && k + 1 == n { found.folded.starts_with(word.as_str()) } else { found.folded == *word }
            });
            here.then_some((at, at + n - 1))
        })
    }
}

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
    let mut plan = Plan {
        expression: None,
        conversations: None,
        accounts: None,
        direction: None,
        impossible: false,
    };
    let mut parts: Vec<String> = wanted.all.iter().map(Term::expression).collect();
    parts.extend(wanted.kinds.iter().map(|group| any(group.iter().map(|kind| of_kind(kind)))));
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
    let mut found = Found {
        since: since.map(Timestamp),
        ..Found::default()
    };
    let plan = plan(conn, wanted).await?;
    if wanted.is_empty() || plan.impossible {
        return Ok(found);
    }
    let since = wanted.since.map_or(i64::MIN, |t| t.0);
    let rows = sqlx::query(AssertSqlSafe(page_sql(plan.expression.is_some())))
        .bind(plan.expression)
        .bind(after.map_or(i64::MAX, |cursor| cursor.at))
        .bind(place_of(since))
        .bind(since)
        .bind(wanted.before.map_or(i64::MAX, |t| t.0))
        .bind(plan.direction.map(row::direction_key))
        .bind(plan.conversations.map(|ids| row::json(&ids)).transpose()?)
        .bind(plan.accounts.map(|ids| row::json(&ids)).transpose()?)
        .bind(limit + 1)
        .fetch_all(conn)
        .await?;
    let page = &rows[..rows.len().min(limit as usize)];
    if rows.len() > page.len()
        && let Some(last) = page.last()
    {
        let cursor = Cursor {
            at: last.try_get("place")?,
            id: 0,
        };
        found.next = Some(cursor.write(LIST));
    }
    found.messages = page.iter().map(|row| read(row, wanted)).collect::<Result<_, _>>()?;
    Ok(found)
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
    let open: Vec<String> = terms.iter().map(|term| Term { open: true, ..term.clone() }.expression()).collect();
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

/// The text around the first match, cut into plain and matching pieces, as one line.
#[must_use]
pub fn snippet(text: &str, terms: &[Term]) -> Vec<Piece> {
    let cut = words(text);
    let mut hits: Vec<(usize, usize)> = Vec::new();
    for term in terms {
        let mut from = 0;
        while let Some((first, last)) = term.find(&cut, from) {
            let start = cut[first].at.start;
            let mut end = cut[last].at.end;
            // One typed character of a run marks one, not the pair that it begins.
            if cut[last].run && term.open && first == last {
                end = text[start..].chars().next().map_or(end, |c| start + c.len_utf8());
            }
            hits.push((start, end));
            from = first + 1;
        }
    }
    hits.sort_unstable();
    let (start, end) = window(text, hits.first().copied());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |part: &str, hit: bool| {
        let part: String = part.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        if !part.is_empty() {
            pieces.push(Piece { text: part, hit });
        }
    };
    if start > 0 {
        push("…", false);
    }
    let mut at = start;
    for (from, to) in hits {
        let (from, to) = (from.max(at), to.min(end));
        if from >= to {
            continue;
        }
        push(&text[at..from], false);
        push(&text[from..to], true);
        at = to;
    }
    push(&text[at..end], false);
    if end < text.len() {
        push("…", false);
    }
    pieces
}

/// The bytes of a stretch of [`SNIPPET`] characters with the first hit near its beginning.
fn window(text: &str, hit: Option<(usize, usize)>) -> (usize, usize) {
    let hit = hit.map_or(0, |(start, _)| start);
    let before = text[..hit].char_indices().rev().take(SNIPPET / 4).last().map_or(hit, |(at, _)| at);
    // Not in the middle of a word, if one begins soon.
    let start = match text[before..hit].find(char::is_whitespace) {
        Some(gap) if before > 0 => before + gap + text[before + gap..].chars().next().map_or(0, char::len_utf8),
        _ => before,
    };
    let start = if hit <= SNIPPET / 4 { 0 } else { start };
    let end = text[start..].char_indices().nth(SNIPPET).map_or(text.len(), |(at, _)| start + at);
    (start, end.max(start))
}
