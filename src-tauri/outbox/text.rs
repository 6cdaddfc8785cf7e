//! The words of a message.

use super::Line;
use crate::{
    graph::{Account, Error},
    model::{MINUTE, MetaMessageId, MetaPersonId},
    store::{messages::Outcome, outbox::Due},
};

/// Sends the words, as an answer to what they quote.
pub(super) async fn send(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Outcome, Error> {
    let sent = match &due.quotes {
        Some(quoted) => account.send_reply(person, &due.text, &due.key, quoted).await?,
        None => account.send_text(person, &due.text, &due.key).await?,
    };
    Ok(Outcome::Sent { meta_id: sent.meta_id, at: line.clock.now() })
}

/// What at Meta's side may be this send: messages of ours with the same words since its call.
pub(super) async fn find(
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Vec<MetaMessageId>, Error> {
    let since = due.attempted_at.unwrap_or_default().plus(-MINUTE);
    account.find_sent(person, &due.text, since).await
}
