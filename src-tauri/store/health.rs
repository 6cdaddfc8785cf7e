//! How the database itself is doing, in figures that are quick to read.

use super::open::MIGRATIONS;
use crate::model::Timestamp;
use sqlx::SqliteConnection;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// SQLite's own version.
    pub sqlite: String,
    /// The newest migration that ran, and how many did.
    pub schema: i64,
    pub migrations: u64,
    /// The newest migration this version knows.
    pub known: i64,
    /// Bytes inside the file that nothing uses.
    pub unused: u64,
}

/// What waits to leave, and what did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queues {
    pub waiting: u64,
    pub scheduled: u64,
    pub unsure: u64,
    pub failed: u64,
    /// Files of messages still to be fetched.
    pub files: u64,
}

/// What the journal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JournalFigures {
    pub rows: u64,
    pub bytes: u64,
    pub oldest: Option<Timestamp>,
    pub newest: Option<Timestamp>,
}

/// The database's own figures.
///
/// # Errors
/// When the database cannot be read.
pub async fn figures(conn: &mut SqliteConnection) -> Result<Figures, sqlx::Error> {
    let sqlite: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *conn).await?;
    let (schema, migrations): (Option<i64>, i64) =
        sqlx::query_as("SELECT max(version), count(*) FROM _sqlx_migrations").fetch_one(&mut *conn).await?;
    let pages: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&mut *conn).await?;
    let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut *conn).await?;
    Ok(Figures {
        sqlite,
        schema: schema.unwrap_or(0),
        migrations: count(migrations),
        known: MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0),
        unused: count(pages * page),
    })
}

/// Lengths of the queues.
///
/// # Errors
/// When the database cannot be read.
pub async fn queues(conn: &mut SqliteConnection) -> Result<Queues, sqlx::Error> {
    // The index holds just these three states, and is used where all of them are named.
    let (waiting, scheduled, unsure, failed, files): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT
            (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'unsure' AND send_at IS NULL),
            (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'unsure' AND send_at IS NOT NULL),
            (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND state = 'unsure'),
            (SELECT count(*) FROM outbox WHERE state = 'failed'),
            (SELECT count(*) FROM attachments WHERE state = 'waiting')",
    )
    .fetch_one(conn)
    .await?;
    Ok(Queues {
        waiting: count(waiting),
        scheduled: count(scheduled),
        unsure: count(unsure),
        failed: count(failed),
        files: count(files),
    })
}

/// What the journal holds.
///
/// # Errors
/// When the database cannot be read.
pub async fn journal(conn: &mut SqliteConnection) -> Result<JournalFigures, sqlx::Error> {
    let (rows, bytes, oldest, newest): (i64, i64, Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(length(body)), 0),
            (SELECT received_at FROM journal ORDER BY id LIMIT 1),
            (SELECT received_at FROM journal ORDER BY id DESC LIMIT 1)
         FROM journal",
    )
    .fetch_one(conn)
    .await?;
    let (oldest, newest) = (oldest.map(Timestamp), newest.map(Timestamp));
    Ok(JournalFigures { rows: count(rows), bytes: count(bytes), oldest, newest })
}

/// How many there are of each kind: messages by direction, what they are and how they stand, and the rows of every
/// table. Names and numbers only.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts(conn: &mut SqliteConnection) -> Result<Vec<(String, u64)>, sqlx::Error> {
    const KINDS: &[&str] = &[
        "SELECT 'messages ' || direction || ' ' || kind || ' ' || status, count(*) FROM messages GROUP BY 1 ORDER BY 1",
        "SELECT 'attachments ' || kind || ' ' || state, count(*) FROM attachments GROUP BY 1 ORDER BY 1",
        "SELECT 'outbox ' || state, count(*) FROM outbox GROUP BY 1 ORDER BY 1",
        "SELECT 'accounts ' || channel || ' ' || login, count(*) FROM accounts GROUP BY 1 ORDER BY 1",
        "SELECT 'journal ' || source, count(*) FROM journal GROUP BY 1 ORDER BY 1",
    ];
    const TABLES: &[&str] =
        &["contacts", "conversations", "labels", "colleagues", "views", "templates", "uploads", "secrets"];
    let mut all = Vec::new();
    for kinds in KINDS.iter().copied() {
        all.extend(
            sqlx::query_as::<_, (String, i64)>(sqlx::AssertSqlSafe(kinds)).fetch_all(&mut *conn).await?,
        );
    }
    for table in TABLES {
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut *conn)
            .await?;
        all.push((format!("rows of {table}"), rows));
    }
    Ok(all.into_iter().map(|(name, n)| (name, count(n))).collect())
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::store::Store;

    #[tokio::test]
    async fn a_new_database_says_how_it_is() {
        let store = Store::in_memory().await.unwrap();
        let mut conn = store.read().await.unwrap();
        let figures = super::figures(&mut conn).await.unwrap();
        assert_eq!(figures.schema, figures.known);
        assert!(figures.migrations > 0 && figures.sqlite.starts_with('3'));
        assert_eq!(super::queues(&mut conn).await.unwrap(), super::Queues::default());
        assert_eq!(super::journal(&mut conn).await.unwrap(), super::JournalFigures::default());
        let counts = super::counts(&mut conn).await.unwrap();
        assert!(counts.iter().all(|(name, n)| *n == 0 || name.starts_with("rows of")), "{counts:?}");
    }
}
