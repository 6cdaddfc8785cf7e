//! A Meta to practise against: a stateful Graph API on loopback for one small shop with three accounts, the
//! people who write to it, signed webhooks, and faults by name. Written from graph-api.md; it shares no type
//! with the engine, so that it cannot share the engine's mistakes.

mod accounts;
mod acting;
mod behaviour;
mod businesses;
mod busy;
mod call;
mod clock;
mod command;
mod control;
mod conversations;
mod deliveries;
mod door;
mod drawing;
mod envelope;
mod error;
mod escape;
mod fates;
mod faults;
mod fields;
mod happenings;
mod ids;
mod inspect;
mod listed;
mod media;
mod messages;
mod moderation;
mod naming;
mod oauth;
mod page;
mod paging;
mod people;
mod profiles;
mod random;
mod routes;
mod said;
mod seed;
mod seen;
mod send;
mod shapes;
mod showcase;
mod signature;
mod simulator;
mod small_signs;
mod subscriptions;
mod templates;
mod texts;
mod tokens;
mod uploads;
mod usage;
mod webhooks;
mod whatsapp;
mod whatsapp_shapes;
mod wire;
mod world;

pub use behaviour::{Untold, WebhookBehaviour, WebhookStats, WebhookTarget};
pub use command::{Command, run_command};
pub use faults::fault_names;
pub use happenings::Happening;
pub use listed::SimAccount;
pub use oauth::Consent;
pub use random::Chance;
pub use said::{Along, Content, Referral, Said, Tap};
pub use signature::SignedBody;
pub use simulator::Simulator;
pub use world::{SendSeen, SignSeen, TruthMessage};

use crate::clock::Clock;
use crate::webhooks::Post;
use crate::wire::{Door, Wire};
use crate::world::World;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What world to build and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Decides everything: the same seed gives the same people, texts, ids and tokens.
    pub seed: u64,
    /// Conversations over all accounts.
    pub people: u32,
    /// Messages over all conversations; at least one each.
    pub messages: u32,
    pub webhook: Option<WebhookTarget>,
    /// Unix milliseconds of the world's now. `None` = the machine's time, and the clock runs. A given time
    /// stands still until [`Simulator::advance`], except in a busy world.
    pub start_at_ms: Option<i64>,
    /// People keep writing and answer replies.
    pub busy: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            people: 300,
            messages: 5000,
            webhook: None,
            start_at_ms: None,
            busy: false,
        }
    }
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the simulator cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the simulator's webhook client cannot be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// What every request sees.
pub(crate) struct Shared {
    world: Mutex<World>,
    pub busy: busy::Pace,
}

impl Shared {
    /// The world, alone.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Builds a world and serves it.
///
/// # Errors
/// When the address is taken, or the webhook client cannot be built.
pub async fn start(options: Options) -> Result<Simulator, Error> {
    let listen = |source| Error::Listen { address: options.listen, source };
    let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let post = Post::start(options.webhook.clone(), tasks.clone(), stop.clone())?;
    let clock = Arc::new(Clock::new(options.start_at_ms, options.start_at_ms.is_none() || options.busy));
    let (app, instagram_app) = seed::apps(options.seed);
    let (busy, answered) = busy::pace();
    let mut world = World {
        seed: options.seed,
        session: if options.start_at_ms.is_some() { 0 } else { clock.now() as u32 },
        clock,
        origin: format!("http://{address}"),
        post,
        app,
        instagram_app,
        verify_token: format!("verify-{:08x}", random::mix2(options.seed, 31) as u32),
        accounts: seed::accounts(),
        threads: Vec::new(),
        tokens: tokens::Tokens::default(),
        logins: oauth::Logins::default(),
        faults: faults::Faults::default(),
        usage: usage::Usage::default(),
        sends: Vec::new(),
        uploads: Vec::new(),
        details: 20,
        receipts: true,
        hushed: false,
        lost: 0,
        pretended_ago: 0,
        told_after: Duration::ZERO,
        our_reactions: std::collections::HashMap::new(),
        signs: Vec::new(),
        templates: Vec::new(),
        human_agent: true,
        app_fields: std::collections::HashMap::new(),
        businesses: Vec::new(),
        profiles_withheld: false,
        answered,
        first: None,
    };
    let first = world.mint_first_tokens();
    world.first = Some(first.clone());
    world.templates = templates::first(&world);
    seed::populate(&mut world, options.people, options.messages);
    let shared = Arc::new(Shared { world: Mutex::new(world), busy });
    let service = door::router(shared.clone()).into_make_service_with_connect_info::<Wire>();
    let quiet = stop.clone();
    tasks.spawn(async move {
        let served =
            axum::serve(Door(listener), service).with_graceful_shutdown(quiet.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "the simulator stopped serving");
        }
    });
    if options.busy {
        tasks.spawn(stop.clone().run_until_cancelled_owned(busy::live(shared.clone(), options.seed)));
    }
    Ok(Simulator::new(shared, address, first, tasks, stop))
}
