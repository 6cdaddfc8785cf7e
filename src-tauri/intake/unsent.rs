//! A message that Meta no longer has although nobody told: taken back in silence (graph-api b).

use super::{Intake, TakeError, write::forget};
use crate::{
    model::{AccountId, MetaMessageId},
    store::messages::{self, Alter},
};

impl Intake {
    /// Makes a tombstone of it: words, files, index and journal lose it.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn unsent(&self, account: AccountId, meta_id: MetaMessageId) -> Result<(), TakeError> {
        self.caught_up().await?;
        let now = self.desk.clock.now();
        let altered = self
            .desk
            .store
            .write("take back a message", move |conn| {
                Box::pin(async move {
                    let altered =
                        messages::alter(conn, account, &meta_id, &Alter::Unsend, now, None, None).await?;
                    if let Some(change) = altered.change {
                        forget(conn, change.message, &meta_id).await?;
                    }
                    Ok(altered)
                })
            })
            .await?;
        self.desk.remove(&altered.orphans).await;
        self.desk.tell(&[], &altered.change.map(|change| (change, None)).into_iter().collect::<Vec<_>>());
        Ok(())
    }
}
