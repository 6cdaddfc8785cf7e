//! The past, read once after connecting: thread by thread from the newest, in stretches between polls, so
//! that news come first. It goes on where it stopped.

use super::{Sources, line::SyncError, poll};
use crate::{
    graph::{self, Priority},
    model::{AccountId, Event, Import, ImportState},
    store::{WriteError, accounts, cursors},
};

/// The cursor's name: Meta's own page cursor.
pub(super) const PLACE: &str = "import";
/// Threads asked for at once.
const PAGE: u32 = 25;
/// Pages between two polls.
const STRETCH: usize = 4;

/// Changes an account's import and says so.
pub(super) async fn set(
    sources: &Sources,
    account: AccountId,
    change: impl FnOnce(&mut Import) + Send + 'static,
) -> Result<(), WriteError> {
    let changed = sources
        .store
        .write("note the import", move |c| {
            Box::pin(async move {
                let Some(before) = accounts::get(c, account).await?.map(|a| a.account.import) else {
                    return Ok(false);
                };
                let mut import = before;
                change(&mut import);
                if import != before {
                    accounts::set_import(c, account, import).await?;
                }
                Ok(import != before)
            })
        })
        .await?;
    if changed {
        sources.events.tell(Event::AccountChanged { account });
    }
    Ok(())
}

/// Imports a few pages.
pub(super) async fn stretch(
    sources: &Sources,
    account: AccountId,
    access: &graph::Account,
) -> Result<(), SyncError> {
    let mut after = {
        let mut conn = sources.store.read().await?;
        cursors::get(&mut conn, account, PLACE).await?.map(|(value, _)| value).filter(|v| !v.is_empty())
    };
    for _ in 0..STRETCH {
        let page = match access
            .conversations(after.as_deref(), PAGE, graph::WITH_DETAILS, Priority::Background)
            .await
        {
            Ok(page) => page,
            // Cursors do not live long (graph-api 0): begin again; what is stored is passed over quickly.
            Err(e) if after.is_some() && e.is_bad_cursor() => {
                after = None;
                continue;
            }
            Err(e) => return Err(e.into()),
        };
        let threads = u32::try_from(page.data.len()).unwrap_or(u32::MAX);
        let mut stored = 0_u32;
        for thread in &page.data {
            stored += poll::missing(sources, account, access, thread, graph::WITH_DETAILS, false).await?;
            sources.intake.note_request(account, access.channel(), thread).await?;
        }
        let (next, limit) = (page.next.clone(), sources.config.import_conversations);
        let kept = next.clone().unwrap_or_default();
        let now = sources.clock.now();
        sources
            .store
            .write("move the import", move |c| {
                Box::pin(async move { cursors::set(c, account, PLACE, &kept, now).await })
            })
            .await?;
        set(sources, account, move |i| {
            i.conversations = i.conversations.saturating_add(threads);
            i.messages = i.messages.saturating_add(stored);
            if i.state == ImportState::Waiting {
                i.state = ImportState::Running;
            }
            if i.state == ImportState::Running && (next.is_none() || i.conversations >= limit) {
                i.state = ImportState::Done;
            }
        })
        .await?;
        sources.events.tell(Event::ManyChanged { account });
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(())
}
