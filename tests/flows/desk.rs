//! Sets the scene: a simulator as Meta, an engine over a fresh folder, a webhook door between them.
//! A story that leaves something in the outbox or ends with an account in trouble says so itself.

use engine::{
    Engine, Opening,
    clock::Clock,
    config::{Config, Hosts},
    intake::RawDelivery,
    model::{self, *},
    server,
    vault::{MasterKey, Secret},
};
use heliograph_simulator::{self as simulator, SimAccount, Simulator, WebhookTarget};
use std::{
    path::Path,
    sync::{Arc, Once},
    time::Duration,
};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Nothing in a story takes longer on loopback; a story that waits longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One person at one desk, with a whole Meta of their own.
pub struct Scene {
    pub meta: Simulator,
    pub engine: Engine,
    pub folder: Arc<tempfile::TempDir>,
    pub key: MasterKey,
}

/// Options of a world without noise: nobody writes unless the story says so.
pub fn quiet(people: u32, messages: u32) -> simulator::Options {
    simulator::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        seed: 7,
        people,
        messages,
        webhook: None,
        start_at_ms: None,
        busy: false,
    }
}

/// Opens an engine over `folder` with all of Meta's hosts at `origin`.
pub async fn open(folder: &Path, key: &MasterKey, origin: &str) -> Result<Engine, engine::OpenError> {
    open_at(folder, key, origin, Clock::system()).await
}

/// All stories log into the ring of the support bundle, from their first line on.
fn keep_the_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = EnvFilter::new("engine=debug");
        tracing_subscriber::registry().with(filter).with(engine::log::Keep).init();
    });
}

async fn open_at(
    folder: &Path,
    key: &MasterKey,
    origin: &str,
    clock: Clock,
) -> Result<Engine, engine::OpenError> {
    keep_the_log();
    let mut config = Config::new(folder);
    config.hosts = Hosts::all_at(origin);
    config.poll_every = (400, 2_000);
    config.sweep_every = 1_000;
    Engine::open(Opening {
        config,
        key: key.clone(),
        key_home: "a test".into(),
        clock,
        host: Host::Server,
        demo: None,
    })
    .await
}

impl Scene {
    /// A world of `people` with `messages`, and an engine that knows nothing yet.
    pub async fn new(people: u32, messages: u32) -> Self {
        Self::at(people, messages, Clock::system()).await
    }

    /// The same with a clock that [`Scene::pass`] can move over days.
    pub async fn over_days(people: u32, messages: u32) -> Self {
        Self::at(people, messages, Clock::ahead()).await
    }

    /// Time passes, here and at Meta's side.
    pub fn pass(&self, ms: i64) {
        self.meta.advance(ms);
        self.engine.clock().advance(ms);
    }

    async fn at(people: u32, messages: u32, clock: Clock) -> Self {
        let meta = simulator::start(quiet(people, messages)).await.expect("the simulator starts");
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let key = MasterKey::random();
        let engine = open_at(folder.path(), &key, &meta.origin(), clock).await.expect("the engine opens");
        let scene = Self { meta, engine, folder, key };
        // A story about undoing says so; the others do not wait for it.
        scene.settings(|s| s.sending.undo_seconds = 0).await;
        scene
    }

    /// Changes what the person at the desk chose.
    pub async fn settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.ask(call::GetSettings {}).await;
        change(&mut settings);
        self.ask(call::SaveSettings { settings }).await;
    }

    /// The simulator's account on `channel`.
    pub fn sim(&self, channel: Channel) -> SimAccount {
        let name = match channel {
            Channel::Instagram => "instagram",
            Channel::Messenger => "messenger",
            Channel::WhatsApp => "whatsapp",
        };
        self.meta.accounts().into_iter().find(|a| a.channel == name).expect("the world has this account")
    }

    /// Connects the account as a person would: paste the token, pick it.
    pub async fn connect(&self, channel: Channel) -> AccountId {
        let sim = self.sim(channel);
        let login = Login::from_key(sim.login).expect("a login we know");
        // Instagram Login has an app id and secret of its own (graph-api a.1).
        let (id, secret) =
            if login == Login::InstagramLogin { self.meta.instagram_app() } else { self.meta.app() };
        let discovery = self
            .ask(call::DiscoverAccounts {
                login,
                token: SecretText(sim.token.clone()),
                app: Some(MetaApp { id, secret: SecretText(secret) }),
            })
            .await;
        let picked = vec![MetaAccountId(sim.meta_id.clone())];
        assert!(
            discovery.candidates.iter().any(|c| c.meta_id == picked[0] && c.channel == channel),
            "the token reaches the account: {:?}",
            discovery.candidates
        );
        let ids = self.ask(call::ConnectAccounts { discovery: discovery.id, picked }).await;
        let accounts = self.ask(call::ListAccounts {}).await;
        accounts.iter().find(|a| a.channel == channel && ids.contains(&a.id)).expect("it is connected").id
    }

    /// Asks and expects an answer.
    pub async fn ask<R: engine::answers::Answer + Clone + std::fmt::Debug>(&self, request: R) -> R::Reply {
        match self.engine.ask(request.clone()).await {
            Ok(reply) => reply,
            Err(problem) => panic!("{request:?} answered {problem:?}"),
        }
    }

    /// Asks again after each event until `check` finds what it looks for.
    pub async fn until<R, T>(
        &self,
        what: &str,
        request: R,
        mut check: impl FnMut(&R::Reply) -> Option<T>,
    ) -> T
    where
        R: engine::answers::Answer + Clone + std::fmt::Debug,
        R::Reply: std::fmt::Debug,
    {
        let mut events = self.engine.events();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let reply = self.ask(request.clone()).await;
            if let Some(found) = check(&reply) {
                return found;
            }
            // An event may have been told before we listened: look again at least twice a second.
            tokio::select! {
                _ = events.next() => {}
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
                () = tokio::time::sleep_until(deadline) => panic!("waited in vain until {what}; last answer: {reply:#?}"),
            }
        }
    }

    /// Signs in again with a fresh token, as *Reconnect* does.
    pub async fn reconnect(&self, channel: Channel) {
        let sim = self.sim(channel);
        let login = Login::from_key(sim.login).expect("a login we know");
        let (id, secret) = self.meta.app();
        let scopes = ["pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement"];
        let token = self.meta.short_token(&sim.meta_id, &scopes);
        let app = Some(MetaApp { id, secret: SecretText(secret) });
        let discovery = self.ask(call::DiscoverAccounts { login, token: SecretText(token), app }).await;
        let picked = vec![MetaAccountId(sim.meta_id.clone())];
        self.ask(call::ConnectAccounts { discovery: discovery.id, picked }).await;
    }

    /// Waits until the account's past is imported.
    pub async fn imported(&self, account: AccountId) {
        self.until("the import is done", call::ListAccounts {}, |accounts| {
            let import = accounts.iter().find(|a| a.id == account)?.import;
            matches!(import.state, ImportState::Done | ImportState::NotPossible).then_some(())
        })
        .await;
    }

    /// Opens the webhook door on a free port and points the simulator's webhooks at it.
    pub async fn open_door(&self) {
        let (_, secret) = self.meta.app();
        self.ask(call::SetAppSecret { name: "story".into(), secret: SecretText(secret.clone()) }).await;
        self.engine.tasks().keep("door", {
            let engine = self.engine.clone();
            move |stop| server::run_door(engine.clone(), stop)
        });
        self.ask(call::SetWebhookDoor { enabled: true, listen: "127.0.0.1:0".into() }).await;
        let (at, path) = self
            .until("the door is open", call::GetWebhookDoor {}, |door| {
                Some((door.listening.clone()?, door.path.clone()))
            })
            .await;
        self.meta.set_webhook(Some(WebhookTarget { url: format!("http://{at}{path}"), secret }));
    }

    /// The conversation whose person's last words here are `text`.
    pub async fn conversation_saying(&self, text: &str) -> Conversation {
        self.until(&format!("a conversation ends with {text:?}"), list(Filter::default()), |page| {
            page.rows.iter().find(|c| c.last.as_ref().is_some_and(|l| l.text == text)).cloned()
        })
        .await
    }

    /// All messages of a conversation, oldest first, through the pages that the window reads.
    pub async fn thread(&self, conversation: ConversationId) -> Vec<Message> {
        let mut page =
            self.ask(call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 }).await;
        let mut rows = page.rows;
        while let Some(older) = page.older {
            page = self
                .ask(call::ListMessages { conversation, stretch: Stretch::Before(older), limit: 50 })
                .await;
            let mut earlier = page.rows.clone();
            earlier.append(&mut rows);
            rows = earlier;
        }
        rows
    }

    /// Every conversation, through the pages that the window reads.
    pub async fn conversations(&self) -> Vec<Conversation> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self
                .ask(call::ListConversations {
                    filter: Filter::default(),
                    sort: Sort::Newest,
                    after,
                    limit: 100,
                })
                .await;
            rows.extend(page.rows);
            match page.next {
                Some(next) => after = Some(next),
                None => return rows,
            }
        }
    }

    /// Everything stored, as (Meta's id, text, from us), sorted: to compare with the simulator's truth.
    pub async fn everything(&self, account: AccountId) -> Vec<(String, String, bool)> {
        let mut all = Vec::new();
        for conversation in self.conversations().await.into_iter().filter(|c| c.account == account) {
            for message in self.thread(conversation.id).await {
                let id = message.meta_id.map(|m| m.0).unwrap_or_default();
                all.push((id, message.content.text().to_owned(), message.direction == Direction::Outbound));
            }
        }
        all.sort();
        all
    }

    /// The simulator's truth about an account in the same shape.
    pub fn truth(&self, channel: Channel) -> Vec<(String, String, bool)> {
        let mut all: Vec<_> = self
            .meta
            .truth(&self.sim(channel).meta_id)
            .into_iter()
            .map(|m| (m.mid, m.text, m.from_us))
            .collect();
        all.sort();
        all
    }

    /// Hands a body to the engine as the door does after the signature check.
    pub async fn deliver(&self, body: &str) {
        let now = self.engine.clock().now();
        self.engine.take(RawDelivery::webhook(body.to_owned().into(), now)).await.expect("it is stored");
    }

    /// Stops everything softly.
    pub async fn end(self) {
        self.engine.stop().await;
        self.meta.stop().await;
    }
}

/// The first page of the list.
pub fn list(filter: Filter) -> call::ListConversations {
    call::ListConversations { filter, sort: Sort::Newest, after: None, limit: 50 }
}

/// A new secret text.
#[allow(dead_code, reason = "stories use what they need")]
pub fn secret(text: &str) -> Secret {
    Secret::new(text)
}

pub use model::call;
