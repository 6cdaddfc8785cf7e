//! The app lock: a locked inbox shows people nothing, wherever they sit, and goes on receiving and sending.

use crate::{
    desk::{PATIENCE, Scene, call, list, secret},
    send::{seen, somebody_asks, status},
};
use engine::{
    model::{call::WHILE_LOCKED, *},
    server::{
        gate::Gate,
        listen::{self, Limits},
        web,
    },
};
use futures_util::StreamExt;
use reqwest::{Client, StatusCode, header, redirect::Policy};
use std::sync::Arc;
use tokio::{net::TcpListener, time::timeout};

const TOKEN: &str = "a bearer token of a program, long enough";
const PIN: &str = "2468";

/// The scene's inbox over HTTP, and a browser that is signed in.
struct Served {
    origin: String,
    client: Client,
    cookie: String,
}

impl Served {
    async fn over(scene: &Scene) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let gate =
            Arc::new(Gate::new(at, vec![], &[secret(TOKEN)], scene.folder.path().join("browsers.json")));
        let stop = scene.engine.tasks().stopping();
        let app = web::router(scene.engine.clone(), Arc::clone(&gate), stop.clone());
        scene.engine.tasks().once(listen::serve(
            listener,
            app,
            Limits { connections: 64, head: PATIENCE },
            stop,
        ));
        let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build().unwrap();
        let opened = client.get(gate.link()).send().await.unwrap();
        let cookie =
            opened.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { origin: format!("http://{at}"), client, cookie }
    }

    /// Asks as a browser's page would.
    async fn post(&self, path: &str, body: String) -> (StatusCode, String) {
        let request = self.client.post(format!("{}{path}", self.origin)).header(header::COOKIE, &self.cookie);
        let request =
            request.header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "application/json");
        let answer = request.body(body).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn call<R: Request>(&self, request: &R) -> StatusCode {
        let with = serde_json::to_string(request).unwrap();
        self.post("/call", format!(r#"{{"call":"{}","with":{with}}}"#, R::NAME)).await.0
    }

    async fn get(&self, path: &str) -> StatusCode {
        let request = self.client.get(format!("{}{path}", self.origin)).header(header::COOKIE, &self.cookie);
        request.send().await.unwrap().status()
    }

    /// Asks as a script would.
    async fn program<R: Request>(&self, request: &R) -> StatusCode {
        let with = serde_json::to_string(request).unwrap();
        let asked = self.client.post(format!("{}/call", self.origin)).bearer_auth(TOKEN);
        let asked = asked.header(header::CONTENT_TYPE, "application/json");
        let body = format!(r#"{{"call":"{}","with":{with}}}"#, R::NAME);
        asked.body(body).send().await.unwrap().status()
    }
}

fn words(text: &str) -> SecretText {
    SecretText(text.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_inbox_answers_people_nothing_and_goes_on_receiving_and_sending() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let asked = somebody_asks(&scene, Channel::Messenger, "Are you open on Sunday?").await;
    let served = Served::over(&scene).await;
    assert_eq!(served.call(&list(Filter::default())).await, 200);
    scene.ask(call::SetLock { kind: LockKind::Pin, words: words(PIN), current: None }).await;
    scene.settings(|s| s.sending.undo_seconds = 1).await;
    let reply = call::SendText {
        conversation: asked.id,
        text: "From ten to two.".into(),
        key: "sunday".into(),
        manner: Manner::default(),
    };
    assert_eq!(served.call(&reply).await, 200);
    assert_eq!(served.call(&call::LockNow {}).await, 200);

    for name in call::NAMES.iter().filter(|name| !WHILE_LOCKED.contains(name)) {
        let (status, answer) = served.post("/call", format!(r#"{{"call":"{name}","with":{{}}}}"#)).await;
        assert_eq!(status, StatusCode::LOCKED, "{name} answered {answer}");
        assert!(!answer.contains("Sunday"), "{answer}");
    }
    assert_eq!(served.get(&format!("/media/{}", "0".repeat(64))).await, StatusCode::LOCKED);
    assert_eq!(served.post("/upload?conversation=1&name=a", "x".into()).await.0, StatusCode::LOCKED);
    assert_eq!(scene.engine.media(&"0".repeat(64)).await, None);
    assert_eq!(served.call(&call::GetLock {}).await, 200);
    // A program has a key of its own.
    assert_eq!(served.program(&list(Filter::default())).await, 200);

    // What happens meanwhile is not told to a browser, and happens all the same.
    let stream =
        served.client.get(format!("{}/events", served.origin)).header(header::COOKIE, &served.cookie);
    let mut stream = stream.send().await.unwrap().bytes_stream();
    status(
        &scene,
        asked.id,
        "From ten to two.",
        &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
    )
    .await;
    assert_eq!(seen(&scene, "From ten to two."), 1);
    somebody_asks(&scene, Channel::Messenger, "And on Monday?").await;

    assert_eq!(served.call(&call::Unlock { words: words("0000") }).await, StatusCode::FORBIDDEN);
    assert_eq!(served.call(&list(Filter::default())).await, StatusCode::LOCKED);
    assert_eq!(served.call(&call::Unlock { words: words(PIN) }).await, 200);
    assert_eq!(served.call(&list(Filter::default())).await, 200);
    let heard = async {
        let mut text = String::new();
        while text.matches("lock_changed").count() < 2 {
            text.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
        }
        text
    };
    let heard = timeout(PATIENCE, heard).await.expect("the wrong try and the unlocking are told");
    let first = heard.find("lock_changed").unwrap();
    assert!(!heard[..first].contains("conversation"), "nothing else was told before: {heard}");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_start_is_locked_and_the_draft_is_still_there() {
    let scene = Scene::new(6, 30).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let conversation = scene.conversations().await[0].id;
    scene.ask(call::SaveDraft { conversation, text: "Half a thought".into() }).await;
    let set = call::SetLock { kind: LockKind::Passphrase, words: words("a green meadow"), current: None };
    assert!(!scene.ask(set).await.locked, "whoever sets it is here");
    let Scene { engine, meta, folder, key } = scene;
    engine.stop().await;

    let engine = crate::desk::open(folder.path(), &key, &meta.origin()).await.expect("it opens");
    let ask = || engine.call("GetConversation", serde_json::json!({ "conversation": conversation }));
    assert_eq!(ask().await.unwrap_err().code, Code::Locked);
    let unlock = serde_json::json!({ "words": "a green meadow" });
    engine.call("Unlock", unlock).await.expect("it opens");
    assert_eq!(ask().await.unwrap()["draft"], "Half a thought");
    Scene { engine, meta, folder, key }.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_forgotten_are_taken_off_by_whoever_may_use_the_files() {
    let scene = Scene::new(6, 12).await;
    scene.ask(call::SetLock { kind: LockKind::Pin, words: words(PIN), current: None }).await;
    let Scene { engine, meta, folder, key } = scene;
    let remove = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_heliograph-server"));
        command.args(["lock", "remove", "--data"]).arg(folder.path()).output().unwrap()
    };
    assert!(!remove().status.success(), "not while it is in use");
    engine.stop().await;
    assert!(remove().status.success());
    let engine = crate::desk::open(folder.path(), &key, &meta.origin()).await.expect("it opens");
    assert!(!engine.is_shut());
    Scene { engine, meta, folder, key }.end().await;
}
