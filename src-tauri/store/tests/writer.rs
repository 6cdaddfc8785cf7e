//! The one writer: together, apart where one fails, and honest when the disk is full.

use super::*;
use crate::store::{WriteError, cursors};
use sqlx::Executor;

async fn put(store: &Store, account: AccountId, source: &'static str, fail: bool) -> Result<(), WriteError> {
    store
        .write("put", move |conn| {
            Box::pin(async move {
                cursors::set(conn, account, source, "x", NOW).await?;
                if fail {
                    conn.execute("INSERT INTO nowhere VALUES (1)").await?;
                }
                Ok(())
            })
        })
        .await
}

#[tokio::test]
async fn a_failing_caller_spoils_only_itself() {
    let (store, account) = store().await;
    let (a, b, c) = tokio::join!(
        put(&store, account, "a", false),
        put(&store, account, "b", true),
        put(&store, account, "c", false)
    );
    assert!(a.is_ok() && c.is_ok());
    assert!(matches!(b, Err(WriteError::Failed(_))));
    let mut conn = store.read().await.unwrap();
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT source FROM cursors ORDER BY source").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(kept, ["a", "c"]);
}

#[tokio::test]
async fn a_panicking_caller_spoils_only_itself() {
    let (store, account) = store().await;
    let panics = store.write("panics", move |conn| {
        Box::pin(async move {
            cursors::set(conn, account, "p", "x", NOW).await?;
            assert!(account.0 < 0, "a bug in a caller");
            Ok(())
        })
    });
    let (bad, good) = tokio::join!(panics, put(&store, account, "g", false));
    assert!(matches!(bad, Err(WriteError::GivenUp)));
    good.unwrap();
    let mut conn = store.read().await.unwrap();
    assert_eq!(cursors::get(&mut conn, account, "p").await.unwrap(), None);
    assert!(cursors::get(&mut conn, account, "g").await.unwrap().is_some());
}

/// Leaves a statement for the commit.
async fn leave(store: &Store, sql: &'static str) -> Result<(), WriteError> {
    store
        .look_and_write("leave", move |_, mut trip| {
            Box::pin(async move {
                trip.then(sql);
                Ok(((), trip))
            })
        })
        .await
}

#[tokio::test]
async fn what_is_left_for_the_commit_spoils_only_itself() {
    const ONCE: &str = "INSERT INTO settings (key, value) VALUES ('once', '1')";
    let (store, account) = store().await;
    leave(&store, ONCE).await.unwrap();
    assert!(matches!(leave(&store, ONCE).await, Err(WriteError::Failed(_))), "alone, with the commit");
    let (a, b, c) =
        tokio::join!(put(&store, account, "a", false), leave(&store, ONCE), put(&store, account, "c", false));
    assert!(a.is_ok() && c.is_ok());
    assert!(matches!(b, Err(WriteError::Failed(_))), "in company");
    let (a, b) = tokio::join!(leave(&store, ONCE), put(&store, account, "d", false));
    assert!(a.is_err());
    b.unwrap();
    let mut conn = store.read().await.unwrap();
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT source FROM cursors ORDER BY source").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(kept, ["a", "c", "d"]);
}

#[tokio::test]
async fn a_look_that_fails_begins_nothing() {
    let (store, account) = store().await;
    let looked = store
        .look_and_write("look", |conn, trip| {
            Box::pin(async move {
                conn.execute("SELECT * FROM nowhere").await?;
                Ok(((), trip))
            })
        })
        .await;
    assert!(matches!(looked, Err(WriteError::Failed(_))));
    put(&store, account, "after", false).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_and_overcome() {
    let (store, account) = store().await;
    let limit = |pages: &'static str| {
        let store = store.clone();
        async move {
            store
                .write("limit", move |conn| Box::pin(async move { conn.execute(pages).await.map(drop) }))
                .await
                .unwrap();
        }
    };
    limit("PRAGMA max_page_count = 1").await;
    let long: Vec<Arrival> =
        (0..200).map(|n| self::text(account, "1", &format!("m_{n}"), n, &"long ".repeat(100))).collect();
    let again = long.clone();
    let full = store
        .write("take", move |conn| Box::pin(async move { crate::store::messages::take(conn, &long).await }))
        .await;
    assert!(matches!(full, Err(WriteError::Full)), "{full:?}");
    limit("PRAGMA max_page_count = 1000000").await;
    let taken = take(&store, again).await;
    assert!(taken.iter().all(|t| t.fresh), "nothing of the failed attempt stayed");
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), crate::clock::Clock::system()).await.unwrap();
    let account = connect(&store, Channel::Instagram, "17841405309211844").await;
    put(&store, account, "a", false).await.unwrap();
    store.close().await;
    assert!(matches!(put(&store, account, "b", false).await, Err(WriteError::GivenUp)));
    let store = Store::open(folder.path(), crate::clock::Clock::system()).await.unwrap();
    let mut conn = store.read().await.unwrap();
    assert!(cursors::get(&mut conn, account, "a").await.unwrap().is_some());
}
