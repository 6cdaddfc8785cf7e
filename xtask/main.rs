//! The README's commands. Each sets up what it needs, says what it does, and never hangs: every child
//! has a deadline.

mod check;
mod demo;
mod process;
mod setup;
mod tools;
mod ui;
mod wasm;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Heliograph's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the other commands need; says first what.
    Setup,
    /// Build the interface into ui/dist.
    Ui {
        #[arg(long)]
        release: bool,
    },
    /// Open the inbox in the demo world.
    Demo,
    /// Open the real app.
    Run,
    /// Run every check.
    Test {
        /// Only these steps, separated by commas.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// All but these.
        #[arg(long, value_delimiter = ',')]
        skip: Vec<String>,
    },
    /// Measure and print the table.
    Bench {
        #[arg(last = true)]
        rest: Vec<String>,
    },
    /// Take pictures of every page.
    Pictures {
        /// Also renew those of the README.
        #[arg(long)]
        readme: bool,
    },
    /// Make release bundles.
    Dist,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Setup => setup::all(),
        Command::Ui { release } => setup::for_ui().and_then(|()| ui::build(release)),
        Command::Demo => demo::demo(),
        Command::Run => demo::run(),
        Command::Test { only, skip } => check::all(&only, &skip),
        Command::Bench { rest } => demo::bench(&rest),
        Command::Pictures { readme } => demo::pictures(readme),
        Command::Dist => demo::dist(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\n{why}");
            ExitCode::FAILURE
        }
    }
}
