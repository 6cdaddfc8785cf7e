//! Newest first until known: threads changed since the last poll, and of each the messages not stored
//! yet. The cursor advances only after everything before it is committed.

use super::{Sources, line::SyncError, unsent};
use crate::{
    graph::{self, Priority, Thread},
    model::{AccountId, Timestamp},
    store::{accounts, cursors, messages},
};

/// The cursor's name: Meta's `updated_time` of the newest thread that is completely stored.
const NEWEST: &str = "newest thread";
/// Threads asked for at once.
const PAGE: u32 = 25;
/// Messages of each thread asked for at first: mostly one or two are new. The rest only while none is known.
const FIRST: u32 = 5;
/// Pages a single poll walks; the rest is for the import.
const PAGES: usize = 20;

/// One poll. Answers whether anything was new.
pub(super) async fn once(
    sources: &Sources,
    account: AccountId,
    access: &graph::Account,
) -> Result<bool, SyncError> {
    let known = {
        let mut conn = sources.store.read().await?;
        let kept = cursors::get(&mut conn, account, NEWEST).await?;
        kept.and_then(|(value, _)| value.parse::<i64>().ok()).map(Timestamp)
    };
    let first = known.is_none();
    let (mut newest, mut news, mut after) = (known, false, None);
    for _ in 0..PAGES {
        // The first poll meets threads of which nothing is known.
        let messages = if first { graph::WITH_DETAILS } else { FIRST };
        let page = access.conversations(after.as_deref(), PAGE, messages, Priority::Background).await?;
        let mut reached_known = false;
        for thread in &page.data {
            // Equal times are read again: two threads may share a second.
            if known.is_some_and(|k| thread.updated_time < k) {
                reached_known = true;
                break;
            }
            newest = newest.max(Some(thread.updated_time));
            news |= missing(sources, account, access, thread, messages, !first).await? > 0;
            sources.intake.note_request(account, access.channel(), thread).await?;
            unsent::look(sources, account, access, thread).await?;
        }
        after = page.next;
        // The first poll only marks where news begin: the past is the import's.
        if reached_known || after.is_none() || first {
            break;
        }
    }
    learn(sources, account, access).await?;
    if newest != known
        && let Some(newest) = newest
    {
        let now = sources.clock.now();
        sources
            .store
            .write("move the poll's cursor", move |c| {
                Box::pin(async move { cursors::set(c, account, NEWEST, &newest.0.to_string(), now).await })
            })
            .await?;
    }
    Ok(news)
}

/// Keeps ids of ours that Meta used and nobody had named before (graph-api a.4).
async fn learn(sources: &Sources, account: AccountId, access: &graph::Account) -> Result<(), SyncError> {
    let known = {
        let mut conn = sources.store.read().await?;
        accounts::get(&mut conn, account).await?.map(|a| a.own_ids).unwrap_or_default()
    };
    let new: Vec<String> = access.own_ids().into_iter().filter(|id| !known.contains(id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    sources
        .store
        .write("learn ids of ours", move |c| {
            Box::pin(async move {
                for id in &new {
                    accounts::learn_own_id(c, account, id).await?;
                }
                Ok(())
            })
        })
        .await?;
    sources.intake.forget_accounts();
    Ok(())
}

/// Stores what is missing of a thread that was `asked` for so many messages. Answers how many messages.
pub(super) async fn missing(
    sources: &Sources,
    account: AccountId,
    access: &graph::Account,
    thread: &Thread,
    asked: u32,
    live: bool,
) -> Result<u32, SyncError> {
    let mut page = match &thread.messages {
        Some(page) => page.clone(),
        None => access.messages(&thread.id, None, Priority::Background).await?,
    };
    let (mut stored, mut seen, mut whole) = (0, 0, thread.messages.is_none());
    loop {
        let ids: Vec<_> = page.data.iter().map(|m| m.id.clone()).collect();
        let unknown = messages::unknown(&mut *sources.store.read().await?, account, &ids).await?;
        if !unknown.is_empty() {
            let new: Vec<_> = page.data.iter().filter(|m| unknown.contains(&m.id)).cloned().collect();
            let fresh = sources.intake.read(account, access.channel(), thread, new, live).await?;
            stored += u32::try_from(fresh).unwrap_or(u32::MAX);
        }
        // Something known means that what is older is known. Where it is not although the past was imported, a webhook
        // dropped it: then one looks on, as far as Meta tells details (graph-api b).
        seen += ids.len();
        let something_known = unknown.len() < ids.len();
        let ends_known = ids.last().is_none_or(|last| !unknown.contains(last));
        if ends_known || seen >= graph::WITH_DETAILS as usize && something_known {
            return Ok(stored);
        }
        if something_known && !sources.past_is_known(account).await? {
            return Ok(stored);
        }
        let full = ids.len() >= asked as usize;
        match page.next.take() {
            Some(next) => {
                whole = true;
                page = access.messages(&thread.id, Some(&next), Priority::Background).await?;
            }
            // A list inside of another may not say that it goes on.
            None if !whole && full => {
                whole = true;
                page = access.messages(&thread.id, None, Priority::Background).await?;
            }
            None => return Ok(stored),
        }
    }
}
