//! A Meta that answers what it was told to, in order per path, and remembers what it was asked.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, StatusCode, Uri},
};
use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Told {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

#[derive(Default)]
struct Inside {
    answers: Mutex<HashMap<String, VecDeque<Told>>>,
    asked: Mutex<Vec<Asked>>,
}

/// A running script; it ends with the test.
pub struct Script {
    pub origin: String,
    inside: Arc<Inside>,
}

impl Script {
    pub async fn start() -> Self {
        let inside = Arc::new(Inside::default());
        let app = Router::new().fallback(answer).with_state(inside.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin, inside }
    }

    /// Answers `path` with this JSON next; the last answer stays.
    pub fn on(&self, path: &str, body: Value) -> &Self {
        self.tell(path, 200, &[], body.to_string())
    }

    /// Answers `path` with a status.
    pub fn fail(&self, path: &str, status: u16, body: Value) -> &Self {
        self.tell(path, status, &[], body.to_string())
    }

    pub fn tell(&self, path: &str, status: u16, headers: &[(&'static str, &str)], body: String) -> &Self {
        let headers = headers.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        let told = Told { status, headers, body };
        self.inside.answers.lock().unwrap().entry(path.to_owned()).or_default().push_back(told);
        self
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.inside.asked.lock().unwrap().clone()
    }

    pub fn last(&self) -> Asked {
        self.asked().pop().expect("something was asked")
    }
}

async fn answer(
    State(inside): State<Arc<Inside>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path().to_owned();
    let query =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let body = String::from_utf8_lossy(&body).into_owned();
    inside.asked.lock().unwrap().push(Asked { path: path.clone(), query, headers, body });
    let mut answers = inside.answers.lock().unwrap();
    let told = match answers.get_mut(&path) {
        Some(queue) if queue.len() > 1 => queue.pop_front(),
        Some(queue) => queue.front().cloned(),
        None => None,
    };
    let missing = || Told {
        status: 404,
        headers: Vec::new(),
        body: format!(r#"{{"error":{{"message":"no answer scripted for {path}","code":2500}}}}"#),
    };
    let told = told.unwrap_or_else(missing);
    let mut response = Response::new(Body::from(told.body));
    *response.status_mut() = StatusCode::from_u16(told.status).unwrap();
    for (name, value) in told.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
