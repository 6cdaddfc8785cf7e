//! Looking at Meta's side at a person's wish whether an unsure send arrived.

use super::{Line, attempt, worker};
use crate::{
    access::AccessError,
    graph,
    model::MessageId,
    store::{
        WriteError,
        messages::{self, Outcome},
        outbox,
    },
};

/// Why looking did not answer.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error("this message is not unsure")]
    NotUnsure,
    #[error("this channel has no way to look; the delivery report will tell")]
    NoWay,
    #[error("Meta does not know it; it was most likely not sent")]
    NotThere,
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Graph(#[from] graph::Error),
    #[error(transparent)]
    Read(#[from] sqlx::Error),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Looks once; a find settles the send.
pub(super) async fn now(line: &Line, message: MessageId) -> Result<(), LookError> {
    let due = {
        let mut conn = line.store.read().await?;
        outbox::unsure(&mut conn, message).await?.ok_or(LookError::NotUnsure)?
    };
    let meta_id = attempt::find(line, &due).await?.ok_or(LookError::NotThere)?;
    let (id, now) = (due.outbox, line.clock.now());
    let outcome = Outcome::Sent { meta_id, at: due.attempted_at.unwrap_or(now) };
    let message = line
        .store
        .write("settle a found send", move |c| {
            Box::pin(async move { messages::settle(c, id, &outcome, now).await })
        })
        .await?;
    worker::tell(line, due.account, due.conversation, message, Some(true));
    Ok(())
}
