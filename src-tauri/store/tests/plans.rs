//! Every list that the window shows is served by an index: no scan of a table that grows, no sorting.

use super::*;
use crate::{
    model::{ColleagueId, Filter, LabelId, Show, Sort},
    store::{attachments, conversations, gallery, keeping, kin, messages, search, windows},
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
const SMALL: [&str; 7] = ["a", "accounts", "k", "s", "j", "t", "tallies"];

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
            (Show::Pending, ""),
            (Show::Snoozed, ""),
            (Show::Resolved, ""),
            (Show::Spam, ""),
            // Nobody's: read in order, and looked at row by row, so many for one page.
            (Show::Unassigned, ""),
            (Show::Scheduled, "_scheduled"),
            (Show::Requests, "_requests"),
        ] {
            let plan = list_plan(&mut conn, &Filter { show, ..Filter::default() }, sort).await;
            let name = format!("{by}{tab}");
            let index = match name.as_str() {
                "waiting_waiting" => "conversations_waiting".to_owned(),
                name => format!("conversations_{name}"),
            };
            assert!(plan.iter().any(|line| line.contains(&format!("{index} "))), "{name}: {plan:#?}");
        }
        for show in Show::ALL {
            let mia = Filter { show, assignee: Some(ColleagueId(2)), ..Filter::default() };
            let plan = list_plan(&mut conn, &mia, sort).await;
            let index = format!("conversations_{by}_of (assignee=? AND account=? AND state=?");
            assert!(plan.iter().any(|line| line.contains(&index)), "{show:?} of one: {plan:#?}");
            for assignee in [None, Some(ColleagueId(2))] {
                let labelled = Filter { show, label: Some(LabelId(1)), assignee, ..Filter::default() };
                let plan = list_plan(&mut conn, &labelled, sort).await;
                let index = format!("labelled_{by} (label=? AND account=? AND state=?");
                assert!(plan.iter().any(|line| line.contains(&index)), "{show:?} of a label: {plan:#?}");
            }
        }
        let mine = list_plan(&mut conn, &Filter { show: Show::Mine, ..Filter::default() }, sort).await;
        let index = format!("conversations_{by}_of ");
        assert!(mine.iter().any(|line| line.contains(&index)), "mine: {mine:#?}");
    }
}

/// The plan of a list after checking that nothing in it is scanned or sorted, nor in that of its pins.
async fn list_plan(conn: &mut SqliteConnection, filter: &Filter, sort: Sort) -> Vec<String> {
    let pins = plan(conn, &conversations::pins_sql(filter, sort)).await;
    assert!(pins[0].contains("conversations_pinned"), "{filter:?}: {pins:#?}");
    let plan = plan(conn, &conversations::keys_sql(filter, sort)).await;
    assert_served(&plan, &format!("{filter:?} {sort:?}"));
    plan
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
    assert_served(&plan(&mut conn, messages::UNKNOWN).await, "which are unknown");
    let notes = plan(&mut conn, messages::NOTES).await;
    assert!(notes.len() == 1 && notes[0].contains("messages_notes"), "{notes:#?}");
    for by_words in [true, false] {
        let sql = search::page_sql(by_words);
        assert_served(&plan(&mut conn, &sql).await, "search");
    }
    for sql in [
        "SELECT id FROM outbox WHERE state IN ('queued', 'sending', 'unsure') AND conversation = 1 AND id < 5",
        "SELECT id FROM contacts WHERE account = 1 AND profile_asked_at < 5 AND person IS NOT NULL
         ORDER BY profile_asked_at, id DESC LIMIT 5",
        "SELECT id FROM messages WHERE meta_hash = 1 AND account = 1 AND meta_id = 'm'",
        "SELECT min(snoozed_until) FROM conversations WHERE state = 'snoozed' AND snoozed_until IS NOT NULL",
        "UPDATE labelled SET state = 'open' WHERE conversation = 5",
    ] {
        let plan = plan(&mut conn, sql).await;
        assert!(plan[0].starts_with("SEARCH"), "{plan:#?}");
    }
    let ending = plan(&mut conn, windows::ENDING).await;
    assert_served(&ending, "windows that end");
    assert!(ending[0].contains("conversations_alerts"), "{ending:#?}");
    for sql in [kin::GROUP, kin::SHARED, kin::DENIED] {
        let plan = plan(&mut conn, sql).await;
        // Only what was asked about is walked through.
        let asked = |l: &String| ["VIRTUAL TABLE", "CONSTANT", "SCAN kin"].iter().any(|w| l.contains(w));
        assert!(plan.iter().all(|l| !l.starts_with("SCAN") || asked(l)), "{plan:#?}");
        assert!(plan.iter().any(|l| l.starts_with("SEARCH")), "{plan:#?}");
    }
    let counting = "UPDATE messages SET live = 2 WHERE conversation = 1 AND live = 1";
    assert!(plan(&mut conn, counting).await[0].contains("messages_unread"));
}

#[tokio::test]
async fn files_are_found_by_account_conversation_and_age_without_walking_through_messages() {
    let (store, _) = store().await;
    let mut conn = store.read().await.unwrap();
    for (sql, index) in [
        (gallery::page_sql(), "attachments_gallery"),
        (attachments::DUE.to_owned(), "attachments_to_fetch"),
        (keeping::TOO_OLD.to_owned(), "attachments_by_age"),
        (keeping::OLDEST.to_owned(), "attachments_oldest"),
    ] {
        let plan = plan(&mut conn, &sql).await;
        let lines: Vec<String> = plan.iter().filter(|l| !l.contains("json_each")).cloned().collect();
        // The oldest are read in order from an index that holds nothing else.
        let lines: Vec<String> = lines
            .into_iter()
            .filter(|l| !l.contains("SCAN attachments USING INDEX attachments_oldest"))
            .collect();
        assert_served(&lines, index);
        assert!(plan.iter().any(|line| line.contains(index)), "{index}: {plan:#?}");
    }
}
