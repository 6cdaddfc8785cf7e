//! Files of messages, fetched while their links live: what somebody just sent at once, the imported past behind it,
//! each account as much as the others. Every end is written down and told; nothing waits for ever.

mod one;
#[cfg(test)]
mod tests;

use crate::{
    access::AccessBook,
    clock::Clock,
    events::Events,
    graph::LINK_LIFE,
    media::Media,
    model::{AccountId, AttachmentId, Event, FileState, MINUTE, Timestamp},
    store::{
        Store, WriteError,
        attachments::{self, Fetched, Wanted},
    },
    tasks::Tasks,
};
use one::Attempt;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Files fetched at the same moment, those of the past among them, and of one account.
const AT_ONCE: usize = 6;
const PAST_AT_ONCE: usize = 3;
const OF_ONE_ACCOUNT: usize = 3;
/// Events of one moment are looked at together.
const GATHER: Duration = Duration::from_millis(20);
/// A pause after the database refused, in milliseconds.
const STORE_PAUSE: i64 = 2_000;

/// What fetching works with.
struct Line {
    store: Store,
    clock: Clock,
    events: Events,
    access: Arc<AccessBook>,
    media: Media,
}

/// Starts the task that fetches.
pub fn start(
    store: &Store,
    clock: &Clock,
    events: &Events,
    access: &Arc<AccessBook>,
    media: &Media,
    tasks: &Tasks,
) {
    let line = Arc::new(Line {
        store: store.clone(),
        clock: clock.clone(),
        events: events.clone(),
        access: access.clone(),
        media: media.clone(),
    });
    let wake = Arc::new(Notify::new());
    tasks.keep("files of messages", {
        let (line, wake) = (line.clone(), wake.clone());
        move |stop| run(line.clone(), wake.clone(), stop)
    });
    tasks.keep("news of files", move |stop| listen(line.clone(), wake.clone(), stop));
}

/// Wakes the fetching whenever something came that may carry a file.
async fn listen(line: Arc<Line>, wake: Arc<Notify>, stop: CancellationToken) {
    let mut events = line.events.listen();
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => return,
            event = events.next() => event,
        };
        match event {
            None => return stop.cancelled().await,
            Some(
                Event::MessageChanged { .. }
                | Event::ManyChanged { .. }
                | Event::AccountChanged { .. }
                | Event::StartOver,
            ) => wake.notify_one(),
            Some(_) => {}
        }
    }
}

/// What is under way, and which accounts must wait.
#[derive(Default)]
struct Work {
    running: HashMap<AttachmentId, Running>,
    /// No connection, or trouble with the token: nothing of this account is tried before.
    held: HashMap<AccountId, Held>,
    /// Whose turn it is not: the account served last.
    last: Option<AccountId>,
}

#[derive(Clone, Copy)]
struct Running {
    account: AccountId,
    past: bool,
}

#[derive(Clone, Copy)]
struct Held {
    until: Timestamp,
    times: u32,
}

async fn run(line: Arc<Line>, wake: Arc<Notify>, stop: CancellationToken) {
    let mut work = Work::default();
    let mut calls: JoinSet<(Wanted, Attempt)> = JoinSet::new();
    loop {
        let next = match step(&line, &mut work, &mut calls).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, "files of messages cannot be looked up");
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
            // What is under way is begun again at the next start: nothing is lost but the bytes.
            () = stop.cancelled() => return,
            () = wake.notified() => tokio::time::sleep(GATHER).await,
            () = sleep => {}
            Some(done) = calls.join_next() => match done {
                Ok((wanted, attempt)) => finish(&line, &mut work, &wanted, attempt).await,
                Err(error) => {
                    tracing::error!(%error, "fetching a file broke");
                    work.running.clear();
                    calls.abort_all();
                }
            },
        }
    }
}

/// Starts what is due and has a place; answers when to look again.
async fn step(
    line: &Arc<Line>,
    work: &mut Work,
    calls: &mut JoinSet<(Wanted, Attempt)>,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let now = line.clock.now();
    let mut conn = line.store.read().await?;
    let mut accounts = attachments::accounts_waiting(&mut conn, now).await?;
    accounts.retain(|a| work.held.get(a).is_none_or(|held| held.until <= now));
    // The one after the last served begins.
    if let Some(last) = work.last {
        let start = accounts.iter().position(|a| *a > last).unwrap_or(0);
        accounts.rotate_left(start);
    }
    let busy: Vec<AttachmentId> = work.running.keys().copied().collect();
    let mut queues = Vec::new();
    for account in accounts {
        let due = attachments::due(&mut conn, account, now, &busy, OF_ONE_ACCOUNT).await?;
        queues.push((account, due.into_iter()));
    }
    // One of each account in turn, until nothing has a place.
    let mut open: HashSet<AccountId> = queues.iter().map(|(account, _)| *account).collect();
    while !open.is_empty() && work.running.len() < AT_ONCE {
        for (account, queue) in &mut queues {
            if !open.contains(account) {
                continue;
            }
            match queue.next().filter(|wanted| work.has_place(wanted)) {
                Some(wanted) => {
                    work.last = Some(*account);
                    work.begin(line, wanted, calls);
                }
                None => drop(open.remove(account)),
            }
        }
    }
    let due = attachments::next_due_at(&mut conn, now).await?;
    let released = work.held.values().map(|held| held.until).filter(|until| *until > now).min();
    Ok([due, released].into_iter().flatten().min())
}

impl Work {
    fn has_place(&self, wanted: &Wanted) -> bool {
        let of_account = self.running.values().filter(|r| r.account == wanted.account).count();
        let past = self.running.values().filter(|r| r.past).count();
        self.running.len() < AT_ONCE && of_account < OF_ONE_ACCOUNT && (wanted.live || past < PAST_AT_ONCE)
    }

    fn begin(&mut self, line: &Arc<Line>, wanted: Wanted, calls: &mut JoinSet<(Wanted, Attempt)>) {
        self.running.insert(wanted.attachment, Running { account: wanted.account, past: !wanted.live });
        let line = line.clone();
        calls.spawn(async move {
            let attempt = one::fetch(&line, &wanted).await;
            (wanted, attempt)
        });
    }

    /// Nothing of this account is tried for a while, longer each time.
    fn hold(&mut self, account: AccountId, now: Timestamp, at_least: i64) {
        let times = self.held.get(&account).map_or(0, |held| held.times);
        let pause = (5_000_i64 << times.min(6)).max(at_least);
        self.held.insert(account, Held { until: now.plus(pause), times: times + 1 });
    }
}

/// Writes down how an attempt ended, and tells.
async fn finish(line: &Line, work: &mut Work, wanted: &Wanted, attempt: Attempt) {
    work.running.remove(&wanted.attachment);
    let now = line.clock.now();
    let fetched = match attempt {
        Attempt::Hold(at_least) => {
            // It is nobody's fault but the line's: the file stays due. What has no link any more must not wait
            // for it.
            work.hold(wanted.account, now, at_least);
            if wanted.sent_at.plus(LINK_LIFE) > now {
                return;
            }
            Fetched::Ended(FileState::Expired, String::new())
        }
        Attempt::Done(fetched) => {
            work.held.remove(&wanted.account);
            fetched
        }
    };
    if let Err(error) = settle(line, wanted, fetched).await {
        tracing::error!(%error, "a fetched file could not be written down");
        work.hold(wanted.account, now, STORE_PAUSE);
    }
}

async fn settle(line: &Line, wanted: &Wanted, fetched: Fetched) -> Result<(), WriteError> {
    let (id, written) = (wanted.attachment, fetched.clone());
    let known = line
        .store
        .write("settle a file", move |c| Box::pin(async move { attachments::settle(c, id, &written).await }))
        .await?;
    if let Fetched::Kept(file) = &fetched {
        let files: Vec<String> = std::iter::once(file.hash.clone()).chain(file.thumbnail.clone()).collect();
        if !known {
            // Unsent while it was on its way.
            for file in attachments::unused(&mut *line.store.read().await?, &files).await? {
                if let Err(error) = line.media.remove(&file).await {
                    tracing::warn!(%error, "a file of nobody stays until the next clearing");
                }
            }
            return Ok(());
        }
        // The same content may have been removed in the same moment, as another message's.
        if line.media.find(&file.hash).await.is_none() {
            line.store
                .write("fetch a file again", move |c| {
                    Box::pin(async move { attachments::fetch_again(c, id).await })
                })
                .await?;
        }
    }
    if known && !matches!(fetched, Fetched::Later(_)) {
        line.events
            .tell(Event::MessageChanged { conversation: wanted.conversation, message: wanted.message });
    }
    Ok(())
}

/// 2, 4, 8 … seconds, an hour at most.
fn pause(tries: u32) -> i64 {
    (2_000_i64 << tries.min(12)).min(60 * MINUTE)
}
