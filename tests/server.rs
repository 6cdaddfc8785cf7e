//! The doors over real sockets: who gets in, what is stored, and what a slow or hostile client costs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use engine::{
    Engine, Opening,
    clock::Clock,
    config::{Config, Hosts},
    model::{Host, SecretText, call},
    server::{
        gate::Gate,
        listen::{self, Limits},
        run_door, web,
        webhook::{self, Door},
    },
    vault::{MasterKey, Secret},
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{StatusCode, redirect::Policy};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Nothing on loopback takes longer.
const PATIENCE: Duration = Duration::from_secs(20);
const TOKEN: &str = "a bearer token of a program, long enough";
const SECRET: &str = "an app secret";
/// It names no account: kept in the journal, shown nowhere.
const BODY: &str = r#"{"object":"page","entry":[{"time":1700000000000,"messaging":[]}]}"#;
/// An account nobody connected.
const FOREIGN: &str = r#"{"object":"page","entry":[{"id":"1","time":1700000000000,"messaging":[
    {"sender":{"id":"7"},"recipient":{"id":"1"},"timestamp":1700000000000,"message":{"mid":"m_1","text":"hello"}}]}]}"#;

/// An engine with both doors open.
struct House {
    engine: Engine,
    gate: Arc<Gate>,
    inbox: SocketAddr,
    door: SocketAddr,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path());
        config.hosts = Hosts::all_at("http://127.0.0.1:9");
        let engine = Engine::open(Opening {
            config,
            key: MasterKey::random(),
            key_home: "a test".into(),
            clock: Clock::system(),
            host: Host::Server,
            demo: None,
        })
        .await
        .expect("the engine opens");
        engine.tasks().keep("door", {
            let engine = engine.clone();
            move |stop| run_door(engine.clone(), stop)
        });
        let secret = SecretText(SECRET.into());
        engine.ask(call::SetAppSecret { name: "test".into(), secret }).await.unwrap();
        let door = open_door(&engine, true).await.expect("the door is open");

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inbox = listener.local_addr().unwrap();
        let gate =
            Arc::new(Gate::new(inbox, vec![], &[Secret::new(TOKEN)], folder.path().join("browsers.json")));
        let stop = engine.tasks().stopping();
        let app = web::router(engine.clone(), Arc::clone(&gate), stop.clone());
        let limits = Limits { connections: 16, head: PATIENCE };
        engine.tasks().once(listen::serve(listener, app, limits, stop));
        Self { engine, gate, inbox, door, client: client(), _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.inbox)
    }

    async fn journal(&self) -> u64 {
        self.engine.ask(call::GetStorage {}).await.unwrap().journal_rows
    }

    async fn deliver(&self, body: impl Into<reqwest::Body>, signature: Option<String>) -> StatusCode {
        let mut request = self.client.post(format!("http://{}/webhook", self.door)).body(body);
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        request.send().await.unwrap().status()
    }

    /// A browser that used a link.
    async fn cookie(&self) -> String {
        let opened = self.client.get(self.gate.link()).send().await.unwrap();
        assert_eq!(
            (opened.status(), opened.headers()["location"].to_str().unwrap()),
            (StatusCode::SEE_OTHER, "/")
        );
        opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    async fn end(self) {
        timeout(PATIENCE, self.engine.stop()).await.expect("everything stops, open streams too");
    }
}

#[allow(clippy::disallowed_methods, reason = "a stranger has no client of ours")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build().unwrap()
}

/// Wishes the door open or shut and waits until it is.
async fn open_door(engine: &Engine, enabled: bool) -> Option<SocketAddr> {
    let mut events = engine.events();
    engine.ask(call::SetWebhookDoor { enabled, listen: "127.0.0.1:0".into() }).await.unwrap();
    let settled = async {
        loop {
            let door = engine.ask(call::GetWebhookDoor {}).await.unwrap();
            assert_eq!(door.problem, None);
            if door.listening.is_some() == enabled {
                return door.listening.map(|at| at.parse().unwrap());
            }
            events.next().await;
        }
    };
    timeout(PATIENCE, settled).await.expect("the door does as wished")
}

fn signed(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// What comes back when these bytes are written and nothing more, until the other side closes.
async fn exchange(at: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A reset after the answer is an end too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it does not wait for ever");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_echoes_the_challenge_to_whoever_knows_the_word() {
    let house = House::new().await;
    let word = house.engine.ask(call::GetWebhookDoor {}).await.unwrap().verify_token;
    let ask = |query: String| {
        let url = format!("http://{}/webhook?{query}", house.door);
        house.client.get(url).send()
    };
    let good =
        ask(format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={word}")).await.unwrap();
    assert_eq!(good.status(), 200);
    assert_eq!(good.text().await.unwrap(), "1158201444");
    for bad in [
        String::new(),
        format!("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={word}"),
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=".into(),
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess".into(),
        format!("hub.mode=subscribe&hub.challenge={}&hub.verify_token={word}", "1".repeat(1000)),
    ] {
        assert_eq!(ask(bad.clone()).await.unwrap().status(), 403, "{bad}");
    }
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_one_of_our_secrets_signed_is_stored() {
    let house = House::new().await;
    let secret = SecretText("another app's".into());
    house.engine.ask(call::SetAppSecret { name: "second".into(), secret }).await.unwrap();
    let before = house.journal().await;
    let right = signed(SECRET, BODY.as_bytes());
    for bad in [
        None,
        Some(String::new()),
        Some("sha256=".into()),
        Some(right.replace("sha256", "sha1")),
        Some(format!("{right}00")),
        Some(signed("a stranger's", BODY.as_bytes())),
        Some(signed("", BODY.as_bytes())),
        Some(signed(SECRET, b"another body")),
    ] {
        assert_eq!(house.deliver(BODY, bad.clone()).await, 401, "{bad:?}");
    }
    assert_eq!(house.journal().await, before, "nothing was stored");
    assert_eq!(house.deliver(BODY, Some(right)).await, 200);
    assert_eq!(house.deliver(BODY, Some(signed("another app's", BODY.as_bytes()))).await, 200);
    assert_eq!(house.journal().await, before + 2, "stored before it was answered");
    let door = house.engine.ask(call::GetWebhookDoor {}).await.unwrap();
    assert_eq!((door.accepted, door.refused), (2, 8));
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_other_accounts_is_answered_and_not_stored() {
    let house = House::new().await;
    let before = house.journal().await;
    assert_eq!(house.deliver(FOREIGN, Some(signed(SECRET, FOREIGN.as_bytes()))).await, 200);
    assert_eq!(house.journal().await, before);
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_secret_signs_nothing_at_once() {
    let house = House::new().await;
    let signature = || Some(signed(SECRET, BODY.as_bytes()));
    assert_eq!(house.deliver(BODY, signature()).await, 200);
    house
        .engine
        .ask(call::SetAppSecret { name: "test".into(), secret: SecretText(String::new()) })
        .await
        .unwrap();
    assert_eq!(house.deliver(BODY, signature()).await, 401);
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_delivery_is_taken_and_a_larger_one_refused() {
    let house = House::new().await;
    let padded = |size: usize| {
        let mut body = BODY.to_owned();
        body.push_str(&" ".repeat(size - BODY.len()));
        body
    };
    let fits = padded(webhook::LARGEST);
    assert_eq!(house.deliver(fits.clone(), Some(signed(SECRET, fits.as_bytes()))).await, 200);
    let head = |more: &str| {
        format!("POST /webhook HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\n{more}\r\n\r\n")
    };
    let announced = exchange(house.door, head("Content-Length: 3145729").as_bytes()).await;
    assert!(announced.starts_with("HTTP/1.1 413"), "refused before it is read: {announced}");
    // Chunks do not say how many there will be.
    let mut chunked = head("Transfer-Encoding: chunked").into_bytes();
    for _ in 0..4 {
        chunked.extend_from_slice(b"100000\r\n");
        chunked.resize(chunked.len() + 0x10_0000, b' ');
        chunked.extend_from_slice(b"\r\n");
    }
    let mut stream = TcpStream::connect(house.door).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let mut answer = vec![0; 12];
    let read = async {
        timeout(PATIENCE, reading.read_exact(&mut answer)).await.expect("answered").expect("before it ends");
    };
    let write = async {
        // The other side may close while we write.
        let _ = writing.write_all(&chunked).await;
    };
    tokio::join!(read, write);
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
    house.end().await;
}

/// A door that stores nothing, with short time-outs; counts what reached the store.
async fn impatient_door(fails: bool) -> (SocketAddr, Arc<AtomicUsize>, tokio_util::sync::CancellationToken) {
    let (sender, wish) = tokio::sync::watch::channel(engine::answers::DoorWish {
        secrets: vec![Secret::new(SECRET)],
        ..Default::default()
    });
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let app = webhook::router(
        "/webhook",
        Door {
            wish,
            take: Arc::new(move |_| {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = &sender;
                Box::pin(async move { if fails { Err(engine::intake::TakeError::Stopping) } else { Ok(()) } })
            }),
            report: Box::new(|_| {}),
            body_time: Duration::from_millis(300),
        },
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let limits = Limits { connections: 2, head: Duration::from_millis(300) };
    tokio::spawn(listen::serve(listener, app, limits, stop.clone()));
    (at, taken, stop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_dawdles_loses_its_connection_and_others_get_theirs() {
    let (at, taken, stop) = impatient_door(false).await;
    let signature = signed(SECRET, BODY.as_bytes());
    let head = format!(
        "POST /webhook HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\n\r\n",
        BODY.len()
    );
    let half = [head.as_bytes(), &BODY.as_bytes()[..10]].concat();
    let slow_body = exchange(at, &half);
    let slow_head = exchange(at, b"POST /webhook HTTP/1.1\r\nHost:");
    let (slow_body, _) = tokio::join!(slow_body, slow_head);
    assert!(slow_body.starts_with("HTTP/1.1 408"), "{slow_body}");
    // Both places were taken; they are free again.
    let whole = [head.as_bytes(), BODY.as_bytes()].concat();
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(&whole).await.unwrap();
    let mut answer = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert_eq!(taken.load(Ordering::SeqCst), 1, "half a body is nothing");
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_stored_is_answered_so_that_meta_tries_again() {
    let (at, taken, stop) = impatient_door(true).await;
    let answer = client()
        .post(format!("http://{at}/webhook"))
        .header("X-Hub-Signature-256", signed(SECRET, BODY.as_bytes()))
        .body(BODY)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(taken.load(Ordering::SeqCst), 1);
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_closes_and_moves_when_the_settings_say_so() {
    let house = House::new().await;
    assert_eq!(open_door(&house.engine, false).await, None);
    assert!(TcpStream::connect(house.door).await.is_err(), "nobody listens");
    let again = open_door(&house.engine, true).await.unwrap();
    assert!(TcpStream::connect(again).await.is_ok());
    // An address that another program has is said in words.
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut events = house.engine.events();
    house.engine.ask(call::SetWebhookDoor { enabled: true, listen }).await.unwrap();
    let told = async {
        loop {
            if let Some(problem) = house.engine.ask(call::GetWebhookDoor {}).await.unwrap().problem {
                return problem;
            }
            events.next().await;
        }
    };
    let problem = timeout(PATIENCE, told).await.unwrap();
    assert!(problem.message.contains("another program"), "{problem}");
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_one_browser_in_and_then_no_other() {
    let house = House::new().await;
    let link = house.gate.link();
    assert_eq!(house.client.head(&link).send().await.unwrap().status(), 405, "a preview does not use it up");
    let first = house.client.get(&link).send().await.unwrap();
    assert_eq!(first.status(), 303);
    let second = house.client.get(&link).header("accept", "text/html").send().await.unwrap();
    assert_eq!(second.status(), 401);
    assert!(second.text().await.unwrap().contains("heliograph-server link"), "it says how to get another");
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_clicked_in_web_mail_goes_on_from_our_own_page() {
    let house = House::new().await;
    let opened =
        house.client.get(house.gate.link()).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(opened.status(), 200);
    assert!(opened.headers().contains_key("set-cookie"));
    assert!(opened.text().await.unwrap().contains("url=/"));
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_nothing_but_a_page_that_explains() {
    let house = House::new().await;
    for path in ["/", "/c/12", "/index.html", "/events", &format!("/media/{}", "0".repeat(64))] {
        let answer = house.client.get(house.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(answer.headers().contains_key("content-security-policy"));
    }
    let call =
        house.client.post(house.url("/call")).body(r#"{"call":"GetStatus","with":{}}"#).send().await.unwrap();
    assert_eq!(call.status(), 403, "no origin and no token");
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_asks_only_from_our_own_page() {
    let house = House::new().await;
    let cookie = house.cookie().await;
    let origin = house.url("");
    let ask = |origin: Option<&str>, host: Option<&str>| {
        let mut request = house
            .client
            .post(house.url("/call"))
            .header("cookie", &cookie)
            .header("content-type", "application/json")
            .body(r#"{"call":"GetStatus","with":{}}"#);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(host) = host {
            request = request.header("host", host);
        }
        request.send()
    };
    let good = ask(Some(&origin), None).await.unwrap();
    assert_eq!(good.status(), 200);
    let status: serde_json::Value = serde_json::from_str(&good.text().await.unwrap()).unwrap();
    assert_eq!(status["host"], "server");
    assert_eq!(ask(Some("http://evil.example"), None).await.unwrap().status(), 403);
    assert_eq!(ask(Some("http://127.0.0.1:1"), None).await.unwrap().status(), 403);
    assert_eq!(ask(None, None).await.unwrap().status(), 403);
    assert_eq!(ask(Some("http://evil.example"), Some("evil.example")).await.unwrap().status(), 421);
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_calls_with_its_token_and_reads_problems() {
    let house = House::new().await;
    let ask = |token: &str, body: &str| {
        house
            .client
            .post(house.url("/call"))
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
    };
    let good = ask(TOKEN, r#"{"call":"ListAccounts","with":{}}"#).await.unwrap();
    assert_eq!((good.status().as_u16(), good.text().await.unwrap().as_str()), (200, "[]"));
    assert_eq!(ask("wrong", r#"{"call":"ListAccounts","with":{}}"#).await.unwrap().status(), 401);
    for (body, status, code) in [
        (r#"{"call":"Nonsense","with":{}}"#, 400, "bad_request"),
        (r#"{"call":"GetConversation","with":{"conversation":"x"}}"#, 400, "bad_request"),
        (r#"{"call":"GetConversation","with":{"conversation":4711}}"#, 404, "not_found"),
        ("nonsense", 400, "bad_request"),
    ] {
        let answer = ask(TOKEN, body).await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
        let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(problem["code"], code, "{body}");
    }
    let large = format!(r#"{{"call":"Nonsense","with":"{}"}}"#, "x".repeat(1024 * 1024));
    assert_eq!(ask(TOKEN, &large).await.unwrap().status(), 413);
    let link = house.client.post(house.url("/link")).bearer_auth(TOKEN).send().await.unwrap();
    let link: String = serde_json::from_str(&link.text().await.unwrap()).unwrap();
    assert_eq!(house.client.get(&link).send().await.unwrap().status(), 303, "the link it got works");
    house.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_stream_to_the_browser_and_end_with_the_engine() {
    let house = House::new().await;
    let cookie = house.cookie().await;
    let mut stream = house.client.get(house.url("/events")).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let settings = house.engine.ask(call::GetSettings {}).await.unwrap();
    house.engine.ask(call::SaveSettings { settings }).await.unwrap();
    let mut heard = String::new();
    while !heard.contains(r#"data: {"event":"settings_changed"}"#) {
        let chunk =
            timeout(PATIENCE, stream.chunk()).await.expect("told in time").unwrap().expect("still open");
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let rest = async { while let Ok(Some(_)) = stream.chunk().await {} };
    let (rest, ()) = tokio::join!(timeout(PATIENCE, rest), house.end());
    rest.expect("the stream ends");
}
