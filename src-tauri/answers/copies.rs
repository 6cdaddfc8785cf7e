//! Backups, restoring, daily copies, the export, examining the database.

use super::{Answer, Desk, problems::reading};
use crate::{
    copies::{CopyError, Extent, Source, Wish, folder},
    model::{Code, Copies, CopyKind, Copying, Host, Problem, RestoreFrom, call},
    vault::Secret,
};
use std::path::PathBuf;

impl Answer for call::GetCopies {
    async fn answer(self, desk: &Desk) -> Result<Copies, Problem> {
        desk.copier.page().await.map_err(reading)
    }
}

impl Answer for call::GetCopying {
    async fn answer(self, desk: &Desk) -> Result<Option<Copying>, Problem> {
        Ok(desk.copier.copying())
    }
}

/// Does `work` while the answer is long given; how it ends is shown by `GetCopying`.
fn go_on(desk: &Desk, work: impl Future<Output = Result<(), CopyError>> + Send + 'static) {
    let stopping = desk.tasks.stopping();
    let copier = desk.copier.clone();
    desk.tasks.once(async move {
        tokio::pin!(work);
        tokio::select! {
            _ = &mut work => {}
            () = stopping.cancelled() => {
                copier.stop();
                let _ = work.await;
            }
        }
    });
}

/// Where a file is written: a place of the desktop's own dialog, or the usual folder. A browser may be far away, and
/// does not choose places on this computer.
fn place(desk: &Desk, to: Option<String>, kind: CopyKind) -> Result<PathBuf, Problem> {
    match to {
        Some(to) if desk.host == Host::Desktop && PathBuf::from(&to).is_absolute() => Ok(to.into()),
        Some(_) => Err(elsewhere()),
        None => desk.copier.usual_place(kind).map_err(|error| error.problem()),
    }
}

fn elsewhere() -> Problem {
    Problem::new(Code::NotAllowed, "Only the desktop app chooses places on this computer.")
}

impl Answer for call::StartBackup {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let to = place(desk, self.to, CopyKind::Backup)?;
        let wish =
            Wish { passphrase: Secret::new(self.passphrase.0), media: self.media, tokens: self.tokens };
        go_on(desk, desk.copier.backup(to, wish)?);
        Ok(())
    }
}

impl Answer for call::StartRestore {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let passphrase = Secret::new(self.passphrase.0);
        let source = match self.from {
            RestoreFrom::File { path } if desk.host == Host::Desktop => {
                Source::Backup { file: path.into(), passphrase }
            }
            RestoreFrom::File { .. } => return Err(elsewhere()),
            RestoreFrom::Kept { name } => {
                let file = folder::find(desk.copier.data(), CopyKind::Backup, &name)
                    .ok_or_else(|| CopyError::Gone.problem())?;
                Source::Backup { file, passphrase }
            }
            RestoreFrom::Daily { name } => Source::Daily { name },
        };
        go_on(desk, desk.copier.restore(source)?);
        Ok(())
    }
}

impl Answer for call::FinishRestore {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.copier.finish_restore().map_err(|error| error.problem())
    }
}

impl Answer for call::StartExport {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let to = place(desk, self.to, CopyKind::Export)?;
        let extent = Extent { only: self.conversation, media: self.media };
        go_on(desk, desk.copier.export(to, extent)?);
        Ok(())
    }
}

impl Answer for call::StopCopying {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.copier.stop();
        Ok(())
    }
}

impl Answer for call::MakeDailyCopy {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.copier.make_daily().await.map_err(|error| error.problem())
    }
}

impl Answer for call::RemoveCopy {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.copier.remove(self.kind, self.name).await.map_err(|error| error.problem())
    }
}

impl Answer for call::ExamineDatabase {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let (copier, stop) = (desk.copier.clone(), desk.tasks.stopping());
        desk.tasks.once(async move { copier.examine(&stop).await });
        Ok(())
    }
}
