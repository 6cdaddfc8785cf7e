//! `cargo xtask bench`: the figures of benches/README.md, all measured in one run on this machine, so that
//! the ratios mean something whatever the machine's speed. Arguments: `--messages N` for the large inbox
//! (default 1000000), and the names of measurements to take alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

mod door;
mod files;
mod import;
mod inbox;
mod kinds;
mod lists;
mod long;
mod memory;
mod search;
mod table;

use std::time::Duration;
use table::Table;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let mut messages = 1_000_000;
    let mut wanted: Vec<String> = Vec::new();
    let mut fill = None;
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--messages" => messages = rest.next().and_then(|n| n.parse().ok()).expect("--messages N"),
            // Memory is measured in a process of its own, which has done nothing else.
            "--resident" => return memory::resident(std::path::Path::new(&rest.next().expect("a folder"))),
            "--resident-files" => {
                return files::resident(std::path::Path::new(&rest.next().expect("a folder")));
            }
            // For what is measured in the window: `cargo run -p heliograph-e2e -- start --data DIR`.
            "--fill" => fill = Some(rest.next().expect("--fill DIR")),
            name => wanted.push(name.to_owned()),
        }
    }
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let Some(folder) = fill {
        return runtime.block_on(inbox::fill_into(std::path::Path::new(&folder), messages));
    }
    let mut table = Table::default();
    runtime.block_on(async {
        if wants("door") {
            door(&mut table, &door::measure().await);
        }
        if wants("import") {
            import::measure(&mut table).await;
        }
        if wants("kinds") {
            kinds::measure(&mut table).await;
        }
        if wants("long") {
            long::measure(&mut table).await;
        }
        if wants("files") {
            files::measure(&mut table).await;
        }
        if ["lists", "search", "memory"].iter().any(|name| wants(name)) {
            let small = inbox::fill(10_000).await;
            let large = inbox::fill(messages).await;
            if wants("lists") {
                lists::measure(&mut table, &small, &large).await;
            }
            if wants("search") {
                search::measure(&mut table, &large).await;
            }
            if wants("memory") {
                memory::measure(&mut table, &large).await;
            }
        }
    });
    table.print();
}

fn door(table: &mut Table, door: &door::Figures) {
    let door::Figures { verified, burst, on_end } = door;
    let share = burst.rate / verified;
    table.row(
        "webhook door, 32 connections, durable",
        format!("{:.0}/s, verifying only {verified:.0}/s: {share:.2} of it", burst.rate),
        "at least half of verifying only",
        Some(share >= 0.5),
    );
    table.row(
        "webhook door, answer",
        format!("p50 {}, p99 {}", table::ms(burst.p50), table::ms(burst.p99)),
        "p99 under 20 ms",
        Some(burst.p99 < Duration::from_millis(20)),
    );
    table.row(
        "webhook door, in the inbox after the burst",
        format!(
            "{} of {} answered 200, the last {} after the last answer: {:.0}/s",
            burst.found,
            burst.answered,
            table::ms(burst.behind),
            burst.answered as f64 / burst.behind.as_secs_f64()
        ),
        "nothing lost",
        Some(burst.found >= burst.answered),
    );
    let took = on_end.answered as f64 / on_end.rate;
    table.row(
        "webhook door, on end, as fast as it takes in",
        format!(
            "{:.0}/s for {took:.1} s, {:.2} of verifying only; p50 {}, p99 {}; {} of {} in the inbox, the last {} after",
            on_end.rate,
            on_end.rate / verified,
            table::ms(on_end.p50),
            table::ms(on_end.p99),
            on_end.found,
            on_end.answered,
            table::ms(on_end.behind)
        ),
        "p99 under 20 ms, nothing lost",
        Some(on_end.p99 < Duration::from_millis(20) && on_end.found >= on_end.answered),
    );
}
