//! A template, filled in.

use super::Line;
use crate::{
    graph::{Account, Error, TemplateSend},
    model::MetaPersonId,
    store::{
        messages::Outcome,
        outbox::{Due, Job},
    },
};

/// Sends the template as it was when it was chosen.
pub(super) async fn send(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Outcome, Error> {
    let Job::Template { name, language, parts, filled } = &due.job else { return Err(Error::NoSuchCall) };
    let what = TemplateSend { name, language, parts, filled, key: &due.key };
    let sent = account.send_template(person, &what).await?;
    Ok(Outcome::Sent { meta_id: sent.meta_id, at: line.clock.now() })
}
