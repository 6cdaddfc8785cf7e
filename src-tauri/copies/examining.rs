//! Examining the database when nobody waits for it: at once after a run that did not end in order, else some minutes
//! after the start when the last look is a week old.

use super::Copier;
use crate::{
    model::{DAY, Event, Examined, MINUTE},
    store::examine,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio_util::sync::CancellationToken;

/// The start is left alone for so long.
const QUIET: i64 = 5 * MINUTE;
/// A whole database is not looked at again before this.
const EVERY: i64 = 7 * DAY;

/// Examines when it is time, until told to stop.
pub(super) async fn follow(copier: Copier, stop: CancellationToken) {
    if copier.0.store.is_unexamined() {
        run(&copier, &stop).await;
    } else if let Ok(latest) = examine::latest(&copier.0.store).await {
        copier.set_examined(latest);
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = copier.0.clock.sleep(QUIET) => {}
        }
        let latest = match examine::latest(&copier.0.store).await {
            Ok(latest) => latest,
            Err(error) => {
                tracing::warn!(%error, "what the last examination found could not be read");
                continue;
            }
        };
        let now = copier.0.clock.now();
        if latest.is_none_or(|latest| latest.at.until(now) >= EVERY || latest.at > now) {
            run(&copier, &stop).await;
        }
    }
}

/// Examines now and keeps what was found.
pub(super) async fn run(copier: &Copier, stop: &CancellationToken) {
    if copier.0.examining.swap(true, Ordering::SeqCst) {
        return;
    }
    copier.0.events.tell(Event::CopiesChanged);
    let flag = Arc::new(AtomicBool::new(false));
    let began = tokio::time::Instant::now();
    let look = examine::faults(copier.0.store.file(), Arc::clone(&flag));
    let found = tokio::select! {
        found = look => Some(found),
        () = stop.cancelled() => None,
    };
    flag.store(true, Ordering::SeqCst);
    if let Some(found) = found {
        // A database that cannot even be examined is the worst of faults.
        let faults = found.unwrap_or_else(|error| vec![error.to_string()]);
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        if !faults.is_empty() {
            tracing::error!(?faults, "the database has faults");
        }
        let result = Examined { at: copier.0.clock.now(), took_ms, faults };
        copier.set_examined(Some(result.clone()));
        if let Err(error) = examine::keep(&copier.0.store, &result).await {
            tracing::warn!(%error, "what the examination found could not be kept");
        }
    }
    copier.0.examining.store(false, Ordering::SeqCst);
    copier.0.events.tell(Event::CopiesChanged);
    copier.0.events.tell(Event::StatusChanged);
}
