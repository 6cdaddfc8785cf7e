//! Errors of the modules below, told to people.

use crate::{
    access::AccessError,
    graph,
    model::{Action, Code, Problem},
    store::WriteError,
    vault::SealError,
};

/// A read that failed.
pub(super) fn reading(error: sqlx::Error) -> Problem {
    tracing::error!(%error, "a read failed");
    Problem::new(Code::Storage, "The database could not be read.").with(Action::Retry)
}

/// What was asked for is not there.
pub(super) fn gone() -> Problem {
    Problem::new(Code::NotFound, "It is no longer here.")
}

/// A write that failed.
pub(super) fn storage(error: WriteError) -> Problem {
    match error {
        WriteError::NotFound => return gone(),
        WriteError::Full => {
            Problem::new(Code::Storage, "The disk is full. Nothing was lost; free some space and try again.")
        }
        _ => Problem::new(Code::Storage, "The database could not be written. Nothing was changed."),
    }
    .with(Action::Retry)
}

/// A secret that does not open or seal.
pub(super) fn sealing(error: SealError) -> Problem {
    locked(&error)
}

fn locked(error: &SealError) -> Problem {
    Problem::new(Code::Locked, format!("{error}. Connect the account again to store a new token."))
        .with(Action::Reconnect)
}

/// No access to an account.
pub(super) fn access(error: &AccessError) -> Problem {
    match error {
        AccessError::Gone => {
            Problem::new(Code::NotFound, "This account is no longer connected.").with(Action::OpenAccounts)
        }
        AccessError::NoToken => Problem::new(
            Code::SignInAgain,
            "Its token was forgotten with the lost key. Connect the account again: its history is all here.",
        )
        .with(Action::Reconnect),
        AccessError::Sealed(e) => locked(e),
        AccessError::Store(e) => {
            tracing::error!(error = %e, "an account's access could not be read");
            Problem::new(Code::Storage, "The database could not be read.").with(Action::Retry)
        }
        AccessError::Graph(e) => graph_problem(e),
    }
}

/// What Meta answered, or why it did not.
pub(crate) fn graph_problem(error: &graph::Error) -> Problem {
    error.problem()
}
