//! The pretend Meta behind the demo world, spoken to over its control endpoint `/_sim`.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;

/// A running simulator.
#[derive(Clone)]
pub struct Simulator {
    origin: String,
    client: reqwest::Client,
}

impl Simulator {
    pub fn at(origin: &str) -> Result<Self> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(15)).build()?;
        Ok(Self { origin: origin.trim_end_matches('/').to_owned(), client })
    }

    /// Somebody never seen writes on this channel; answers who.
    pub async fn stranger_says(&self, channel: &str, text: &str) -> Result<String> {
        let said = self.post("say", &json!({"account": channel, "text": text})).await?;
        Ok(said["person"].as_str().context("nobody said it")?.to_owned())
    }

    /// That person writes.
    pub async fn says(&self, channel: &str, person: &str, text: &str) -> Result<()> {
        self.post("say", &json!({"account": channel, "person": person, "text": text})).await.map(|_| ())
    }

    /// The next `times` calls that match `only` fail in this way.
    pub async fn fault(&self, name: &str, times: u32, only: &str) -> Result<()> {
        self.post("faults", &json!({"name": name, "times": times, "only": only})).await.map(|_| ())
    }

    /// Changes how it behaves.
    pub async fn settings(&self, to: &Value) -> Result<()> {
        self.post("settings", to).await.map(|_| ())
    }

    /// The token of this account ends: its password was changed.
    pub async fn sign_in_dies(&self, account: &str) -> Result<()> {
        self.post("token", &json!({"account": account, "subcode": "460"})).await.map(|_| ())
    }

    /// How often our side has sent exactly this text, as Meta holds it.
    pub async fn sent(&self, text: &str) -> Result<usize> {
        let sends = self.get("sends").await?;
        let sends = sends.as_array().context("the simulator's sends are no list")?;
        Ok(sends.iter().filter(|send| send["text"] == text).count())
    }

    async fn get(&self, what: &str) -> Result<Value> {
        self.answer(self.client.get(format!("{}/_sim/{what}", self.origin))).await
    }

    async fn post(&self, what: &str, with: &Value) -> Result<Value> {
        let body = serde_json::to_vec(with)?;
        let request = self.client.post(format!("{}/_sim/{what}", self.origin));
        self.answer(request.header("content-type", "application/json").body(body)).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let response = request.send().await.context("the simulator does not answer")?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("the simulator refuses: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
