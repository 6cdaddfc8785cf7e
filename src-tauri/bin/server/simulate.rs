//! `simulate`: a pretend Meta, alone, for scripts and for trying things out.

use crate::Failed;
use clap::Args;
use heliograph_simulator::{Command, run_command};
use std::net::SocketAddr;

#[derive(Args)]
pub struct Simulate {
    /// Address it answers at.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8687")]
    listen: SocketAddr,
    /// The same seed, the same people.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Conversations over all accounts.
    #[arg(long, value_name = "N", default_value_t = 300)]
    people: u32,
    /// Messages over all conversations.
    #[arg(long, value_name = "N", default_value_t = 5000)]
    messages: u32,
    /// Where webhooks are delivered.
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Signs the webhooks [default: the simulated app's own secret].
    #[arg(long, value_name = "SECRET")]
    secret: Option<String>,
    /// People keep writing and answer replies.
    #[arg(long)]
    busy: bool,
    /// Say where it is in one line of JSON.
    #[arg(long)]
    json: bool,
}

impl Simulate {
    pub async fn run(self) -> Result<(), Failed> {
        let Self { listen, seed, people, messages, webhook, secret, busy, json } = self;
        run_command(Command { listen, seed, people, messages, webhook, secret, busy, json })
            .await
            .map_err(Failed::new)
    }
}
