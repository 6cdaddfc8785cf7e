//! Contacts that are one person: what somebody at the desk said of pairs, who that makes one, and who else might be.
//! The people of one person are those whom a chain of pairs joins.

use super::{contacts as people, row};
use crate::{
    kinship::{self, Shared, Trace},
    model::{AccountId, ContactId, ConversationId, KinContact, KinSuggestion, Merge, Timestamp},
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// Suggestions shown at a time.
const MOST: usize = 3;
/// A trace that more others share is a shop's or a machine's, not a person's.
const COMMON: usize = 4;

pub(in crate::store) const GROUP: &str = "
    WITH RECURSIVE kin (id) AS (
        SELECT ?1
        UNION SELECT s.other FROM kin CROSS JOIN same_people s ON s.one = kin.id WHERE s.same = 1
        UNION SELECT s.one FROM kin CROSS JOIN same_people s ON s.other = kin.id WHERE s.same = 1)
    SELECT id FROM kin ORDER BY id";

/// Everybody who is one person with `contact`, it among them.
///
/// # Errors
/// When the database cannot be read.
pub async fn group(conn: &mut SqliteConnection, contact: ContactId) -> Result<Vec<ContactId>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(GROUP).bind(contact.0).fetch_all(conn).await?;
    Ok(ids.into_iter().map(ContactId).collect())
}

/// The person of `conversation`, as each account knows them; the conversation's own contact first. Empty = there is no
/// such conversation.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_conversation(
    conn: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<Vec<ContactId>, sqlx::Error> {
    let own: Option<i64> = sqlx::query_scalar("SELECT contact FROM conversations WHERE id = ?1")
        .bind(conversation.0)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(own) = own.map(ContactId) else { return Ok(Vec::new()) };
    let mut all = group(conn, own).await?;
    all.sort_by_key(|contact| (*contact != own, contact.0));
    Ok(all)
}

/// Their conversations, with the account of each.
///
/// # Errors
/// When the database cannot be read.
pub async fn conversations(
    conn: &mut SqliteConnection,
    contacts: &[ContactId],
) -> Result<Vec<(AccountId, ConversationId)>, sqlx::Error> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT v.account, v.id FROM json_each(?1) j CROSS JOIN conversations v ON v.contact = j.value",
    )
    .bind(row::json(contacts)?)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(account, id)| (AccountId(account), ConversationId(id))).collect())
}

const fn in_order(one: ContactId, other: ContactId) -> (i64, i64) {
    if one.0 < other.0 { (one.0, other.0) } else { (other.0, one.0) }
}

/// Makes two one person; `false` = they are already, or there is no such pair. What was said of the two before goes.
///
/// # Errors
/// When the database cannot be written.
pub async fn merge(
    conn: &mut SqliteConnection,
    one: ContactId,
    other: ContactId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    if one == other || group(conn, one).await?.contains(&other) {
        return Ok(false);
    }
    say(conn, one, other, true, reason, now).await
}

/// Says that two are not the same person.
///
/// # Errors
/// When the database cannot be written.
pub async fn not_same(
    conn: &mut SqliteConnection,
    one: ContactId,
    other: ContactId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    if one == other || group(conn, one).await?.contains(&other) {
        return Ok(false);
    }
    say(conn, one, other, false, "", now).await
}

async fn say(
    conn: &mut SqliteConnection,
    one: ContactId,
    other: ContactId,
    same: bool,
    reason: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let (one, other) = in_order(one, other);
    let done = sqlx::query(
        "INSERT INTO same_people (one, other, same, reason, at)
         SELECT a.id, b.id, ?3, ?4, ?5 FROM contacts a JOIN contacts b ON b.id = ?2 WHERE a.id = ?1
         ON CONFLICT (one, other) DO UPDATE SET same = excluded.same, reason = excluded.reason, at = excluded.at",
    )
    .bind(one)
    .bind(other)
    .bind(same)
    .bind(reason)
    .bind(now.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes back what was said of two: those whom this pair joined are apart again, exactly as before. `false` = nothing
/// was said.
///
/// # Errors
/// When the database cannot be written.
pub async fn unsay(
    conn: &mut SqliteConnection,
    one: ContactId,
    other: ContactId,
    same: bool,
) -> Result<bool, sqlx::Error> {
    let (one, other) = in_order(one, other);
    let done = sqlx::query("DELETE FROM same_people WHERE one = ?1 AND other = ?2 AND same = ?3")
        .bind(one)
        .bind(other)
        .bind(same)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Delivery showed that `drop` and `keep` are one contact: what was said of `drop` holds for `keep`.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn inherit(
    conn: &mut SqliteConnection,
    keep: ContactId,
    drop: ContactId,
) -> Result<(), sqlx::Error> {
    let said: Vec<(i64, bool, String, i64)> = sqlx::query_as(
        "SELECT other, same, reason, at FROM same_people WHERE one = ?1
         UNION ALL SELECT one, same, reason, at FROM same_people WHERE other = ?1",
    )
    .bind(drop.0)
    .fetch_all(&mut *conn)
    .await?;
    if said.is_empty() {
        return Ok(());
    }
    sqlx::query("DELETE FROM same_people WHERE one = ?1 OR other = ?1")
        .bind(drop.0)
        .execute(&mut *conn)
        .await?;
    for (other, same, reason, at) in said {
        let (other, at) = (ContactId(other), Timestamp(at));
        if same {
            merge(conn, keep, other, &reason, at).await?;
        } else {
            not_same(conn, keep, other, at).await?;
        }
    }
    Ok(())
}

/// What joined these contacts, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn merges(conn: &mut SqliteConnection, group: &[ContactId]) -> Result<Vec<Merge>, sqlx::Error> {
    if group.len() < 2 {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64, String, i64)> = sqlx::query_as(
        "SELECT s.one, s.other, s.reason, s.at FROM json_each(?1) j CROSS JOIN same_people s ON s.one = j.value
         WHERE s.same = 1 ORDER BY s.at DESC, s.one, s.other",
    )
    .bind(row::json(group)?)
    .fetch_all(&mut *conn)
    .await?;
    let mut merges = Vec::with_capacity(rows.len());
    for (one, other, reason, at) in rows {
        if let (Some(one), Some(other)) = (known(conn, one).await?, known(conn, other).await?) {
            merges.push(Merge { one: one.0, other: other.0, reason, at: Timestamp(at) });
        }
    }
    Ok(merges)
}

/// These contacts as the pane names them.
///
/// # Errors
/// When the database cannot be read.
pub async fn contacts(
    conn: &mut SqliteConnection,
    group: &[ContactId],
) -> Result<Vec<KinContact>, sqlx::Error> {
    let mut all = Vec::with_capacity(group.len());
    for contact in group {
        all.extend(known(conn, contact.0).await?.map(|(kin, _)| kin));
    }
    Ok(all)
}

type Known = (KinContact, Option<ConversationId>);

/// A contact with its newest conversation.
async fn known(conn: &mut SqliteConnection, contact: i64) -> Result<Option<Known>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {}, c.account, a.channel, v.id AS conversation
         FROM contacts c JOIN accounts a ON a.id = c.account LEFT JOIN conversations v ON v.contact = c.id
         WHERE c.id = ?1",
        people::SUMMARY
    )))
    .bind(contact)
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let contact = KinContact {
            contact: people::summary(&row)?,
            account: AccountId(row.try_get("account")?),
            channel: row::channel(row.try_get("channel")?)?,
        };
        Ok((contact, row.try_get::<Option<i64>, _>("conversation")?.map(ConversationId)))
    })
    .transpose()
}

pub(in crate::store) const SHARED: &str = "
    SELECT m.trace, t.contact, m.message = 0, t.message = 0
    FROM json_each(?1) g CROSS JOIN traces m ON m.contact = g.value
        CROSS JOIN traces t ON t.trace = m.trace
    WHERE t.contact NOT IN (SELECT value FROM json_each(?1)) LIMIT 300";

pub(in crate::store) const DENIED: &str = "
    SELECT s.one, s.other FROM json_each(?1) j CROSS JOIN same_people s ON s.one = j.value WHERE s.same = 0
    UNION ALL SELECT s.other, s.one FROM json_each(?1) j CROSS JOIN same_people s ON s.other = j.value WHERE s.same = 0";

/// Who might be the same person as `group`, with what speaks for it; the best founded first.
///
/// # Errors
/// When the database cannot be read.
pub async fn suggestions(
    conn: &mut SqliteConnection,
    group: &[ContactId],
) -> Result<Vec<KinSuggestion>, sqlx::Error> {
    let theirs = row::json(group)?;
    let shared: Vec<(String, i64, bool, bool)> =
        sqlx::query_as(SHARED).bind(&theirs).fetch_all(&mut *conn).await?;
    if shared.is_empty() {
        return Ok(Vec::new());
    }
    let mut holders: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for (trace, contact, ..) in &shared {
        holders.entry(trace).or_default().insert(*contact);
    }
    let mut found: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (key, contact, ours, known) in &shared {
        let common = holders.get(key.as_str()).is_some_and(|all| all.len() > COMMON);
        let shared = match (ours, known) {
            (true, true) => Shared::Known,
            (false, false) => Shared::Written,
            _ => Shared::KnownAndWritten,
        };
        let words = Trace::from_key(key).filter(|_| !common).and_then(|t| kinship::reason(&t, shared));
        if let Some(words) = words {
            found.entry(*contact).or_default().insert(words);
        }
    }
    let denied: Vec<(i64, i64)> = sqlx::query_as(DENIED).bind(&theirs).fetch_all(&mut *conn).await?;
    let mut best: Vec<(i64, Vec<String>)> =
        found.into_iter().map(|(contact, reasons)| (contact, reasons.into_iter().collect())).collect();
    best.sort_by_key(|(contact, reasons)| (std::cmp::Reverse(reasons.len()), *contact));
    let mut suggestions: Vec<KinSuggestion> = Vec::new();
    let mut told: BTreeSet<i64> = denied.into_iter().map(|(_, other)| other).collect();
    for (contact, reasons) in best {
        let others = self::group(conn, ContactId(contact)).await?;
        if suggestions.len() == MOST || others.iter().any(|other| told.contains(&other.0)) {
            continue;
        }
        told.extend(others.iter().map(|other| other.0));
        if let Some((kin, Some(conversation))) = known(conn, contact).await? {
            suggestions.push(KinSuggestion { kin, conversation, reasons });
        }
    }
    Ok(suggestions)
}

/// Keeps that these were deleted at `now`: `fingerprints` of every id of theirs.
///
/// # Errors
/// When the database cannot be written.
pub async fn remember_deleted(
    conn: &mut SqliteConnection,
    fingerprints: &[String],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO deleted_people (fingerprint, at) SELECT value, ?2 FROM json_each(?1) WHERE true
         ON CONFLICT (fingerprint) DO UPDATE SET at = excluded.at",
    )
    .bind(row::json(fingerprints)?)
    .bind(now.0)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets that these were deleted: their past may be read again. Whether there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_deleted(
    conn: &mut SqliteConnection,
    fingerprints: &[String],
) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query("DELETE FROM deleted_people WHERE fingerprint IN (SELECT value FROM json_each(?1))")
            .bind(row::json(fingerprints)?)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() > 0)
}

/// Everybody who was deleted, and when.
///
/// # Errors
/// When the database cannot be read.
pub async fn deleted(conn: &mut SqliteConnection) -> Result<Vec<(String, Timestamp)>, sqlx::Error> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT fingerprint, at FROM deleted_people").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(print, at)| (print, Timestamp(at))).collect())
}
