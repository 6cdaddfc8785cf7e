//! An emoji of ours on a message; the same twice is the same once.

use super::Line;
use crate::{
    graph::{Account, Error},
    model::MetaPersonId,
    store::{messages::Outcome, outbox::Due},
};

/// Puts `emoji` on the message that the row is about, or takes ours away.
pub(super) async fn send(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
    emoji: Option<&str>,
) -> Result<Outcome, Error> {
    let Some(about) = &due.about else { return Err(Error::NoSuchCall) };
    Ok(match account.react(person, about, emoji, &due.key).await? {
        Some(sent) => Outcome::Sent { meta_id: sent.meta_id, at: line.clock.now() },
        None => Outcome::Done,
    })
}
