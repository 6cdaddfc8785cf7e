//! Feeding the index. A message's place is Meta's time in seconds with room for some in each, moved on
//! where taken: the index is in order of time, and the newest hits are read from its end.

use super::{of_conversation, of_kind};
use crate::{
    kinship::{Trace, told_in},
    store::{Trip, row, words::index_text},
};
use sqlx::{Row, SqliteConnection};
use std::collections::{HashMap, HashSet};

/// Places for each second.
const ROOM: i64 = 64;

/// The first place of a moment.
pub(super) const fn place_of(sent_at: i64) -> i64 {
    sent_at.div_euclid(1000) * ROOM
}

/// A message on its way into the index.
struct Fed {
    message: i64,
    sent_at: i64,
    line: String,
    /// Of somebody who wrote, and what they told of themselves.
    contact: i64,
    traces: Vec<Trace>,
}

/// Feeds up to `limit` messages that are not in the index yet; how many it was. Fewer than `limit` means
/// that the index is complete.
///
/// # Errors
/// When the database cannot be written.
pub async fn feed(conn: &mut SqliteConnection, limit: u32) -> Result<u32, sqlx::Error> {
    let fed =
        read(conn, "WHERE m.id > (SELECT through FROM words_fed) ORDER BY m.id LIMIT ?1", i64::from(limit))
            .await?;
    let Some(last) = fed.iter().map(|m| m.message).max() else {
        return Ok(0);
    };
    let count = u32::try_from(fed.len()).unwrap_or(u32::MAX);
    write(conn, fed).await?;
    sqlx::query("UPDATE words_fed SET through = ?1").bind(last).execute(conn).await?;
    Ok(count)
}

/// Takes a conversation's messages out of the index and feeds them again: they belong to another person now.
///
/// # Errors
/// When the database cannot be written.
pub(in crate::store) async fn feed_again(
    conn: &mut SqliteConnection,
    conversation: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM message_places WHERE message IN (SELECT id FROM messages WHERE conversation = ?1)",
    )
    .bind(conversation)
    .execute(&mut *conn)
    .await?;
    let fed =
        read(conn, "WHERE m.conversation = ?1 AND m.id <= (SELECT through FROM words_fed)", conversation)
            .await?;
    write(conn, fed).await
}

/// Takes one message out of the index and feeds it again: its words changed.
///
/// # Errors
/// When the database cannot be written.
pub(in crate::store) async fn feed_message(
    conn: &mut SqliteConnection,
    message: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM message_places WHERE message = ?1").bind(message).execute(&mut *conn).await?;
    let fed = read(conn, "WHERE m.id = ?1 AND m.id <= (SELECT through FROM words_fed)", message).await?;
    write(conn, fed).await
}

/// Whoever wrote a message of theirs; nobody in a group, which has many voices.
const WRITER: &str = "CASE WHEN m.direction = 'inbound' THEN (SELECT c.id FROM conversations v
    CROSS JOIN contacts c ON c.id = v.contact CROSS JOIN accounts a ON a.id = c.account
    WHERE v.id = m.conversation AND (a.channel <> 'whats_app' OR c.person IS NULL)) END";

async fn read(conn: &mut SqliteConnection, which: &'static str, value: i64) -> Result<Vec<Fed>, sqlx::Error> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT m.id, m.conversation, m.sent_at, m.what, m.text,
             (SELECT group_concat(kind, char(10)) FROM attachments WHERE message = m.id), {WRITER}
         FROM messages m {which}"
    )))
    .bind(value)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let text: &str = row.try_get(4)?;
            let kinds: Option<&str> = row.try_get(5)?;
            let mut line = of_conversation(row.try_get(1)?);
            for part in [row.try_get::<&str, _>(3)?, text] {
                if !part.is_empty() {
                    line.push(' ');
                    line.push_str(&index_text(part));
                }
            }
            let mut marks: HashSet<String> = HashSet::new();
            if ["http://", "https://", "www."].iter().any(|link| text.contains(link)) {
                marks.insert(of_kind("link"));
            }
            for kind in kinds.into_iter().flat_map(|kinds| kinds.split('\n')) {
                marks.insert(of_kind(kind));
                marks.insert(of_kind("attachment"));
            }
            for mark in marks {
                line.push(' ');
                line.push_str(&mark);
            }
            let writer: Option<i64> = row.try_get(6)?;
            Ok(Fed {
                message: row.try_get(0)?,
                sent_at: row.try_get(2)?,
                line,
                contact: writer.unwrap_or(0),
                traces: if writer.is_some() { told_in(text) } else { Vec::new() },
            })
        })
        .collect()
}

async fn write(conn: &mut SqliteConnection, fed: Vec<Fed>) -> Result<(), sqlx::Error> {
    if fed.is_empty() {
        return Ok(());
    }
    let told: Vec<(String, i64, i64)> =
        fed.iter().flat_map(|m| m.traces.iter().map(|trace| (trace.key(), m.contact, m.message))).collect();
    let placed = place(conn, fed).await?;
    // In order of place: the index then writes one piece instead of many.
    sqlx::query(
        "INSERT INTO message_places (place, message) SELECT value ->> 0, value ->> 1 FROM json_each($1);
         INSERT INTO message_words (rowid, words) SELECT value ->> 0, value ->> 2 FROM json_each($1)",
    )
    .bind(row::json(&placed)?)
    .execute(&mut *conn)
    .await?;
    if told.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT OR IGNORE INTO traces (trace, contact, message)
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)",
    )
    .bind(row::json(&told)?)
    .execute(conn)
    .await
    .map(drop)
}

/// Gives everyone a free place, in order of time.
async fn place(
    conn: &mut SqliteConnection,
    mut fed: Vec<Fed>,
) -> Result<Vec<(i64, i64, String)>, sqlx::Error> {
    fed.sort_unstable_by_key(|m| (m.sent_at, m.message));
    let mut firsts: Vec<i64> = fed.iter().map(|m| place_of(m.sent_at)).collect();
    firsts.dedup();
    let taken: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT j.value, p.place FROM json_each(?1) j
         CROSS JOIN message_places p ON p.place BETWEEN j.value AND j.value + ?2
         UNION ALL SELECT -1, max(place) FROM message_places",
    )
    .bind(row::json(&firsts)?)
    .bind(ROOM - 1)
    .fetch_all(&mut *conn)
    .await
    .map(|rows: Vec<(i64, Option<i64>)>| rows.into_iter().filter_map(|(of, at)| Some((of, at?))).collect())?;
    let top = taken.iter().filter(|(of, _)| *of < 0).map(|(_, at)| *at).max().unwrap_or(-1);
    // A message goes behind those of the same second that are there already.
    let mut behind: HashMap<i64, i64> = HashMap::new();
    for (first, at) in taken.iter().filter(|(of, _)| *of >= 0) {
        let next = behind.entry(*first).or_insert(*at + 1);
        *next = (*next).max(at + 1);
    }
    let mut placed = Vec::with_capacity(fed.len());
    let mut last = i64::MIN;
    for message in fed {
        let first = place_of(message.sent_at);
        let mut at = behind.get(&first).copied().unwrap_or(first).max(last + 1);
        // A second that is full spills into the next, where others may stand.
        if at >= first + ROOM && at <= top {
            at = free_from(conn, at).await?;
        }
        last = at;
        placed.push((at, message.message, message.line));
    }
    Ok(placed)
}

/// The first free place from `from` on.
async fn free_from(conn: &mut SqliteConnection, from: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM message_places WHERE place = ?1) THEN ?1 ELSE (
             SELECT p.place + 1 FROM message_places p
             WHERE p.place >= ?1 AND NOT EXISTS (SELECT 1 FROM message_places q WHERE q.place = p.place + 1)
             ORDER BY p.place LIMIT 1) END",
    )
    .bind(from)
    .fetch_one(conn)
    .await
}

/// Makes these people findable by what is known of them now.
///
/// # Errors
/// When the database cannot be written.
pub(in crate::store) async fn feed_people(
    conn: &mut SqliteConnection,
    contacts: &[i64],
) -> Result<(), sqlx::Error> {
    if contacts.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, String, String, Option<String>)> = sqlx::query_as(
        "SELECT c.id, c.name, c.handle, c.phone FROM json_each(?1) j CROSS JOIN contacts c ON c.id = j.value",
    )
    .bind(row::json(contacts)?)
    .fetch_all(&mut *conn)
    .await?;
    let lines: Vec<(i64, String)> = rows
        .into_iter()
        .map(|(id, name, handle, phone)| (id, words_of(&name, &handle, phone.as_deref())))
        .collect();
    let mut trip = Trip::default();
    trip.rows(FEED_PEOPLE, &lines)?;
    trip.go(conn).await
}

/// Lines of [`words_of`] by contact; with them what the contact is known by, in the words of [`Trace::key`]. A first
/// name and the grey shape of those without a picture are many people's: a face counts with a whole name.
pub(in crate::store) const FEED_PEOPLE: &str = "
    DELETE FROM people_words WHERE rowid IN (SELECT value ->> 0 FROM json_each($1));
    INSERT INTO people_words (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each($1);
    DELETE FROM traces WHERE contact IN (SELECT value ->> 0 FROM json_each($1)) AND message = 0;
    INSERT OR IGNORE INTO traces (trace, contact)
    SELECT 'phone:' || substr(c.phone, -9), c.id
    FROM json_each($1) j CROSS JOIN contacts c ON c.id = j.value ->> 0 WHERE length(c.phone) >= 9
    UNION ALL SELECT 'instagram:' || lower(ltrim(c.handle, '@')), c.id
    FROM json_each($1) j CROSS JOIN contacts c ON c.id = j.value ->> 0 CROSS JOIN accounts a ON a.id = c.account
    WHERE a.channel = 'instagram' AND c.handle <> ''
    UNION ALL SELECT 'face:' || c.picture || ' ' || lower(trim(c.name)), c.id
    FROM json_each($1) j CROSS JOIN contacts c ON c.id = j.value ->> 0
    WHERE c.picture IS NOT NULL AND instr(trim(c.name), ' ') > 0";

/// The words by which a person is found.
pub(in crate::store) fn words_of(name: &str, handle: &str, phone: Option<&str>) -> String {
    let mut line = index_text(&format!("{name} {handle}"));
    // A number is found from any of its digits on: nobody types the country's code.
    let digits: String = phone.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    for from in 0..digits.len().saturating_sub(2) {
        line.push(' ');
        line.push_str(&digits[from..]);
    }
    line
}
