//! What came by webhook, what only a poll found, and what was not for us: the figures of the gap finder.

use super::{Trip, row};
use crate::model::{AccountId, Channel, DAY, GapDay, MetaAccountId, Timestamp};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

fn by_day(each: impl Iterator<Item = (AccountId, Timestamp)>) -> Vec<(i64, i64, i64)> {
    let mut days: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (account, at) in each {
        *days.entry((account.0, at.0.div_euclid(DAY))).or_default() += 1;
    }
    days.into_iter().map(|((account, day), count)| (account, day, count)).collect()
}

/// Counts messages that a webhook brought first, by the day of Meta's time.
///
/// # Errors
/// When it cannot be JSON.
pub fn count_by_webhook(
    trip: &mut Trip,
    fresh: impl Iterator<Item = (AccountId, Timestamp)>,
) -> Result<(), sqlx::Error> {
    trip.rows(
        "INSERT INTO arrivals_by_day (account, day, by_webhook)
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true
         ON CONFLICT (account, day) DO UPDATE SET by_webhook = by_webhook + excluded.by_webhook",
        &by_day(fresh),
    )
}

/// Counts messages that a poll found although webhooks reach this account: at least one did within a day of them.
///
/// # Errors
/// When the database cannot be written.
pub async fn count_missed(
    conn: &mut SqliteConnection,
    account: AccountId,
    missed: &[Timestamp],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let days = by_day(missed.iter().map(|at| (account, *at)));
    if days.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO arrivals_by_day (account, day, missed, recovered_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, ?2 FROM json_each(?1)
         WHERE EXISTS (SELECT 1 FROM arrivals_by_day d
             WHERE d.account = value ->> 0 AND d.day BETWEEN value ->> 1 - 1 AND value ->> 1 + 1 AND d.by_webhook > 0)
         ON CONFLICT (account, day) DO UPDATE SET
             missed = missed + excluded.missed, recovered_at = excluded.recovered_at",
    )
    .bind(row::json(&days)?)
    .bind(now.0)
    .execute(conn)
    .await
    .map(drop)
}

/// The last `days` days of an account on which something came, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    conn: &mut SqliteConnection,
    account: AccountId,
    days: u32,
) -> Result<Vec<GapDay>, sqlx::Error> {
    let rows: Vec<(i64, u32, u32, Option<i64>)> = sqlx::query_as(
        "SELECT day, by_webhook, missed, recovered_at FROM arrivals_by_day
         WHERE account = ?1 ORDER BY day DESC LIMIT ?2",
    )
    .bind(account.0)
    .bind(days)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(day, by_webhook, missed, recovered_at)| GapDay {
            day: Timestamp(day * DAY),
            by_webhook,
            missed,
            recovered_at: row::time(recovered_at),
        })
        .collect())
}

/// Counts what was delivered for accounts that are not ours.
///
/// # Errors
/// When the database cannot be written.
pub async fn count_foreign(
    conn: &mut SqliteConnection,
    items: &[(Channel, &MetaAccountId, Timestamp)],
) -> Result<(), sqlx::Error> {
    for (channel, meta_id, at) in items {
        sqlx::query(
            "INSERT INTO foreign_deliveries (channel, meta_id, items, last_at) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (channel, meta_id) DO UPDATE SET items = items + 1, last_at = excluded.last_at",
        )
        .bind(channel.key())
        .bind(meta_id.as_str())
        .bind(at.0)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Accounts that are not ours, by how much came for them: channel, Meta's id, items, when last.
///
/// # Errors
/// When the database cannot be read.
pub async fn foreign(
    conn: &mut SqliteConnection,
    limit: u32,
) -> Result<Vec<(Channel, MetaAccountId, u32, Timestamp)>, sqlx::Error> {
    let rows: Vec<(String, String, u32, i64)> = sqlx::query_as(
        "SELECT channel, meta_id, items, last_at FROM foreign_deliveries ORDER BY items DESC LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(channel, id, items, at)| {
            Ok((row::channel(&channel)?, MetaAccountId(id), items, Timestamp(at)))
        })
        .collect()
}
