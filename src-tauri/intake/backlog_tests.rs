//! Bursts: answered with the journal row, taken in afterwards, in order and once, whatever happens in between.

use super::*;
use crate::{
    clock::Clock,
    config::{BURST, Hosts},
    events::Events,
    intake::{Intake, WAITING, queue},
    media::Media,
    model::{Channel, MetaAccountId, MetaMessageId, MetaPersonId, Timestamp},
    store::{
        journal::{self, Delivery},
        kin,
        tests::connect,
    },
    tasks::Tasks,
    vault::{MasterKey, Vault},
};
use futures_util::{FutureExt, future::join_all};
use sqlx::Executor;
use std::{path::Path, sync::RwLock};
use tokio::sync::mpsc;

const PAGE: &str = "682498302938465";
/// Enough at the same moment.
const MANY: usize = 40;
const AT: i64 = 1_780_000_000_000;

/// An intake whose backlog is worked off only when the test says so.
struct Scene {
    store: Store,
    desk: Arc<Inside>,
    intake: Intake,
    tasks: Tasks,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let scene = Self::over(tempfile::tempdir().unwrap()).await;
        connect(&scene.store, Channel::Messenger, PAGE).await;
        scene
    }

    /// Over data that is there.
    async fn over(folder: tempfile::TempDir) -> Self {
        let clock = Clock::manual(Timestamp(AT + 60_000));
        let store = Store::open(folder.path(), clock.clone()).await.unwrap();
        let desk = Arc::new(Inside {
            store: store.clone(),
            clock,
            events: Events::default(),
            media: Media::open(folder.path().join("media"), &Hosts::default()).await.unwrap(),
            vault: Vault::new(&MasterKey::random()),
            known: RwLock::default(),
            backlog: Backlog::open(&store).await.unwrap(),
            burst: BURST,
        });
        let (sender, receiver) = mpsc::channel(WAITING);
        let tasks = Tasks::default();
        tasks.once(queue::answer(receiver, desk.clone(), tasks.stopping()));
        Self { store, intake: Intake { waiting: sender, desk: desk.clone() }, desk, tasks, folder }
    }

    /// Begins to work off the backlog.
    fn work_off(&self) {
        self.tasks.once(take_in(self.desk.clone(), self.tasks.stopping()));
    }

    /// All of them at the same moment.
    async fn deliver(&self, bodies: impl IntoIterator<Item = String>) -> Vec<Result<(), TakeError>> {
        let mut takes: Vec<_> = bodies.into_iter().map(|body| Box::pin(self.take(body))).collect();
        for take in &mut takes {
            assert!(take.as_mut().now_or_never().is_none(), "nobody is answered before the commit");
        }
        join_all(takes).await
    }

    async fn take(&self, body: String) -> Result<(), TakeError> {
        self.intake.take(RawDelivery::webhook(body.into(), Timestamp(AT))).await
    }

    /// Delivers them and expects that all are answered.
    async fn burst(&self, bodies: impl IntoIterator<Item = String>) {
        assert!(self.deliver(bodies).await.into_iter().all(|answer| answer.is_ok()));
    }

    /// Those of its messages that are in the inbox, in the order in which they were taken in.
    async fn inbox(&self) -> Vec<String> {
        let sql = "SELECT meta_id FROM messages WHERE form <> 'unsent' ORDER BY id";
        sqlx::query_scalar(sql).fetch_all(&mut *self.store.read().await.unwrap()).await.unwrap()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut *self.store.read().await.unwrap()).await.unwrap()
    }

    async fn waiting(&self) -> i64 {
        self.count("SELECT count(*) FROM backlog WHERE failed = 0").await
    }

    async fn run(&self, sql: &'static str) {
        let run =
            self.store.write("story", move |conn| Box::pin(async move { conn.execute(sql).await.map(drop) }));
        run.await.unwrap();
    }

    /// What a kill at this moment leaves, opened again.
    async fn killed(&self) -> Self {
        let left = tempfile::tempdir().unwrap();
        for name in ["heliograph.db", "heliograph.db-wal"] {
            let from: &Path = &self.folder.path().join(name);
            std::fs::copy(from, left.path().join(name)).unwrap();
        }
        Self::over(left).await
    }
}

/// Message `n` of one of seven people.
fn message(n: usize) -> String {
    said(PAGE, &format!("person{}", n % 7), n, &format!("Number {n}"))
}

fn said(page: &str, person: &str, n: usize, text: &str) -> String {
    item(page, person, n, &format!(r#""message":{{"mid":"m_{n}","text":"{text}"}}"#))
}

fn item(page: &str, person: &str, n: usize, what: &str) -> String {
    format!(
        r#"{{"object":"page","entry":[{{"id":"{page}","time":{AT},"messaging":[{{"sender":{{"id":"{person}"}},
        "recipient":{{"id":"{page}"}},"timestamp":{},{what}}}]}}]}}"#,
        AT + n as i64
    )
}

fn ids(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("m_{n}")).collect()
}

#[tokio::test]
async fn a_burst_is_answered_with_the_journal_rows_and_is_in_the_inbox_afterwards_in_order() {
    let scene = Scene::new().await;
    scene.burst((0..MANY).map(message)).await;
    assert_eq!((scene.waiting().await, scene.inbox().await.len()), (MANY as i64, 0), "answered first");
    scene.work_off();
    scene.intake.caught_up().await.unwrap();
    assert_eq!((scene.waiting().await, scene.inbox().await), (0, ids(0..MANY)));
    assert_eq!(scene.count("SELECT count(*) FROM messages WHERE journal NOT NULL").await, MANY as i64);
}

#[tokio::test]
async fn a_few_at_the_same_moment_are_in_the_inbox_when_they_are_answered() {
    let scene = Scene::new().await;
    scene.burst((0..BURST - 1).map(message)).await;
    assert_eq!(scene.inbox().await, ids(0..BURST - 1));
}

#[tokio::test]
async fn what_was_answered_before_a_kill_is_taken_in_once_at_the_next_start() {
    let scene = Scene::new().await;
    scene.burst([message(3)]).await;
    scene.burst((0..MANY).map(message)).await;
    let next = scene.killed().await;
    assert_eq!(next.inbox().await, ids([3]), "the others wait in the journal");
    next.work_off();
    next.intake.caught_up().await.unwrap();
    let once = ids([3].into_iter().chain((0..MANY).filter(|n| *n != 3)));
    assert_eq!((next.waiting().await, next.inbox().await), (0, once.clone()));
    // And Meta delivers some of them again.
    next.burst((0..MANY).map(message)).await;
    next.intake.caught_up().await.unwrap();
    assert_eq!(next.inbox().await, once);
}

/// Enough of them need room.
fn long(n: usize) -> String {
    said(PAGE, "person", n, &"long ".repeat(800))
}

#[tokio::test]
async fn a_burst_on_a_full_disk_is_refused_and_nothing_of_it_stays() {
    let scene = Scene::new().await;
    scene.run("PRAGMA max_page_count = 1").await;
    let answers = scene.deliver((0..MANY).map(long)).await;
    assert!(answers.iter().all(|a| matches!(a, Err(TakeError::Storage(WriteError::Full)))), "{answers:?}");
    assert_eq!(scene.count("SELECT count(*) FROM journal").await, 0);
    scene.run("PRAGMA max_page_count = 1000000").await;
    scene.burst((0..MANY).map(long)).await;
    assert_eq!(scene.waiting().await, MANY as i64);
}

#[tokio::test]
async fn a_full_disk_while_a_backlog_is_taken_in_loses_nothing_of_it() {
    let scene = Scene::new().await;
    scene.burst((0..MANY).map(long)).await;
    scene.run("PRAGMA max_page_count = 1").await;
    assert!(matches!(scene.desk.take_some_in().await, Err(TakeError::Storage(WriteError::Full))));
    assert_eq!(scene.waiting().await, MANY as i64);
    scene.run("PRAGMA max_page_count = 1000000").await;
    scene.work_off();
    scene.intake.caught_up().await.unwrap();
    assert_eq!(scene.inbox().await, ids(0..MANY));
}

#[tokio::test]
async fn what_comes_later_is_taken_in_later() {
    let scene = Scene::new().await;
    scene.burst((0..MANY).map(message)).await;
    // One alone goes behind the backlog, as it would be an answer or a reaction to what is in it.
    let taken_back = item(PAGE, "person1", 1, r#""message":{"mid":"m_1","is_deleted":true}"#);
    scene.burst([taken_back]).await;
    assert_eq!(scene.inbox().await.len(), 0);
    let account = crate::model::AccountId(1);
    let mut gone = Box::pin(scene.intake.unsent(account, MetaMessageId("m_2".into())));
    assert!(gone.as_mut().now_or_never().is_none(), "what a poll found waits for the backlog");
    scene.work_off();
    gone.await.unwrap();
    assert_eq!(scene.inbox().await, ids((0..MANY).filter(|n| *n != 1 && *n != 2)));
    let kept =
        "SELECT count(*) FROM journal WHERE instr(body, 'Number 1\"') > 0 OR instr(body, 'Number 2\"') > 0";
    assert_eq!(scene.count(kept).await, 0, "what was unsent is in no delivery either");
}

#[tokio::test]
async fn one_that_cannot_be_taken_in_is_set_aside_and_tried_again_at_the_next_start() {
    let scene = Scene::new().await;
    scene
        .run(
            "CREATE TRIGGER bad BEFORE INSERT ON messages WHEN new.text = 'Number 5' BEGIN
                 SELECT RAISE(ABORT, 'a bad row'); END",
        )
        .await;
    let unreadable = format!("{UNREADABLE}{PAGE}");
    scene.burst((0..MANY).map(message).chain([unreadable])).await;
    scene.work_off();
    scene.intake.caught_up().await.unwrap();
    assert_eq!(scene.inbox().await, ids((0..MANY).filter(|n| *n != 5)), "its neighbours are there");
    let waits = backlog::waits(&mut scene.store.read().await.unwrap()).await.unwrap();
    assert_eq!((waits.deliveries, waits.failed), (0, 2), "one that was not written, one that was not read");
    assert_eq!(scene.count("SELECT count(*) FROM journal").await, MANY as i64 + 1, "it is kept");
    scene.burst([message(99)]).await;
    assert!(scene.inbox().await.contains(&"m_99".to_owned()), "the door is open to what comes");

    scene.run("DROP TRIGGER bad").await;
    let next = scene.killed().await;
    next.work_off();
    next.intake.caught_up().await.unwrap();
    assert!(next.inbox().await.contains(&"m_5".to_owned()));
    assert_eq!(next.count("SELECT count(*) FROM backlog").await, 1, "the other one is still unreadable");
}

#[tokio::test]
async fn nothing_of_deleted_people_or_of_strangers_reaches_the_journal() {
    let scene = Scene::new().await;
    let strangers = || (100..103).map(|n| said("999000111", "someone", n, "Not for you"));
    scene.burst((0..20).map(message).chain(strangers())).await;
    let foreign = "SELECT coalesce(sum(items), 0) FROM foreign_deliveries";
    assert_eq!((scene.waiting().await, scene.count(foreign).await), (20, 3), "strangers are only counted");

    let person = MetaPersonId("person3".into());
    let print =
        scene.desk.vault.fingerprint_of_person(Channel::Messenger, &MetaAccountId(PAGE.into()), &person);
    let forget = scene.store.write("delete", move |conn| {
        Box::pin(async move { kin::remember_deleted(conn, &[print], Timestamp(AT + 1_000)).await })
    });
    forget.await.unwrap();
    scene.intake.forget_accounts();
    scene.burst((20..20 + MANY).map(message).chain(strangers())).await;
    assert_eq!(scene.count(foreign).await, 6);
    let later = "SELECT count(*) FROM journal WHERE id > 20 AND instr(body, 'person3') > 0";
    assert_eq!(scene.count(later).await, 0, "nor is anything kept of who was deleted");
    // What was in the journal already is forgotten with its row, at the latest when it is taken in.
    scene.work_off();
    scene.intake.caught_up().await.unwrap();
    assert_eq!(scene.inbox().await, ids((0..20 + MANY).filter(|n| n % 7 != 3)));
    assert_eq!(scene.count("SELECT count(*) FROM journal WHERE instr(body, 'person3') > 0").await, 0);
}

#[tokio::test]
async fn who_is_deleted_while_a_delivery_waits_for_its_turn_does_not_come_back_with_it() {
    let scene = Scene::new().await;
    scene.burst([message(0)]).await;
    // Read before the person is deleted, written after.
    let known = scene.desk.known().await.unwrap();
    let person = MetaPersonId("person3".into());
    let print =
        scene.desk.vault.fingerprint_of_person(Channel::Messenger, &MetaAccountId(PAGE.into()), &person);
    let (release, held) = tokio::sync::oneshot::channel::<()>();
    let delete = scene.store.write("delete", move |conn| {
        Box::pin(async move {
            kin::remember_deleted(conn, &[print], Timestamp(AT + 1_000)).await?;
            let _ = held.await;
            Ok(())
        })
    });
    let mut delete = Box::pin(delete);
    assert!(delete.as_mut().now_or_never().is_none());
    let mut take = Box::pin(scene.take(message(3)));
    assert!(take.as_mut().now_or_never().is_none());
    while scene.intake.waiting.capacity() < WAITING {
        tokio::task::yield_now().await;
    }
    scene.intake.forget_accounts();
    assert!(!scene.desk.is_current(&known));
    release.send(()).unwrap();
    delete.await.unwrap();
    take.await.unwrap();
    assert_eq!(scene.inbox().await, ids([0]));
    assert_eq!(scene.count("SELECT count(*) FROM journal WHERE instr(body, 'person3') > 0").await, 0);
}

#[tokio::test]
async fn beyond_its_room_callers_wait_and_are_refused_when_none_can_be_made() {
    let scene = Scene::new().await;
    let backlog = &scene.desk.backlog;
    for (deliveries, bytes) in [(MOST, 0), (1, MOST_BYTES)] {
        backlog.added(deliveries as usize, bytes as usize);
        let mut room = Box::pin(backlog.room());
        assert!(room.as_mut().now_or_never().is_none(), "it is full");
        backlog.0.send_modify(|state| (state.through, state.bytes) = (state.added, 0));
        room.await.unwrap();
    }
    backlog.added(MOST as usize, 0);
    let mut room = Box::pin(backlog.room());
    assert!(room.as_mut().now_or_never().is_none());
    backlog.0.send_modify(|state| state.stuck = Some(WriteError::Full.into()));
    assert!(matches!(room.await, Err(TakeError::Storage(WriteError::Full))));
}

#[tokio::test]
async fn taking_in_begins_when_the_burst_is_over_or_half_of_the_room_is_used_up() {
    let due = |waits, bytes, burst| State { added: waits, bytes, burst, ..State::default() }.is_due();
    assert!(!due(0, 0, false) && due(1, 1, false) && !due(1, 1, true));
    assert!(due(MOST / 2, 1, true) && due(1, MOST_BYTES / 2, true));
}

#[tokio::test]
async fn large_bodies_are_read_a_few_at_a_time() {
    let scene = Scene::new().await;
    let large = |n| said(PAGE, "person", n, &"a".repeat(STEP_BYTES as usize / 3));
    scene.burst((0..20).map(large)).await;
    let step = backlog::oldest(&mut scene.store.read().await.unwrap(), BATCH, STEP_BYTES).await.unwrap();
    assert_eq!(step.len(), 3);
    let one = backlog::oldest(&mut scene.store.read().await.unwrap(), BATCH, 1).await.unwrap();
    assert_eq!((one.len(), one[0].id), (1, step[0].id), "one goes whatever its size");
}

#[tokio::test]
async fn what_waits_outlives_the_days_of_the_journal() {
    let scene = Scene::new().await;
    let add = scene.store.write("add", |conn| {
        Box::pin(async move {
            let body = message(1);
            let old = Delivery { source: "webhook", received_at: Timestamp(1), body: body.as_bytes() };
            journal::append_all(conn, &[old]).await?;
            let mut trip = crate::store::Trip::default();
            backlog::add(&mut trip, &[old])?;
            trip.go(conn).await?;
            journal::prune(conn, Timestamp(AT), 500).await
        })
    });
    assert_eq!(add.await.unwrap(), 1, "the other one");
    let next = scene.killed().await;
    next.work_off();
    next.intake.caught_up().await.unwrap();
    assert_eq!(next.inbox().await, ids([1]));
    let prune = next.store.write("prune", |conn| Box::pin(journal::prune(conn, Timestamp(AT), 500)));
    assert_eq!(prune.await.unwrap(), 1, "then it goes by age");
}

#[tokio::test]
async fn a_stop_takes_in_what_was_answered() {
    let scene = Scene::new().await;
    scene.work_off();
    scene.burst((0..MANY).map(message)).await;
    scene.tasks.stop().await;
    assert_eq!((scene.waiting().await, scene.inbox().await), (0, ids(0..MANY)));
    assert!(
        matches!(scene.take(message(99)).await, Err(TakeError::Stopping)),
        "nothing is answered after it"
    );
}
