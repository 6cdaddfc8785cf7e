//! What happens to a row after an error, and what the error says of its account: the error's own fate decides, and
//! how often it was tried.

use super::breaker::Verdict;
use crate::{
    graph::{self, Fate},
    model::{Action, Code, Failure, MINUTE, Problem, Timestamp},
    store::{messages::Outcome, outbox::Due},
};

/// Attempts before a passing fault counts as lasting.
const ATTEMPTS: u32 = 6;

/// Decides the outcome of a failed attempt.
pub(super) fn after(error: &graph::Error, due: &Due, now: Timestamp, look_at: Option<Timestamp>) -> Outcome {
    match fate(error, due) {
        Fate::Uncertain => Outcome::Unsure {
            failure: Failure { problem: super::worker::unsure().problem, ..failure(error) },
            look_at,
        },
        // Too many to one person: four times longer each time (graph-api k.4).
        Fate::Wait(ms) if error.is_pair_limit() => later(error, due, now, pair_pause(ms, due.attempts)),
        Fate::Wait(ms) => later(error, due, now, ms),
        Fate::Retry if due.attempts + 1 < ATTEMPTS => later(error, due, now, pause(due.attempts)),
        Fate::Offline => later(error, due, now, pause(due.attempts).min(MINUTE)),
        // The breaker holds it.
        Fate::SignInAgain => waits(error, due, now),
        _ => Outcome::Failed(failure(error)),
    }
}

/// The message is as good as before: it waits until somebody has signed in.
pub(super) fn waits(error: &graph::Error, due: &Due, now: Timestamp) -> Outcome {
    later(error, due, now, 0)
}

/// Decides what becomes of a row whose file could not be brought to Meta: nothing was sent, so nothing is unsure.
pub(super) fn after_upload(error: &graph::Error, due: &Due, now: Timestamp) -> Outcome {
    match error.fate() {
        Fate::Uncertain if due.attempts + 1 < ATTEMPTS => later(error, due, now, pause(due.attempts)),
        Fate::Uncertain => Outcome::Failed(Failure {
            problem: Problem::new(
                Code::MetaFailed,
                "The file could not be brought to Meta. It was not sent.",
            ),
            code: error.code(),
            subcode: error.subcode(),
            trace: error.trace(),
        }),
        _ => after(error, due, now, None),
    }
}

/// What the error says of the account.
pub(super) fn verdict(error: &graph::Error, due: &Due) -> Verdict {
    match fate(error, due) {
        Fate::SignInAgain => Verdict::Token,
        Fate::StopWrites => Verdict::Blocked,
        Fate::Retry | Fate::Uncertain => Verdict::Strike,
        // Meta took the request apart and refused this one thing: the account is well.
        Fate::OutsideWindow | Fate::Unreachable => Verdict::Good,
        Fate::Wait(_) | Fate::Offline | Fate::UserAction | Fate::GiveUp => Verdict::Neutral,
    }
}

/// The token was forgotten with a lost key: the message waits, as after a token that ended.
pub(super) fn without_token(due: &Due, now: Timestamp) -> Outcome {
    let told = |code, words: &str| Failure {
        problem: Problem::new(code, words).with(Action::Reconnect),
        code: None,
        subcode: None,
        trace: None,
    };
    let at = now.plus(500);
    if due.leave_before.is_some_and(|end| end <= at) {
        return Outcome::Failed(told(
            Code::WindowClosed,
            "It could not leave before the reply window ended: the account waits to be connected again.",
        ));
    }
    Outcome::Later {
        at,
        failure: Some(told(Code::SignInAgain, "It leaves when the account is connected again.")),
    }
}

fn fate(error: &graph::Error, due: &Due) -> Fate {
    match error.fate() {
        Fate::Uncertain if due.job.is_repeatable() => Fate::Retry,
        fate => fate,
    }
}

fn failure(error: &graph::Error) -> Failure {
    Failure { problem: error.problem(), code: error.code(), subcode: error.subcode(), trace: error.trace() }
}

/// 2, 4, 8 … seconds, five minutes at most.
fn pause(attempts: u32) -> i64 {
    (2_000_i64 << attempts.min(8)).min(5 * MINUTE)
}

/// 4, 16, 64 … seconds from the least pause on, an hour at most.
fn pair_pause(least: i64, attempts: u32) -> i64 {
    (least << (2 * attempts.min(6))).min(60 * MINUTE)
}

/// Tries again later, unless the window will have closed by then: refused in time, never sent late.
fn later(error: &graph::Error, due: &Due, now: Timestamp, ms: i64) -> Outcome {
    let at = now.plus(ms.max(500));
    match due.leave_before {
        Some(end) if end <= at => Outcome::Failed(Failure {
            problem: Problem::new(
                Code::WindowClosed,
                format!(
                    "It could not leave before the reply window ends. The last try said: {}",
                    error.problem()
                ),
            ),
            ..failure(error)
        }),
        _ => Outcome::Later { at, failure: Some(failure(error)) },
    }
}
