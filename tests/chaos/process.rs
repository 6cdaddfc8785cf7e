//! The desk as a process of its own: the real engine with its webhook door, over a clock that moves when it is told.
//! It speaks lines of JSON, and lives until it is killed.

use base64::Engine as _;
use engine::{
    Engine, Opening,
    clock::Clock,
    config::{Config, Hosts},
    model::{ConversationId, Host, Problem, Timestamp},
    server,
    vault::MasterKey,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    io::{BufRead, Write},
    path::PathBuf,
};
use tokio::sync::mpsc;

/// How the process is told what to do.
pub const START: &str = "HELIOGRAPH_CHAOS_DESK";

/// What it starts with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start {
    pub folder: PathBuf,
    pub key: String,
    /// Meta's.
    pub origin: String,
    pub now: i64,
    /// So many deliveries at the same moment are a burst.
    pub burst: usize,
}

/// A line that it is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Answer this call.
    Call { id: u64, call: String, with: Value },
    /// Take this file (base64) into a composer.
    Upload { id: u64, conversation: ConversationId, name: String, bytes: String },
    /// Time moves on by so many milliseconds.
    Tick(i64),
}

/// A line that it says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    Ready,
    Answer {
        id: u64,
        result: Result<Value, Problem>,
    },
    /// Something is different: asking again may help.
    Changed,
}

/// Runs the desk that `start` describes; returns when nobody speaks to it any more.
pub fn run(start: &str) -> Result<(), Box<dyn std::error::Error>> {
    let start: Start = serde_json::from_str(start)?;
    tracing_subscriber::fmt()
        .with_env_filter("warn,engine::sync=info,engine::outbox=info")
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(live(start))
}

async fn live(start: Start) -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::manual(Timestamp(start.now));
    let mut config = Config::new(&start.folder);
    config.hosts = Hosts::all_at(&start.origin);
    config.poll_every = (20_000, 120_000);
    config.sweep_every = 60_000;
    config.burst = start.burst;
    let engine = Engine::open(Opening {
        config,
        key: MasterKey::from_text(&start.key)?,
        key_home: "a story".into(),
        clock: clock.clone(),
        host: Host::Server,
        demo: None,
    })
    .await?;
    engine.tasks().keep("door", {
        let engine = engine.clone();
        move |stop| server::run_door(engine.clone(), stop)
    });
    let (say, mut said) = mpsc::unbounded_channel::<Saying>();
    std::thread::spawn(move || {
        let mut out = std::io::stdout().lock();
        while let Some(saying) = said.blocking_recv() {
            let line = serde_json::to_string(&saying).unwrap_or_default();
            if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    let mut events = engine.events();
    let news = say.clone();
    tokio::spawn(async move {
        while events.next().await.is_some() {
            while events.waiting().is_some() {}
            let _ = news.send(Saying::Changed);
        }
    });
    let (order, mut orders) = mpsc::unbounded_channel::<Order>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(told) => drop(order.send(told)),
                Err(error) => tracing::error!(%error, "an order could not be read"),
            }
        }
    });
    let _ = say.send(Saying::Ready);
    while let Some(told) = orders.recv().await {
        match told {
            Order::Tick(ms) => clock.advance(ms),
            Order::Call { id, call, with } => {
                let (engine, say) = (engine.clone(), say.clone());
                tokio::spawn(async move {
                    let result = engine.call(&call, with).await;
                    let _ = say.send(Saying::Answer { id, result });
                });
            }
            Order::Upload { id, conversation, name, bytes } => {
                let (engine, say) = (engine.clone(), say.clone());
                tokio::spawn(async move {
                    let result = upload(&engine, conversation, &name, &bytes).await;
                    let _ = say.send(Saying::Answer { id, result });
                });
            }
        }
    }
    Ok(())
}

async fn upload(
    engine: &Engine,
    conversation: ConversationId,
    name: &str,
    bytes: &str,
) -> Result<Value, Problem> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).unwrap_or_default();
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
    let upload = engine.upload(conversation, name, false, pieces).await?;
    Ok(json!(upload))
}
