//! The hand that holds the desk's process: starts it, speaks to it, kills it without warning.

use crate::process::{Order, START, Saying, Start};
use engine::model::{ConversationId, Problem, Upload, call::Request};
use serde_json::Value;
use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Notify, oneshot};

/// Why a question has no answer.
#[derive(Debug)]
#[allow(dead_code, reason = "what it says stands in the diary")]
pub enum Trouble {
    /// The process is gone; nobody knows whether it was done.
    Gone,
    Problem(Problem),
}

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Value, Problem>>>>>;

/// A desk that runs.
pub struct Desk {
    child: Child,
    orders: Mutex<ChildStdin>,
    waiting: Waiting,
    next: AtomicU64,
    /// Told whenever something at the desk is different.
    pub changed: Arc<Notify>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Starts it and waits until it is ready; what it logs goes to the end of `log`.
    pub async fn start(start: &Start, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("a log");
        let mut child = Command::new(std::env::current_exe().expect("a program"))
            .env(START, serde_json::to_string(start).expect("a start"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the desk starts");
        let orders = Mutex::new(child.stdin.take().expect("it listens"));
        let out = child.stdout.take().expect("it speaks");
        let (waiting, changed) = (Waiting::default(), Arc::new(Notify::new()));
        let (ready, is_ready) = oneshot::channel();
        std::thread::spawn({
            let (waiting, changed) = (waiting.clone(), changed.clone());
            move || {
                let mut ready = Some(ready);
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    match serde_json::from_str(&line) {
                        Ok(Saying::Ready) => drop(ready.take().map(|r| r.send(()))),
                        Ok(Saying::Answer { id, result }) => {
                            if let Some(asked) = lock(&waiting).remove(&id) {
                                let _ = asked.send(result);
                            }
                        }
                        Ok(Saying::Changed) => changed.notify_one(),
                        // The end of a line that a kill cut.
                        Err(_) => {}
                    }
                }
                lock(&waiting).clear();
            }
        });
        is_ready.await.expect("the desk opened");
        Self { child, orders, waiting, next: AtomicU64::new(1), changed }
    }

    fn order(&self, order: &Order) -> bool {
        let line = serde_json::to_string(order).expect("an order");
        let mut orders = lock(&self.orders);
        writeln!(orders, "{line}").and_then(|()| orders.flush()).is_ok()
    }

    /// Time moves on at the desk.
    pub fn tick(&self, ms: i64) {
        self.order(&Order::Tick(ms));
    }

    /// Asks; the answer comes by itself.
    pub fn ask<R: Request>(&self, request: &R) -> Answer<R::Reply> {
        let with = serde_json::to_value(request).expect("a request");
        self.post(|id| Order::Call { id, call: R::NAME.to_owned(), with })
    }

    /// Puts a file into a composer.
    pub fn upload(&self, conversation: ConversationId, name: &str, bytes: String) -> Answer<Upload> {
        self.post(|id| Order::Upload { id, conversation, name: name.to_owned(), bytes })
    }

    fn post<T>(&self, order: impl FnOnce(u64) -> Order) -> Answer<T> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (asked, answer) = oneshot::channel();
        lock(&self.waiting).insert(id, asked);
        if !self.order(&order(id)) {
            lock(&self.waiting).remove(&id);
        }
        Answer { answer, kind: std::marker::PhantomData }
    }
}

/// Kill -9, also when a story breaks.
impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer on its way.
pub struct Answer<T> {
    answer: oneshot::Receiver<Result<Value, Problem>>,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T: serde::de::DeserializeOwned> Answer<T> {
    /// Waits for it.
    pub async fn come(&mut self) -> Result<T, Trouble> {
        match (&mut self.answer).await {
            Ok(Ok(value)) => Ok(serde_json::from_value(value).expect("the reply is what the model says")),
            Ok(Err(problem)) => Err(Trouble::Problem(problem)),
            Err(_) => Err(Trouble::Gone),
        }
    }
}
