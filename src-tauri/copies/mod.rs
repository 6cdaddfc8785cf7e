//! Copies of everything: a backup to one file and back on another machine, a copy every day, the export, and whether
//! the database is whole. What is in use is only read here; a restored copy takes its place at the next start.

mod archive;
mod backup;
mod bring;
mod daily;
mod error;
mod examining;
mod export;
/// Where copies lie and what they are called.
pub mod folder;
mod progress;
/// Laying a copy ready, with or without a running engine.
pub mod restore;

#[cfg(test)]
mod tests;

pub use backup::Wish;
pub use error::CopyError;
pub use export::Extent;
pub use progress::Progress;
pub use restore::{Place, Source};

use crate::{
    clock::Clock,
    events::Events,
    model::{
        Action, Code, Copies, CopyKind, CopyState, CopyWork, Copying, Event, Examined, Problem,
        SHORTEST_PASSPHRASE,
    },
    store::{Store, examine, settings, swap},
    tasks::Tasks,
    vault::Vault,
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio_util::sync::CancellationToken;

/// Makes copies of one data folder; cheap to clone.
#[derive(Clone)]
pub struct Copier(Arc<Inner>);

struct Inner {
    data: PathBuf,
    store: Store,
    vault: Vault,
    clock: Clock,
    events: Events,
    /// The backup, restore or export of the moment.
    progress: Mutex<Progress>,
    latest: Mutex<daily::Latest>,
    examined: Mutex<Option<Examined>>,
    examining: AtomicBool,
    /// One daily copy at a time.
    turn: tokio::sync::Mutex<()>,
    restart: CancellationToken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Copier {
    /// Copies of the data in `data`, made when asked for.
    #[must_use]
    pub fn new(data: &Path, store: Store, vault: Vault, clock: Clock, events: Events) -> Self {
        folder::clear_unfinished(data);
        Self(Arc::new(Inner {
            data: data.to_owned(),
            store,
            vault,
            clock,
            events,
            progress: Mutex::default(),
            latest: Mutex::default(),
            examined: Mutex::default(),
            examining: AtomicBool::new(false),
            turn: tokio::sync::Mutex::default(),
            restart: CancellationToken::new(),
        }))
    }

    /// Daily copies and examinations from now on.
    pub fn start(&self, tasks: &Tasks) {
        let copier = self.clone();
        tasks.keep("daily copies", move |stop| daily::follow(copier.clone(), stop));
        let copier = self.clone();
        tasks.keep("examination of the database", move |stop| examining::follow(copier.clone(), stop));
    }

    /// Resolves when a restored copy waits for the engine to start again.
    #[must_use]
    pub fn restart(&self) -> CancellationToken {
        self.0.restart.clone()
    }

    /// The folder of the data.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.0.data
    }

    /// The page of copies.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn page(&self) -> Result<Copies, sqlx::Error> {
        let days = self.days_kept().await;
        let mut examined = lock(&self.0.examined).clone();
        if examined.is_none() {
            examined = examine::latest(&self.0.store).await?;
        }
        let copier = self.clone();
        let mut page = tokio::task::spawn_blocking(move || copier.on_disk()).await.unwrap_or_default();
        page.daily_problem = self.latest().problem;
        page.next_daily_at = daily::due_at(self, days);
        page.examined = examined;
        page.examining = self.0.examining.load(Ordering::SeqCst);
        Ok(page)
    }

    fn on_disk(&self) -> Copies {
        let data = &self.0.data;
        // A folder that cannot be read shows as nothing kept, which is what can be shown of it.
        let media = crate::media::files(&data.join(swap::MEDIA)).unwrap_or_default();
        let mut backups = folder::list(data, CopyKind::Backup);
        backups.extend(folder::list(data, CopyKind::Export));
        backups.sort_by_key(|copy| std::cmp::Reverse(copy.made_at));
        Copies {
            database_bytes: self.database_bytes(),
            media_bytes: media.iter().map(|(.., bytes)| bytes).sum(),
            media_files: media.len() as u64,
            free_bytes: folder::free(data),
            folder: data.display().to_string(),
            daily: folder::list(data, CopyKind::Daily),
            backups,
            aside: folder::list(data, CopyKind::Aside),
            ..Copies::default()
        }
    }

    /// What a person should know without looking for it: the database has faults, or daily copies fail.
    #[must_use]
    pub fn trouble(&self) -> Option<Problem> {
        let faults = lock(&self.0.examined).as_ref().is_some_and(|found| !found.faults.is_empty());
        if faults {
            let words = "The database is damaged in places. Restore the newest good copy, or export what can be read.";
            return Some(Problem::new(Code::Storage, words).with(Action::OpenSettings));
        }
        let problem = self.latest().problem?;
        let words = format!("The daily copy was not made. {}", problem.message);
        Some(Problem::new(Code::Storage, words).with(Action::OpenSettings))
    }

    /// The work under way, or what became of it.
    #[must_use]
    pub fn copying(&self) -> Option<Copying> {
        lock(&self.0.progress).now()
    }

    /// Stops the work under way, or clears away what it left to be seen.
    pub fn stop(&self) {
        let progress = lock(&self.0.progress).clone();
        if progress.runs() {
            progress.stop();
        } else {
            if progress.now().is_some_and(|copying| matches!(copying.state, CopyState::Ready { .. })) {
                restore::clear(&self.0.data);
            }
            progress.end(None);
        }
    }

    /// Begins `work`; one at a time.
    ///
    /// # Errors
    /// When another is under way.
    fn begin(&self, work: CopyWork) -> Result<Progress, Problem> {
        let mut current = lock(&self.0.progress);
        if current.runs() {
            let words = "Another backup, restore or export is under way. Wait for it, or stop it first.";
            return Err(Problem::new(Code::Blocked, words));
        }
        *current = Progress::new(work, self.0.events.clone());
        Ok(current.clone())
    }

    /// Keeps how the work ended.
    fn settle(&self, progress: &Progress, ended: Result<CopyState, CopyError>) -> Result<(), CopyError> {
        match ended {
            Ok(state) => progress.end(Some(state)),
            Err(CopyError::Stopped) => progress.end(None),
            Err(error) => {
                tracing::warn!(%error, "a copy was not made or not restored");
                progress.end(Some(CopyState::Failed { problem: error.problem() }));
                self.0.events.tell(Event::CopiesChanged);
                return Err(error);
            }
        }
        self.0.events.tell(Event::CopiesChanged);
        Ok(())
    }

    /// Where a copy goes when nobody chose a place.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn usual_place(&self, kind: CopyKind) -> Result<PathBuf, CopyError> {
        let folder = folder::prepare(&self.0.data, kind)?;
        Ok(folder.join(folder::name(kind, self.0.clock.now())))
    }

    /// Begins a backup to `to`; the future does the work.
    ///
    /// # Errors
    /// When the passphrase is too short to protect anything, or other work is under way.
    pub fn backup(
        &self,
        to: PathBuf,
        wish: Wish,
    ) -> Result<impl Future<Output = Result<(), CopyError>> + Send + use<>, Problem> {
        if wish.passphrase.reveal().trim().chars().count() < SHORTEST_PASSPHRASE {
            return Err(CopyError::ShortPassphrase.problem());
        }
        let (copier, progress) = (self.clone(), self.begin(CopyWork::Backup)?);
        Ok(async move {
            let ended = backup::write(&copier, &to, wish, &progress).await;
            copier.settle(&progress, ended)
        })
    }

    /// Begins an export to `to`; the future does the work.
    ///
    /// # Errors
    /// When other work is under way.
    pub fn export(
        &self,
        to: PathBuf,
        extent: Extent,
    ) -> Result<impl Future<Output = Result<(), CopyError>> + Send + use<>, Problem> {
        let (copier, progress) = (self.clone(), self.begin(CopyWork::Export)?);
        Ok(async move {
            let ended = export::write(&copier, &to, extent, &progress).await;
            copier.settle(&progress, ended)
        })
    }

    /// Begins a restore; the future verifies and lays ready.
    ///
    /// # Errors
    /// When other work is under way.
    pub fn restore(
        &self,
        source: Source,
    ) -> Result<impl Future<Output = Result<(), CopyError>> + Send + use<>, Problem> {
        let (copier, progress) = (self.clone(), self.begin(CopyWork::Restore)?);
        Ok(async move {
            let inner = &copier.0;
            let place = Place { data: &inner.data, vault: Some(&inner.vault), now: inner.clock.now() };
            let laid = restore::lay_ready(&place, source, &progress).await;
            copier.settle(&progress, laid.map(|about| CopyState::Ready { about }))
        })
    }

    /// The person's word: the engine is asked to start again, with what was laid ready.
    ///
    /// # Errors
    /// When nothing is ready, or the word cannot be written.
    pub fn finish_restore(&self) -> Result<(), CopyError> {
        if !matches!(self.copying(), Some(Copying { state: CopyState::Ready { .. }, .. })) {
            return Err(CopyError::Gone);
        }
        restore::give_word(&self.0.data, self.0.clock.now())?;
        self.0.restart.cancel();
        Ok(())
    }

    /// Makes the daily copy now.
    ///
    /// # Errors
    /// In words; earlier copies stay.
    pub async fn make_daily(&self) -> Result<(), CopyError> {
        daily::make(self, self.days_kept().await).await
    }

    /// Removes a copy.
    ///
    /// # Errors
    /// When it is not there or the system refuses.
    pub async fn remove(&self, kind: CopyKind, name: String) -> Result<(), CopyError> {
        let data = self.0.data.clone();
        backup::blocking(move || folder::remove(&data, kind, &name)).await?;
        self.0.events.tell(Event::CopiesChanged);
        Ok(())
    }

    /// Examines the database now.
    pub async fn examine(&self, stop: &CancellationToken) {
        examining::run(self, stop).await;
    }

    /// Days a daily copy is kept; 0 = none are made.
    async fn days_kept(&self) -> u32 {
        let read = async { settings::get(&mut *self.0.store.read().await?).await };
        read.await.map_or(0, |settings| settings.storage.daily_copies)
    }

    fn database_bytes(&self) -> u64 {
        let file = self.0.store.file();
        folder::size(file) + folder::size(&file.with_extension("db-wal"))
    }

    fn latest(&self) -> daily::Latest {
        lock(&self.0.latest).clone()
    }

    fn set_latest(&self, latest: daily::Latest) {
        *lock(&self.0.latest) = latest;
    }

    fn set_examined(&self, examined: Option<Examined>) {
        *lock(&self.0.examined) = examined;
    }
}
