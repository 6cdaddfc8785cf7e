//! Deleting for good: rows in short steps, files, what the journal holds, and every trace in the database's files.

use super::{
    Desk,
    problems::{reading, storage},
};
use crate::{
    copies::folder,
    graph::delivery::{Left, without_ids},
    model::{CopyKind, JournalId, Problem},
    store::deleting::{self, Step, Whose},
};

/// Messages or people taken away in one write.
const STEP: u32 = 400;
/// Deliveries looked into at a time.
const DELIVERIES: u32 = 100;

/// Removes everything of `whose`, and from the journal what names one of `ids`. Traces stay until [`scrub`].
pub(super) async fn erase(desk: &Desk, whose: Whose, ids: Vec<String>) -> Result<(), Problem> {
    loop {
        let theirs = whose.clone();
        let Step { files, done } = desk
            .store
            .write("delete for good", move |c| {
                Box::pin(async move { deleting::some(c, &theirs, STEP).await })
            })
            .await
            .map_err(storage)?;
        remove_files(desk, &files).await;
        if done {
            break;
        }
    }
    forget_deliveries(desk, ids).await
}

/// After the commit: files that nothing shows any more.
pub(super) async fn remove_files(desk: &Desk, files: &[String]) {
    for file in files {
        if let Err(error) = desk.media.remove(file).await {
            tracing::error!(%error, "a file of what was deleted could not be removed");
        }
    }
}

/// Takes what is said of `ids` out of every delivery that is kept.
async fn forget_deliveries(desk: &Desk, ids: Vec<String>) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut after = JournalId(0);
    loop {
        let found = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            deleting::mentions(&mut conn, &ids, after, DELIVERIES).await.map_err(reading)?
        };
        let Some(last) = found.last().map(|kept| kept.id) else { return Ok(()) };
        after = last;
        let left: Vec<_> = found
            .into_iter()
            .filter_map(|kept| match without_ids(&kept.body, &ids) {
                Left::Whole => None,
                Left::Rest(body) => Some((kept.id, Some(body))),
                Left::Nothing => Some((kept.id, None)),
            })
            .collect();
        desk.store
            .write("forget deliveries", move |c| {
                Box::pin(async move { deleting::rewrite_journal(c, &left).await })
            })
            .await
            .map_err(storage)?;
    }
}

/// Leaves no trace of what was deleted in the database's files. What it cannot reach at once is overwritten by and by.
pub(super) async fn scrub(desk: &Desk) -> Result<(), Problem> {
    if !desk.store.scrub().await.map_err(storage)? {
        tracing::warn!("the database's log could not be emptied while somebody was reading");
    }
    Ok(())
}

/// Everything made earlier that still holds what was deleted, and the data folder that it lies in: daily copies, backups,
/// exports, what a restore put aside, and databases kept from before a migration.
pub(super) fn earlier_copies(desk: &Desk) -> (Vec<String>, String) {
    let (mut copies, data) = desk.store.copies();
    for kind in [CopyKind::Daily, CopyKind::Backup, CopyKind::Export, CopyKind::Aside] {
        let place = folder::folder(desk.copier.data(), kind);
        let inside = place.strip_prefix(desk.copier.data()).unwrap_or(&place).to_owned();
        let found = folder::list(desk.copier.data(), kind);
        copies.extend(found.into_iter().map(|copy| inside.join(copy.name).display().to_string()));
    }
    (copies, data)
}
