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
            let door = door::measure(20_000).await;
            let share = door.stored / door.verified;
            table.row(
                "webhook door, 32 connections, durable",
                format!("{:.0}/s, verifying only {:.0}/s: {share:.2} of it", door.stored, door.verified),
                "at least half of verifying only",
                Some(share >= 0.5),
            );
            table.row(
                "webhook door, answer",
                format!("p50 {}, p99 {}", table::ms(door.p50), table::ms(door.p99)),
                "p99 under 20 ms",
                Some(door.p99 < std::time::Duration::from_millis(20)),
            );
            table.row(
                "webhook door, kept",
                format!("{} of {} answered 200", door.found, door.answered),
                "nothing lost",
                Some(door.found >= door.answered),
            );
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
