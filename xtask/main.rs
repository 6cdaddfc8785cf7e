//! The README's commands. Each sets up what it needs, says what it does, and never hangs: every child
//! has a deadline.

mod check;
mod demo;
mod process;
mod setup;
mod tools;
mod ui;
mod views;
mod wasm;

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

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
        /// Small instead of quick.
        #[arg(long)]
        release: bool,
        /// Build again whenever a source changes.
        #[arg(long)]
        watch: bool,
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
    /// Tell the chaos story from many seeds: a bad world, a desk that is killed, and in the end the truth.
    Soak {
        /// How many.
        #[arg(long, default_value_t = 200)]
        seeds: u64,
        /// The first of them.
        #[arg(long, default_value_t = 1)]
        from: u64,
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
    /// Cargo's runner for the interface's tests.
    #[command(hide = true)]
    RunViews {
        wasm: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = process::end_all_on_interrupt().and_then(|()| match Arguments::parse().command {
        Command::Setup => setup::all(),
        Command::Ui { release, watch: false } => setup::for_ui().and_then(|()| ui::build(release)),
        Command::Ui { release, watch: true } => setup::for_ui().and_then(|()| ui::watch(release)),
        Command::Demo => demo::demo(),
        Command::Run => demo::run(),
        Command::Test { only, skip } => check::all(&only, &skip),
        Command::Soak { seeds, from } => demo::soak(seeds, from),
        Command::Bench { rest } => demo::bench(&rest),
        Command::Pictures { readme } => demo::pictures(readme),
        Command::Dist => demo::dist(),
        Command::RunViews { wasm, words } => views::run(&wasm, &words),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\n{why}");
            ExitCode::FAILURE
        }
    }
}
