//! The engine, assembled: opened once, called, listened to, stopped. Desktop, headless server and
//! tests are equals before it.

mod forgetting;

pub use forgetting::forget_secrets;

use crate::{
    access::AccessBook,
    answers::{self, Answer, DemoWorld, Desk, DoorControl},
    clock::Clock,
    config::Config,
    copies::Copier,
    events::{Events, Listener},
    fetch, graph, housekeeping,
    intake::{Intake, RawDelivery, TakeError},
    lock::{self, Lock},
    media::Media,
    model::{ConversationId, Event, Host, Problem, Upload, call::WHILE_LOCKED},
    outbox::Outbox,
    sign_ins::SignIns,
    snooze::Snooze,
    store::{self, Store, secrets},
    sync::{HealthBook, Sources, Sync},
    tasks::Tasks,
    templates::Templates,
    vault::{MasterKey, SealError, Vault},
    views::ViewBook,
    windows,
};
use bytes::Bytes;
use futures_util::Stream;
use serde_json::Value;
use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

/// Everything a host gives to open an engine.
pub struct Opening {
    pub config: Config,
    pub key: MasterKey,
    /// Where the key lives, in words for the settings page.
    pub key_home: String,
    pub clock: Clock,
    pub host: Host,
    pub demo: Option<Arc<dyn DemoWorld>>,
}

/// Why an engine does not open. Each says what happened and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] store::OpenError),
    #[error(
        "This data was sealed with another key. Restore the keychain entry, or give the passphrase or key file it was \
         made with. Nothing has been changed."
    )]
    WrongKey,
    #[error("This key opens the secrets: nothing needs to be forgotten. Nothing has been changed.")]
    KeyFits,
    #[error("The data could not be written: {0}")]
    Write(#[from] store::WriteError),
    #[error("The data could not be read: {0}")]
    Read(#[from] sqlx::Error),
    #[error("The key could not seal a first secret: {0}")]
    Seal(#[from] SealError),
    #[error("Secure connections could not be set up: {0}")]
    Tls(graph::Error),
    #[error("The media folder could not be made: {0}")]
    Media(std::io::Error),
    #[error("{0}")]
    Door(Problem),
}

/// A running engine; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    desk: Arc<Desk>,
    tasks: Tasks,
    /// Asked by a program with a key of its own, which the app lock does not concern.
    past_the_lock: bool,
}

impl Engine {
    /// Opens the data folder and starts the background work.
    ///
    /// # Errors
    /// When the folder is in use, damaged, newer than this version, or sealed with another key.
    pub async fn open(opening: Opening) -> Result<Self, OpenError> {
        let Opening { config, key, key_home, clock, host, demo } = opening;
        let store = Store::open(&config.data, clock.clone()).await?;
        let (vault, started_at) = (Vault::new(&key), clock.now());
        recognise(&store, &vault).await?;

        let tasks = Tasks::default();
        let events = Events::default();
        let media = Media::open(config.data.join("media"), &config.hosts).await.map_err(OpenError::Media)?;
        let hosts = config.hosts.clone();
        let access = Arc::new(AccessBook::new(store.clone(), vault.clone(), hosts, clock.clone()));
        let snooze = Snooze::start(&store, &clock, &events, &tasks);
        let views = ViewBook::new(&store, &clock, events.listen());
        let intake = Intake::start(&store, &clock, &events, &media, &vault, &tasks, config.burst).await?;
        tasks.once({
            let (intake, stop) = (intake.clone(), tasks.stopping());
            async move {
                if let Err(error) = intake.heal(stop).await {
                    tracing::error!(%error, "messages of an earlier version stay as they were until the next start");
                }
            }
        });
        let outbox = Outbox::start(&store, &clock, &events, &access, &media, &tasks).await?;
        fetch::start(&store, &clock, &events, &access, &media, &tasks);
        let health = HealthBook::new(store.clone(), clock.clone(), events.clone());
        let sources = Sources {
            config: config.clone(),
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            access: access.clone(),
            intake: intake.clone(),
            media: media.clone(),
            health,
            asked: std::sync::Mutex::default(),
        };
        let sync = Sync::new(sources, &tasks);
        let templates = Templates {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            access: access.clone(),
        };
        tasks.keep("templates", {
            let templates = templates.clone();
            move |stop| templates.clone().follow(stop)
        });
        let sign_ins = SignIns {
            store: store.clone(),
            clock: clock.clone(),
            events: events.clone(),
            vault: vault.clone(),
            access: access.clone(),
            sync: sync.clone(),
        };
        tasks.keep("sign-ins", move |stop| sign_ins.clone().follow(stop));
        let watched = (store.clone(), clock.clone(), events.clone());
        tasks.keep("windows that end", move |stop| {
            let (store, clock, events) = watched.clone();
            windows::follow(store, clock, events, stop)
        });
        let words = store.clone();
        tasks.keep("index of words", move |stop| housekeeping::feed_words(words.clone(), stop));
        let kept = (store.clone(), media.clone(), events.clone(), clock.clone());
        tasks.keep("housekeeping", move |stop| {
            let (store, media, events, clock) = kept.clone();
            housekeeping::clear_out(store, media, events, clock, stop)
        });
        let lock = Lock::open(&store, &clock, &events).await?;
        let watched = lock.clone();
        tasks.keep("app lock", move |stop| lock::follow(watched.clone(), stop));
        let copier = Copier::new(&config.data, store.clone(), vault.clone(), clock.clone(), events.clone());
        copier.start(&tasks);
        let door = DoorControl::default();
        door.load(&store, &vault).await.map_err(OpenError::Door)?;

        let desk = Arc::new_cyclic(|me| Desk {
            store,
            clock,
            events,
            vault,
            config,
            media,
            access,
            intake,
            outbox,
            sync,
            snooze,
            views,
            bulks: answers::Bulks::default(),
            templates,
            copier,
            door,
            lock,
            discoveries: answers::Discoveries::default(),
            host,
            key_home,
            demo,
            demo_running: AtomicBool::new(false),
            tasks: tasks.clone(),
            speed: answers::Speed::default(),
            started_at,
            bundle: std::sync::Mutex::default(),
            me: me.clone(),
        });
        answers::resume(&desk).await?;
        Ok(Self { desk, tasks, past_the_lock: false })
    }

    /// The same engine for a program that proved itself with a key of its own: the app lock does not concern it.
    #[must_use]
    pub fn past_the_lock(&self) -> Self {
        Self { past_the_lock: true, ..self.clone() }
    }

    /// Whether the app lock keeps whoever asks from seeing anything.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        !self.past_the_lock && self.desk.lock.is_locked()
    }

    /// Whether whoever listens may hear `event` now.
    #[must_use]
    pub fn may_hear(&self, event: &Event) -> bool {
        *event == Event::LockChanged || !self.is_shut()
    }

    /// Answers the call named `call`.
    ///
    /// # Errors
    /// The problem in words, with the button that helps.
    pub async fn call(&self, call: &str, with: Value) -> Result<Value, Problem> {
        if self.is_shut() && !WHILE_LOCKED.contains(&call) {
            return Err(answers::lock::locked());
        }
        answers::dispatch(&self.desk, call, with).await
    }

    /// The same, typed and whether locked or not: for hosts and tests.
    ///
    /// # Errors
    /// As [`Engine::call`].
    pub async fn ask<R: Answer>(&self, request: R) -> Result<R::Reply, Problem> {
        request.answer(&self.desk).await
    }

    /// Listens to what changes, from now on.
    #[must_use]
    pub fn events(&self) -> Listener {
        self.desk.events.listen()
    }

    /// Announces something a host knows: a notification was clicked.
    pub fn tell(&self, event: Event) {
        self.desk.events.tell(event);
    }

    /// Takes a verified delivery; returns after the commit, in a burst of its journal row.
    ///
    /// # Errors
    /// When it could not be stored: whoever delivered it must try again.
    pub async fn take(&self, delivery: RawDelivery) -> Result<(), TakeError> {
        self.desk.intake.take(delivery).await
    }

    /// Returns when every delivery that was taken before is in the inbox.
    ///
    /// # Errors
    /// When what a burst left cannot be taken in for now.
    pub async fn caught_up(&self) -> Result<(), TakeError> {
        self.desk.intake.caught_up().await
    }

    /// Meta's page of a sign-in that waits, and the address that ends it: for a window that watches for it.
    #[must_use]
    pub fn sign_in_page(&self, sign_in: &str) -> Option<(url::Url, url::Url)> {
        self.desk.discoveries.page(sign_in)
    }

    /// What the webhook listener should do, and where it reports.
    #[must_use]
    pub fn door(&self) -> &DoorControl {
        &self.desk.door
    }

    /// The clock everybody here uses.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.desk.clock
    }

    /// Background tasks of the host, stopped with the engine.
    #[must_use]
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Type and path of a kept file, by content hash; none while it is locked.
    pub async fn media(&self, hash: &str) -> Option<(String, PathBuf)> {
        if self.is_shut() {
            return None;
        }
        self.desk.media.shown(hash, self.desk.clock.now());
        self.desk.media.find(hash).await
    }

    /// Name and content of the support bundle that was made last, if that is its id; none while it is locked.
    #[must_use]
    pub fn bundle(&self, id: &str) -> Option<(String, Bytes)> {
        let made = self.desk.bundle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        made.filter(|made| made.id == id && !self.is_shut()).map(|made| (made.name, made.packed))
    }

    /// Takes a file into the composer of a conversation; `voice` = it was recorded there.
    ///
    /// # Errors
    /// When it is empty, too large, or cannot be stored, or the app is locked.
    pub async fn upload<S, E>(
        &self,
        conversation: ConversationId,
        name: &str,
        voice: bool,
        content: S,
    ) -> Result<Upload, Problem>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    {
        if self.is_shut() {
            return Err(answers::lock::locked());
        }
        answers::uploads::accept(&self.desk, conversation, name, voice, content).await
    }

    /// Copies of the data, for a host that shows, brings or fetches them.
    #[must_use]
    pub fn copier(&self) -> &Copier {
        &self.desk.copier
    }

    /// Stops softly: what is under way ends or is found again at the next start.
    pub async fn stop(self) {
        self.tasks.stop().await;
        self.desk.store.close().await;
    }
}

/// Checks that `vault` has the key this data was sealed with, or leaves a witness in new data.
async fn recognise(store: &Store, vault: &Vault) -> Result<(), OpenError> {
    let fresh = vault.witness()?;
    let witness = store
        .write("recognise the key", move |conn| {
            Box::pin(async move {
                if let Some(witness) = secrets::get(conn, "vault", "witness").await? {
                    return Ok(Some(witness));
                }
                secrets::put(conn, "vault", "witness", &fresh).await?;
                Ok(None)
            })
        })
        .await?;
    match witness {
        Some(witness) if !vault.recognises(&witness) => Err(OpenError::WrongKey),
        _ => Ok(()),
    }
}
