//! How news reaches us without webhooks. One task per account does its import and its polls, so there are
//! never two for one account at once; another reads profiles; health says how each account is doing.

mod health;
mod import;
mod line;
mod poll;
mod profiles;
mod unsent;

pub use health::HealthBook;
pub use line::SyncError as ReadError;

use crate::{
    access::AccessBook,
    clock::Clock,
    config::Config,
    events::Events,
    intake::Intake,
    media::Media,
    model::{AccountId, ImportState, MessageId, Timestamp},
    store::{Store, WriteError, accounts, contacts, cursors},
    tasks::Tasks,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What every account's task works with.
pub(crate) struct Sources {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub events: Events,
    pub access: Arc<AccessBook>,
    pub intake: Intake,
    pub media: Media,
    pub health: HealthBook,
    /// Messages that a list lacked and Meta still has: not asked for again.
    pub asked: Mutex<HashSet<MessageId>>,
}

impl Sources {
    /// Whether the import has gone through an account's past.
    async fn past_is_known(&self, account: AccountId) -> Result<bool, sqlx::Error> {
        let mut conn = self.store.read().await?;
        let import = accounts::get(&mut conn, account).await?.map(|a| a.account.import.state);
        Ok(import == Some(ImportState::Done))
    }
}

/// The accounts that are followed; cheap to clone.
#[derive(Clone)]
pub struct Sync {
    sources: Arc<Sources>,
    tasks: Tasks,
    followed: Arc<Mutex<HashMap<AccountId, Followed>>>,
}

#[derive(Clone)]
struct Followed {
    leave: CancellationToken,
    left: Arc<Notify>,
    wake: Arc<Notify>,
}

impl Sync {
    /// Nothing is followed until [`Sync::resume`].
    #[must_use]
    pub(crate) fn new(sources: Sources, tasks: &Tasks) -> Self {
        let sources = Arc::new(sources);
        tasks.keep("profiles", {
            let sources = sources.clone();
            move |stop| profiles::run(sources.clone(), stop)
        });
        tasks.keep("health", {
            let sources = sources.clone();
            move |stop| health::follow_sends(sources.clone(), stop)
        });
        Self { sources, tasks: tasks.clone(), followed: Arc::default() }
    }

    /// Follows every account that is connected, except those of a demo world that does not run yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn resume(&self) -> Result<(), sqlx::Error> {
        let known = {
            let mut conn = self.sources.store.read().await?;
            accounts::list(&mut conn).await?
        };
        for account in known.into_iter().filter(|a| !a.account.demo) {
            self.follow(account.account.id, None);
        }
        Ok(())
    }

    /// Follows `account` from now on; a second call replaces the first, since its token may be new.
    pub fn follow(&self, account: AccountId, picture: Option<String>) {
        let new = Followed { leave: CancellationToken::new(), left: Arc::default(), wake: Arc::default() };
        let before = self.lock().insert(account, new.clone());
        let (sources, stop) = (self.sources.clone(), self.tasks.stopping());
        self.tasks.once(async move {
            if let Some(before) = before {
                before.leave.cancel();
                before.left.notified().await;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = new.leave.cancelled() => {}
                () = line::live(&sources, account, picture, &new.wake) => {}
            }
            new.left.notify_one();
        });
    }

    /// Stops following `account` and waits until its task has ended.
    pub async fn leave(&self, account: AccountId) {
        let followed = self.lock().remove(&account);
        if let Some(followed) = followed {
            followed.leave.cancel();
            followed.left.notified().await;
        }
        self.sources.health.forget(account);
    }

    /// Whether the account is followed: a demo world that has not begun is not.
    #[must_use]
    pub fn follows(&self, account: AccountId) -> bool {
        self.lock().contains_key(&account)
    }

    /// Asks the account for news at once.
    pub fn poll_now(&self, account: AccountId) {
        if let Some(followed) = self.lock().get(&account) {
            followed.wake.notify_one();
        }
    }

    /// Holds the import of the past, or goes on with it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn pause_import(&self, account: AccountId, paused: bool) -> Result<(), WriteError> {
        let state = if paused { ImportState::Paused } else { ImportState::Waiting };
        self.sources
            .store
            .write("pause an import", move |c| {
                Box::pin(async move {
                    let Some(import) = accounts::get(c, account).await?.map(|a| a.account.import) else {
                        return Ok(());
                    };
                    if import.state == ImportState::Done || import.state == ImportState::NotPossible {
                        return Ok(());
                    }
                    accounts::set_import(c, account, crate::model::Import { state, ..import }).await
                })
            })
            .await?;
        self.sources.events.tell(crate::model::Event::AccountChanged { account });
        self.poll_now(account);
        Ok(())
    }

    /// Reads the past of `account` once more; what is stored is passed over quickly.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn import_again(&self, account: AccountId) -> Result<(), WriteError> {
        self.sources
            .store
            .write("import once more", move |c| {
                Box::pin(async move {
                    let import = accounts::get(c, account).await?.map(|a| a.account.import.state);
                    if matches!(import, Some(ImportState::Done | ImportState::Running)) {
                        cursors::remove(c, account, import::PLACE).await?;
                        accounts::set_import(c, account, crate::model::Import::default()).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        self.sources.events.tell(crate::model::Event::AccountChanged { account });
        self.poll_now(account);
        Ok(())
    }

    /// Reads somebody's profile now, however fresh it is; whether Meta shared it.
    ///
    /// # Errors
    /// When Meta cannot be asked, or the database cannot be written.
    pub async fn read_profile(
        &self,
        account: AccountId,
        person: &contacts::Stale,
    ) -> Result<bool, ReadError> {
        profiles::now(&self.sources, account, person).await
    }

    /// Since when no call has reached Meta although some were tried.
    #[must_use]
    pub fn offline_since(&self) -> Option<Timestamp> {
        self.sources.health.offline_since()
    }

    /// How each account is doing.
    #[must_use]
    pub fn health(&self) -> &HealthBook {
        &self.sources.health
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Followed>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
