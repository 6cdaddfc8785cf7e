//! Every migration over a database with data in it: nothing is lost, and the tables hold together.

use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions,
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Data that each version had when it was the newest. A new migration adds a line with what it makes possible.
const DATA: &[(i64, &str)] = &[
    (1,
    "INSERT INTO accounts (channel, login, meta_id, connected_at) VALUES ('messenger', 'facebook_page', '6824', 1);
     INSERT INTO secrets (owner, purpose, sealed) VALUES ('account 1', 'token', x'00');
     INSERT INTO contacts (account, person, name, first_seen_at) VALUES (1, '6042', 'Sheena', 1);
     INSERT INTO conversations (account, contact, last_at, unread, waiting_since) VALUES (1, 1, 2, 1, 2);
     INSERT INTO messages (account, conversation, meta_id, meta_hash, direction, origin, kind, text, sent_at, recorded_at, status, live)
         VALUES (1, 1, 'm_1', 7, 'inbound', 'person', 'text', 'hello', 2, 3, 'received', 1);
     INSERT INTO messages (account, conversation, direction, origin, kind, text, sent_at, recorded_at, status)
         VALUES (1, 1, 'outbound', 'heliograph', 'text', 'hi', 4, 4, 'queued');
     INSERT INTO outbox (message, account, conversation, key, state, queued_at, due_at) VALUES (2, 1, 1, 'k', 'queued', 4, 4);
     INSERT INTO attachments (message, kind) VALUES (1, 'image');
     INSERT INTO journal (source, received_at, body) VALUES ('webhook', 3, x'7b7d');
     INSERT INTO cursors (account, source, value, at) VALUES (1, 'poll', 'x', 3);
     INSERT INTO settings (key, value) VALUES ('desk', '{}');
     INSERT INTO message_places (place, message) VALUES (64, 1);
     INSERT INTO message_words (rowid, words) VALUES (64, 'hello');
     INSERT INTO people_words (rowid, words) VALUES (1, 'sheena');",
    ),
    (
        2,
        "INSERT INTO messages (account, conversation, direction, origin, kind, form, text, sent_at, recorded_at, status, detail)
             VALUES (1, 1, 'outbound', 'heliograph', 'text', 'note', 'mornings', 5, 5, 'received', '{}');
         INSERT INTO reactions (message, who, emoji, at) VALUES (1, '', 'x', 5);
         INSERT INTO early_changes (account, meta_id, kind, who, change, at) VALUES (1, 'm_9', 'unsend', '', '{}', 5);
         INSERT INTO account_events (account, at, name, words, told) VALUES (1, 5, 'security', 'words', 'h');
         INSERT INTO arrivals_by_day (account, day, by_webhook) VALUES (1, 1, 1);
         INSERT INTO foreign_deliveries (channel, meta_id, items, last_at) VALUES ('messenger', '9', 1, 5);",
    ),
    (
        4,
        "INSERT INTO attachments (message, kind, state) VALUES (1, 'image', 'waiting');
         UPDATE messages SET sent_at = 9 WHERE id = 1;
         INSERT INTO uploads (conversation, place, file, name, mime, bytes, at) VALUES (1, 1, 'h', 'a.png', 'image/png', 9, 5);",
    ),
    (
        5,
        "INSERT INTO outbox (about, account, conversation, key, job, state, queued_at, due_at)
             VALUES (1, 1, 1, 'k2', '{\"job\":\"reaction\",\"emoji\":\"x\"}', 'queued', 5, 5);",
    ),
    (
        6,
        "INSERT INTO colleagues (name) VALUES ('Mia');
         INSERT INTO labels (name, colour) VALUES ('VIP', 'red');
         INSERT INTO labelled (label, conversation, account, state, last_at) VALUES (1, 1, 1, 'open', 2);
         INSERT INTO views (name, filter, sort, position) VALUES ('Late', '{}', '\"newest\"', 1);
         UPDATE conversations SET state = 'snoozed', snoozed_until = 9, assignee = 2, pinned_at = 5, note_draft = 'x';
         UPDATE contacts SET blocked_at = 5;",
    ),
    (
        9,
        "INSERT INTO contacts (account, person, name, first_seen_at) VALUES (1, '6043', 'Sheena N', 1);
         INSERT INTO same_people (one, other, same, at) VALUES (1, 2, 1, 5);
         INSERT INTO traces (trace, contact) VALUES ('mail:s@x.de', 1);
         INSERT INTO deleted_people (fingerprint, at) VALUES ('ab', 5);",
    ),
    (
        12,
        "UPDATE conversations SET request = 1, state = 'pending';",
    ),
    (
        11,
        "INSERT INTO early_statuses (account, meta_id, status, told_at, sent_by) VALUES (1, 'm_7', 'sent', 5, 4);",
    ),
];

async fn count(conn: &mut SqliteConnection, table: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(conn).await
}

#[tokio::test]
async fn every_step_keeps_what_was_there() {
    let mut conn = SqliteConnectOptions::new().in_memory(true).foreign_keys(true).connect().await.unwrap();
    let tables =
        ["accounts", "contacts", "conversations", "messages", "attachments", "outbox", "journal", "cursors"];
    let mut before: Vec<i64> = Vec::new();
    for migration in MIGRATIONS.iter() {
        MIGRATIONS.run_to(migration.version, &mut conn).await.unwrap();
        for (table, had) in tables.iter().zip(&before) {
            assert_eq!(count(&mut conn, table).await.unwrap(), *had, "{table} after {}", migration.version);
        }
        if let Some((_, sql)) = DATA.iter().find(|(version, _)| *version == migration.version) {
            sqlx::raw_sql(*sql).execute(&mut conn).await.unwrap();
        }
        before.clear();
        for table in tables {
            before.push(count(&mut conn, table).await.unwrap());
        }
    }
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut conn).await.unwrap();
    assert!(broken.is_empty());
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut conn).await.unwrap();
    assert_eq!(whole, "ok");
    conn.close().await.unwrap();
}

#[tokio::test]
async fn every_migration_opens_with_why_and_every_table_is_strict_and_explained() {
    for migration in MIGRATIONS.iter() {
        assert!(migration.sql.as_str().starts_with("-- "), "{} opens with why", migration.version);
    }
    let mut conn = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
    MIGRATIONS.run(&mut conn).await.unwrap();
    let rows =
        sqlx::query("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    let sql: String = MIGRATIONS.iter().map(|m| m.sql.as_str().to_owned() + "\n").collect();
    for row in rows {
        let name: String = row.get("name");
        if name.starts_with("sqlite_") || name.starts_with("_sqlx") || name.contains("_words_") {
            continue;
        }
        assert_eq!(row.get::<i64, _>("strict"), 1, "{name} is STRICT");
        let made = format!("CREATE TABLE {name} ");
        let block = sql.split("\n\n").find(|block| block.contains(&made));
        assert!(block.is_some_and(|block| block.starts_with("-- ")), "{name}: why it exists");
    }
}
