//! Heliograph as a person meets it. Each command drives the real thing and prints its stories as `cargo
//! test` does; whatever it starts ends with it.

mod at_the_desk;
mod browser;
mod cases;
mod children;
mod desktop;
mod drivers;
mod latency;
mod page;
mod pictures;
mod pretended;
mod screen;
mod served;
mod simulator;
mod start;
mod stories;
mod views;
mod window;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Drives the inbox as a person would")]
struct Cli {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// The inbox in a headless browser, served by heliograph-server
    Browser {
        /// Only stories whose name contains this
        filter: Option<String>,
    },
    /// The desktop app through WebDriver
    Window {
        /// Only stories whose name contains this
        filter: Option<String>,
    },
    /// The desktop app among tray, dock, notifications, screen lock and windows beside it; no part of the checks yet
    Desk {
        /// Only stories whose name contains this
        filter: Option<String>,
    },
    /// Runs the interface's own tests, which lie prepared in a folder
    Views { folder: PathBuf },
    /// Takes a picture of every page
    Pictures {
        /// Where they go; target/pictures if not said
        #[arg(long)]
        into: Option<PathBuf>,
        /// Also renews those that the README shows
        #[arg(long)]
        readme: bool,
        /// Only pictures whose name contains this
        filter: Option<String>,
    },
    /// Measures the time from a webhook to its painted bubble
    Latency {
        /// How many messages
        #[arg(long, default_value_t = 60)]
        messages: usize,
    },
    /// Measures a start to a list one can use over a large inbox, beside that of an empty window
    Start {
        /// A filled data folder; `cargo bench … -- --fill DIR` makes one
        #[arg(long)]
        data: PathBuf,
        /// How many starts
        #[arg(long, default_value_t = 10)]
        times: usize,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().order {
        Order::Browser { filter } => browser::run(filter.as_deref()).await,
        Order::Window { filter } => window::run(window::Stories::Inbox, filter.as_deref()).await,
        Order::Desk { filter } => window::run(window::Stories::Desk, filter.as_deref()).await,
        Order::Views { folder } => views::run(&folder).await,
        Order::Pictures { into, readme, filter } => pictures::run(into, readme, filter.as_deref()).await,
        Order::Latency { messages } => latency::run(messages).await,
        Order::Start { data, times } => start::run(&data, times).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
