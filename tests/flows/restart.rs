//! Any moment is a safe moment: killed servers, second starts, wrong keys, lost drafts.

use crate::desk::{PATIENCE, Scene, call, open};
use engine::{OpenError, model::*, vault::MasterKey};
use sqlx::{Connection, Row};
use std::{
    collections::HashSet,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Instant,
};

/// What scripts of this story show.
pub(crate) const BEARER: &str = "a-long-enough-bearer-token-for-a-story-0123456789";

/// A headless server as its own process, to be killed without warning.
pub(crate) struct Server {
    child: Child,
    door: String,
    pub origin: String,
}

impl Server {
    pub fn start(folder: &std::path::Path, key: &MasterKey) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heliograph-server"));
        let token = folder.join("token");
        if token.exists() {
            command.arg("serve").arg("--token-file").arg(token);
        } else {
            command.arg("serve");
        }
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--door", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env("HELIOGRAPH_KEY", key.to_text().reveal())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let out = child.stdout.take().expect("it speaks");
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let (mut door, mut origin) = (None, None);
        let deadline = Instant::now() + PATIENCE;
        while door.is_none() || origin.is_none() {
            let line = lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                .expect("it says where");
            if let Some(link) = line.strip_prefix("Open ") {
                origin = link.split("/open").next().map(str::to_owned);
            }
            if let Some(at) = line.strip_prefix("Webhooks at ") {
                door = Some(at.trim().to_owned());
            }
        }
        Self { child, door: door.unwrap(), origin: origin.unwrap() }
    }

    pub fn kill(mut self) {
        self.child.kill().expect("kill -9");
        self.child.wait().expect("it is gone");
    }
}

pub fn signed(secret: &str, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub fn whatsapp(number: &str, n: usize) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{
        "messaging_product":"whatsapp","metadata":{{"display_phone_number":"1","phone_number_id":"{number}"}},
        "contacts":[{{"profile":{{"name":"Person {p}"}},"wa_id":"16505550{p:03}"}}],
        "messages":[{{"from":"16505550{p:03}","id":"wamid.kill{n}","timestamp":"{t}","type":"text","text":{{"body":"Number {n}"}}}}]
        }}}}]}}]}}"#,
        p = n % 40,
        t = 1_790_000_000 + n,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_ten_thousand_webhooks_it_loses_none_it_answered_and_doubles_none() {
    const ALL: usize = 10_000;
    const LANES: usize = 64;
    // Until the last start the door answers bursts and takes nothing of them in: what a kill finds waiting is kept. It
    // is a burst as soon as some are taken in slowly while the other lanes wait.
    const ANSWER_ONLY: &str = "
        CREATE TRIGGER slowly BEFORE INSERT ON messages WHEN length(hex(randomblob(2000000))) < 0 BEGIN SELECT 1; END;
        CREATE TRIGGER not_yet BEFORE DELETE ON backlog BEGIN SELECT RAISE(ABORT, 'not yet'); END";
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.ask(call::SetAppSecret { name: "story".into(), secret: SecretText("kill".into()) }).await;
    let number = scene.sim(Channel::WhatsApp).meta_id;
    let (folder, key) = (scene.folder.clone(), scene.key.clone());
    let Scene { engine, meta, .. } = scene;
    engine.stop().await;
    in_the_database(folder.path(), ANSWER_ONLY).await;

    #[allow(clippy::disallowed_methods, reason = "Meta has no client of ours")]
    let client = reqwest::Client::new();
    let mut server = Server::start(folder.path(), &key);
    let mut waited = Vec::new();
    let mut answered: HashSet<usize> = HashSet::new();
    let mut todo: Vec<usize> = (0..ALL).collect();
    for kill_after in [ALL / 5, ALL / 5, usize::MAX] {
        let door = server.door.clone();
        let queue = std::sync::Arc::new(std::sync::Mutex::new(todo.clone()));
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..LANES {
            let (client, door, queue, tell, number) =
                (client.clone(), door.clone(), queue.clone(), tell.clone(), number.clone());
            tokio::spawn(async move {
                loop {
                    let Some(n) = queue.lock().unwrap().pop() else {
                        return;
                    };
                    let body = whatsapp(&number, n);
                    let signature = signed("kill", &body);
                    let sent =
                        client.post(&door).header("X-Hub-Signature-256", signature).body(body).send().await;
                    match sent {
                        Ok(answer) if answer.status() == 200 => {
                            let _ = tell.send(n);
                        }
                        Ok(_) => {}
                        Err(_) => return,
                    }
                }
            });
        }
        drop(tell);
        let mut now_answered = 0;
        let mut running = Some(server);
        while let Some(n) = told.recv().await {
            answered.insert(n);
            now_answered += 1;
            if now_answered >= kill_after
                && let Some(server) = running.take()
            {
                server.kill();
            }
        }
        server = match running {
            Some(server) => server,
            None => {
                waited.push(in_the_database(folder.path(), "SELECT count(*) FROM backlog").await);
                if waited.len() == 2 {
                    in_the_database(folder.path(), "DROP TRIGGER slowly; DROP TRIGGER not_yet").await;
                }
                Server::start(folder.path(), &key)
            }
        };
        // Meta tries again what was not answered with 200, and some of what was.
        todo = (0..ALL).filter(|n| !answered.contains(n) || n % 7 == 0).collect();
    }
    server.kill();
    assert_eq!(answered.len(), ALL, "in the end everything was answered");
    assert!(
        waited.len() == 2 && waited[0] > 0 && waited[1] > waited[0],
        "kills found answered ones: {waited:?}"
    );

    let engine = open(folder.path(), &key, &meta.origin()).await.expect("it opens after three kills");
    engine.caught_up().await.expect("what was answered is taken in");
    let scene = Scene { engine, meta, folder, key };
    let stored = scene.everything(account).await;
    let ids: Vec<_> = stored.iter().map(|r| r.0.as_str()).filter(|id| id.starts_with("wamid.kill")).collect();
    let distinct: HashSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (ALL, ALL), "each once");
    scene.end().await;
}

/// Runs something in the data of a server that is dead; the first figure of what it answers.
async fn in_the_database(folder: &std::path::Path, sql: &'static str) -> i64 {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("heliograph.db"));
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let row = sqlx::raw_sql(sql).fetch_optional(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    row.map_or(0, |row| row.get(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_kill() {
    let scene = Scene::new(6, 30).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let conversation = scene.conversations().await[0].id;
    let (folder, key) = (scene.folder.clone(), scene.key.clone());
    let Scene { engine, meta, .. } = scene;
    engine.stop().await;

    let token = folder.path().join("token");
    std::fs::write(&token, BEARER).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let server = Server::start(folder.path(), &key);
    #[allow(clippy::disallowed_methods, reason = "a script has no client of ours")]
    let kept = reqwest::Client::new()
        .post(format!("{}/call", server.origin))
        .bearer_auth(BEARER)
        .header("Content-Type", "application/json")
        .body(format!(
            r#"{{"call":"SaveDraft","with":{{"conversation":{conversation},"text":"Half a thought"}}}}"#
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(kept.status(), 200);
    server.kill();

    let engine = open(folder.path(), &key, &meta.origin()).await.unwrap();
    let scene = Scene { engine, meta, folder, key };
    assert_eq!(scene.ask(call::GetConversation { conversation }).await.draft, "Half a thought");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_over_the_same_data_says_so() {
    let scene = Scene::new(6, 12).await;
    let second = open(scene.folder.path(), &scene.key, &scene.meta.origin()).await;
    assert!(matches!(second.err(), Some(OpenError::Store(engine::store::OpenError::InUse { .. }))));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_explains_itself_and_changes_nothing() {
    let scene = Scene::new(6, 30).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let before = scene.everything(account).await;
    let Scene { engine, meta, folder, key } = scene;
    engine.stop().await;
    let refused = open(folder.path(), &MasterKey::random(), &meta.origin()).await.err().expect("it refuses");
    assert!(refused.to_string().contains("another key"), "{refused}");
    let engine = open(folder.path(), &key, &meta.origin()).await.expect("the right key still opens it");
    let scene = Scene { engine, meta, folder, key };
    assert_eq!(scene.everything(account).await, before);
    scene.end().await;
}
