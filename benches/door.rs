//! The webhook door: signed deliveries over 32 connections into the store, beside the same route that
//! only verifies the signature: a burst that fits into the backlog, and then as many without end. The load comes from
//! a thread of this process.

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
use hmac::{Hmac, KeyInit, Mac};
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

type Requests = Arc<Vec<Vec<u8>>>;

/// Deliveries of the burst. The backlog has room for them: nothing of it is taken in before its end.
const BURST: usize = 30_000;
/// How often as many more come after it, without a pause.
const ROUNDS: usize = 2;

/// What was measured.
pub struct Figures {
    /// Deliveries a second that were only verified.
    pub verified: f64,
    /// A burst, stored and answered.
    pub burst: Run,
    /// So many on end that the backlog is at its bounds.
    pub on_end: Run,
}

/// One run over the open door.
pub struct Run {
    /// Deliveries answered 200, all of them and a second.
    pub answered: usize,
    pub rate: f64,
    /// How long answers took.
    pub p50: Duration,
    pub p99: Duration,
    /// From the last answer until the last of them was in the inbox.
    pub behind: Duration,
    /// Messages of the run in the inbox then.
    pub found: usize,
}

/// Delivers different messages to each.
pub async fn measure() -> Figures {
    let deliveries = u32::try_from(BURST).unwrap();
    let meta = heliograph_simulator::start(heliograph_simulator::Options {
        people: deliveries / 20,
        messages: deliveries * 4,
        ..Default::default()
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine_over(&folder, &meta).await;
    let account = meta.accounts().into_iter().find(|a| a.login == Login::FacebookPage.key()).unwrap();
    let mut bodies: Vec<Vec<u8>> =
        meta.bodies(&account.meta_id, SECRET).into_iter().map(|b| b.body.to_vec()).collect();
    bodies.truncate(BURST);
    // From here on Meta is out of reach: asked for a thousand new people's pictures, the simulator would draw them on
    // the same two cores, a hundred times faster than Meta gives them out.
    meta.stop().await;
    // Under names of their own: a first poll has stored some of these messages.
    let burst: Requests = Arc::new(again(&bodies, ROUNDS).collect());
    let more: Requests = Arc::new((0..ROUNDS).flat_map(|round| again(&bodies, round)).collect());

    let (at, stop) = verifying_door().await;
    let (verified, _) = deliver(at, Arc::clone(&more)).await;
    stop.cancel();

    let door = open_door(&engine).await;
    let burst = run(&engine, door, burst).await;
    let on_end = run(&engine, door, more).await;
    engine.stop().await;
    Figures { verified, burst, on_end }
}

/// The same words as other messages.
fn again(bodies: &[Vec<u8>], round: usize) -> impl Iterator<Item = Vec<u8>> {
    bodies.iter().map(move |body| {
        let text = std::str::from_utf8(body).unwrap();
        request(text.replace("\"mid\":\"", &format!("\"mid\":\"again{round}.")).as_bytes())
    })
}

async fn messages(engine: &Engine) -> usize {
    usize::try_from(engine.ask(call::GetStorage {}).await.unwrap().messages).unwrap()
}

/// One run.
async fn run(engine: &Engine, door: SocketAddr, requests: Requests) -> Run {
    let before = messages(engine).await;
    let (rate, mut latencies) = deliver(door, requests).await;
    let last = Instant::now();
    engine.caught_up().await.unwrap();
    let behind = last.elapsed();
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    Run {
        answered: latencies.len(),
        rate,
        p50: at(0.5),
        p99: at(0.99),
        behind,
        found: messages(engine).await - before,
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

fn request(body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let head = format!(
        "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         X-Hub-Signature-256: sha256={}\r\n\r\n",
        body.len(),
        hex::encode(mac.finalize().into_bytes())
    );
    [head.as_bytes(), body].concat()
}

/// Deliveries a second, and the latency of each.
async fn deliver(at: SocketAddr, requests: Requests) -> (f64, Vec<Duration>) {
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

async fn one_connection(at: SocketAddr, requests: Requests, next: Arc<AtomicUsize>) -> Vec<Duration> {
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
