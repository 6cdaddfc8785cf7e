//! The webhook door: signed deliveries over 32 connections into the store, beside the same route that
//! only verifies the signature. The load comes from a thread of this process.

use engine::{
    Engine, Opening,
    answers::DoorWish,
    clock::Clock,
    config::{Config, Hosts},
    model::{Host, Login, SecretText, call},
    server::{
        listen::{self, Limits},
        run_door,
        webhook::{self, Door},
    },
    vault::{MasterKey, Secret},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

const CONNECTIONS: usize = 32;
const SECRET: &str = "the app secret of a benchmark";

/// What was measured.
pub struct Figures {
    /// Deliveries a second that were only verified.
    pub verified: f64,
    /// Deliveries a second that were stored and answered.
    pub stored: f64,
    /// Latencies of stored deliveries.
    pub p50: Duration,
    pub p99: Duration,
    /// Deliveries answered 200, and messages found afterwards.
    pub answered: usize,
    pub found: usize,
}

/// Delivers at least `deliveries` different messages to each.
pub async fn measure(deliveries: u32) -> Figures {
    let meta = heliograph_simulator::start(heliograph_simulator::Options {
        people: deliveries / 20,
        messages: deliveries * 5 / 2,
        ..Default::default()
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine_over(&folder, &meta).await;
    let account = meta.accounts().into_iter().find(|a| a.login == Login::FacebookPage.key()).unwrap();
    let bodies = meta.bodies(&account.meta_id, SECRET);
    let requests: Arc<Vec<Vec<u8>>> =
        Arc::new(bodies.iter().map(|b| request(&b.body, &b.signature)).collect());
    // From here on Meta is out of reach: asked for a thousand new people's pictures, the simulator would draw them on
    // the same two cores, a hundred times faster than Meta gives them out.
    meta.stop().await;

    let (at, stop) = verifying_door().await;
    let (verified, _) = deliver(at, Arc::clone(&requests)).await;
    stop.cancel();

    let (stored, mut latencies) = deliver(open_door(&engine).await, Arc::clone(&requests)).await;
    // A poll may have stored some of the same messages before: what counts is that each is there.
    let kept = engine.ask(call::GetStorage {}).await.unwrap().messages;
    engine.stop().await;

    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    Figures {
        verified,
        stored,
        p50: at(0.5),
        p99: at(0.99),
        answered: latencies.len(),
        found: usize::try_from(kept).unwrap(),
    }
}

/// An engine that knows the account and imports nothing: only deliveries fill it.
pub async fn engine_over(folder: &tempfile::TempDir, meta: &heliograph_simulator::Simulator) -> Engine {
    let mut config = Config::new(folder.path());
    config.hosts = Hosts::all_at(&meta.origin());
    config.import_conversations = 0;
    config.poll_every = (3_600_000, 3_600_000);
    let engine = Engine::open(Opening {
        config,
        key: MasterKey::random(),
        key_home: "a benchmark".into(),
        clock: Clock::system(),
        host: Host::Server,
        demo: None,
    })
    .await
    .unwrap();
    let account = meta.accounts().into_iter().find(|a| a.login == Login::FacebookPage.key()).unwrap();
    let token = SecretText(account.token);
    let found =
        engine.ask(call::DiscoverAccounts { login: Login::FacebookPage, token, app: None }).await.unwrap();
    let picked: Vec<_> =
        found.candidates.into_iter().map(|c| c.meta_id).filter(|id| id.as_str() == account.meta_id).collect();
    engine.ask(call::ConnectAccounts { discovery: found.id, picked }).await.unwrap();
    engine
}

async fn open_door(engine: &Engine) -> SocketAddr {
    let secret = SecretText(SECRET.into());
    engine.ask(call::SetAppSecret { name: "bench".into(), secret }).await.unwrap();
    let mut events = engine.events();
    engine.ask(call::SetWebhookDoor { enabled: true, listen: "127.0.0.1:0".into() }).await.unwrap();
    engine.tasks().keep("door", {
        let engine = engine.clone();
        move |stop| run_door(engine.clone(), stop)
    });
    loop {
        if let Some(at) = engine.ask(call::GetWebhookDoor {}).await.unwrap().listening {
            return at.parse().unwrap();
        }
        events.next().await;
    }
}

/// The same route, storing nothing.
async fn verifying_door() -> (SocketAddr, CancellationToken) {
    let (keep, wish) = watch::channel(DoorWish { secrets: vec![Secret::new(SECRET)], ..DoorWish::default() });
    let door = Door {
        wish,
        take: Arc::new(|_| Box::pin(async { Ok(()) })),
        report: Box::new(move |_| {
            let _ = &keep;
        }),
        body_time: Duration::from_secs(10),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let limits = Limits { connections: 256, head: Duration::from_secs(20) };
    tokio::spawn(listen::serve(listener, webhook::router("/webhook", door), limits, stop.clone()));
    (at, stop)
}

fn request(body: &[u8], signature: &str) -> Vec<u8> {
    let head = format!(
        "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         X-Hub-Signature-256: {signature}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Deliveries a second, and the latency of each.
async fn deliver(at: SocketAddr, requests: Arc<Vec<Vec<u8>>>) -> (f64, Vec<Duration>) {
    let load = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let next = Arc::new(AtomicUsize::new(0));
            let begin = Instant::now();
            let connections: Vec<_> = (0..CONNECTIONS)
                .map(|_| tokio::spawn(one_connection(at, Arc::clone(&requests), Arc::clone(&next))))
                .collect();
            let mut latencies = Vec::new();
            for connection in connections {
                latencies.extend(connection.await.unwrap());
            }
            (latencies.len() as f64 / begin.elapsed().as_secs_f64(), latencies)
        })
    });
    tokio::task::spawn_blocking(move || load.join().unwrap()).await.unwrap()
}

async fn one_connection(
    at: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::new();
    let mut answer = [0; 1024];
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let begin = Instant::now();
        stream.write_all(request).await.unwrap();
        let mut read = 0;
        while !answer[..read].ends_with(b"\r\n\r\n") {
            let more = stream.read(&mut answer[read..]).await.unwrap();
            assert!(more > 0, "the door closed: {}", String::from_utf8_lossy(&answer[..read]));
            read += more;
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..read]));
        latencies.push(begin.elapsed());
    }
    latencies
}
