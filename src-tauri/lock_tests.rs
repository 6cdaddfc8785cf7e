//! The lock over a clock that only the test moves.

use super::*;
use crate::model::{DAY, Settings};

struct Scene {
    store: Store,
    clock: Clock,
    events: Events,
    lock: Lock,
}

impl Scene {
    async fn new() -> Self {
        let clock = Clock::manual(Timestamp(100 * DAY));
        let (store, events) = (Store::in_memory().await.unwrap(), Events::default());
        let lock = Lock::open(&store, &clock, &events).await.unwrap();
        Self { store, clock, events, lock }
    }

    async fn with_pin() -> Self {
        let scene = Self::new().await;
        scene.lock.set(LockKind::Pin, Secret::new("2468"), None).await.unwrap();
        scene
    }

    async fn started_again(&self) -> Lock {
        Lock::open(&self.store, &self.clock, &self.events).await.unwrap()
    }

    async fn tries(&self, words: &str) -> Result<(), LockError> {
        self.lock.unlock(Secret::new(words)).await
    }

    async fn settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut chosen = Settings::default();
        change(&mut chosen);
        let written =
            self.store.write("test", move |c| Box::pin(async move { settings::set(c, &chosen).await }));
        written.await.unwrap();
    }
}

#[tokio::test]
async fn without_words_nothing_locks() {
    let scene = Scene::new().await;
    scene.lock.lock();
    assert!(!scene.lock.is_locked());
    assert!(matches!(scene.tries("2468").await, Err(LockError::NotSet)));
}

#[tokio::test]
async fn it_opens_for_its_words_alone_and_every_start_is_locked() {
    let scene = Scene::with_pin().await;
    assert!(!scene.lock.is_locked(), "whoever sets it is here");
    scene.lock.lock();
    assert!(matches!(scene.tries("2469").await, Err(LockError::Wrong(LockKind::Pin))));
    assert!(scene.lock.is_locked());
    scene.tries("2468").await.unwrap();
    assert!(!scene.lock.is_locked());
    assert!(scene.started_again().await.is_locked());
}

#[tokio::test]
async fn wrong_tries_wait_longer_and_longer_and_a_restart_does_not_help() {
    let scene = Scene::with_pin().await;
    scene.lock.lock();
    for _ in 0..FREE {
        assert!(matches!(scene.tries("0000").await, Err(LockError::Wrong(_))));
        assert_eq!(scene.lock.view().wait_until, None, "slips cost nothing");
    }
    for ms in PAUSES.into_iter().chain(PAUSES.last().copied()) {
        assert!(matches!(scene.tries("0000").await, Err(LockError::Wrong(_))));
        assert_eq!(scene.lock.view().wait_until, Some(scene.clock.now().plus(ms)));
        assert!(matches!(scene.tries("2468").await, Err(LockError::Wait)), "the right words wait too");
        let again = scene.started_again().await;
        assert!(matches!(again.unlock(Secret::new("2468")).await, Err(LockError::Wait)));
        scene.clock.advance(ms);
    }
    scene.tries("2468").await.unwrap();
    assert_eq!(scene.lock.view().wrong, 0, "who knows the words begins anew");
}

#[tokio::test]
async fn a_clock_that_was_set_back_shuts_nobody_out_for_longer_than_the_pause() {
    let scene = Scene::with_pin().await;
    scene.lock.lock();
    for _ in 0..=FREE {
        let _ = scene.tries("0000").await;
    }
    scene.clock.advance(-30 * DAY);
    let until = scene.lock.view().wait_until.unwrap();
    assert_eq!(scene.clock.now().until(until), PAUSES[0]);
}

#[tokio::test]
async fn only_the_words_change_or_remove_it() {
    let scene = Scene::with_pin().await;
    let set = |current: Option<&str>| {
        scene.lock.set(LockKind::Passphrase, Secret::new("a green meadow"), current.map(Secret::new))
    };
    assert!(matches!(set(None).await, Err(LockError::Wrong(_))));
    assert!(matches!(set(Some("1111")).await, Err(LockError::Wrong(_))));
    set(Some("2468")).await.unwrap();
    assert_eq!(scene.lock.view().kind, Some(LockKind::Passphrase));
    assert!(scene.lock.remove(Secret::new("2468")).await.is_err());
    scene.lock.remove(Secret::new("a green meadow")).await.unwrap();
    assert!(!scene.started_again().await.is_locked());
}

#[tokio::test]
async fn the_words_are_nowhere_in_the_database() {
    let scene = Scene::new().await;
    scene.lock.set(LockKind::Passphrase, Secret::new("a green meadow"), None).await.unwrap();
    let mut conn = scene.store.read().await.unwrap();
    let kept: serde_json::Value = settings::value(&mut conn, KEY).await.unwrap().unwrap();
    assert!(!kept.to_string().contains("meadow"));
}

#[tokio::test]
async fn it_locks_when_nobody_was_here_for_as_long_as_was_chosen() {
    let scene = Scene::with_pin().await;
    scene.settings(|s| (s.lock.after_minutes, s.lock.with_system) = (5, false)).await;
    let (stop, mut events) = (CancellationToken::new(), scene.events.listen());
    let following = tokio::spawn(follow(scene.lock.clone(), stop.clone()));
    tokio::task::yield_now().await;
    scene.clock.advance(4 * MINUTE);
    scene.lock.note_input();
    assert!(!scene.lock.is_locked());
    // The clock moves while it looks, too: it is moved until it has looked.
    scene.clock.advance(5 * MINUTE);
    let locked = async {
        while !scene.lock.is_locked() {
            tokio::select! {
                event = events.next() => assert_eq!(event, Some(Event::LockChanged)),
                () = tokio::time::sleep(std::time::Duration::from_millis(20)) => scene.clock.advance(LOOK),
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), locked).await.unwrap();
    stop.cancel();
    following.await.unwrap();
}

#[tokio::test]
async fn it_locks_after_the_computer_slept() {
    let scene = Scene::with_pin().await;
    scene.settings(|s| (s.lock.after_minutes, s.lock.with_system) = (0, true)).await;
    let stop = CancellationToken::new();
    let following = tokio::spawn(follow(scene.lock.clone(), stop.clone()));
    let locked = async {
        while !scene.lock.is_locked() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            scene.clock.advance(SLEPT + 1);
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), locked).await.unwrap();
    stop.cancel();
    following.await.unwrap();
}
