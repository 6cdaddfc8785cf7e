//! When an account may call: never more than two Conversations calls a second, people before background
//! work, and silence for as long as Meta asks for it (graph-api b, k.5). Calls made while blocked
//! would lengthen the block, so they are refused here.

use super::{Error, Usage, codes::Class};
use crate::{
    clock::Clock,
    model::{DAY, HOUR, MINUTE, Timestamp},
};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person.
    Interactive,
    /// Polls and imports.
    Background,
}

/// Which of Meta's allowances a call counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Two calls a second.
    Conversations,
    /// Hundreds a second: not paced, only stopped.
    Messages,
    /// Profiles, tokens, subscriptions.
    Others,
}

/// Milliseconds between two background calls that are not of the Conversations API.
const OTHERS_GAP: i64 = 200;
/// Milliseconds between two Conversations calls (graph-api b: two a second), and with background work
/// halved.
const GAP: i64 = 500;
const SLOW_GAP: i64 = 1_000;
/// From these percentages on, background work is halved, and rests.
const HALVED: u8 = 75;
const RESTS: u8 = 90;
/// A figure older than this says nothing any more.
const FRESH: i64 = 5 * MINUTE;
/// The pause when Meta does not tell one, doubling from the first to the second.
const PAUSES: (i64, i64) = (5 * MINUTE, HOUR);

/// One account's pacing.
#[derive(Debug)]
pub struct Pace {
    clock: Clock,
    state: Mutex<State>,
    people_waiting: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    usage: Option<(Usage, Timestamp)>,
    /// The latest slot given in each lane.
    last: [Option<Timestamp>; 3],
    /// Until when each lane is stopped.
    stopped: [Option<Timestamp>; 3],
    /// Limits met in a row without a pause told.
    strikes: u32,
}

impl Pace {
    /// Paced by this clock.
    pub(super) fn by(clock: Clock) -> Self {
        Self { clock, state: Mutex::default(), people_waiting: AtomicUsize::new(0) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Error::HeldBack`] when calls must stop for a while.
    pub async fn turn(&self, lane: Lane, priority: Priority) -> Result<(), Error> {
        let background = priority == Priority::Background;
        let _here = (!background).then(|| Waiting::new(&self.people_waiting));
        loop {
            let due = {
                let now = self.clock.now();
                let mut state = self.lock();
                if let Some(left) = state.held_back(lane, priority, now) {
                    return Err(Error::HeldBack(left));
                }
                let slow = background && state.percent(now) >= HALVED;
                let gap = match (lane, background) {
                    (Lane::Conversations, _) if slow => SLOW_GAP,
                    (Lane::Conversations, _) => GAP,
                    (Lane::Others, true) if slow => 2 * OTHERS_GAP,
                    (Lane::Others, true) => OTHERS_GAP,
                    (Lane::Others, false) | (Lane::Messages, _) => return Ok(()),
                };
                // A slot in the future can only come from a clock that was set back.
                let due =
                    state.last[lane as usize].filter(|last| *last <= now).map_or(now, |last| last.plus(gap));
                let yields = background && self.people_waiting.load(Ordering::SeqCst) > 0;
                if due <= now && !yields {
                    state.last[lane as usize] = Some(now);
                    return Ok(());
                }
                if yields { due.max(now.plus(GAP / 4)) } else { due }
            };
            self.clock.sleep_until(due).await;
        }
    }

    /// Notes what an answer's headers said.
    pub fn note(&self, usage: Usage) {
        let now = self.clock.now();
        let mut state = self.lock();
        state.usage = Some((usage, now));
        if usage.percent >= 100 {
            let pause = usage.regain_ms.unwrap_or(PAUSES.0);
            state.stop(&[Lane::Conversations, Lane::Messages, Lane::Others], now, pause);
        }
    }

    /// A call went through: the next limit is the first again.
    pub fn went_well(&self) {
        self.lock().strikes = 0;
    }

    /// Notes a limit that Meta named, and answers the pause in milliseconds. A limit of the app, the
    /// user or the account stops everything; another only its lane; one person's only that send.
    pub fn limited(&self, code: i64, class: Class, lane: Lane, usage: Option<Usage>) -> Option<i64> {
        let least = match class {
            Class::Wait(ms) => ms,
            Class::WaitForPerson(ms) => return Some(ms),
            _ => return None,
        };
        let now = self.clock.now();
        let mut state = self.lock();
        let pause = match usage.and_then(|u| u.regain_ms) {
            Some(ms) => ms.min(DAY),
            None if least < PAUSES.0 => least,
            None => {
                let grown = PAUSES.0 << state.strikes.min(4);
                state.strikes += 1;
                grown.min(PAUSES.1).max(least)
            }
        };
        match code {
            4 | 17 | 32 | 80_000..=80_014 => {
                state.stop(&[Lane::Conversations, Lane::Messages, Lane::Others], now, pause);
            }
            _ => state.stop(&[lane], now, pause),
        }
        Some(pause)
    }

    /// The last figure, while it still says something.
    pub fn usage(&self) -> Option<Usage> {
        let now = self.clock.now();
        self.lock().fresh(now).map(|(usage, _)| usage)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fresh(&self, now: Timestamp) -> Option<(Usage, Timestamp)> {
        self.usage.filter(|(_, at)| (0..FRESH).contains(&at.until(now)))
    }

    fn percent(&self, now: Timestamp) -> u8 {
        self.fresh(now).map_or(0, |(usage, _)| usage.percent)
    }

    /// For how many milliseconds this call must not be made.
    fn held_back(&self, lane: Lane, priority: Priority, now: Timestamp) -> Option<i64> {
        let left =
            self.stopped[lane as usize].map(|until| now.until(until)).filter(|ms| (1..=DAY).contains(ms));
        left.or_else(|| {
            let (usage, at) = self.fresh(now)?;
            let rests = priority == Priority::Background && usage.percent >= RESTS;
            rests.then(|| now.until(at.plus(FRESH)))
        })
    }

    fn stop(&mut self, lanes: &[Lane], now: Timestamp, pause: i64) {
        for lane in lanes {
            let stopped = &mut self.stopped[*lane as usize];
            *stopped = (*stopped).max(Some(now.plus(pause.clamp(0, DAY))));
        }
    }
}

/// A person waits as long as this lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests;
