//! A small world, a client, and a webhook that keeps what it gets.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use heliograph_simulator::{Options, SimAccount, Simulator, WebhookTarget, start};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const NOW: i64 = 1_795_000_000_000;
pub const SECRET: &str = "a secret of the app";
pub const HOUR: i64 = 3_600_000;

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    pub fn error(&self) -> (i64, Option<i64>) {
        (
            self.json["error"]["code"].as_i64().unwrap_or_default(),
            self.json["error"]["error_subcode"].as_i64(),
        )
    }
}

pub struct Desk {
    pub sim: Simulator,
    pub http: reqwest::Client,
}

impl Desk {
    pub async fn new(people: u32, messages: u32) -> Self {
        Self::with(Options { people, messages, start_at_ms: Some(NOW), seed: 5, ..Options::default() }).await
    }

    pub async fn with(options: Options) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        Self { sim: start(options).await.unwrap(), http }
    }

    pub fn account(&self, channel: &str) -> SimAccount {
        self.sim.accounts().into_iter().find(|a| a.channel == channel).unwrap()
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.sim.origin()) };
        let mut request = self.http.get(url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        read(request.send().await.unwrap()).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        let request = self.http.post(format!("{}{path}", self.sim.origin())).bearer_auth(token).json(&body);
        read(request.send().await.unwrap()).await
    }

    /// A text to somebody by the Send API of Messenger or Instagram.
    pub async fn send(&self, account: &SimAccount, person: &str, text: &str) -> Answer {
        let body = serde_json::json!({
            "recipient": { "id": person }, "messaging_type": "RESPONSE", "message": { "text": text },
        });
        self.post(&account.token, "/v26.0/me/messages", body).await
    }

    /// A text to somebody on WhatsApp.
    pub async fn send_whatsapp(&self, person: &str, text: &str) -> Answer {
        let account = self.account("whatsapp");
        let body = serde_json::json!({
            "messaging_product": "whatsapp", "to": person, "type": "text", "text": { "body": text },
            "biz_opaque_callback_data": "ours-1",
        });
        self.post(&account.token, &format!("/v26.0/{}/messages", account.meta_id), body).await
    }
}

async fn read(answer: reqwest::Response) -> Answer {
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let json = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null);
    Answer { status, headers, json }
}

/// A webhook: keeps bodies and signatures, and refuses as often as it is told.
#[derive(Clone, Default)]
pub struct Hook {
    got: Arc<Mutex<Vec<(String, Bytes)>>>,
    refuse: Arc<Mutex<u32>>,
}

impl Hook {
    /// Serves it and makes it the target of a fresh world.
    pub async fn serve(self) -> WebhookTarget {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let router = Router::new().route("/webhook", post(take).get(prove)).with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        WebhookTarget { url, secret: SECRET.to_owned() }
    }

    pub fn refuse(&self, times: u32) {
        *self.refuse.lock().unwrap() = times;
    }

    pub fn got(&self) -> Vec<(String, Bytes)> {
        self.got.lock().unwrap().clone()
    }

    /// The `message` objects of all bodies, in order.
    pub fn messages(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for (_, body) in self.got() {
            let body: Value = serde_json::from_slice(&body).unwrap();
            for entry in body["entry"].as_array().unwrap() {
                for item in entry["messaging"].as_array().into_iter().flatten() {
                    if item["message"].is_object() {
                        all.push(item["message"].clone());
                    }
                }
            }
        }
        all
    }

    /// The `value` objects of all WhatsApp changes, in order.
    pub fn values(&self) -> Vec<Value> {
        let bodies = self.got();
        let bodies = bodies.iter().map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap());
        bodies
            .flat_map(|body| body["entry"].as_array().unwrap().clone())
            .flat_map(|entry| entry["changes"].as_array().cloned().unwrap_or_default())
            .map(|change| change["value"].clone())
            .collect()
    }
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut refuse = hook.refuse.lock().unwrap();
    if *refuse > 0 {
        *refuse -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let signature = headers["x-hub-signature-256"].to_str().unwrap().to_owned();
    hook.got.lock().unwrap().push((signature, body));
    StatusCode::OK
}

async fn prove(Query(query): Query<HashMap<String, String>>) -> (StatusCode, String) {
    match query.get("hub.verify_token").map(String::as_str) {
        Some("wrong") | None => (StatusCode::FORBIDDEN, String::new()),
        Some(_) => (StatusCode::OK, query["hub.challenge"].clone()),
    }
}

/// A small world with a webhook.
pub async fn hooked() -> (Desk, Hook) {
    let hook = Hook::default();
    let target = hook.clone().serve().await;
    let options = Options {
        people: 12,
        messages: 60,
        start_at_ms: Some(NOW),
        seed: 5,
        webhook: Some(target),
        ..Options::default()
    };
    (Desk::with(options).await, hook)
}
