//! A template, filled in.

use super::{Line, file};
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
    let Job::Template { name, language, parts, filled, file } = &due.job else {
        return Err(Error::NoSuchCall);
    };
    let file = file.as_ref().and_then(|file| Some((file.uploaded.as_deref()?, file.name.as_str())));
    let what = TemplateSend { name, language, parts, filled, file, key: &due.key };
    match account.send_template(person, &what).await {
        Ok(sent) => Ok(Outcome::Sent { meta_id: sent.meta_id, at: line.clock.now() }),
        Err(error) => {
            file::refused(line, due, &error).await;
            Err(error)
        }
    }
}
