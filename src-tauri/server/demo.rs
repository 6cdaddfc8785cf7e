//! The demo world: the simulator as Meta, in this process, with people who keep writing. Its webhooks
//! are signed and verified like Meta's own.

use super::{
    listen::{self, Limits},
    webhook::{self, Door},
};
use crate::{
    answers::{DemoAccount, DemoMeta, DemoWorld, DoorWish, Take},
    config::{Config, Hosts},
    graph::{Graph, login::App},
    model::{Code, Login, Problem},
    vault::Secret,
};
use futures_util::future::BoxFuture;
use heliograph_simulator::{Options, Simulator, WebhookBehaviour, WebhookTarget};
use std::{
    fmt::Display,
    net::{Ipv4Addr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::CancellationToken;

/// A few hundred conversations, several thousand messages.
const PEOPLE: u32 = 360;
const MESSAGES: u32 = 5_000;
const LIMITS: Limits = Limits { connections: 16, head: Duration::from_secs(60) };
const PATH: &str = "/webhook";
/// Messages of the past in one delivery.
const PAST: usize = 100;
/// The longest wait until the past is delivered.
const PATIENCE: Duration = Duration::from_secs(20);

/// A made-up Meta that the engine can start.
pub struct Demo {
    seed: u64,
    /// Where its Meta will be, known before it starts.
    at: SocketAddr,
    running: tokio::sync::Mutex<Option<Running>>,
    origin: Mutex<Option<String>>,
}

struct Running {
    meta: Simulator,
    /// Closes the door for its webhooks.
    stop: CancellationToken,
}

impl Demo {
    /// The world of this seed; nothing runs yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // A port that is free now; should another program take it meanwhile, any other will do.
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
        let at = free.unwrap_or((Ipv4Addr::LOCALHOST, 0).into());
        Self { seed, at, running: tokio::sync::Mutex::new(None), origin: Mutex::new(None) }
    }

    /// Lets an engine fetch the pictures of this world.
    #[must_use]
    pub fn trusted_by(&self, mut config: Config) -> Config {
        config.hosts.extra_media_hosts.push(self.at.to_string());
        config
    }

    /// Where the simulator is, while it runs.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        self.origin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, origin: Option<String>) {
        if let Some(origin) = &origin {
            tracing::info!(%origin, "the demo world is running");
        }
        *self.origin.lock().unwrap_or_else(PoisonError::into_inner) = origin;
    }

    async fn begin(&self, take: Take) -> Result<Running, Problem> {
        let world = |listen| Options {
            listen,
            seed: self.seed,
            people: PEOPLE,
            messages: MESSAGES,
            webhook: None,
            start_at_ms: None,
            busy: true,
        };
        let meta = match heliograph_simulator::start(world(self.at)).await {
            Ok(meta) => meta,
            Err(_) => heliograph_simulator::start(world((Ipv4Addr::LOCALHOST, 0).into()))
                .await
                .map_err(|e| failed("The demo world could not start", &e))?,
        };
        meta.dress_up();
        let (_, secret) = meta.app();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|e| no_port(&e))?;
        let at = listener.local_addr().map_err(|e| no_port(&e))?;
        let stop = CancellationToken::new();
        tokio::spawn(listen::serve(listener, door(&secret, take), LIMITS, stop.clone()));
        meta.set_webhook(Some(WebhookTarget { url: format!("http://{at}{PATH}"), secret }));
        Ok(Running { meta, stop })
    }
}

impl DemoWorld for Demo {
    fn start(&self, take: Take) -> BoxFuture<'_, Result<DemoMeta, Problem>> {
        Box::pin(async move {
            let mut running = self.running.lock().await;
            let world = match running.take() {
                // Connected again: what ended its token is over.
                Some(world) => {
                    world.meta.renew_tokens();
                    world
                }
                None => self.begin(take).await?,
            };
            let found = accounts(&world.meta).await;
            self.note(Some(world.meta.origin()));
            let origin = world.meta.origin();
            *running = Some(world);
            Ok(DemoMeta { origin, accounts: found? })
        })
    }

    fn connected(&self, first: bool) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // Meta has no call that reads past WhatsApp messages: as if the webhook had been there all along. Many in
            // one body, as Meta does after a pause: whoever writes now would wait behind thousands of deliveries.
            if let Some(world) = &*self.running.lock().await {
                world
                    .meta
                    .set_webhook_behaviour(WebhookBehaviour { batch: PAST, ..WebhookBehaviour::default() });
                let accounts = world.meta.accounts();
                for account in accounts.iter().filter(|a| a.login == Login::WhatsAppCloud.key()) {
                    world.meta.replay(&account.meta_id, None);
                }
                if first {
                    world.meta.tell_showcase();
                }
                let _ = tokio::time::timeout(PATIENCE, world.meta.webhooks_idle()).await;
                world.meta.set_webhook_behaviour(WebhookBehaviour::default());
            }
        })
    }

    fn settled(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Some(world) = &*self.running.lock().await {
                world.meta.end_outlet();
            }
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.note(None);
            if let Some(world) = self.running.lock().await.take() {
                world.stop.cancel();
                world.meta.stop().await;
            }
        })
    }
}

/// The door for the world's webhooks: the real one, with the world's secret.
fn door(secret: &str, take: Take) -> axum::Router {
    let wish = DoorWish { enabled: true, secrets: vec![Secret::new(secret)], ..DoorWish::default() };
    let (keep, wish) = watch::channel(wish);
    webhook::router(
        PATH,
        Door {
            wish,
            take,
            // Its deliveries are not those of the door in the settings.
            report: Box::new(move |_| {
                // The wish lives as long as the door.
                let _ = &keep;
            }),
            body_time: LIMITS.head,
        },
    )
}

/// Its accounts, found with their tokens as a person would.
async fn accounts(meta: &Simulator) -> Result<Vec<DemoAccount>, Problem> {
    let graph = Graph::new(Hosts::all_at(&meta.origin()))
        .map_err(|e| failed("The demo world cannot be reached", &e))?;
    let mut found = Vec::new();
    for offered in meta.accounts() {
        let Some(login) = Login::from_key(offered.login) else {
            continue;
        };
        let (id, secret) = match login {
            Login::InstagramLogin => meta.instagram_app(),
            Login::FacebookPage | Login::WhatsAppCloud => meta.app(),
        };
        let app = App { id, secret: Secret::new(secret) };
        let reached = graph
            .discover(login, &Secret::new(&offered.token), Some(&app))
            .await
            .map_err(|e| failed("The demo world does not answer", &e))?;
        // A Page's token reaches its Instagram account too, which comes with a token of its own.
        let own = reached.accounts.into_iter().find(|r| r.meta_id.as_str() == offered.meta_id);
        found.extend(own.map(|reached| DemoAccount { reached, app }));
    }
    Ok(found)
}

fn no_port(error: &impl Display) -> Problem {
    failed("No local port is free for the demo world", error)
}

fn failed(what: &str, error: &impl Display) -> Problem {
    Problem::new(Code::Internal, format!("{what}: {error}."))
}
