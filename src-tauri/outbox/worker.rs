//! Takes the due rows: sends the queued ones, looks for the unsure ones. Several conversations at once, one
//! call at a time for each.

use super::{Line, fate, file, reaction, text};
use crate::{
    access::AccessError,
    graph::{self, Account},
    model::{
        AccountId, Action, Code, ConversationId, DeliveryStatus, Event, Failure, MINUTE, MessageId,
        MetaPersonId, Problem, Timestamp,
    },
    store::{
        WriteError,
        messages::{self, Outcome},
        outbox::{self, Busy, Due, Job},
    },
};
use std::{collections::HashSet, sync::Arc};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Calls under way at the same moment.
const AT_ONCE: usize = 8;
/// A pause after the database refused, in milliseconds.
const STORE_PAUSE: i64 = 2_000;
/// When to look after a call whose answer was lost, in milliseconds since that call.
const LOOKS: [i64; 5] = [2_000, 15_000, MINUTE, 5 * MINUTE, 15 * MINUTE];

/// The worker's life: due rows, then sleep until the next or until woken.
pub(super) async fn run(line: Arc<Line>, wake: Arc<Notify>, stop: CancellationToken) {
    let mut busy: HashSet<ConversationId> = HashSet::new();
    let mut calls: JoinSet<ConversationId> = JoinSet::new();
    loop {
        let next = match step(&line, &mut busy, &mut calls).await {
            Ok(next) => next,
            Err(e) => {
                tracing::error!(error = %e, "the outbox cannot reach the database");
                Some(line.clock.now().plus(STORE_PAUSE))
            }
        };
        let sleep = async {
            match next {
                Some(moment) => line.clock.sleep_until(moment).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            () = sleep => {}
            Some(done) = calls.join_next() => match done {
                Ok(conversation) => { busy.remove(&conversation); }
                // A panic in a call leaves its row 'sending': the next start finds it unsure.
                Err(e) => { tracing::error!(error = %e, "a send broke"); busy.clear(); }
            },
        }
    }
    // What is under way may end: an answer that is recorded now is not unsure tomorrow.
    while calls.join_next().await.is_some() {}
}

/// Expires what is too late, starts what is due; answers when to look again.
async fn step(
    line: &Arc<Line>,
    busy: &mut HashSet<ConversationId>,
    calls: &mut JoinSet<ConversationId>,
) -> Result<Option<Timestamp>, WriteError> {
    let now = line.clock.now();
    let (_, earliest) = {
        let mut conn = line.store.read().await?;
        outbox::waiting(&mut conn).await?
    };
    if earliest.is_some_and(|end| end <= now) {
        let expired = line
            .store
            .write("expire sends", move |c| Box::pin(async move { outbox::expire(c, now).await }))
            .await?;
        for late in expired {
            tell(line, late.account, late.conversation, late.message, Some(false));
        }
    }
    let free = u32::try_from(AT_ONCE.saturating_sub(calls.len())).unwrap_or(0);
    let (due, next) = {
        let mut conn = line.store.read().await?;
        let out = Busy { conversations: busy.iter().copied().collect(), accounts: Vec::new() };
        let due = if free == 0 { Vec::new() } else { outbox::due(&mut conn, now, &out, free).await? };
        (due, outbox::next_due_at(&mut conn, now).await?)
    };
    for due in due {
        busy.insert(due.conversation);
        let line = line.clone();
        calls.spawn(async move {
            let conversation = due.conversation;
            if due.state == DeliveryStatus::Unsure {
                look(&line, &due).await;
            } else {
                send(&line, &due).await;
            }
            conversation
        });
    }
    Ok(next)
}

/// Sends one row and records what became of it.
async fn send(line: &Arc<Line>, due: &Due) {
    // What must be brought to Meta first is no send yet: the row stays queued meanwhile.
    let uploaded = if file::needs_upload(&due.job) {
        let account = match account(line, due).await {
            Ok(account) => account,
            Err(problem) => return record(line, due, Outcome::Failed(failure(problem))).await,
        };
        match file::upload(line, &account, due).await {
            Ok(Some(due)) => Some(due),
            Ok(None) => return,
            Err(outcome) => return record(line, due, outcome).await,
        }
    } else {
        None
    };
    let due = uploaded.as_ref().unwrap_or(due);
    let (id, now) = (due.outbox, line.clock.now());
    // Recorded before the call: a crash from here on leaves the row unsure, never sent twice.
    let marked = line
        .store
        .write("mark a send", move |c| Box::pin(async move { outbox::sending(c, id, now).await }))
        .await;
    match marked {
        Ok(true) => {}
        Ok(false) => return,
        Err(e) => {
            tracing::error!(error = %e, outbox = id.0, "a send could not be marked and stays queued");
            line.clock.sleep(STORE_PAUSE).await;
            return;
        }
    }
    tell(line, due.account, due.conversation, due.message, None);
    let outcome = match (account(line, due).await, person(due)) {
        (Ok(account), Some(person)) => match attempt(line, &account, &person, due).await {
            Ok(outcome) => outcome,
            Err(error) => {
                let look_at = can_look(&account, due).then(|| now.plus(LOOKS[0]));
                fate::after(&error, due, line.clock.now(), look_at)
            }
        },
        (Ok(_), None) => {
            Outcome::Failed(failure(Problem::new(Code::Unreachable, "Nothing is known to write to.")))
        }
        (Err(problem), _) => Outcome::Failed(failure(problem)),
    };
    record(line, due, outcome).await;
}

/// One attempt, by the kind of its job.
async fn attempt(
    line: &Line,
    account: &Account,
    person: &MetaPersonId,
    due: &Due,
) -> Result<Outcome, graph::Error> {
    match &due.job {
        Job::Text => text::send(line, account, person, due).await,
        Job::Reaction { emoji } => reaction::send(line, account, person, due, emoji.as_deref()).await,
        Job::File(job) => file::send(line, account, person, due, job).await,
        Job::Unknown => Ok(Outcome::Failed(failure(Problem::new(
            Code::Internal,
            "A later version of Heliograph prepared this. This version cannot send it.",
        )))),
    }
}

/// Whether Meta can be asked if this send arrived.
fn can_look(account: &Account, due: &Due) -> bool {
    match due.job {
        Job::Text | Job::File(_) => account.can_find_sent(),
        Job::Reaction { .. } | Job::Unknown => false,
    }
}

/// Looks whether an unsure send arrived; a find settles it, else it is looked for again later.
async fn look(line: &Arc<Line>, due: &Due) {
    let outcome = match find(line, due).await {
        Ok(Some(meta_id)) => {
            Outcome::Sent { meta_id, at: due.attempted_at.unwrap_or_else(|| line.clock.now()) }
        }
        Ok(None) | Err(_) => Outcome::Unsure { failure: unsure(), look_at: next_look(due, line.clock.now()) },
    };
    record(line, due, outcome).await;
}

/// The message at Meta's side that is this send and no other row of ours.
pub(super) async fn find(
    line: &Line,
    due: &Due,
) -> Result<Option<crate::model::MetaMessageId>, super::look::LookError> {
    let access = line.access.of(due.account).await?;
    let Some(person) = person(due).filter(|_| can_look(&access, due)) else {
        return Err(super::look::LookError::NoWay);
    };
    let found = match due.job {
        Job::Text => text::find(&access, &person, due).await?,
        Job::File(_) => file::find(&access, &person, due).await?,
        Job::Reaction { .. } | Job::Unknown => Vec::new(),
    };
    let mut conn = line.store.read().await?;
    for meta_id in found {
        // One that is a row already was sent at another time.
        if messages::find(&mut conn, due.account, &meta_id).await?.is_none() {
            return Ok(Some(meta_id));
        }
    }
    Ok(None)
}

/// When to look again; `None` after the last time.
fn next_look(due: &Due, now: Timestamp) -> Option<Timestamp> {
    let began = due.attempted_at?;
    LOOKS.iter().map(|pause| began.plus(*pause)).find(|at| *at > now)
}

/// What a person is told while the fate of a send is not known.
pub(super) fn unsure() -> Failure {
    failure(
        Problem::new(
            Code::MetaFailed,
            "The connection broke before Meta answered. It may have been sent; Heliograph is looking, and will not \
             send it twice.",
        )
        .with(Action::CheckAtMeta),
    )
}

async fn account(line: &Line, due: &Due) -> Result<Arc<Account>, Problem> {
    line.access.of(due.account).await.map_err(|e| match e {
        AccessError::Gone => Problem::new(Code::SignInAgain, "This account is no longer connected."),
        e => Problem::new(Code::Locked, format!("The account's token cannot be used: {e}.")),
    })
}

/// Whom Meta knows the person as: WhatsApp's own id before the number, which may be withheld (graph-api d.5).
fn person(due: &Due) -> Option<MetaPersonId> {
    due.person.clone().or_else(|| due.bsuid.clone()).or_else(|| due.phone.clone()).map(MetaPersonId)
}

/// A failure without Meta's figures.
pub(super) const fn failure(problem: Problem) -> Failure {
    Failure { problem, code: None, subcode: None, trace: None }
}

/// Writes the outcome down, trying again while the database refuses: the answer must not be lost.
async fn record(line: &Arc<Line>, due: &Due, outcome: Outcome) {
    let settles = match &outcome {
        Outcome::Sent { .. } | Outcome::Done => Some(true),
        Outcome::Failed(_) => Some(false),
        // Told once, when it becomes unsure.
        Outcome::Unsure { .. } => (due.state != DeliveryStatus::Unsure).then_some(false),
        Outcome::Later { .. } => None,
    };
    loop {
        let (id, now, outcome) = (due.outbox, line.clock.now(), outcome.clone());
        let written = line
            .store
            .write("settle a send", move |c| {
                Box::pin(async move { messages::settle(c, id, &outcome, now).await })
            })
            .await;
        match written {
            Ok(message) => return tell(line, due.account, due.conversation, message, settles),
            // It was cleared away meanwhile.
            Err(WriteError::NotFound) => return,
            Err(e) => {
                tracing::error!(error = %e, outbox = id.0, "the outcome of a send could not be written; trying again");
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            }
        }
    }
}

pub(super) fn tell(
    line: &Line,
    account: AccountId,
    conversation: ConversationId,
    message: MessageId,
    settles: Option<bool>,
) {
    line.events.tell(Event::MessageChanged { conversation, message });
    line.events.tell(Event::ConversationChanged { account, conversation });
    if let Some(good) = settles {
        line.events.tell(Event::SendSettled { conversation, message, good });
    }
}
