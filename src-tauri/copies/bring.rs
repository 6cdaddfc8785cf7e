//! A backup that a browser brings from another computer: streamed into the folder of backups, where a restore finds it.

use super::{
    Copier, CopyError,
    backup::{MARGIN, blocking},
    folder::{self, Unfinished},
};
use crate::model::{CopyFile, CopyKind, Event};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use std::io::Write;

impl Copier {
    /// Keeps what `content` brings; `announced` = the bytes it was said to have.
    ///
    /// # Errors
    /// When it breaks off or the disk refuses; nothing half brought is left.
    pub async fn bring<S, E>(
        &self,
        name: &str,
        announced: Option<u64>,
        mut content: S,
    ) -> Result<CopyFile, CopyError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        let kind = CopyKind::Backup;
        let folder = folder::prepare(self.data(), kind)?;
        folder::room(&folder, announced.unwrap_or(0).saturating_add(MARGIN))?;
        // A name of ours holds its time; any other becomes one of now.
        let ours = folder::made_at(kind, name).is_some() && folder::find(self.data(), kind, name).is_none();
        let now = self.0.clock.now();
        let name = if ours { name.to_owned() } else { folder::name(kind, now) };
        let (unfinished, mut file) = Unfinished::beside(&folder.join(&name))?;
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|_| CopyError::Damaged)?;
            let path = unfinished.path().to_owned();
            file = blocking(move || {
                file.write_all(&piece).map_err(|why| CopyError::writing(&path, why))?;
                Ok(file)
            })
            .await?;
        }
        let bytes = blocking(move || {
            file.sync_all().map_err(|why| CopyError::writing(unfinished.path(), why))?;
            let bytes = folder::size(unfinished.path());
            unfinished.finish()?;
            Ok(bytes)
        })
        .await?;
        self.0.events.tell(Event::CopiesChanged);
        let made_at = folder::made_at(kind, &name).unwrap_or(now);
        Ok(CopyFile { kind, name, bytes, made_at })
    }
}
