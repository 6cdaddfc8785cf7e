//! Sends what happened to the webhook as Meta does: signed over the exact bytes, in batches, twice, in another
//! order, late or never, and again with growing gaps until it is answered 200 (graph-api d).

use crate::envelope::{Event, body};
use crate::random::{Chance, mix};
use crate::signature::SignedBody;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where deliveries go and the secret that signs them.
#[derive(Debug, Clone)]
pub struct WebhookTarget {
    pub url: String,
    pub secret: String,
}

/// How Meta behaves as a sender. The default is a good day: one event a body, in order, once.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default)]
pub struct WebhookBehaviour {
    /// Events in one body, at most.
    pub batch: usize,
    /// Every n-th body is delivered twice; 0 = none.
    pub duplicate_every: u64,
    /// Events of a moment change places.
    pub reorder: bool,
    /// Milliseconds before a first attempt.
    pub delay_ms: u64,
    /// Every n-th body is never delivered; 0 = none.
    pub drop_every: u64,
    /// First attempts under way at once; 1 keeps the order.
    pub parallel: usize,
    /// Attempts per body before Meta gives up; the gap starts at 100 ms and doubles up to 3.2 s.
    pub attempts: u32,
}

impl Default for WebhookBehaviour {
    fn default() -> Self {
        Self {
            batch: 1,
            duplicate_every: 0,
            reorder: false,
            delay_ms: 0,
            drop_every: 0,
            parallel: 1,
            attempts: 60,
        }
    }
}

/// What became of the deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct WebhookStats {
    /// Events not yet answered 200, dropped or given up.
    pub pending: u64,
    /// Events answered 200.
    pub delivered: u64,
    /// Bodies answered 200, duplicates included.
    pub bodies: u64,
    /// Requests made.
    pub attempts: u64,
    /// Requests answered otherwise than 200.
    pub refused: u64,
    /// Requests without an answer.
    pub unreachable: u64,
    /// Bodies sent a second time.
    pub duplicates: u64,
    /// Events never sent.
    pub dropped: u64,
    /// Events given up after all attempts.
    pub given_up: u64,
    /// The last answer.
    pub last_status: Option<u16>,
}

struct State {
    target: Option<WebhookTarget>,
    behaviour: WebhookBehaviour,
    permits: Arc<Semaphore>,
    stats: WebhookStats,
}

/// The way to the sender; cheap to clone.
#[derive(Clone)]
pub(crate) struct Post {
    queue: mpsc::UnboundedSender<Event>,
    state: Arc<Mutex<State>>,
    settled: Arc<Notify>,
    runtime: Handle,
    tasks: TaskTracker,
    stop: CancellationToken,
    client: reqwest::Client,
}

impl Post {
    /// Starts the sender on the current runtime.
    pub fn start(
        target: Option<WebhookTarget>,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> reqwest::Result<Self> {
        let (queue, waiting) = mpsc::unbounded_channel();
        let behaviour = WebhookBehaviour::default();
        let permits = Arc::new(Semaphore::new(behaviour.parallel));
        let state = State { target, behaviour, permits, stats: WebhookStats::default() };
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("facebookexternalua")
            .build()?;
        let post = Self {
            queue,
            state: Arc::new(Mutex::new(state)),
            settled: Arc::new(Notify::new()),
            runtime: Handle::current(),
            tasks,
            stop,
            client,
        };
        let sender = post.clone();
        post.tasks
            .spawn(async move { sender.stop.clone().run_until_cancelled(sender.send_all(waiting)).await });
        Ok(post)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn target(&self) -> Option<WebhookTarget> {
        self.state().target.clone()
    }

    pub fn set_target(&self, target: Option<WebhookTarget>) {
        self.state().target = target;
    }

    pub fn set_behaviour(&self, behaviour: WebhookBehaviour) {
        let mut state = self.state();
        state.permits = Arc::new(Semaphore::new(behaviour.parallel.max(1)));
        state.behaviour = behaviour;
    }

    pub fn stats(&self) -> WebhookStats {
        self.state().stats.clone()
    }

    /// Returns once nothing is pending.
    pub async fn idle(&self) {
        loop {
            let settled = self.settled.notified();
            if self.state().stats.pending == 0 {
                return;
            }
            settled.await;
        }
    }

    /// Hands an event over, to be sent `after` that time; nothing happens where no webhook is set, since Meta
    /// replays nothing.
    pub fn event(&self, event: Event, after: Duration) {
        {
            let mut state = self.state();
            if state.target.is_none() {
                return;
            }
            state.stats.pending += 1;
        }
        if after.is_zero() {
            let _ = self.queue.send(event);
            return;
        }
        let (queue, stop) = (self.queue.clone(), self.stop.clone());
        let later = self.tasks.track_future(async move {
            if stop.run_until_cancelled(tokio::time::sleep(after)).await.is_some() {
                let _ = queue.send(event);
            }
        });
        self.runtime.spawn(later);
    }

    /// Asks the webhook to prove itself (graph-api d.2); true when it gave the challenge back.
    pub async fn handshake(&self, url: &str, verify_token: &str) -> bool {
        let challenge = (mix(url.len() as u64) % 4_000_000_000).to_string();
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.challenge", challenge.as_str()),
            ("hub.verify_token", verify_token),
        ];
        let Ok(answer) = self.client.get(url).query(&query).send().await else {
            return false;
        };
        answer.status() == 200 && answer.text().await.is_ok_and(|text| text.trim() == challenge)
    }

    /// Signs and posts these bytes once, whatever they are; the status of the answer.
    pub async fn deliver_raw(&self, body: Bytes) -> Option<u16> {
        let target = self.target()?;
        self.attempt(&body, &target).await
    }

    async fn send_all(&self, mut waiting: mpsc::UnboundedReceiver<Event>) {
        let mut chance = Chance::new(7);
        let mut bodies = 0u64;
        while let Some(first) = waiting.recv().await {
            let (behaviour, permits) = {
                let state = self.state();
                (state.behaviour.clone(), state.permits.clone())
            };
            let mut events = vec![first];
            let most = if behaviour.reorder { behaviour.batch.max(8) } else { behaviour.batch };
            let _ = tokio::time::timeout(Duration::from_millis(15), async {
                while events.len() < most {
                    let Some(event) = waiting.recv().await else { break };
                    events.push(event);
                }
            })
            .await;
            if behaviour.reorder {
                chance.shuffle(&mut events);
            }
            events.sort_by_key(|e| e.object);
            while !events.is_empty() {
                let object = events[0].object;
                let same = events.iter().take_while(|e| e.object == object).count();
                let chunk: Vec<Event> = events.drain(..same.min(behaviour.batch.max(1))).collect();
                bodies += 1;
                if behaviour.drop_every > 0 && bodies.is_multiple_of(behaviour.drop_every) {
                    self.settle(chunk, |stats, n| stats.dropped += n);
                    continue;
                }
                let Ok(permit) = permits.clone().acquire_owned().await else {
                    return;
                };
                let twice = behaviour.duplicate_every > 0 && bodies.is_multiple_of(behaviour.duplicate_every);
                let (post, behaviour) = (self.clone(), behaviour.clone());
                self.tasks.spawn(async move {
                    let stop = post.stop.clone();
                    stop.run_until_cancelled(post.deliver(chunk, &behaviour, twice, permit)).await
                });
            }
        }
    }

    async fn deliver(
        &self,
        events: Vec<Event>,
        behaviour: &WebhookBehaviour,
        twice: bool,
        permit: OwnedSemaphorePermit,
    ) {
        let mut permit = Some(permit);
        if behaviour.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(behaviour.delay_ms)).await;
        }
        let body = body(&events);
        let mut arrived = true;
        for round in 0..1 + u8::from(twice) {
            if round == 1 {
                self.state().stats.duplicates += 1;
            }
            let mut gap = Duration::from_millis(100);
            let mut attempts = 0;
            arrived = loop {
                // Where the webhook was taken away meanwhile there is nothing left to do.
                let Some(target) = self.target() else { break true };
                if self.attempt(&body, &target).await == Some(200) {
                    break true;
                }
                permit = None;
                attempts += 1;
                if attempts >= behaviour.attempts {
                    break false;
                }
                tokio::time::sleep(gap).await;
                gap = (gap * 2).min(Duration::from_millis(3200));
            };
        }
        drop(permit);
        self.settle(events, |stats, n| if arrived { stats.delivered += n } else { stats.given_up += n });
    }

    /// One request; the status of its answer.
    async fn attempt(&self, body: &Bytes, target: &WebhookTarget) -> Option<u16> {
        self.state().stats.attempts += 1;
        let signed = SignedBody::new(body.clone(), &target.secret);
        let request = self
            .client
            .post(&target.url)
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signed.signature)
            .body(signed.body);
        let status = match request.send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                // Read to its end, so that the connection can be used again.
                let _ = answer.bytes().await;
                Some(status)
            }
            Err(_) => None,
        };
        let mut state = self.state();
        let stats = &mut state.stats;
        match status {
            Some(200) => stats.bodies += 1,
            Some(_) => stats.refused += 1,
            None => stats.unreachable += 1,
        }
        stats.last_status = status.or(stats.last_status);
        status
    }

    fn settle(&self, events: Vec<Event>, count: impl FnOnce(&mut WebhookStats, u64)) {
        {
            let mut state = self.state();
            let n = events.len() as u64;
            state.stats.pending -= n;
            count(&mut state.stats, n);
        }
        for done in events.into_iter().filter_map(|e| e.done) {
            let _ = done.send(());
        }
        self.settled.notify_waiters();
    }
}
