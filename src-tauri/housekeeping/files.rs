//! Files that are past their time: too old for their account and kind, too much in all, or of messages that are
//! gone. What was on screen within the last hour stays.

use crate::{
    clock::Clock,
    events::Events,
    media::Media,
    model::{DAY, Event, HOUR, Storage},
    store::{
        Store, WriteError, attachments,
        keeping::{self, Evicted},
        uploads,
    },
};

/// Files taken away in one write.
const STEP: u32 = 200;
/// How long a file waits in a composer for being sent.
const FORGOTTEN: i64 = 30 * DAY;
/// Files asked about in one question.
const ASKED: usize = 500;

/// What the work needs.
pub(super) struct Cleaner<'a> {
    pub store: &'a Store,
    pub media: &'a Media,
    pub events: &'a Events,
    pub clock: &'a Clock,
}

impl Cleaner<'_> {
    /// Does it all once.
    pub async fn clear(&self, limits: &Storage) -> Result<(), WriteError> {
        self.forgotten_in_composers().await?;
        self.by_age(limits).await?;
        self.by_size(u64::from(limits.media_mib) * 1024 * 1024).await?;
        self.of_nobody().await
    }

    async fn forgotten_in_composers(&self) -> Result<(), WriteError> {
        let before = self.clock.now().plus(-FORGOTTEN);
        self.store
            .write("forget files of composers", move |conn| {
                Box::pin(async move { uploads::prune(conn, before).await })
            })
            .await
            .map(drop)
    }

    async fn by_age(&self, limits: &Storage) -> Result<(), WriteError> {
        let kinds = keeping::kept_kinds(&mut *self.store.read().await?).await?;
        for (account, kind) in kinds {
            let Some(days) = limits.days(account, kind) else { continue };
            let before = self.clock.now().plus(-DAY * i64::from(days));
            loop {
                let on_screen = self.media.on_screen(self.clock.now());
                let gone = self
                    .store
                    .write("take old files away", move |conn| {
                        Box::pin(async move {
                            keeping::evict_old(conn, account, kind, before, &on_screen, STEP).await
                        })
                    })
                    .await?;
                self.settle(&gone).await;
                if gone.count < STEP as usize {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn by_size(&self, most: u64) -> Result<(), WriteError> {
        let Ok(mut total) = self.media.size().await else {
            tracing::warn!("the media folder could not be read");
            return Ok(());
        };
        while total > most {
            let on_screen = self.media.on_screen(self.clock.now());
            // Few at a time: no more goes than must.
            let gone = self
                .store
                .write("take the oldest files away", move |conn| {
                    Box::pin(async move { keeping::evict_oldest(conn, &on_screen, 20).await })
                })
                .await?;
            total = total.saturating_sub(self.settle(&gone).await);
            if gone.count == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Files that no message, person or account shows. One that was kept a moment ago may not be written down yet.
    async fn of_nobody(&self) -> Result<(), WriteError> {
        let Ok(kept) = self.media.kept_before(self.clock.now().plus(-HOUR)).await else {
            tracing::warn!("the media folder could not be read");
            return Ok(());
        };
        for some in kept.chunks(ASKED) {
            let unused = attachments::unused(&mut *self.store.read().await?, some).await?;
            self.remove(&unused).await;
        }
        Ok(())
    }

    /// After the commit: removes the files and tells. Answers the bytes freed.
    async fn settle(&self, gone: &Evicted) -> u64 {
        let freed = self.remove(&gone.files).await;
        for (conversation, message) in &gone.messages {
            self.events.tell(Event::MessageChanged { conversation: *conversation, message: *message });
        }
        freed
    }

    async fn remove(&self, files: &[String]) -> u64 {
        let mut freed = 0;
        for file in files {
            match self.media.remove(file).await {
                Ok(bytes) => freed += bytes,
                Err(error) => tracing::warn!(%error, "a file that is not needed could not be removed"),
            }
        }
        freed
    }
}
