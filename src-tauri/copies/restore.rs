//! Restoring: the copy is verified to its last byte and laid ready beside the data, which is not touched. Only the
//! person's word lets it take the data's place, at the next start; what was there is kept aside.

use super::{
    CopyError, archive,
    backup::{MARGIN, blocking, stopped_or},
    folder,
    progress::Progress,
};
use crate::{
    media,
    model::{BackupAbout, CopyKind, CopyState, Timestamp},
    private,
    store::{
        copying::{self, CopyFault},
        swap,
    },
    vault::{MasterKey, Secret, Vault},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What is restored.
#[derive(Debug, Clone)]
pub enum Source {
    Backup { file: PathBuf, passphrase: Secret },
    Daily { name: String },
}

/// Where it is restored to.
pub struct Place<'a> {
    /// The data folder; there may be no data yet.
    pub data: &'a Path,
    /// The key of this machine; `None` = it is not known before the start, as for a daily copy of this very data.
    pub vault: Option<&'a Vault>,
    pub now: Timestamp,
}

/// Verifies `source` and lays it ready.
///
/// # Errors
/// The data was not touched, and nothing half done is left.
pub async fn lay_ready(
    place: &Place<'_>,
    source: Source,
    progress: &Progress,
) -> Result<BackupAbout, CopyError> {
    let ready = place.data.join(swap::READY);
    let laid = lay(place, &ready, source, progress).await;
    if laid.is_err() {
        // Left behind, it is cleared away at the next start.
        let _ = archive::remove_folder(&ready);
    }
    laid
}

async fn lay(
    place: &Place<'_>,
    ready: &Path,
    source: Source,
    progress: &Progress,
) -> Result<BackupAbout, CopyError> {
    let failed = |why| CopyError::writing(ready, why);
    swap::take_word_back(place.data).map_err(failed)?;
    archive::remove_folder(ready).map_err(failed)?;
    private::folder(place.data).and_then(|()| private::folder(ready)).map_err(failed)?;
    let (mut about, key) = match source {
        Source::Backup { file, passphrase } => from_backup(place, ready, file, passphrase, progress).await?,
        Source::Daily { name } => (from_daily(place, ready, &name, progress).await?, None),
    };
    let database = ready.join(swap::DATABASE);
    let fault = |error: CopyFault| stopped_or(progress, CopyError::database(ready, error));
    let mut conn = copying::open(&database).await.map_err(fault)?;
    if let Some(vault) = place.vault {
        // Without secrets the next start leaves a witness of its own.
        if let Some(key) = key {
            copying::seal_again(&mut conn, &Vault::new(&key), vault).await.map_err(fault)?;
        } else if about.tokens && !copying::opens_with(&mut conn, vault).await.map_err(|e| fault(e.into()))? {
            return Err(CopyError::OtherKey);
        }
    }
    let (from, into, work) = (place.data.join(swap::MEDIA), ready.join(swap::MEDIA), progress.clone());
    blocking(move || link_files(&from, &into, &work)).await?;
    progress.check()?;
    let figures = copying::figures(&mut conn).await.map_err(|e| fault(e.into()))?;
    let here = ready.join(swap::MEDIA);
    let safe = copying::make_safe(&mut conn, place.now, |hash| {
        media::path(&here, hash).is_some_and(|path| path.exists())
    })
    .await
    .map_err(|e| fault(e.into()))?;
    copying::close(conn).await.map_err(|e| fault(e.into()))?;
    about.accounts = figures.accounts;
    about.conversations = figures.conversations;
    about.messages = figures.messages;
    (about.held, about.missing_files) = (safe.held, safe.missing);
    Ok(about)
}

async fn from_backup(
    place: &Place<'_>,
    ready: &Path,
    file: PathBuf,
    passphrase: Secret,
    progress: &Progress,
) -> Result<(BackupAbout, Option<MasterKey>), CopyError> {
    let bytes = fs::metadata(&file).map_err(|why| CopyError::reading(&file, why))?.len();
    folder::room(place.data, bytes + MARGIN.min(bytes))?;
    progress.enter(CopyState::Verifying, bytes);
    let (into, work) = (ready.to_owned(), progress.clone());
    let opened = blocking(move || archive::read(&file, &passphrase, Some(&into), &work)).await?;
    let key = match opened.about.key.as_str() {
        "" => None,
        text => Some(MasterKey::from_text(text).map_err(|_| CopyError::Damaged)?),
    };
    let about = BackupAbout {
        made_at: opened.about.made_at,
        version: opened.about.version,
        accounts: 0,
        conversations: 0,
        messages: 0,
        media_files: opened.about.media.then_some(opened.media_files),
        tokens: key.is_some(),
        held: 0,
        missing_files: 0,
    };
    Ok((about, key))
}

async fn from_daily(
    place: &Place<'_>,
    ready: &Path,
    name: &str,
    progress: &Progress,
) -> Result<BackupAbout, CopyError> {
    let file = folder::find(place.data, CopyKind::Daily, name).ok_or(CopyError::Gone)?;
    let made_at = folder::made_at(CopyKind::Daily, name).ok_or(CopyError::Gone)?;
    let bytes = fs::metadata(&file).map_err(|why| CopyError::reading(&file, why))?.len();
    folder::room(place.data, bytes + MARGIN.min(bytes))?;
    progress.enter(CopyState::Verifying, bytes);
    let (to, work) = (ready.join(swap::DATABASE), progress.clone());
    blocking(move || {
        let mut target = private::create_over(&to).map_err(|why| CopyError::writing(&to, why))?;
        let source = fs::File::open(&file).map_err(|why| CopyError::reading(&file, why))?;
        let mut counted = super::progress::Counted { inner: source, progress: work.clone() };
        io::copy(&mut counted, &mut target)
            .and_then(|_| target.sync_all())
            .map_err(|why| stopped_or(&work, CopyError::writing(&to, why)))
    })
    .await?;
    Ok(BackupAbout {
        made_at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        accounts: 0,
        conversations: 0,
        messages: 0,
        media_files: None,
        tokens: true,
        held: 0,
        missing_files: 0,
    })
}

/// Files that are here already are in the restored media store too, without taking room twice: both folders name the
/// same bytes, so that clearing one out takes nothing from the other.
fn link_files(from: &Path, into: &Path, progress: &Progress) -> Result<(), CopyError> {
    let failed = |why| CopyError::writing(into, why);
    private::folder(into).map_err(failed)?;
    for (hash, path, _) in media::files(from).map_err(|why| CopyError::reading(from, why))? {
        progress.check()?;
        let Some(to) = media::path(into, &hash).filter(|to| !to.exists()) else { continue };
        private::folder(to.parent().unwrap_or(into)).map_err(failed)?;
        // Some disks know no second name for a file.
        let linked = fs::hard_link(&path, &to).or_else(|_| fs::copy(&path, &to).map(drop));
        match linked {
            // It was cleared out a moment ago.
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(failed)?,
        }
    }
    Ok(())
}

/// Gives the word: the next start exchanges the data for what was laid ready.
///
/// # Errors
/// When the folder cannot be written.
pub fn give_word(data: &Path, now: Timestamp) -> Result<(), CopyError> {
    let aside = folder::name(CopyKind::Aside, now);
    swap::give_word(data, &aside).map_err(|why| CopyError::writing(&data.join(swap::READY), why))
}

/// Takes what was laid ready away again.
pub fn clear(data: &Path) {
    // Without the word it is cleared away at the next start at the latest.
    let _ = swap::take_word_back(data).and_then(|()| archive::remove_folder(&data.join(swap::READY)));
}
