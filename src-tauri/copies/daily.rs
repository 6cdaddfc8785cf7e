//! A copy of the database every day, kept for some days. It is one file beside the data; pictures and files are not
//! copied again, since the media store names them by their content and a restored copy finds them there.

use super::{
    Copier, CopyError,
    folder::{self, Unfinished},
};
use crate::{
    model::{CopyFile, CopyKind, DAY, Event, HOUR, MINUTE, Problem, Timestamp},
    store::{WriteError, copying::CopyFault, examine},
};
use std::sync::{Arc, atomic::AtomicBool};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether a copy is due; the first time so long after the start.
const LOOK: i64 = 10 * MINUTE;
/// A failed copy is tried again after this long.
const AGAIN: i64 = HOUR;
/// A copy is not made when it would leave less than this on the disk, in bytes.
pub const LEAVES: u64 = 1024 * 1024 * 1024;

/// What became of the latest try.
#[derive(Debug, Clone, Default)]
pub struct Latest {
    pub problem: Option<Problem>,
    tried_at: Option<Timestamp>,
}

/// Makes a copy whenever one is due, until told to stop.
pub(super) async fn follow(copier: Copier, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = copier.0.clock.sleep(LOOK) => {}
        }
        let days = copier.days_kept().await;
        let Some(due) = due_at(&copier, days) else { continue };
        if due <= copier.0.clock.now() {
            // Told where the copies are shown, and in the log.
            let _ = make(&copier, days).await;
        }
    }
}

/// When the next copy is tried; `None` = none are made.
pub(super) fn due_at(copier: &Copier, days: u32) -> Option<Timestamp> {
    if days == 0 {
        return None;
    }
    let now = copier.0.clock.now();
    let newest = folder::list(&copier.0.data, CopyKind::Daily).first().map(|copy| copy.made_at);
    // One of the future was made under a wrong clock.
    let newest = newest.filter(|at| *at <= now.plus(HOUR));
    let due = newest.map_or(now, |at| at.plus(DAY));
    let tried = copier.latest().tried_at.map(|at| at.plus(AGAIN));
    Some(tried.map_or(due, |again| due.max(again)))
}

/// Makes a copy now, and removes those that are older than `days`.
///
/// # Errors
/// What is told where the copies are shown.
pub(super) async fn make(copier: &Copier, days: u32) -> Result<(), CopyError> {
    let _turn = copier.0.turn.lock().await;
    let made = copy(copier).await;
    let now = copier.0.clock.now();
    let problem = made.as_ref().err().map(CopyError::problem);
    if let Some(problem) = &problem {
        tracing::warn!(%problem, "the daily copy was not made");
    }
    copier.set_latest(Latest { tried_at: problem.is_some().then_some(now), problem });
    if made.is_ok() {
        prune(copier, days.max(1));
    }
    copier.0.events.tell(Event::CopiesChanged);
    copier.0.events.tell(Event::StatusChanged);
    made
}

async fn copy(copier: &Copier) -> Result<(), CopyError> {
    let folder = folder::prepare(&copier.0.data, CopyKind::Daily)?;
    folder::room(&folder, copier.database_bytes() + LEAVES)?;
    let to = folder.join(folder::name(CopyKind::Daily, copier.0.clock.now()));
    let (copy, file) = Unfinished::beside(&to)?;
    drop(file);
    let never = Arc::new(AtomicBool::new(false));
    let failed = |error: sqlx::Error| match WriteError::from(error) {
        WriteError::Damaged(error) => CopyError::Faults(error.to_string()),
        WriteError::Full => CopyError::Full(folder.clone()),
        WriteError::Failed(error) | WriteError::Disk(error) => {
            CopyError::Copy(CopyFault::Damaged(error.to_string()))
        }
        other => CopyError::Copy(CopyFault::Damaged(other.to_string())),
    };
    copier.0.store.copy_to(copy.path(), Arc::clone(&never)).await.map_err(failed)?;
    let faults = examine::faults(copy.path(), never).await.map_err(failed)?;
    if let Some(fault) = faults.first() {
        return Err(CopyError::Faults(fault.clone()));
    }
    copy.finish()
}

/// Removes copies that are past their days. The newest stays, whatever its age.
fn prune(copier: &Copier, days: u32) {
    let before = copier.0.clock.now().plus(-DAY * i64::from(days));
    for old in past(&folder::list(&copier.0.data, CopyKind::Daily), before) {
        if let Err(error) = folder::remove(&copier.0.data, CopyKind::Daily, &old.name) {
            tracing::warn!(%error, "a daily copy that is past its days stays");
        }
    }
}

/// Those made before `before`, without the newest of all.
fn past(copies: &[CopyFile], before: Timestamp) -> impl Iterator<Item = &CopyFile> {
    copies.iter().skip(1).filter(move |copy| copy.made_at < before)
}
