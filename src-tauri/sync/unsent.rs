//! Unsends that no webhook told, found where a list of Meta's has a hole: within the newest 20 of a thread, between
//! messages that are there, and only once Meta says that the message itself is gone (graph-api b).

use super::{Sources, line::SyncError};
use crate::{
    graph::{self, Priority, Still, Thread},
    model::{AccountId, Timestamp},
    store::{accounts, contacts, messages},
};
use std::sync::PoisonError;

/// Messages asked for in one look at a thread.
const ASKED: u32 = 3;
/// Threads of the newest that are looked at whole, now and then.
const THREADS: u32 = 10;

/// Looks at a thread as Meta has just listed it.
pub(super) async fn look(
    sources: &Sources,
    account: AccountId,
    access: &graph::Account,
    thread: &Thread,
) -> Result<(), SyncError> {
    let (Some(page), Some(person)) = (&thread.messages, &thread.person) else { return Ok(()) };
    let times = || page.data.iter().filter_map(|m| m.created_time);
    let (Some(oldest), Some(newest)) = (times().min(), times().max()) else { return Ok(()) };
    let listed: Vec<_> = page.data.iter().map(|m| m.id.clone()).collect();
    // Lists tell whole seconds: what shares one with the ends may stand on either side of them.
    let between = (Timestamp(oldest.0 + 999), newest);
    let person = crate::intake::person(access.channel(), person);
    let missing = {
        let mut conn = sources.store.read().await?;
        match contacts::find(&mut conn, account, &person).await? {
            Some((_, conversation)) => {
                messages::unlisted(&mut conn, conversation, between, &listed, ASKED).await?
            }
            None => Vec::new(),
        }
    };
    // A demo's Meta forgets what was said in it when it ends.
    if missing.is_empty() || is_demo(sources, account).await? {
        return Ok(());
    }
    for (message, meta_id) in missing {
        if !sources.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(message) {
            continue;
        }
        if access.is_still_there(&meta_id).await? == Still::Gone {
            tracing::info!(account = account.0, message = message.0, "a message was taken back in silence");
            sources.intake.unsent(account, meta_id).await?;
        }
    }
    Ok(())
}

/// Stores what a webhook dropped: further back than a poll looks, between messages that are known, or anywhere in a
/// thread that is shown whole, since of the past everything is known.
async fn fill(
    sources: &Sources,
    account: AccountId,
    access: &graph::Account,
    thread: &Thread,
) -> Result<(), SyncError> {
    let Some(page) = &thread.messages else { return Ok(()) };
    let ids: Vec<_> = page.data.iter().map(|m| m.id.clone()).collect();
    let unknown = messages::unknown(&mut *sources.store.read().await?, account, &ids).await?;
    if unknown.is_empty() {
        return Ok(());
    }
    let is_whole = page.next.is_none() && ids.len() < graph::WITH_DETAILS as usize;
    let until = if is_whole && sources.past_is_known(account).await? {
        ids.len()
    } else {
        ids.iter().rposition(|id| !unknown.contains(id)).unwrap_or(0)
    };
    let missed: Vec<_> = page.data.iter().take(until).filter(|m| unknown.contains(&m.id)).cloned().collect();
    if !missed.is_empty() {
        sources.intake.read(account, access.channel(), thread, missed, true).await?;
    }
    Ok(())
}

async fn is_demo(sources: &Sources, account: AccountId) -> Result<bool, SyncError> {
    let mut conn = sources.store.read().await?;
    Ok(accounts::get(&mut conn, account).await?.is_some_and(|a| a.account.demo))
}

/// Looks at all that Meta shows of the newest threads: taking something back does not make a thread newer, and what was
/// dropped may have newer ones behind it.
pub(super) async fn sweep(
    sources: &Sources,
    account: AccountId,
    access: &graph::Account,
) -> Result<(), SyncError> {
    let page = access.conversations(None, THREADS, graph::WITH_DETAILS, Priority::Background).await?;
    for thread in &page.data {
        fill(sources, account, access, thread).await?;
        look(sources, account, access, thread).await?;
    }
    Ok(())
}
