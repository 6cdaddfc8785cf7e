//! What happens to a row after an error: the error's own fate, and how often it was tried.

use crate::{
    graph::{self, Fate},
    model::{Code, Failure, MINUTE, Problem, Timestamp},
    store::{messages::Outcome, outbox::Due},
};

/// Attempts before a passing fault counts as lasting.
const ATTEMPTS: u32 = 6;

/// Decides the outcome of a failed attempt.
pub(super) fn after(error: &graph::Error, due: &Due, now: Timestamp, look_at: Option<Timestamp>) -> Outcome {
    let failure =
        |problem| Failure { problem, code: error.code(), subcode: error.subcode(), trace: error.trace() };
    let fate = match error.fate() {
        Fate::Uncertain if due.job.is_repeatable() => Fate::Retry,
        fate => fate,
    };
    match fate {
        Fate::Uncertain => Outcome::Unsure { failure: failure(super::worker::unsure().problem), look_at },
        Fate::Wait(ms) => later(error, due, now, ms),
        Fate::Retry if due.attempts + 1 < ATTEMPTS => later(error, due, now, pause(due.attempts)),
        Fate::Offline => later(error, due, now, pause(due.attempts).min(MINUTE)),
        _ => Outcome::Failed(failure(error.problem())),
    }
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

/// 2, 4, 8 … seconds, five minutes at most.
fn pause(attempts: u32) -> i64 {
    (2_000_i64 << attempts.min(8)).min(5 * MINUTE)
}

/// Tries again later, unless the window will have closed by then: refused in time, never sent late.
fn later(error: &graph::Error, due: &Due, now: Timestamp, ms: i64) -> Outcome {
    let at = now.plus(ms.max(500));
    let failure = Failure {
        problem: error.problem(),
        code: error.code(),
        subcode: error.subcode(),
        trace: error.trace(),
    };
    match due.leave_before {
        Some(end) if end <= at => Outcome::Failed(Failure {
            problem: Problem::new(
                Code::WindowClosed,
                format!(
                    "It could not leave before the reply window ends. The last try said: {}",
                    error.problem()
                ),
            ),
            ..failure
        }),
        _ => Outcome::Later { at, failure: Some(failure) },
    }
}
