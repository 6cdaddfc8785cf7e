//! The chaos story: a desk in a bad world, killed ten times, and in the end its database says what Meta says.
//!
//! `cargo test --test chaos -- --seeds 200 --from 1` tells more of them; `--seed N` one of them. What a seed that fails
//! leaves behind is kept in `target/tmp/chaos/N`: the database, the desk's log and a report.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "it is a command")]

mod agent;
mod desk;
mod lost;
mod people;
mod process;
mod reckon;
mod settle;
mod story;

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};
use tokio::task::{JoinSet, LocalSet, spawn_local};

/// Seeds of a usual run.
const SEEDS: u64 = 20;
/// Stories told at the same time: mostly each waits for something.
const AT_ONCE: usize = 4;
/// No story lasts longer.
const LONGEST: Duration = Duration::from_secs(240);

fn main() -> ExitCode {
    if let Ok(start) = std::env::var(process::START) {
        return match process::run(&start) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("the desk does not open: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = words.iter().position(|w| w == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let (from, seeds) = match number("--seed") {
        Some(seed) => (seed, 1),
        None => (number("--from").unwrap_or(1), number("--seeds").unwrap_or(SEEDS)),
    };
    // A name to look for is meant for other tests; `--list` wants no work.
    let numbers = words.iter().filter(|w| w.parse::<u64>().is_ok()).count();
    let flags = words.iter().filter(|w| w.starts_with("--")).count();
    if words.iter().any(|w| w == "--list")
        || words.len() > numbers + flags && !words.iter().any(|w| w == "chaos")
    {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    // A story stays on one thread; its simulator does not.
    runtime.block_on(LocalSet::new().run_until(all(from, seeds)))
}

async fn all(from: u64, seeds: u64) -> ExitCode {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("chaos");
    let began = Instant::now();
    println!("\nrunning {seeds} stories, from seed {from} on");
    let (mut next, end) = (from, from + seeds);
    let (mut good, mut bad) = (0, Vec::new());
    let mut telling = JoinSet::new();
    loop {
        while telling.len() < AT_ONCE && next < end {
            let (seed, home) = (next, folder.join(next.to_string()));
            next += 1;
            telling.spawn_local(async move { (seed, one(seed, home).await) });
        }
        let Some(told) = telling.join_next().await else { break };
        let (seed, (findings, took)) = told.expect("a story ends");
        let seconds = took.as_secs_f64();
        if findings.is_empty() {
            good += 1;
            println!("seed {seed} ... ok, {seconds:.1} s");
            let _ = std::fs::remove_dir_all(folder.join(seed.to_string()));
            continue;
        }
        println!("seed {seed} ... FAILED after {seconds:.1} s");
        for finding in findings.iter().take(12) {
            println!("    {finding}");
        }
        println!("    again: cargo test -p heliograph --no-default-features --test chaos -- --seed {seed}");
        println!("    kept in {}", folder.join(seed.to_string()).display());
        bad.push(seed);
    }
    let word = if bad.is_empty() { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {good} passed; {} failed; 0 ignored; 0 measured; 0 filtered out; finished in {:.2}s\n",
        bad.len(),
        began.elapsed().as_secs_f64()
    );
    if bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tells one story; a panic in it is a finding.
async fn one(seed: u64, home: PathBuf) -> (Vec<String>, Duration) {
    let began = Instant::now();
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(home.join("data")).expect("a folder");
    let telling = spawn_local(story::tell(seed, home));
    let stop = telling.abort_handle();
    let findings = match tokio::time::timeout(LONGEST, telling).await {
        Ok(Ok(findings)) => findings,
        Ok(Err(broke)) => vec![format!("it broke: {broke}")],
        Err(_) => {
            stop.abort();
            vec!["it did not end".to_owned()]
        }
    };
    (findings, began.elapsed())
}
