//! How each account is doing: what was last heard, what is wrong since when, how much of Meta's allowance
//! is used. Kept in the database, so that yesterday's trouble is still there tomorrow.

use super::Sources;
use crate::{
    access::AccessError,
    clock::Clock,
    events::Events,
    graph::{self, Fate},
    model::{AccountId, Action, Code, Event, Health, Problem, Reminded, SignInFault, Timestamp},
    store::{Store, WriteError, accounts, conversations, messages},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// Writes each account's health; cheap to clone.
#[derive(Clone)]
pub struct HealthBook {
    store: Store,
    clock: Clock,
    events: Events,
    moment: Arc<Mutex<Moment>>,
}

/// What is only true now and need not survive.
#[derive(Default)]
struct Moment {
    next_poll: HashMap<AccountId, Timestamp>,
    offline_since: Option<Timestamp>,
}

impl HealthBook {
    /// A book over `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, events: Events) -> Self {
        Self { store, clock, events, moment: Arc::default() }
    }

    /// Since when Meta cannot be reached.
    #[must_use]
    pub fn offline_since(&self) -> Option<Timestamp> {
        self.lock().offline_since
    }

    /// When the account will be asked next.
    #[must_use]
    pub fn next_poll_at(&self, account: AccountId) -> Option<Timestamp> {
        self.lock().next_poll.get(&account).copied()
    }

    pub(super) fn next_poll(&self, account: AccountId, at: Timestamp) {
        self.lock().next_poll.insert(account, at);
    }

    pub(super) fn forget(&self, account: AccountId) {
        self.lock().next_poll.remove(&account);
    }

    /// A poll went through.
    pub(super) async fn polled(&self, account: AccountId, access: &graph::Account) {
        let now = self.clock.now();
        let usage = access.usage();
        self.reached();
        self.note(account, move |h| {
            h.last_poll_at = Some(now);
            h.quota_percent = usage.map(|u| u.percent);
            h.paused_until = None;
            h.answered();
        })
        .await;
    }

    /// Meta told how the token stands.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn inspected(&self, account: AccountId, token: &graph::TokenState) -> Result<(), WriteError> {
        self.reached();
        let (token, now) = (token.clone(), self.clock.now());
        self.write(account, move |h| {
            if token.told {
                h.token_expires_at = token.expires_at;
                h.data_access_expires_at = token.data_access_expires_at;
                h.scopes.clone_from(&token.scopes);
                h.missing_scopes.clone_from(&token.missing_scopes);
            }
            h.inspected_at = Some(now);
            // A feature may have been granted since: it is offered again until Meta says no.
            h.lacks_human_agent = false;
            judge(h, now);
        })
        .await
    }

    /// A call of the account failed.
    pub async fn failed(&self, account: AccountId, error: &graph::Error) {
        let now = self.clock.now();
        match error.fate() {
            Fate::Offline => {
                let first = {
                    let mut moment = self.lock();
                    let first = moment.offline_since.is_none();
                    moment.offline_since.get_or_insert(now);
                    first
                };
                if first {
                    self.events.tell(Event::StatusChanged);
                }
            }
            Fate::Wait(ms) => self.note(account, move |h| h.paused_until = Some(now.plus(ms))).await,
            Fate::SignInAgain | Fate::UserAction | Fate::StopWrites => {
                tracing::warn!(account = account.0, error = %error, "a call failed, and a person must mend it");
                let (problem, fault) = (error.problem(), error.fault());
                self.note(account, move |h| h.trouble(problem, fault, now)).await;
            }
            // A passing fault, or the fault of one call.
            _ => tracing::info!(account = account.0, error = %error, "a call failed"),
        }
    }

    /// Meta was asked how the token stands, and refused.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn refused(&self, account: AccountId) -> Result<(), WriteError> {
        let now = self.clock.now();
        self.write(account, move |h| h.inspected_at = Some(now)).await
    }

    /// A token was renewed and is good until `ends`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn renewed(&self, account: AccountId, ends: Option<Timestamp>) -> Result<(), WriteError> {
        self.reached();
        let now = self.clock.now();
        self.write(account, move |h| {
            (h.token_expires_at, h.renewed_at) = (ends, Some(now));
        })
        .await
    }

    /// The reminder of an end was told.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn reminded(&self, account: AccountId, of: Reminded) -> Result<(), WriteError> {
        self.write(account, move |h| h.reminded = Some(of)).await
    }

    /// The account's token does not open.
    pub(super) async fn locked(&self, account: AccountId, error: &AccessError) {
        let now = self.clock.now();
        tracing::error!(account = account.0, error = %error, "an account's token cannot be used");
        let problem =
            Problem::new(Code::Locked, format!("Its token cannot be used: {error}. Connect it again."))
                .with(Action::Reconnect);
        self.note(account, move |h| h.trouble(problem, None, now)).await;
    }

    /// Meta answered something: we are online.
    fn reached(&self) {
        if self.lock().offline_since.take().is_some() {
            self.events.tell(Event::StatusChanged);
        }
    }

    async fn note(&self, account: AccountId, change: impl FnOnce(&mut Health) + Send + 'static) {
        if let Err(e) = self.write(account, change).await {
            tracing::error!(account = account.0, error = %e, "an account's health could not be written");
        }
    }

    async fn write(
        &self,
        account: AccountId,
        change: impl FnOnce(&mut Health) + Send + 'static,
    ) -> Result<(), WriteError> {
        self.store
            .write("note an account's health", move |c| {
                Box::pin(async move {
                    let Some(mut health) = accounts::get(c, account).await?.map(|a| a.account.health) else {
                        return Ok(());
                    };
                    change(&mut health);
                    accounts::set_health(c, account, &health).await
                })
            })
            .await?;
        self.events.tell(Event::AccountChanged { account });
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Moment> {
        self.moment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an inspection of the token means: a token that is accepted may still bring nothing.
fn judge(health: &mut Health, now: Timestamp) {
    if health.data_access_expires_at.is_some_and(|end| end <= now) {
        let why =
            "Meta's 90 days on personal data are over: it brings nothing more until somebody signs in again.";
        let problem = Problem::new(Code::SignInAgain, why).with(Action::Reconnect);
        health.trouble(problem, Some(SignInFault::DataEnded), now);
        health.problem_since = health.data_access_expires_at;
    } else if health.fault == Some(SignInFault::MissingScope) && !health.missing_scopes.is_empty() {
        let why = format!(
            "The permission {} is missing. Connect the account again and leave every box in Meta's dialog ticked.",
            health.missing_scopes.join(", ")
        );
        let problem = Problem::new(Code::NotAllowed, why).with(Action::Reconnect);
        health.trouble(problem, Some(SignInFault::MissingScope), now);
    } else {
        health.mended();
    }
}

/// A send that Meta refused for the account's sake (its token, a block) is the account's trouble too.
pub(super) async fn follow_sends(sources: Arc<Sources>, stop: CancellationToken) {
    let mut events = sources.events.listen();
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => return,
            event = events.next() => event,
        };
        let Some(Event::SendSettled { message, good: false, .. }) = event else {
            if event.is_none() {
                return;
            }
            continue;
        };
        let found = async {
            let mut conn = sources.store.read().await?;
            let Some(message) = messages::get(&mut conn, message).await? else {
                return Ok(None);
            };
            let account = conversations::account_of(&mut conn, message.conversation).await?;
            Ok::<_, sqlx::Error>(account.zip(message.failure))
        }
        .await;
        if let Ok(Some((account, failure))) = found
            && matches!(failure.problem.code, Code::SignInAgain | Code::Blocked)
        {
            let now = sources.clock.now();
            let fault = failure.code.and_then(|code| graph::codes::fault(code, failure.subcode));
            sources.health.note(account, move |h| h.trouble(failure.problem, fault, now)).await;
        }
    }
}
