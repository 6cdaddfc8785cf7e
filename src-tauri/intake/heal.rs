//! What an earlier version could only name is read again from the journal and becomes real: in the background,
//! in short steps, once for each version of the reading.

use super::{Intake, Known, Source, TakeError, meaning};
use crate::{
    graph::{delivery, reread},
    model::{Event, MessageId},
    store::{
        WriteError,
        messages::{self, Arrival, Crude},
        settings,
    },
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Messages looked at in one step.
const SPAN: i64 = 2_000;
/// Between two steps others may write.
const PAUSE: Duration = Duration::from_millis(50);
/// Where it is noted how far it got.
const KEY: &str = "decoder";

/// How far this version's reading has gone through the messages of earlier ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    version: u32,
    /// The newest message of the time before this version.
    until: i64,
    through: i64,
}

impl Intake {
    /// Heals until nothing of an earlier version is left; answers how many messages became real.
    ///
    /// # Errors
    /// When the database cannot be read or written: the next start goes on where it stopped.
    pub async fn heal(&self, stop: CancellationToken) -> Result<usize, TakeError> {
        let mut progress = self.begin().await?;
        let mut healed = 0;
        while progress.through < progress.until && !stop.is_cancelled() {
            healed += self.step(&mut progress).await?;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
        if healed > 0 {
            tracing::info!(healed, "messages of an earlier version were read again and are whole");
        }
        Ok(healed)
    }

    async fn begin(&self) -> Result<Progress, WriteError> {
        self.desk
            .store
            .write("look for what an earlier version could not read", |conn| {
                Box::pin(async move {
                    let noted = settings::value::<Progress>(conn, KEY).await?.unwrap_or_default();
                    if noted.version == delivery::VERSION {
                        return Ok(noted);
                    }
                    let until = messages::newest(conn).await?.0;
                    let begun = Progress { version: delivery::VERSION, until, through: 0 };
                    settings::set_value(conn, KEY, &begun).await?;
                    Ok(begun)
                })
            })
            .await
    }

    /// One step; how many messages became real.
    async fn step(&self, progress: &mut Progress) -> Result<usize, TakeError> {
        let known = self.desk.known().await?;
        let crude = {
            let read = async {
                let mut conn = self.desk.store.read().await?;
                messages::crude(&mut conn, MessageId(progress.through), SPAN).await
            };
            read.await.map_err(|e| TakeError::Read(e.into()))?
        };
        let read: Vec<(MessageId, Arrival)> =
            crude.iter().filter_map(|one| Some((one.message, again(one, &known)?))).collect();
        progress.through = (progress.through + SPAN).min(progress.until);
        let done = *progress;
        let (changed, orphans) = self
            .desk
            .store
            .write("make messages real", move |conn| {
                Box::pin(async move {
                    let (mut changed, mut orphans) = (Vec::new(), Vec::new());
                    for (message, read) in &read {
                        changed.extend(messages::heal(conn, *message, read, &mut orphans).await?);
                    }
                    settings::set_value(conn, KEY, &done).await?;
                    Ok((changed, orphans))
                })
            })
            .await?;
        self.desk.remove(&orphans).await;
        let mut accounts: Vec<_> = changed.iter().map(|c| c.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            self.desk.events.tell(Event::ManyChanged { account });
        }
        Ok(changed.len())
    }
}

/// What today's reading makes of a message; `None` = nothing, or no message.
fn again(one: &Crude, known: &Known) -> Option<Arrival> {
    if one.source == Source::Poll.key() {
        let raw = delivery::json(&one.body).ok()?;
        let message = reread(&raw)?.message;
        let person = meaning::person(one.channel, &message.person);
        return Some(meaning::of_message(one.account, one.channel, &message, person, one.sent_at, false));
    }
    meaning::of(&one.body, known, one.sent_at).into_iter().find_map(|meaning| match meaning {
        meaning::Meaning::Arrival(arrival)
            if arrival.account == one.account && arrival.meta_id == one.meta_id =>
        {
            Some(*arrival)
        }
        _ => None,
    })
}
