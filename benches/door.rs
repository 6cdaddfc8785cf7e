//! The webhook door under 32 connections, durable, against the same route that verifies the signature and
//! stores nothing. The load runs on the same machine.

use crate::{
    inbox::open,
    table::{Table, ms, percentile},
};
use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use engine::{Engine, graph::signature, model::call, server::run_door, vault::Secret};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CONNECTIONS: usize = 32;
const DELIVERIES: usize = 20_000;
const SECRET: &str = "a benchmark's app secret";
const PAGE: &str = "682498302938465";

fn body(n: usize) -> String {
    let person = 6_042_312_345_600_000 + n % 500;
    let at = 1_789_999_000_000_usize + n;
    format!(
        r#"{{"object":"page","entry":[{{"id":"{PAGE}","time":{at},"messaging":[{{"sender":{{"id":"{person}"}},"recipient":{{"id":"{PAGE}"}},"timestamp":{at},"message":{{"mid":"m_bench_{n}","text":"Is number {n} still available? I would take two of them."}}}}]}}]}}"#
    )
}

/// Delivers everything over keep-alive connections; the whole time, and each delivery's.
async fn load(address: std::net::SocketAddr, path: &str) -> (Duration, Vec<Duration>) {
    let requests: Vec<Vec<u8>> = (0..DELIVERIES)
        .map(|n| {
            let body = body(n);
            let signed = signature::sign(&Secret::new(SECRET), body.as_bytes());
            format!(
                "POST {path} HTTP/1.1\r\nHost: {address}\r\nX-Hub-Signature-256: {signed}\r\nContent-Type: \
                 application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        })
        .collect();
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let lanes: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (requests, next) = (requests.clone(), next.clone());
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let mut times = Vec::new();
                let mut answer = vec![0; 4096];
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(n) else {
                        return times;
                    };
                    let began = Instant::now();
                    stream.write_all(request).await.unwrap();
                    let mut read = 0;
                    while !answer[..read].windows(4).any(|w| w == b"\r\n\r\n") {
                        let more = stream.read(&mut answer[read..]).await.unwrap();
                        assert!(more > 0, "the door closed the connection");
                        read += more;
                    }
                    assert!(
                        answer.starts_with(b"HTTP/1.1 200"),
                        "{}",
                        String::from_utf8_lossy(&answer[..read])
                    );
                    times.push(began.elapsed());
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    for lane in lanes {
        times.extend(lane.await.unwrap());
    }
    (began.elapsed(), times)
}

async fn verify_only(State(secret): State<Arc<Secret>>, headers: HeaderMap, body: Bytes) -> &'static str {
    let header = headers.get("x-hub-signature-256").and_then(|v| v.to_str().ok());
    assert!(signature::is_signed([secret.as_ref()], &body, header));
    ""
}

async fn verified() -> Duration {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new()
        .route("/webhook", post(verify_only))
        .with_state(Arc::new(Secret::new(SECRET)));
    let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let (took, _) = load(address, "/webhook").await;
    server.abort();
    took
}

async fn stored(engine: &Engine) -> (Duration, Vec<Duration>) {
    engine
        .ask(call::SetAppSecret {
            name: "bench".into(),
            secret: engine::model::SecretText(SECRET.into()),
        })
        .await
        .unwrap();
    engine.tasks().keep("door", {
        let engine = engine.clone();
        move |stop| run_door(engine.clone(), stop)
    });
    engine
        .ask(call::SetWebhookDoor {
            enabled: true,
            listen: "127.0.0.1:0".into(),
        })
        .await
        .unwrap();
    loop {
        let door = engine.ask(call::GetWebhookDoor {}).await.unwrap();
        if let Some(at) = door.listening {
            return load(at.parse().unwrap(), &door.path).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub async fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    {
        // A connected account whose messages are not dropped.
        let store = engine::store::Store::open(folder.path(), engine::clock::Clock::system())
            .await
            .unwrap();
        engine::store::fill::connect(&store, engine::model::Timestamp(0))
            .await
            .unwrap();
        store.close().await;
    }
    let engine = open(folder.path()).await;
    let bare = verified().await;
    let (took, mut times) = stored(&engine).await;
    let kept = engine.ask(call::GetStorage {}).await.unwrap().messages;
    engine.stop().await;
    let speed = |time: Duration| DELIVERIES as f64 / time.as_secs_f64();
    let share = bare.as_secs_f64() / took.as_secs_f64();
    table.row(
        &format!("webhook door, {CONNECTIONS} connections, durable"),
        format!(
            "{:.0}/s, verifying only {:.0}/s: {share:.2} of it",
            speed(took),
            speed(bare)
        ),
        "at least half of verifying only",
        Some(share >= 0.5),
    );
    let p99 = percentile(&mut times, 99);
    table.row(
        "webhook door, answer",
        format!("p99 {}", ms(p99)),
        "p99 under 20 ms",
        Some(p99 < Duration::from_millis(20)),
    );
    table.row(
        "webhook door, kept",
        format!("{kept} of {DELIVERIES}"),
        "nothing lost",
        Some(kept == DELIVERIES as u64),
    );
}
