//! The app lock: set, changed, taken off, locked, unlocked.

use super::{Answer, Desk, problems::storage};
use crate::{
    lock::LockError,
    model::{AppLock, Code, Problem, call},
    vault::Secret,
};

/// What is answered to people while it is locked.
pub(crate) fn locked() -> Problem {
    Problem::new(Code::Locked, "The inbox is locked.")
}

impl Answer for call::GetLock {
    async fn answer(self, desk: &Desk) -> Result<AppLock, Problem> {
        Ok(desk.lock.view())
    }
}

impl Answer for call::LockNow {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.lock.lock();
        Ok(())
    }
}

impl Answer for call::NoteInput {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.lock.note_input();
        Ok(())
    }
}

impl Answer for call::Unlock {
    async fn answer(self, desk: &Desk) -> Result<AppLock, Problem> {
        if desk.lock.is_locked() {
            desk.lock.unlock(Secret::new(self.words.0)).await.map_err(|e| refused(desk, e))?;
        }
        Ok(desk.lock.view())
    }
}

impl Answer for call::SetLock {
    async fn answer(self, desk: &Desk) -> Result<AppLock, Problem> {
        if let Some(why) = self.kind.refuses(&self.words.0) {
            return Err(Problem::new(Code::BadRequest, why));
        }
        let current = self.current.map(|words| Secret::new(words.0));
        let set = desk.lock.set(self.kind, Secret::new(self.words.0), current).await;
        set.map_err(|e| refused(desk, e))?;
        Ok(desk.lock.view())
    }
}

impl Answer for call::RemoveLock {
    async fn answer(self, desk: &Desk) -> Result<AppLock, Problem> {
        desk.lock.remove(Secret::new(self.current.0)).await.map_err(|e| refused(desk, e))?;
        Ok(desk.lock.view())
    }
}

fn refused(desk: &Desk, error: LockError) -> Problem {
    let wait = desk.lock.view().wait_until.map(|until| lasts(desk.clock.now().until(until)));
    match (error, wait) {
        (LockError::Wait, wait) => Problem::new(
            Code::NotAllowed,
            format!("Too many wrong tries. Wait {}.", wait.unwrap_or_else(|| "a moment".into())),
        ),
        (LockError::Wrong(kind), None) => {
            Problem::new(Code::NotAllowed, format!("That is not the {}.", kind.name()))
        }
        (LockError::Wrong(kind), Some(wait)) => Problem::new(
            Code::NotAllowed,
            format!("That is not the {}. The next try is in {wait}.", kind.name()),
        ),
        (LockError::NotSet, _) => Problem::new(Code::BadRequest, "There is no lock."),
        (LockError::Words(error), _) => {
            tracing::error!(%error, "the words of the lock could not be worked with");
            Problem::new(Code::Internal, "The computer has too little free memory for that at the moment.")
        }
        (LockError::Write(error), _) => storage(error),
    }
}

/// A pause in words.
fn lasts(ms: i64) -> String {
    match (ms + 999) / 1000 {
        1 => "1 second".into(),
        s if s < 60 => format!("{s} seconds"),
        s if s < 120 => "1 minute".into(),
        s => format!("{} minutes", (s + 59) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_said_in_words() {
        for (ms, words) in
            [(1, "1 second"), (5_000, "5 seconds"), (60_000, "1 minute"), (290_000, "5 minutes")]
        {
            assert_eq!(lasts(ms), words);
        }
    }
}
