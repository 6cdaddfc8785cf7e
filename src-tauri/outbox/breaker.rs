//! A breaker per account: when an account cannot send for its own sake (its token, a block, Meta failing again and
//! again), calls stop, what waits goes on waiting, and after a while one send tries whether it goes again. Pure.

use crate::model::{AccountId, HOUR, MINUTE, Timestamp};
use std::collections::HashMap;

/// Failures in a row that count as the account's own.
const STRIKES: u32 = 5;
/// The first pause after such failures, and the longest; it doubles between them.
const PAUSES: (i64, i64) = (MINUTE, 30 * MINUTE);

/// What an attempt says of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It went through: the account is well.
    Good,
    /// It says nothing of the account.
    Neutral,
    /// Meta failed; often enough in a row it is the account's trouble.
    Strike,
    /// The token is no longer good: nothing goes until somebody signs in.
    Token,
    /// Meta blocked the account's writes.
    Blocked,
}

/// The breakers of all accounts.
#[derive(Debug, Default)]
pub(super) struct Breakers(HashMap<AccountId, Breaker>);

#[derive(Debug, Default)]
struct Breaker {
    strikes: u32,
    /// How often it opened in a row.
    opened: u32,
    open_until: Option<Timestamp>,
    /// One send is trying whether it goes again.
    probing: bool,
}

impl Breakers {
    /// Accounts whose sends wait.
    pub(super) fn held(&self, now: Timestamp) -> Vec<AccountId> {
        let holds = |b: &Breaker| b.probing || b.open_until.is_some_and(|until| now < until);
        self.0.iter().filter(|(_, b)| holds(b)).map(|(account, _)| *account).collect()
    }

    /// Until when the account's sends wait.
    pub(super) fn held_until(&self, account: AccountId, now: Timestamp) -> Option<Timestamp> {
        self.0.get(&account)?.open_until.filter(|until| *until > now)
    }

    /// Whether only one send of the account may try.
    pub(super) fn is_half_open(&self, account: AccountId) -> bool {
        self.0.get(&account).is_some_and(|b| b.open_until.is_some())
    }

    /// When the next account may try again.
    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.values().filter_map(|b| b.open_until).filter(|until| *until > now).min()
    }

    /// A send of the account begins.
    pub(super) fn begins(&mut self, account: AccountId) {
        if let Some(breaker) = self.0.get_mut(&account)
            && breaker.open_until.is_some()
        {
            breaker.probing = true;
        }
    }

    /// How it went. `true` = the breaker has just opened, or stays open after a try.
    pub(super) fn note(&mut self, account: AccountId, verdict: Verdict, now: Timestamp) -> bool {
        let breaker = self.0.entry(account).or_default();
        let probe = std::mem::take(&mut breaker.probing);
        match verdict {
            Verdict::Good => {
                *breaker = Breaker::default();
                false
            }
            // A try that says nothing leaves the next one to say it.
            Verdict::Neutral => false,
            Verdict::Strike => {
                breaker.strikes += 1;
                if breaker.strikes < STRIKES && !probe {
                    return false;
                }
                breaker.open((PAUSES.0 << breaker.opened.min(5)).min(PAUSES.1), now);
                true
            }
            Verdict::Token => {
                breaker.open(15 * MINUTE, now);
                true
            }
            Verdict::Blocked => {
                breaker.open(HOUR, now);
                true
            }
        }
    }

    /// A send broke and says nothing: the next one may try.
    pub(super) fn lost(&mut self) {
        self.0.values_mut().for_each(|b| b.probing = false);
    }

    /// Somebody mended the account: it may send at once.
    pub(super) fn forget(&mut self, account: AccountId) {
        self.0.remove(&account);
    }
}

impl Breaker {
    fn open(&mut self, pause: i64, now: Timestamp) {
        self.strikes = 0;
        self.opened += 1;
        self.open_until = self.open_until.max(Some(now.plus(pause)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHOP: AccountId = AccountId(1);
    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    #[test]
    fn repeated_failures_stop_the_account_and_one_send_tries_later() {
        let mut breakers = Breakers::default();
        for _ in 1..STRIKES {
            assert!(!breakers.note(SHOP, Verdict::Strike, NOW));
        }
        assert!(breakers.held(NOW).is_empty());
        assert!(breakers.note(SHOP, Verdict::Strike, NOW));
        assert_eq!(breakers.held(NOW), [SHOP]);
        assert_eq!(breakers.held_until(SHOP, NOW), Some(NOW.plus(MINUTE)));
        assert_eq!(breakers.next(NOW), Some(NOW.plus(MINUTE)));

        let later = NOW.plus(MINUTE);
        assert!(breakers.held(later).is_empty() && breakers.is_half_open(SHOP));
        breakers.begins(SHOP);
        assert_eq!(breakers.held(later), [SHOP], "the others wait for the one that tries");
        assert!(breakers.note(SHOP, Verdict::Strike, later), "one more failure is enough now");
        assert_eq!(breakers.next(later), Some(later.plus(2 * MINUTE)));

        let later = later.plus(2 * MINUTE);
        breakers.begins(SHOP);
        breakers.note(SHOP, Verdict::Good, later);
        assert!(breakers.held(later).is_empty() && !breakers.is_half_open(SHOP));
    }

    #[test]
    fn a_dead_token_stops_at_once_and_signing_in_lets_go_at_once() {
        let mut breakers = Breakers::default();
        assert!(breakers.note(SHOP, Verdict::Token, NOW));
        assert_eq!(breakers.held(NOW), [SHOP]);
        breakers.forget(SHOP);
        assert!(breakers.held(NOW).is_empty());
    }

    proptest! {
        #[test]
        fn no_account_ever_holds_another_and_every_hold_ends(
            steps in proptest::collection::vec((0..3_i64, 0..5_u8, 0..10 * MINUTE), 0..60)
        ) {
            let mut breakers = Breakers::default();
            let mut now = NOW;
            for (account, verdict, pause) in steps {
                now = now.plus(pause);
                let account = AccountId(account);
                let before: Vec<_> = breakers.held(now).into_iter().filter(|a| *a != account).collect();
                let verdict = [Verdict::Good, Verdict::Neutral, Verdict::Strike, Verdict::Token, Verdict::Blocked]
                    [usize::from(verdict)];
                breakers.begins(account);
                breakers.note(account, verdict, now);
                let after: Vec<_> = breakers.held(now).into_iter().filter(|a| *a != account).collect();
                prop_assert_eq!(before.len(), after.len());
                prop_assert!(breakers.next(now).is_none_or(|at| at <= now.plus(HOUR)));
            }
            prop_assert!(breakers.held(now.plus(HOUR)).is_empty());
        }
    }
}
