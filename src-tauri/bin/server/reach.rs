//! How one command reaches the server that runs over the same folder: a note in the folder says where
//! it listens and carries a token of its own, readable by the owner alone.

use crate::Failed;
use engine::{
    model::{Problem, Request, call::Envelope},
    server::{gate, private},
    vault::Secret,
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

const NOTE: &str = "server.json";
/// Connecting an account asks Meta several times.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server, as its note says.
#[derive(Serialize, Deserialize)]
pub struct Running {
    at: SocketAddr,
    token: String,
}

/// The note of this process.
pub struct Note(PathBuf);

impl Running {
    /// A server at `at`, with a new token.
    pub fn new(at: SocketAddr) -> Self {
        Self { at: gate::reachable(at), token: hex::encode(rand::random::<[u8; 32]>()) }
    }

    pub fn token(&self) -> Secret {
        Secret::new(&self.token)
    }

    /// Leaves the note in `data`.
    pub fn announce(&self, data: &Path) -> Option<Note> {
        let path = data.join(NOTE);
        let written = serde_json::to_vec(self)
            .map_err(std::io::Error::from)
            .and_then(|json| private::write(&path, &json));
        match written {
            Ok(()) => Some(Note(path)),
            Err(error) => {
                tracing::warn!(%error, "other commands will not find this server");
                None
            }
        }
    }

    /// The server that runs over `data`, if its note is there.
    pub fn over(data: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(data.join(NOTE)).ok()?).ok()
    }

    /// Asks it for a new one-time link.
    pub async fn link(&self) -> Result<String, Failed> {
        let answer = self.post("/link", "").await?;
        serde_json::from_str(&answer).map_err(|_| misunderstood())
    }

    /// Asks its engine.
    pub async fn ask<R: Request>(&self, request: &R) -> Result<R::Reply, Failed> {
        let envelope = Envelope { call: R::NAME.to_owned(), with: request };
        let body = serde_json::to_string(&envelope).map_err(Failed::new)?;
        serde_json::from_str(&self.post("/call", &body).await?).map_err(|_| misunderstood())
    }

    async fn post(&self, path: &str, body: &str) -> Result<String, Failed> {
        let silent =
            |_| Failed::new(format!("The server at {} does not answer. Is it still running?", self.at));
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().map_err(Failed::new)?;
        let answer = client
            .post(format!("http://{}{path}", self.at))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
            .await
            .map_err(silent)?;
        let good = answer.status().is_success();
        let text = answer.text().await.map_err(silent)?;
        if good {
            return Ok(text);
        }
        Err(match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => Failed::new(problem),
            Err(_) => misunderstood(),
        })
    }
}

impl Note {
    /// Takes the note away: the server ends.
    pub fn withdraw(self) {
        let _ = std::fs::remove_file(self.0);
    }
}

fn misunderstood() -> Failed {
    Failed::new("The server's answer was not understood. Is another version of Heliograph running?")
}
