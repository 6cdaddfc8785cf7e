//! Writing a backup: the database as it is at one moment, its secrets sealed for this file alone, and the files. It
//! gets its name when it was read again to the last byte.

use super::{
    Copier, CopyError,
    archive::{self, About},
    folder::{self, Unfinished},
    progress::Progress,
};
use crate::{
    media,
    model::{CopyKind, CopyState},
    store::{
        copying::{self, CopyFault},
        swap,
    },
    vault::{MasterKey, Secret, Vault},
};
use std::path::{Path, PathBuf};

/// Room that is left beside what a copy needs, in bytes.
pub const MARGIN: u64 = 64 * 1024 * 1024;

/// What a backup is to hold.
#[derive(Debug, Clone)]
pub struct Wish {
    pub passphrase: Secret,
    pub media: bool,
    pub tokens: bool,
}

/// Writes a backup to `to`.
///
/// # Errors
/// Nothing half written is left.
pub(super) async fn write(
    copier: &Copier,
    to: &Path,
    wish: Wish,
    progress: &Progress,
) -> Result<CopyState, CopyError> {
    let data = &copier.0.data;
    let media_folder = data.join(swap::MEDIA);
    let files = if wish.media {
        blocking(move || media::files(&media_folder).map_err(|why| CopyError::reading(&media_folder, why)))
            .await?
    } else {
        Vec::new()
    };
    let database = copier.database_bytes();
    let media_bytes: u64 = files.iter().map(|(.., bytes)| bytes).sum();
    let target = to.parent().unwrap_or(to).to_owned();
    folder::room(&target, database + media_bytes + MARGIN.min(database + media_bytes))?;

    // The copy is made beside the data, where its secrets are at home.
    let copies = folder::prepare(data, CopyKind::Daily)?;
    let (copy, file) = Unfinished::beside(&copies.join("for-a-backup.db"))?;
    drop(file);
    let fault = |error: CopyFault| stopped_or(progress, CopyError::database(&copies, error));
    copier.0.store.copy_to(copy.path(), progress.flag()).await.map_err(|e| fault(e.into()))?;
    progress.check()?;
    let now = copier.0.clock.now();
    let mut conn = copying::open(copy.path()).await.map_err(fault)?;
    let figures = copying::figures(&mut conn).await.map_err(|e| fault(e.into()))?;
    let key = if wish.tokens {
        // The key of this machine stays here: the secrets travel sealed with one made for this file.
        let key = MasterKey::random();
        copying::seal_again(&mut conn, &copier.0.vault, &Vault::new(&key)).await.map_err(fault)?;
        key.to_text().reveal().to_owned()
    } else {
        copying::forget_secrets(&mut conn, now).await.map_err(|e| fault(e.into()))?;
        String::new()
    };
    copying::close(conn).await.map_err(|e| fault(e.into()))?;

    let about = About::new(now, figures, wish.media, key);
    let total = folder::size(copy.path()) + media_bytes;
    progress.enter(CopyState::Writing, total);
    let (path, work) = (to.to_owned(), progress.clone());
    blocking(move || {
        let (unfinished, file) = Unfinished::beside(&path)?;
        let media: Vec<(String, PathBuf)> = files.into_iter().map(|(hash, path, _)| (hash, path)).collect();
        archive::write((&path, file), &wish.passphrase, &about, copy.path(), &media, &work)?;
        drop(copy);
        let bytes = folder::size(unfinished.path());
        work.enter(CopyState::Verifying, bytes);
        archive::read(unfinished.path(), &wish.passphrase, None, &work)?;
        unfinished.finish()?;
        Ok(done(&path, bytes))
    })
    .await
}

/// The file is whole.
pub(super) fn done(path: &Path, bytes: u64) -> CopyState {
    CopyState::Done {
        file: path.display().to_string(),
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes,
    }
}

/// What was stopped fails in many words; only the stop counts.
pub(super) fn stopped_or(progress: &Progress, error: CopyError) -> CopyError {
    progress.check().err().unwrap_or(error)
}

/// Work that waits for the disk, off the threads that answer.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CopyError> + Send + 'static,
) -> Result<T, CopyError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a copy broke off");
        CopyError::Broke
    })?
}
