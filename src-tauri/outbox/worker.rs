//! Takes the due rows: sends the queued ones, looks for the unsure ones. Several conversations at once, one
//! call at a time for each.

use super::{Line, attempt, breaker::Verdict, fate, file};
use crate::{
    graph::{self, Fate, codes},
    model::{
        AccountId, Action, Code, ConversationId, DeliveryStatus, Event, Failure, MINUTE, MessageId, Problem,
        SignInFault, Timestamp,
    },
    store::{
        WriteError, accounts,
        messages::{self, Outcome},
        outbox::{self, Busy, Due},
        windows,
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Calls under way at the same moment, and those of one account: the backlog of one never delays another.
const AT_ONCE: usize = 32;
const PER_ACCOUNT: u32 = 4;
/// A pause after the database refused, in milliseconds.
const STORE_PAUSE: i64 = 2_000;
/// When to look after a call whose answer was lost, in milliseconds since that call.
const LOOKS: [i64; 5] = [2_000, 15_000, MINUTE, 5 * MINUTE, 15 * MINUTE];

/// The worker's life: due rows, then sleep until the next or until woken.
pub(super) async fn run(line: Arc<Line>, wake: Arc<Notify>, stop: CancellationToken) {
    let mut busy: HashMap<ConversationId, AccountId> = HashMap::new();
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
                Err(e) => { tracing::error!(error = %e, "a send broke"); busy.clear(); line.breakers().lost(); }
            },
        }
    }
    // What is under way may end: an answer that is recorded now is not unsure tomorrow.
    while calls.join_next().await.is_some() {}
}

/// Expires what is too late, starts what is due; answers when to look again.
async fn step(
    line: &Arc<Line>,
    busy: &mut HashMap<ConversationId, AccountId>,
    calls: &mut JoinSet<ConversationId>,
) -> Result<Option<Timestamp>, WriteError> {
    let now = line.clock.now();
    let earliest = {
        let mut conn = line.store.read().await?;
        outbox::first_end(&mut conn).await?
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
        let out = Busy {
            conversations: busy.keys().copied().collect(),
            accounts: line.breakers().held(now),
            calls: busy.values().copied().collect(),
            per_account: PER_ACCOUNT,
        };
        let due = if free == 0 { Vec::new() } else { outbox::due(&mut conn, now, &out, free).await? };
        let next = outbox::next_due_at(&mut conn, now).await?;
        (due, next.into_iter().chain(line.breakers().next(now)).min())
    };
    let mut tried: HashSet<AccountId> = HashSet::new();
    for due in due {
        // After a stop, one send tries whether it goes again before the others follow.
        if line.breakers().is_half_open(due.account)
            && (!tried.insert(due.account) || busy.values().any(|account| *account == due.account))
        {
            continue;
        }
        busy.insert(due.conversation, due.account);
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
        let account = match attempt::account(line, due).await {
            Ok(account) => account,
            Err((outcome, verdict)) => {
                line.breakers().note(due.account, verdict, line.clock.now());
                return record(line, due, outcome).await;
            }
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
    line.breakers().begins(due.account);
    let mut verdict = Verdict::Neutral;
    let outcome = match (attempt::account(line, due).await, attempt::person(due)) {
        (Ok(account), Some(person)) => match attempt::make(line, &account, &person, due).await {
            Ok(outcome) => {
                verdict = Verdict::Good;
                outcome
            }
            Err(error) if lacks_permission(&account, &error, due).await => {
                verdict = Verdict::Token;
                fate::waits(&error, due, line.clock.now())
            }
            Err(error) => {
                verdict = fate::verdict(&error, due);
                match error.fate() {
                    Fate::OutsideWindow => close_window(line, due).await,
                    Fate::UserAction if due.detail.human_agent => lacks_human_agent(line, due.account).await,
                    _ => {}
                }
                let look_at = attempt::can_look(&account, due).then(|| now.plus(LOOKS[0]));
                fate::after(&error, due, line.clock.now(), look_at)
            }
        },
        (Ok(_), None) => {
            Outcome::Failed(failure(Problem::new(Code::Unreachable, "Nothing is known to write to.")))
        }
        (Err((outcome, told)), _) => {
            verdict = told;
            outcome
        }
    };
    let opened = line.breakers().note(due.account, verdict, line.clock.now());
    if opened && let Outcome::Later { failure: Some(why), .. } | Outcome::Failed(why) = &outcome {
        trouble(line, due.account, why, verdict).await;
    }
    record(line, due, outcome).await;
}

/// A permission seems to be missing: the token itself says whether it is, or whether Meta means this one message. What
/// the token lacks is the account's trouble, and the message waits until somebody has signed in.
async fn lacks_permission(account: &graph::Account, error: &graph::Error, due: &Due) -> bool {
    error.fault() == Some(SignInFault::MissingScope)
        && !due.detail.human_agent
        && account.inspect().await.is_ok_and(|token| !token.missing_scopes.is_empty())
}

/// Meta called the window closed: its word wins over our clock.
async fn close_window(line: &Line, due: &Due) {
    let (conversation, agent, now) = (due.conversation, due.detail.human_agent, line.clock.now());
    let closed = line.store.write("close a reply window", move |c| {
        Box::pin(async move { windows::refused(c, conversation, agent, now).await })
    });
    match closed.await {
        Ok(Some(account)) => line.events.tell(Event::ConversationChanged { account, conversation }),
        Ok(None) => {}
        Err(e) => tracing::error!(error = %e, "that a reply window is closed could not be written"),
    }
}

/// A permission was missing for a human agent's reply: it is not offered again until the account is checked.
async fn lacks_human_agent(line: &Line, account: AccountId) {
    let patch = serde_json::json!({"lacks_human_agent": true});
    let noted = line.store.write("note that an app lacks Human Agent", move |c| {
        Box::pin(async move { accounts::patch_health(c, account, &patch).await })
    });
    match noted.await {
        Ok(_) => line.events.tell(Event::AccountChanged { account }),
        Err(e) => tracing::error!(error = %e, "what an app lacks could not be written"),
    }
}

/// The account itself cannot send: that is told where its health is shown, once for all that waits.
async fn trouble(line: &Line, account: AccountId, why: &Failure, verdict: Verdict) {
    tracing::warn!(account = account.0, code = ?why.problem.code, "sending stops for this account for a while");
    // Meta failing for a while heals by itself; a token or a block needs a person.
    if !matches!(verdict, Verdict::Token | Verdict::Blocked) {
        return;
    }
    let (problem, now) = (why.problem.clone(), line.clock.now());
    let fault = why.code.and_then(|code| codes::fault(code, why.subcode));
    let noted = line.store.write("note an account's trouble", move |c| {
        Box::pin(async move { accounts::trouble(c, account, problem, fault, now).await })
    });
    match noted.await {
        Ok(()) => line.events.tell(Event::AccountChanged { account }),
        Err(e) => tracing::error!(error = %e, "an account's trouble could not be written"),
    }
}

/// Looks whether an unsure send arrived; a find settles it, else it is looked for again later.
async fn look(line: &Arc<Line>, due: &Due) {
    let outcome = match attempt::find(line, due).await {
        Ok(Some(meta_id)) => {
            Outcome::Sent { meta_id, at: due.attempted_at.unwrap_or_else(|| line.clock.now()) }
        }
        Ok(None) | Err(_) => Outcome::Unsure { failure: unsure(), look_at: next_look(due, line.clock.now()) },
    };
    record(line, due, outcome).await;
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
