//! One attempt to do what a row asks, by the kind of its job; and looking for one whose answer was lost.

use super::{Line, breaker::Verdict, fate, file, look::LookError, reaction, template, text, worker::failure};
use crate::{
    access::AccessError,
    graph::{self, Account, SentThere},
    model::{Code, MetaMessageId, MetaPersonId, Problem},
    store::{
        messages::{self, Outcome},
        outbox::{self, Due, Job},
    },
};
use std::sync::Arc;

/// Does it once.
pub(super) async fn make(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Outcome, graph::Error> {
    match &due.job {
        Job::Text => text::send(line, account, person, due).await,
        Job::Reaction { emoji } => reaction::send(line, account, person, due, emoji.as_deref()).await,
        Job::Template { .. } => template::send(line, account, person, due).await,
        Job::File(job) => file::send(line, account, person, due, job).await,
        Job::Unknown => Ok(Outcome::Failed(failure(Problem::new(
            Code::Internal,
            "A later version of Heliograph prepared this. This version cannot send it.",
        )))),
    }
}

/// Whether Meta can be asked if this send arrived.
pub(super) fn can_look(account: &Account, due: &Due) -> bool {
    match due.job {
        Job::Text | Job::File(_) => account.can_find_sent(),
        // Meta shows a template to us in its own way, not in these words.
        Job::Template { .. } | Job::Reaction { .. } | Job::Unknown => false,
    }
}

/// The message at Meta's side that is this send and no other row of ours.
pub(super) async fn find(line: &Line, due: &Due) -> Result<Option<MetaMessageId>, LookError> {
    let access = line.access.of(due.account).await?;
    let Some(person) = person(due).filter(|_| can_look(&access, due)) else {
        return Err(LookError::NoWay);
    };
    let found = match due.job {
        Job::Text => text::find(&access, &person, due).await?,
        Job::File(_) => file::find(&access, &person, due).await?,
        Job::Template { .. } | Job::Reaction { .. } | Job::Unknown => Vec::new(),
    };
    let mut conn = line.store.read().await?;
    for SentThere { id, at } in found {
        // One that is a row already was sent at another time; one that is nearer to another reply is that reply.
        let is_free = messages::find(&mut conn, due.account, &id).await?.is_none();
        let is_ours = match at {
            Some(at) if is_free => outbox::is_nearest(&mut conn, due.outbox, at).await?,
            _ => is_free,
        };
        if is_ours {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The account's access, or what becomes of the row when there is none, and what that says of the account.
pub(super) async fn account(line: &Line, due: &Due) -> Result<Arc<Account>, (Outcome, Verdict)> {
    let failed = |problem| (Outcome::Failed(failure(problem)), Verdict::Neutral);
    line.access.of(due.account).await.map_err(|e| match e {
        AccessError::Gone => failed(Problem::new(Code::SignInAgain, "This account is no longer connected.")),
        AccessError::NoToken => (fate::without_token(due, line.clock.now()), Verdict::Token),
        e => failed(Problem::new(Code::Locked, format!("The account's token cannot be used: {e}."))),
    })
}

/// Whom Meta knows the person as: WhatsApp's own id before the number, which may be withheld (graph-api d.5).
pub(super) fn person(due: &Due) -> Option<MetaPersonId> {
    due.person.clone().or_else(|| due.bsuid.clone()).or_else(|| due.phone.clone()).map(MetaPersonId)
}
