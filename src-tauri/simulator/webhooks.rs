//! Sends what happened to the webhook as Meta does: signed over the exact bytes, in batches, twice, in another
//! order, late or never, and again with growing gaps until it is answered 200 (graph-api d).

use crate::behaviour::{Untold, WebhookBehaviour, WebhookStats, WebhookTarget};
use crate::envelope::{Event, Item, body};
use crate::random::{Chance, mix};
use crate::signature::SignedBody;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

struct State {
    target: Option<WebhookTarget>,
    behaviour: WebhookBehaviour,
    permits: Arc<Semaphore>,
    stats: WebhookStats,
    /// The newest bodies that were answered, for those that come once more.
    answered: VecDeque<Bytes>,
    /// What was dropped or given up: nobody was told.
    untold: Vec<Untold>,
}

/// Bodies that are remembered to be repeated.
const REMEMBERED: usize = 200;

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
        let state = State {
            target,
            behaviour,
            permits,
            stats: WebhookStats::default(),
            answered: VecDeque::new(),
            untold: Vec::new(),
        };
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

    pub fn untold(&self) -> Vec<Untold> {
        self.state().untold.clone()
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
                    self.lose(&chunk);
                    self.settle(chunk, |stats, n| stats.dropped += n);
                    continue;
                }
                if behaviour.repeat_every > 0 && bodies.is_multiple_of(behaviour.repeat_every) {
                    self.repeat(&mut chance, &behaviour);
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
            arrived = self.insist(&body, behaviour, &mut permit).await;
        }
        if arrived {
            let mut state = self.state();
            if state.answered.len() == REMEMBERED {
                state.answered.pop_front();
            }
            state.answered.push_back(body);
        } else {
            self.lose(&events);
        }
        drop(permit);
        self.settle(events, |stats, n| if arrived { stats.delivered += n } else { stats.given_up += n });
    }

    /// Posts it until it is answered 200 or Meta gives up; whether it arrived.
    async fn insist(
        &self,
        body: &Bytes,
        behaviour: &WebhookBehaviour,
        permit: &mut Option<OwnedSemaphorePermit>,
    ) -> bool {
        let mut gap = Duration::from_millis(100);
        let mut attempts = 0;
        loop {
            // Where the webhook was taken away meanwhile there is nothing left to do.
            let Some(target) = self.target() else { return true };
            if self.attempt(body, &target).await == Some(200) {
                return true;
            }
            *permit = None;
            attempts += 1;
            if attempts >= behaviour.attempts {
                return false;
            }
            tokio::time::sleep(gap).await;
            gap = (gap * 2).min(Duration::from_millis(3200));
        }
    }

    /// Delivers an earlier body once more.
    fn repeat(&self, chance: &mut Chance, behaviour: &WebhookBehaviour) {
        let body = {
            let mut state = self.state();
            let at = chance.below(state.answered.len() as u64) as usize;
            let Some(body) = state.answered.get(at).cloned() else { return };
            state.stats.pending += 1;
            state.stats.duplicates += 1;
            body
        };
        let (post, behaviour) = (self.clone(), behaviour.clone());
        self.tasks.spawn(async move {
            let stop = post.stop.clone();
            stop.run_until_cancelled(post.insist(&body, &behaviour, &mut None)).await;
            post.state().stats.pending -= 1;
            post.settled.notify_waiters();
        });
    }

    fn lose(&self, events: &[Event]) {
        let untold = events.iter().map(|event| {
            let (field, told) = match &event.item {
                Item::Messaging(told) => ("messaging", told),
                Item::Standby(told) => ("standby", told),
                Item::Change(field, told) => (*field, told),
            };
            Untold { entry: event.entry.clone(), field: field.to_owned(), told: told.clone() }
        });
        self.state().untold.extend(untold);
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
