//! The single writer: one thread owns the one writing connection. Callers that wait at the same moment are
//! committed together and told only after the commit; a savepoint each keeps a failing one from spoiling
//! the others. It runs on a thread of its own: a commit is many short waits for SQLite's thread, and after none of
//! them it may queue behind whatever else the runtime's threads are busy with.

use super::{Trip, Work, WriteError};
use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{Connection, Executor, SqliteConnection};
use std::{
    io,
    panic::AssertUnwindSafe,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

/// Callers of one transaction at most.
const GROUP: usize = 256;
/// No further caller joins a transaction that has worked this long.
const ENOUGH: Duration = Duration::from_millis(8);
/// Callers that may wait before the next one has to wait for room.
const WAITING: usize = 1024;

/// Somebody who wants something written.
trait Caller: Send {
    /// For the log.
    fn name(&self) -> &'static str;
    /// Does the work, keeps what it gave and answers what is still to be written.
    fn run<'c>(
        &'c mut self,
        conn: &'c mut SqliteConnection,
        trip: Trip,
    ) -> BoxFuture<'c, Result<Trip, sqlx::Error>>;
    /// Ends the wait.
    fn tell(self: Box<Self>, fate: Result<(), WriteError>);
}

struct Call<T, F> {
    name: &'static str,
    work: Option<F>,
    value: Option<T>,
    tell: oneshot::Sender<Result<T, WriteError>>,
}

impl<T, F> Caller for Call<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection, Trip) -> Work<'c, (T, Trip)> + Send,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn run<'c>(
        &'c mut self,
        conn: &'c mut SqliteConnection,
        mut trip: Trip,
    ) -> BoxFuture<'c, Result<Trip, sqlx::Error>> {
        let work = self.work.take();
        async move {
            if let Some(work) = work {
                let (value, left) = work(conn, trip).await?;
                (self.value, trip) = (Some(value), left);
            }
            Ok(trip)
        }
        .boxed()
    }

    fn tell(self: Box<Self>, fate: Result<(), WriteError>) {
        let Self { value, tell, .. } = *self;
        // Who no longer listens is written all the same: the work was handed over.
        let _ = tell.send(fate.and_then(|()| value.ok_or(WriteError::GivenUp)));
    }
}

/// What waits for the writer.
enum Wait {
    Write(Box<dyn Caller>),
    /// Between two transactions: fold the log into the database and empty it. Answers whether nothing is left in it.
    Fold(oneshot::Sender<bool>),
}

type Queue = mpsc::Receiver<Wait>;

/// The hand of all writes.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Wait>>>,
    /// Answers when the thread has ended.
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    /// Starts the thread that owns `conn`.
    pub(super) fn start(conn: SqliteConnection) -> io::Result<Self> {
        let (queue, waiting) = mpsc::channel(WAITING);
        let (end, ended) = oneshot::channel();
        let runtime = Handle::current();
        thread::Builder::new().name("writer".into()).spawn(move || {
            runtime.block_on(work_through(conn, waiting));
            let _ = end.send(());
        })?;
        Ok(Self { queue: Mutex::new(Some(queue)), ended: Mutex::new(Some(ended)) })
    }

    pub(super) async fn write<T, F>(&self, name: &'static str, work: F) -> Result<T, WriteError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection, Trip) -> Work<'c, (T, Trip)> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let call = Call { name, work: Some(work), value: None, tell };
        self.wait(Wait::Write(Box::new(call))).await?;
        told.await.unwrap_or(Err(WriteError::GivenUp))
    }

    /// Folds the log into the database and empties it; whether it is empty now.
    pub(super) async fn fold(&self) -> Result<bool, WriteError> {
        let (tell, told) = oneshot::channel();
        self.wait(Wait::Fold(tell)).await?;
        told.await.map_err(|_| WriteError::GivenUp)
    }

    async fn wait(&self, wait: Wait) -> Result<(), WriteError> {
        let queue = self.queue.lock().ok().and_then(|queue| queue.clone());
        let queue = queue.ok_or(WriteError::GivenUp)?;
        queue.send(wait).await.map_err(|_| WriteError::GivenUp)
    }

    /// Takes no further work, finishes what waits and folds the log into the database.
    pub(super) async fn close(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        let ended = self.ended.lock().ok().and_then(|mut ended| ended.take());
        if let Some(ended) = ended {
            let _ = ended.await;
        }
    }
}

async fn work_through(mut conn: SqliteConnection, mut queue: Queue) {
    let mut next = queue.recv().await;
    while let Some(wait) = next {
        next = match wait {
            Wait::Write(first) => group(&mut conn, first, &mut queue).await,
            Wait::Fold(tell) => {
                let _ = tell.send(fold(&mut conn).await);
                None
            }
        };
        if next.is_none() {
            next = queue.recv().await;
        }
    }
    for last in ["PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        let _ = conn.execute(last).await;
    }
    let _ = conn.close().await;
}

/// Readers of older pages keep the log from being emptied: then it is said so.
async fn fold(conn: &mut SqliteConnection) -> bool {
    let folded: Result<(i64, i64, i64), _> =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(conn).await;
    matches!(folded, Ok((0, ..)))
}

/// One transaction for `first` and those who wait; what must come after it is handed back.
async fn group(conn: &mut SqliteConnection, first: Box<dyn Caller>, queue: &mut Queue) -> Option<Wait> {
    let began = Instant::now();
    let mut done = Vec::new();
    let (mut next, mut after) = (Some(first), None);
    // The transaction begins with the first write.
    let mut trip = Trip::of("BEGIN IMMEDIATE; SAVEPOINT caller");
    while let Some(mut caller) = next.take() {
        let run = async {
            let mut left = caller.run(conn, std::mem::take(&mut trip)).await?;
            // Alone, what is left goes with the commit; in company by itself, so that a failure is its own.
            if !done.is_empty() || !queue.is_empty() {
                left.go(conn).await?;
            }
            Ok(left)
        };
        let fate = match AssertUnwindSafe(run).catch_unwind().await {
            Ok(Ok(left)) => {
                trip = left;
                None
            }
            Ok(Err(error)) => Some(log(caller.name(), error)),
            Err(_) => {
                tracing::error!(write = caller.name(), "a write panicked and was undone");
                Some(WriteError::GivenUp)
            }
        };
        match fate {
            None => done.push(caller),
            Some(fate) => {
                caller.tell(Err(fate.clone()));
                // A full disk may have ended the whole transaction; then nobody's work is in it.
                if step(conn, "ROLLBACK TO caller").await.is_err() {
                    give_up(conn, done, &fate).await;
                    return after;
                }
            }
        }
        let full = done.len() >= GROUP || began.elapsed() >= ENOUGH || !trip.is_empty();
        match if full { None } else { queue.try_recv().ok() } {
            None => {}
            Some(Wait::Write(caller)) => {
                if let Err(error) = step(conn, "RELEASE caller; SAVEPOINT caller").await {
                    done.push(caller);
                    give_up(conn, done, &log("transaction", error)).await;
                    return after;
                }
                next = Some(caller);
            }
            Some(fold) => after = Some(fold),
        }
    }
    trip.then("COMMIT");
    match trip.go(conn).await {
        Ok(()) => done.into_iter().for_each(|caller| caller.tell(Ok(()))),
        Err(error) => {
            let name = if let [alone] = &done[..] { alone.name() } else { "commit" };
            give_up(conn, done, &log(name, error)).await;
        }
    }
    after
}

/// One or more of the statements above: prepared once, one trip to SQLite's thread.
async fn step(conn: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    conn.execute(sqlx::query(sql)).await.map(drop)
}

async fn give_up(conn: &mut SqliteConnection, callers: Vec<Box<dyn Caller>>, fate: &WriteError) {
    // It fails when SQLite has ended the transaction by itself, which is what is wanted.
    let _ = step(conn, "ROLLBACK").await;
    for caller in callers {
        caller.tell(Err(fate.clone()));
    }
}

/// Logged once, here; the text is SQLite's and names no value.
fn log(name: &'static str, error: sqlx::Error) -> WriteError {
    let fate = WriteError::from(error);
    match &fate {
        WriteError::NotFound => {}
        WriteError::Failed(error) | WriteError::Disk(error) | WriteError::Damaged(error) => {
            tracing::error!(write = name, %error, "a write failed");
        }
        _ => tracing::error!(write = name, error = %fate, "a write failed"),
    }
    fate
}
