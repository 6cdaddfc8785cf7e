//! The words of a message.

use super::Line;
use crate::{
    graph::{Account, Error, SentThere, Words},
    model::{MINUTE, MetaPersonId},
    store::{messages::Outcome, outbox::Due},
};

/// Sends the words, as an answer to what they quote.
pub(super) async fn send(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Outcome, Error> {
    let words = Words {
        text: &due.text,
        key: &due.key,
        quotes: due.quotes.as_ref(),
        buttons: &due.detail.buttons,
        // They may have opened the window again while it waited: then it is a plain reply.
        human_agent: due.detail.human_agent && !due.window.is_open(line.clock.now()),
    };
    let sent = account.send_text(person, &words).await?;
    Ok(Outcome::Sent { meta_id: sent.meta_id, at: line.clock.now() })
}

/// What at Meta's side may be this send: messages of ours with the same words since its call.
pub(super) async fn find(
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Vec<SentThere>, Error> {
    let since = due.attempted_at.unwrap_or_default().plus(-MINUTE);
    account.find_sent(person, &due.text, since).await
}
