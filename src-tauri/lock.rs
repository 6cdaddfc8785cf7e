//! The app lock: words between whoever sits at the screen and the inbox. While it is locked the engine answers
//! people nothing; receiving and sending go on. Wrong tries cost time, never data.

use crate::{
    clock::Clock,
    events::Events,
    model::{AppLock, Event, LockKind, MINUTE, Timestamp},
    store::{Store, WriteError, settings},
    vault::{KeyError, Secret, stretched},
};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

/// Where the store keeps it.
const KEY: &str = "lock";
/// Tries that a slip of the finger costs nothing.
const FREE: u32 = 3;
/// What each further wrong try costs, in milliseconds; the last again and again.
const PAUSES: [i64; 6] = [5_000, 15_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE];
/// How often it is looked whether nobody is here, in milliseconds.
const LOOK: i64 = 5_000;
/// Time that passed between two looks beyond this means that the computer slept.
const SLEPT: i64 = 90_000;

/// The lock of one inbox; cheap to clone.
#[derive(Clone)]
pub struct Lock(Arc<Shared>);

struct Shared {
    store: Store,
    clock: Clock,
    events: Events,
    state: Mutex<State>,
    /// One try at a time: many at once would share one pause.
    trying: tokio::sync::Mutex<()>,
}

struct State {
    kept: Option<Kept>,
    locked: bool,
    last_input: Timestamp,
}

/// As it is stored. The words themselves are nowhere.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    kind: LockKind,
    salt: [u8; 16],
    hash: [u8; 32],
    #[serde(default)]
    wrong: u32,
    #[serde(default)]
    wait_until: Option<Timestamp>,
}

/// Why it does not open.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("there is no lock")]
    NotSet,
    #[error("those are not the words")]
    Wrong(LockKind),
    #[error("too many wrong tries")]
    Wait,
    #[error(transparent)]
    Words(#[from] KeyError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Lock {
    /// The lock as it is stored, and locked if there is one: a new start opens nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(store: &Store, clock: &Clock, events: &Events) -> Result<Self, sqlx::Error> {
        let kept: Option<Kept> = settings::value(&mut *store.read().await?, KEY).await?;
        let state = State { locked: kept.is_some(), kept, last_input: clock.now() };
        Ok(Self(Arc::new(Shared {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            state: Mutex::new(state),
            trying: tokio::sync::Mutex::default(),
        })))
    }

    /// Whether people are answered nothing.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.state().locked
    }

    /// How it stands.
    #[must_use]
    pub fn view(&self) -> AppLock {
        let now = self.0.clock.now();
        let state = self.state();
        AppLock {
            kind: state.kept.as_ref().map(|k| k.kind),
            locked: state.locked,
            wrong: state.kept.as_ref().map_or(0, |k| k.wrong),
            wait_until: state.kept.as_ref().and_then(|k| k.waits(now)),
            now,
        }
    }

    /// Locks, if there is a lock.
    pub fn lock(&self) {
        let changed = {
            let mut state = self.state();
            let changed = state.kept.is_some() && !state.locked;
            state.locked |= changed;
            changed
        };
        if changed {
            tracing::info!("the app is locked");
            self.0.events.tell(Event::LockChanged);
        }
    }

    /// Somebody is at a window. While locked that says nothing.
    pub fn note_input(&self) {
        self.state().last_input = self.0.clock.now();
    }

    /// Opens the inbox for whoever knows the words.
    ///
    /// # Errors
    /// When they are wrong, or it is too early for another try.
    pub async fn unlock(&self, words: Secret) -> Result<(), LockError> {
        self.prove(words).await?;
        {
            let mut state = self.state();
            state.locked = false;
            state.last_input = self.0.clock.now();
        }
        self.0.events.tell(Event::LockChanged);
        Ok(())
    }

    /// Sets new words; whoever knows the `current` ones may, and anybody where there are none.
    ///
    /// # Errors
    /// When `current` is wrong, or nothing can be written.
    pub async fn set(&self, kind: LockKind, words: Secret, current: Option<Secret>) -> Result<(), LockError> {
        if self.view().kind.is_some() {
            self.prove(current.unwrap_or_else(|| Secret::new(""))).await?;
        }
        let salt = rand::random();
        let hash = hashed(words, salt).await?;
        self.keep(Some(Kept { kind, salt, hash, wrong: 0, wait_until: None })).await?;
        self.note_input();
        self.0.events.tell(Event::LockChanged);
        Ok(())
    }

    /// Takes the lock off.
    ///
    /// # Errors
    /// As [`Lock::set`].
    pub async fn remove(&self, current: Secret) -> Result<(), LockError> {
        self.prove(current).await?;
        self.keep(None).await?;
        self.0.events.tell(Event::LockChanged);
        Ok(())
    }

    async fn prove(&self, words: Secret) -> Result<(), LockError> {
        let _alone = self.0.trying.lock().await;
        let now = self.0.clock.now();
        let kept = self.state().kept.clone().ok_or(LockError::NotSet)?;
        if kept.waits(now).is_some() {
            return Err(LockError::Wait);
        }
        // Counted before it is judged: whoever ends the process in between has used up a try.
        let wrong = kept.wrong.saturating_add(1);
        self.count(Kept { wrong, wait_until: pause(wrong).map(|ms| now.plus(ms)), ..kept.clone() }).await;
        let hash = match hashed(words, kept.salt).await {
            Ok(hash) => hash,
            Err(KeyError::EmptyPassphrase) => [0; 32],
            Err(error) => return Err(error.into()),
        };
        if bool::from(hash.ct_eq(&kept.hash)) {
            self.count(Kept { wrong: 0, wait_until: None, ..kept }).await;
            return Ok(());
        }
        self.0.events.tell(Event::LockChanged);
        Err(LockError::Wrong(kept.kind))
    }

    /// A full disk must not keep the right words from opening: then it is counted in memory alone.
    async fn count(&self, kept: Kept) {
        if let Err(error) = self.keep(Some(kept.clone())).await {
            tracing::warn!(%error, "a try at the lock could not be written down");
            self.state().kept = Some(kept);
        }
    }

    async fn keep(&self, kept: Option<Kept>) -> Result<(), WriteError> {
        let stored = kept.clone();
        self.0
            .store
            .write("keep the lock", move |conn| {
                Box::pin(async move {
                    match &stored {
                        Some(stored) => settings::set_value(conn, KEY, stored).await,
                        None => settings::remove_value(conn, KEY).await,
                    }
                })
            })
            .await?;
        let mut state = self.state();
        state.locked &= kept.is_some();
        state.kept = kept;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Until when no try counts. A clock that was set back must not shut anybody out for longer than the pause.
    fn waits(&self, now: Timestamp) -> Option<Timestamp> {
        let longest = now.plus(pause(self.wrong)?);
        self.wait_until.filter(|until| *until > now).map(|until| until.min(longest))
    }
}

fn pause(wrong: u32) -> Option<i64> {
    let at = usize::try_from(wrong.checked_sub(FREE + 1)?).unwrap_or(usize::MAX);
    PAUSES.get(at).or(PAUSES.last()).copied()
}

/// It takes a fifth of a second: not on an async thread.
async fn hashed(words: Secret, salt: [u8; 16]) -> Result<[u8; 32], KeyError> {
    match tokio::task::spawn_blocking(move || stretched(&words, &salt)).await {
        Ok(hash) => hash,
        // It panicked or the process ends: as good as no words.
        Err(_) => Err(KeyError::EmptyPassphrase),
    }
}

/// Takes the lock of a closed inbox off, without its words; whether there was one. For whoever may use the files.
///
/// # Errors
/// When the database cannot be written.
pub async fn take_off(store: &Store) -> Result<bool, WriteError> {
    store
        .write("take the lock off", |conn| {
            Box::pin(async move {
                let kept: Option<serde_json::Value> = settings::value(conn, KEY).await?;
                settings::remove_value(conn, KEY).await?;
                Ok(kept.is_some())
            })
        })
        .await
}

/// Locks when nobody has been here for as long as the settings say, and after the computer slept.
pub async fn follow(lock: Lock, stop: CancellationToken) {
    let (store, clock) = (&lock.0.store, &lock.0.clock);
    loop {
        let before = clock.now();
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep(LOOK) => {}
        }
        let chosen = async { settings::get(&mut *store.read().await?).await };
        let Ok(chosen) = chosen.await.map(|s| s.lock) else { continue };
        let now = clock.now();
        let idle = {
            let mut state = lock.state();
            // A clock that was set back begins anew.
            state.last_input = state.last_input.min(now);
            state.last_input.until(now)
        };
        let nobody = chosen.after_minutes > 0 && idle >= i64::from(chosen.after_minutes) * MINUTE;
        if nobody || (chosen.with_system && before.until(now) > SLEPT) {
            lock.lock();
        }
    }
}

#[cfg(test)]
#[path = "lock_tests.rs"]
mod tests;
