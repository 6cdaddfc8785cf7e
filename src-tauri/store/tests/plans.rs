//! Every list that the window shows is served by an index: no scan of a table that grows, no sorting.

use super::*;
use crate::{
    model::{Show, Sort},
    store::{conversations, messages, search},
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

/// The plan's lines for `sql`.
async fn plan(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
        .fetch_all(conn)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get::<String, _>("detail"))
        .collect()
}

/// Tables that stay small, or are arguments.
const SMALL: [&str; 6] = ["a", "accounts", "k", "j", "t", "tallies"];

fn assert_served(plan: &[String], of: &str) {
    for line in plan {
        assert!(!line.contains("TEMP B-TREE"), "{of}: {line}");
        if let Some(scanned) = line.strip_prefix("SCAN ") {
            let table = scanned.split(' ').next().unwrap_or_default();
            let by_index = scanned.contains("VIRTUAL TABLE INDEX") && !scanned.contains("INDEX 0:");
            let page = table.starts_with("(subquery");
            assert!(SMALL.contains(&table) || by_index || page, "{of}: {line}");
        }
    }
}

#[tokio::test]
async fn every_filter_and_order_of_the_list_is_served_by_its_index() {
    let (store, _) = store().await;
    let mut conn = store.read().await.unwrap();
    for (sort, by) in
        [(Sort::Newest, "newest"), (Sort::WaitingLongest, "waiting"), (Sort::EndingSoonest, "ending")]
    {
        for (show, tab) in [
            (Show::All, ""),
            (Show::Unread, "_unread"),
            (Show::Waiting, "_waiting"),
            (Show::Drafts, "_drafts"),
            (Show::Failed, "_failed"),
        ] {
            let sql = conversations::keys_sql(show, sort);
            let plan = plan(&mut conn, &sql).await;
            let name = format!("{by}{tab}");
            assert_served(&plan, &name);
            let index = match name.as_str() {
                "waiting_waiting" => "conversations_waiting".to_owned(),
                name => format!("conversations_{name}"),
            };
            assert!(plan.iter().any(|line| line.contains(&format!("{index} "))), "{name}: {plan:#?}");
        }
    }
}

#[tokio::test]
async fn threads_and_searches_are_read_from_their_index() {
    let (store, _) = store().await;
    let mut conn = store.read().await.unwrap();
    for later in [true, false] {
        let plan = plan(&mut conn, &messages::stretch_sql(later)).await;
        assert_served(&plan, "thread");
        assert!(plan[0].contains("messages_by_time"), "{plan:#?}");
    }
    for by_words in [true, false] {
        let sql = search::page_sql(by_words);
        assert_served(&plan(&mut conn, &sql).await, "search");
    }
    for sql in [
        "SELECT id FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND conversation = 1 AND id < 5",
        "SELECT id FROM contacts WHERE account = 1 AND profile_asked_at < 5 AND person IS NOT NULL
         ORDER BY profile_asked_at, id DESC LIMIT 5",
        "SELECT id FROM messages WHERE meta_hash = 1 AND account = 1 AND meta_id = 'm'",
    ] {
        let plan = plan(&mut conn, sql).await;
        assert!(plan[0].starts_with("SEARCH"), "{plan:#?}");
    }
    let counting = "UPDATE messages SET live = 2 WHERE conversation = 1 AND live = 1";
    assert!(plan(&mut conn, counting).await[0].contains("messages_unread"));
}
