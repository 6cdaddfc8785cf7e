//! Keeps sign-ins good: each token is inspected once a day, one of Instagram Login is renewed every week, and an end
//! that only a person can move is told seven days and one day before (graph-api a.2, a.4).

use crate::{
    access::{AccessBook, AccessError, TOKEN},
    clock::Clock,
    events::Events,
    graph::{self, Fate},
    model::{Account, AccountId, DAY, Event, HOUR, Health, Login, MINUTE, Reminded, SignInFault, Timestamp},
    store::{Store, WriteError, accounts, secrets},
    sync::Sync,
    vault::{SealError, Vault},
};
use std::{collections::HashMap, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Between two looks at a token.
const INSPECT: i64 = DAY;
/// Between two renewals.
const RENEW: i64 = 7 * DAY;
/// A younger token is not renewed by Meta; its clock is not ours.
const YOUNGEST: i64 = DAY + 10 * MINUTE;
/// Before what failed is tried again.
const AGAIN: i64 = HOUR;
/// News of one account often come with news of others.
const GATHER: i64 = 1_000;

/// What the keeping works with; cheap to clone.
#[derive(Clone)]
pub struct SignIns {
    pub store: Store,
    pub clock: Clock,
    pub events: Events,
    pub vault: Vault,
    pub access: Arc<AccessBook>,
    pub sync: Sync,
}

/// Why one could not be kept.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Graph(#[from] graph::Error),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Read(#[from] sqlx::Error),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// When something is to be done for an account next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    inspect: Timestamp,
    /// `None` = this login's token is not renewed.
    renew: Option<Timestamp>,
    remind: Option<(Timestamp, Reminded)>,
}

impl Due {
    fn of(login: Login, health: &Health, now: Timestamp) -> Self {
        let last = health.inspected_at.unwrap_or(Timestamp(0));
        // Meta's words about a call may be vague; the token itself says what is wrong with it.
        let vague = matches!(health.fault, Some(SignInFault::NotAccepted | SignInFault::MissingScope));
        let unsorted = health.problem_since.filter(|since| vague && *since > last);
        let ended = health.data_access_expires_at.filter(|end| *end > last);
        Self {
            inspect: unsorted.or(ended).unwrap_or(Timestamp(i64::MAX)).min(last.plus(INSPECT)),
            renew: (login == Login::InstagramLogin && health.fault.is_none()).then(|| renewal(health)),
            remind: reminder(health, now),
        }
    }

    fn next(&self) -> Timestamp {
        let others = [self.renew, self.remind.map(|(at, _)| at)];
        others.into_iter().flatten().fold(self.inspect, Timestamp::min)
    }
}

/// Weekly; earlier where less than a week is left or the end is not known; never while too young.
fn renewal(health: &Health) -> Timestamp {
    let given = health.renewed_at.unwrap_or(Timestamp(0));
    let wanted = match health.token_expires_at {
        Some(end) => given.plus(RENEW).min(end.plus(-RENEW)),
        None => given,
    };
    wanted.max(given.plus(YOUNGEST))
}

/// The next reminder that was not told, and when; of several that are due only the last.
fn reminder(health: &Health, now: Timestamp) -> Option<(Timestamp, Reminded)> {
    let of = health.ending().filter(|_| health.fault.is_none())?;
    // Meta's answers about one end differ by seconds.
    let told = health.reminded.filter(|r| r.of.of_data == of.of_data && r.of.at.until(of.at).abs() < HOUR);
    let left = Health::REMINDERS.into_iter().filter(|days| told.is_none_or(|told| *days < told.days));
    let all: Vec<_> = left.map(|days| (of.at.plus(-i64::from(days) * DAY), Reminded { of, days })).collect();
    all.iter().rfind(|(at, _)| *at <= now).or(all.first()).copied()
}

impl SignIns {
    /// Does what is due, now and whenever an account changed.
    pub async fn follow(self, stop: CancellationToken) {
        let mut events = self.events.listen();
        let mut failed = HashMap::new();
        loop {
            let next = match self.round(&mut failed).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "the sign-ins could not be read");
                    self.clock.now().plus(MINUTE)
                }
            };
            if !events.account_or(&self.clock, next, GATHER, &stop).await {
                return;
            }
        }
    }

    /// Everything that is due; answers when to look again. `failed`: until when an account is left alone.
    async fn round(&self, failed: &mut HashMap<AccountId, Timestamp>) -> Result<Timestamp, sqlx::Error> {
        let all = {
            let mut conn = self.store.read().await?;
            accounts::list(&mut conn).await?
        };
        let mut next = self.clock.now().plus(HOUR);
        for account in all.into_iter().map(|a| a.account).filter(|a| self.sync.follows(a.id)) {
            let now = self.clock.now();
            let due = Due::of(account.login, &account.health, now);
            if let Some((_, reminder)) = due.remind.filter(|(at, _)| *at <= now) {
                self.remind(&account, reminder).await;
            }
            if let Some(until) = failed.get(&account.id).filter(|until| **until > now) {
                next = next.min(*until);
                continue;
            }
            let done = self.keep(&account, due, now).await;
            match done {
                Ok(()) => {
                    failed.remove(&account.id);
                }
                Err(error) => {
                    tracing::info!(account = account.id.0, %error, "a sign-in could not be looked after");
                    failed.insert(account.id, now.plus(AGAIN));
                    next = next.min(now.plus(AGAIN));
                }
            }
            // What was due is told anew by the event of its writing.
            next = next.min(due.next().max(now.plus(MINUTE)));
        }
        Ok(next)
    }

    async fn keep(&self, account: &Account, due: Due, now: Timestamp) -> Result<(), KeepError> {
        if due.renew.is_some_and(|at| at <= now) {
            self.renew(account.id).await?;
        }
        if due.inspect <= now {
            self.inspect(account.id).await?;
        }
        Ok(())
    }

    /// Asks Meta how the token stands.
    async fn inspect(&self, account: AccountId) -> Result<(), KeepError> {
        let access = self.access.of(account).await?;
        match access.inspect().await {
            Ok(token) => Ok(self.sync.health().inspected(account, &token).await?),
            Err(e) => {
                self.sync.health().failed(account, &e).await;
                if matches!(e.fate(), Fate::SignInAgain | Fate::UserAction) {
                    // That is an answer too: no need to ask again before tomorrow.
                    return Ok(self.sync.health().refused(account).await?);
                }
                Err(e.into())
            }
        }
    }

    /// Puts a fresh token in the old one's place, unless somebody signed in meanwhile.
    async fn renew(&self, account: AccountId) -> Result<(), KeepError> {
        let owner = accounts::owner(account);
        let before = {
            let mut conn = self.store.read().await?;
            secrets::get(&mut conn, &owner, TOKEN).await?.ok_or(AccessError::Gone)?
        };
        let access = self.access.of(account).await?;
        let granted = match access.renew().await {
            Ok(granted) => granted,
            Err(e) => {
                // What is refused besides shows as an end that comes near: the old token is good until then.
                if matches!(e.fate(), Fate::SignInAgain | Fate::Offline) {
                    self.sync.health().failed(account, &e).await;
                }
                return Err(e.into());
            }
        };
        let fresh = self.vault.seal(&owner, TOKEN, &granted.token)?;
        let replaced = self
            .store
            .write("renew a token", move |c| {
                Box::pin(async move {
                    let now = secrets::get(c, &owner, TOKEN).await?;
                    if now.is_none_or(|now| now.0 != before.0) {
                        return Ok(false);
                    }
                    secrets::put(c, &owner, TOKEN, &fresh).await?;
                    Ok(true)
                })
            })
            .await?;
        if replaced {
            self.access.forget(account);
            self.sync.health().renewed(account, granted.expires_at).await?;
            tracing::info!(account = account.0, "a token was renewed");
        }
        Ok(())
    }

    async fn remind(&self, account: &Account, reminder: Reminded) {
        // Noted first: one that is told twice is worse than one that a crash takes away, since the card shows it too.
        match self.sync.health().reminded(account.id, reminder).await {
            Ok(()) if self.clock.now() < reminder.of.at => {
                self.events.tell(Event::SignInEnding { account: account.id, of: reminder.of });
            }
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "a reminder could not be noted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ending;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn health(given_ago: i64, left: Option<i64>) -> Health {
        Health {
            renewed_at: Some(NOW.plus(-given_ago)),
            inspected_at: Some(NOW),
            token_expires_at: left.map(|left| NOW.plus(left)),
            ..Health::default()
        }
    }

    #[test]
    fn a_token_is_renewed_weekly_and_never_on_its_first_day() {
        let due = |given_ago, left| renewal(&health(given_ago, left)).until(NOW);
        assert_eq!(due(7 * DAY, Some(53 * DAY)), 0, "weekly");
        assert!(due(6 * DAY, Some(54 * DAY)) < 0);
        assert!(due(2 * DAY, Some(5 * DAY)) >= 0, "less than a week is left");
        assert!(due(23 * HOUR, Some(5 * DAY)) < 0, "too young, however little is left");
        assert!(due(2 * DAY, None) >= 0, "its end becomes known by renewing");
        assert!(due(DAY - MINUTE, None) < 0);
        let page = Due::of(Login::FacebookPage, &health(30 * DAY, Some(30 * DAY)), NOW);
        assert_eq!(page.renew, None, "Meta renews no token of Facebook Login");
    }

    #[test]
    fn an_end_is_told_seven_days_and_one_day_before_each_once() {
        let mut health = health(DAY, Some(10 * DAY));
        let (at, first) = reminder(&health, NOW).unwrap();
        assert_eq!((NOW.until(at), first.days), (3 * DAY, 7));
        health.reminded = Some(first);
        let (at, second) = reminder(&health, NOW).unwrap();
        assert_eq!((NOW.until(at), second.days), (9 * DAY, 1));
        health.reminded = Some(second);
        assert_eq!(reminder(&health, NOW), None);

        health.token_expires_at = Some(NOW.plus(HOUR * 5));
        assert_eq!(
            reminder(&health, NOW).unwrap().1.days,
            1,
            "the week before is over, and told as one with it"
        );
        health.token_expires_at = Some(NOW.plus(60 * DAY));
        assert_eq!(reminder(&health, NOW).unwrap().1.days, 7, "a new end is told anew");
        health.data_access_expires_at = Some(NOW.plus(20 * DAY));
        let of = Ending { at: NOW.plus(20 * DAY), of_data: true };
        assert_eq!(reminder(&health, NOW).unwrap().1.of, of, "whichever comes first");
        let ended = Due::of(Login::FacebookPage, &health, NOW.plus(20 * DAY));
        assert_eq!(ended.inspect, NOW.plus(DAY), "looked at daily, and when the data end");
        health.fault = Some(SignInFault::Revoked);
        assert_eq!(reminder(&health, NOW), None, "what is broken already ends no more");
    }

    #[test]
    fn a_token_is_inspected_daily_and_at_once_when_its_fault_is_vague() {
        let mut health = health(DAY, None);
        assert_eq!(Due::of(Login::FacebookPage, &health, NOW).inspect, NOW.plus(DAY));
        (health.fault, health.problem_since) = (Some(SignInFault::NotAccepted), Some(NOW.plus(5)));
        assert_eq!(Due::of(Login::FacebookPage, &health, NOW).inspect, NOW.plus(5));
        health.fault = Some(SignInFault::PasswordChanged);
        assert_eq!(Due::of(Login::FacebookPage, &health, NOW).inspect, NOW.plus(DAY));
    }
}
