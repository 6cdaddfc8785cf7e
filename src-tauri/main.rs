//! Desktop: the inbox in a window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use clap::Parser;
use std::{io::Write, path::PathBuf, process::ExitCode};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// An inbox for Instagram, Messenger and WhatsApp.
#[derive(Parser)]
#[command(name = "heliograph", version)]
struct Arguments {
    /// Try it with a made-up world, apart from your own data.
    #[arg(long)]
    demo: bool,
    /// Keep everything in this folder instead of the usual one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Reach Meta's hosts at this address instead: a proxy, or a simulator.
    #[arg(long, value_name = "URL", env = "HELIOGRAPH_META")]
    meta: Option<url::Url>,
    /// Start without showing the window.
    #[arg(long)]
    hidden: bool,
    /// Started by the system when you signed in.
    #[arg(long, hide = true)]
    at_login: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The bus writes whole messages to its log, another start's arguments among them.
    let quiet = "info,zbus=warn,tracing=warn";
    let filter = EnvFilter::try_from_env("HELIOGRAPH_LOG").unwrap_or_else(|_| EnvFilter::new(quiet));
    let written = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // The ring of the support bundle keeps what is written, and no more.
    tracing_subscriber::registry().with(filter).with(written).with(engine::log::Keep).init();
    let Arguments { demo, data, meta, hidden, at_login } = arguments;
    match engine::desktop::run(engine::desktop::Options { demo, data, meta, hidden, at_login }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "heliograph: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
