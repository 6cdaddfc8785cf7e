//! Opening: one process, nothing overwritten, and a sentence for whoever must help.

use super::*;
use crate::{clock::Clock, store::OpenError};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

async fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open(folder, Clock::manual(NOW)).await
}

/// A closed database with something in it.
async fn filled(folder: &Path) -> AccountId {
    let store = open(folder).await.unwrap();
    let account = connect(&store, Channel::Messenger, "682498302938465").await;
    let arrivals =
        (0..300).map(|n| text(account, &n.to_string(), &format!("m_{n}"), n, "some words to keep")).collect();
    take(&store, arrivals).await;
    store.close().await;
    account
}

async fn raw(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.join("heliograph.db")).connect().await.unwrap()
}

fn names(folder: &Path, part: &str) -> Vec<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(part) && name.ends_with(".db"))
        .collect()
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    connect(&store, Channel::Messenger, "682498302938465").await;
    for name in ["heliograph.db", "heliograph.db-wal", "heliograph.db-shm"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    store.close().await;
}

#[tokio::test]
async fn a_second_process_is_told_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    let second = open(folder.path()).await;
    assert!(matches!(second, Err(OpenError::InUse { .. })));
    connect(&first, Channel::Messenger, "1").await;
    first.close().await;
    open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_kept_with_a_copy_and_never_overwritten() {
    for (what, at) in [("its head", 0), ("its middle", 8 * 4096)] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path()).await;
        let file = folder.path().join("heliograph.db");
        let mut broken = fs::OpenOptions::new().write(true).open(&file).unwrap();
        broken.seek(SeekFrom::Start(at)).unwrap();
        broken.write_all(&[0x5a; 4 * 4096]).unwrap();
        drop(broken);
        // As a crash leaves it: the database is examined.
        fs::write(folder.path().join("heliograph.lock"), "running").unwrap();
        let before = fs::read(&file).unwrap();
        for _ in 0..2 {
            let error = open(folder.path()).await.err();
            let Some(OpenError::Damaged { copy, .. }) = &error else { panic!("{what}: {error:?}") };
            assert_eq!(fs::read(copy).unwrap(), before, "{what}");
            assert!(error.unwrap().to_string().contains("copy"));
        }
        assert_eq!(fs::read(&file).unwrap(), before, "{what}: left as it was");
        assert_eq!(names(folder.path(), "damaged").len(), 1, "{what}: one copy is enough");
    }
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    let mut conn = raw(folder.path()).await;
    conn.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .await
    .unwrap();
    conn.close().await.unwrap();
    let error = open(folder.path()).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }));
    assert!(error.to_string().contains("newer"));
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut conn = SqliteConnectOptions::new()
        .filename(folder.path().join("heliograph.db"))
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    conn.execute("CREATE TABLE theirs (x)").await.unwrap();
    conn.close().await.unwrap();
    assert!(matches!(open(folder.path()).await, Err(OpenError::Foreign { .. })));
}

#[tokio::test]
async fn a_crash_costs_an_examination_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let account = filled(folder.path()).await;
    fs::write(folder.path().join("heliograph.lock"), "running").unwrap();
    let store = open(folder.path()).await.unwrap();
    let again = take(&store, vec![text(account, "1", "m_1", 1, "some words to keep")]).await;
    assert!(!again[0].fresh);
}
