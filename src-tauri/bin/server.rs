//! Headless: the same engine behind HTTP, the simulator alone, or a look at what a delivery means.
//! Standard output carries what was asked for; everything else goes to standard error.

#[path = "server/account.rs"]
mod account;
#[path = "server/copies.rs"]
mod copies;
#[path = "server/explain.rs"]
mod explain;
#[path = "server/keys.rs"]
mod keys;
#[path = "server/link.rs"]
mod link;
#[path = "server/reach.rs"]
mod reach;
#[path = "server/rescue.rs"]
mod rescue;
#[path = "server/serve.rs"]
mod serve;
#[path = "server/simulate.rs"]
mod simulate;

use clap::{Parser, Subcommand};
use std::{
    fmt,
    io::{IsTerminal, Write},
    process::ExitCode,
};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Heliograph without a window.
#[derive(Parser)]
#[command(name = "heliograph-server", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the engine, the webhook door and the inbox for browsers.
    Serve(serve::Serve),
    /// Print a new one-time link to the inbox of a running server.
    Link(link::Link),
    /// Connect accounts, or list them.
    #[command(subcommand)]
    Account(account::Command),
    /// Give up what a lost key sealed.
    #[command(subcommand)]
    Secrets(rescue::Secrets),
    /// The app lock, where its words are forgotten.
    #[command(subcommand)]
    Lock(rescue::Lock),
    /// Write everything into one encrypted file.
    Backup(copies::Backup),
    /// Put a backup or a daily copy in place of the data, which is kept aside.
    Restore(copies::Restore),
    /// Write everything as JSON and CSV into one zip.
    Export(copies::Export),
    /// Say what webhook bodies mean: one line of JSON each.
    Explain(explain::Explain),
    /// Run a pretend Meta to practise against.
    Simulate(simulate::Simulate),
}

/// Why a command did not do what it was asked.
struct Failed {
    words: String,
    code: u8,
}

impl Failed {
    /// It was understood but did not succeed.
    fn new(words: impl fmt::Display) -> Self {
        Self { words: words.to_string(), code: 1 }
    }

    /// It cannot be done as it was asked.
    fn usage(words: impl fmt::Display) -> Self {
        Self { words: words.to_string(), code: 2 }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("HELIOGRAPH_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let written = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // The ring of the support bundle keeps what is written, and no more.
    tracing_subscriber::registry().with(filter).with(written).with(engine::log::Keep).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&Failed::new(format!("The system gave no threads: {error}."))),
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Serve(serve) => serve.run().await,
            Command::Link(link) => link.run().await,
            Command::Account(command) => command.run().await,
            Command::Secrets(command) => command.run().await,
            Command::Lock(command) => command.run().await,
            Command::Backup(backup) => backup.run().await,
            Command::Restore(restore) => restore.run().await,
            Command::Export(export) => export.run().await,
            Command::Explain(explain) => explain.run(),
            Command::Simulate(simulate) => simulate.run().await,
        }
    });
    // A read of standard input that is under way must not hold up the end.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => complain(&failed),
    }
}

fn complain(failed: &Failed) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "heliograph-server: {}", failed.words);
    ExitCode::from(failed.code)
}

/// Writes a line for whoever called us, at once. Whoever closed the pipe does not want it.
fn say(line: impl fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
