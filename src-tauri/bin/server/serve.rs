//! `serve`: the engine, the webhook door and the inbox for browsers, until told to stop.

use crate::{
    Failed,
    keys::{KeyArgs, MetaArgs},
    reach::Running,
    say,
};
use clap::Args;
use engine::{
    Engine, Opening,
    answers::DemoWorld,
    clock::Clock,
    model::{Host, call},
    server::{
        Demo,
        gate::Gate,
        key::FoundKey,
        listen::{self, Limits},
        private, run_door, web,
    },
    vault::Secret,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

/// Shortest bearer token taken from a file, in characters.
const SHORTEST_TOKEN: usize = 20;
/// What the inbox grants browsers.
const LIMITS: Limits = Limits { connections: 512, head: Duration::from_secs(60) };

#[derive(Args)]
pub struct Serve {
    /// Folder of the database and media; made when missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address of the inbox. Beyond loopback, put a proxy with TLS before it.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// Host name under which a proxy leads here; may be given more than once.
    #[arg(long, value_name = "HOST")]
    name: Vec<String>,
    /// File with a token that lets programs call; made when missing.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    meta: MetaArgs,
    /// Open the webhook door at this address.
    #[arg(long, value_name = "ADDR")]
    door: Option<SocketAddr>,
    /// Start the demo world: a pretend Meta with people who write.
    #[arg(long)]
    demo: bool,
    /// Seed of the demo world: the same seed, the same people.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Why a run of the engine ended.
enum Ended {
    /// Somebody asked the process to stop.
    Asked,
    /// A restored copy is to be opened, at the same address.
    Restored(SocketAddr),
}

impl Serve {
    pub async fn run(self) -> Result<(), Failed> {
        // Heard from the beginning: a stop during a long start must not be lost.
        let mut asked_to_stop = std::pin::pin!(stop_signal()?);
        private::folder(&self.data)
            .map_err(|e| Failed::new(format!("The folder {} cannot be made: {e}.", self.data.display())))?;
        let key = self.key.find(&self.data).await?;
        let token = self.token_file.as_deref().map(token).transpose()?;
        let mut at = self.listen;
        loop {
            match self.once(at, &key, token.clone(), asked_to_stop.as_mut()).await? {
                Ended::Asked => return Ok(()),
                Ended::Restored(same) => at = same,
            }
        }
    }

    /// Opens the engine and serves it until asked to stop, or until a restored copy waits.
    async fn once(
        &self,
        at: SocketAddr,
        key: &FoundKey,
        token: Option<Secret>,
        asked_to_stop: std::pin::Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Ended, Failed> {
        let listener = TcpListener::bind(at)
            .await
            .map_err(|e| Failed::new(format!("The inbox cannot listen at {at}: {e}.")))?;
        let at = listener.local_addr().map_err(Failed::new)?;

        let demo = Arc::new(Demo::new(self.seed));
        let config = self.meta.config(&self.data);
        let engine = Engine::open(Opening {
            config: if self.demo { demo.trusted_by(config) } else { config },
            key: key.key.clone(),
            key_home: key.home.clone(),
            clock: Clock::system(),
            host: Host::Server,
            demo: Some(Arc::clone(&demo) as Arc<dyn DemoWorld>),
        })
        .await
        .map_err(Failed::new)?;

        let running = Running::new(at);
        let bearers: Vec<Secret> = token.into_iter().chain([running.token()]).collect();
        let gate = Arc::new(Gate::new(at, self.name.clone(), &bearers, self.data.join("browsers.json")));
        let note = running.announce(&self.data);
        if let Some(door) = self.door {
            // Before it opens: it must not open where it stood last time.
            let listen = door.to_string();
            engine.ask(call::SetWebhookDoor { enabled: true, listen }).await.map_err(Failed::new)?;
        }
        engine.tasks().keep("webhook door", {
            let engine = engine.clone();
            move |stop| run_door(engine.clone(), stop)
        });
        let stop = engine.tasks().stopping();
        let inbox = tokio::spawn(listen::serve(
            listener,
            web::router(engine.clone(), Arc::clone(&gate), stop.clone()),
            LIMITS,
            stop,
        ));
        if self.door.is_some() {
            say(format_args!("Webhooks at {}", opened(&engine).await?));
        }
        if self.demo {
            engine.ask(call::StartDemo {}).await.map_err(Failed::new)?;
            if let Some(origin) = demo.origin() {
                say(format_args!("Simulator at {origin}"));
            }
        }
        if !at.ip().is_loopback() {
            tracing::warn!(
                %at,
                "the inbox listens beyond this computer: put a proxy with TLS before it, since browsers keep the \
                 cookie of a remote inbox only over HTTPS"
            );
        }
        say(format_args!("Open {}", gate.link()));

        let restored = engine.copier().restart();
        let ended = tokio::select! {
            () = asked_to_stop => Ended::Asked,
            () = restored.cancelled() => Ended::Restored(at),
        };
        tracing::info!("stopping");
        if let Some(note) = note {
            note.withdraw();
        }
        engine.stop().await;
        let _ = inbox.await;
        Ok(ended)
    }
}

/// The door's address, once it listens.
async fn opened(engine: &Engine) -> Result<String, Failed> {
    let mut events = engine.events();
    loop {
        let door = engine.ask(call::GetWebhookDoor {}).await.map_err(Failed::new)?;
        match (door.listening, door.problem) {
            (Some(at), _) => return Ok(format!("http://{at}{}", door.path)),
            (None, Some(problem)) => return Err(Failed::new(problem)),
            (None, None) => {}
        }
        if events.next().await.is_none() {
            return Err(Failed::new("The engine stopped."));
        }
    }
}

/// The bearer token in `path`; a new one is made when the file is missing.
fn token(path: &Path) -> Result<Secret, Failed> {
    let failed = |e| Failed::new(format!("The token file {} cannot be used: {e}.", path.display()));
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().len() < SHORTEST_TOKEN => Err(Failed::usage(format!(
            "The token in {} is too short: at least {SHORTEST_TOKEN} random characters.",
            path.display()
        ))),
        Ok(text) => Ok(Secret::new(text.trim())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let token = Secret::new(hex::encode(rand::random::<[u8; 32]>()));
            private::write_new(path, format!("{}\n", token.reveal()).as_bytes()).map_err(failed)?;
            tracing::info!(path = %path.display(), "made a new token file");
            Ok(token)
        }
        Err(e) => Err(failed(e)),
    }
}

/// Resolves when the system or the person at the keyboard asks us to stop.
fn stop_signal() -> Result<impl Future<Output = ()>, Failed> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut term = signal(SignalKind::terminate()).map_err(Failed::new)?;
        let mut int = signal(SignalKind::interrupt()).map_err(Failed::new)?;
        Ok(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
