//! `cargo xtask test`: every check in the order in which it is cheapest to fail. A step's output is shown
//! when it fails; the table at the end says what ran and how long.

use crate::{
    process::{Result, cargo, quietly, root},
    setup,
    tools::WASM,
    ui, wasm,
};
use std::{
    process::Command,
    time::{Duration, Instant},
};

const MINUTES: Duration = Duration::from_secs(60);

struct Step {
    name: &'static str,
    what: &'static str,
    limit: Duration,
    run: fn() -> Vec<Command>,
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        what: "the code is formatted",
        limit: MINUTES.saturating_mul(5),
        run: || vec![cargo_with(&["fmt", "--all", "--check"])],
    },
    Step {
        name: "lint",
        what: "no lint speaks: engine, tools",
        limit: MINUTES.saturating_mul(40),
        run: || {
            vec![
                cargo_with(&[
                    "clippy",
                    "--quiet",
                    "-p",
                    "heliograph",
                    "-p",
                    "heliograph-model",
                    "-p",
                    "heliograph-simulator",
                    "--no-default-features",
                    "--all-targets",
                    "--",
                    "-D",
                    "warnings",
                ]),
                cargo_with(&[
                    "clippy",
                    "--quiet",
                    "-p",
                    "xtask",
                    "-p",
                    "heliograph-e2e",
                    "--",
                    "-D",
                    "warnings",
                ]),
            ]
        },
    },
    Step {
        name: "lint-ui",
        what: "no lint speaks: interface",
        limit: MINUTES.saturating_mul(40),
        run: || {
            let mut clippy = wasm::with_target(cargo_with(&[
                "clippy",
                "--quiet",
                "-p",
                "heliograph-ui",
                "--target",
                WASM,
                "--",
                "-D",
                "warnings",
            ]));
            clippy.env("CARGO_TARGET_DIR", root().join("target/wasm"));
            vec![clippy]
        },
    },
    Step {
        name: "engine",
        what: "unit tests, stories, architecture, migrations, fuzzing",
        limit: MINUTES.saturating_mul(50),
        run: || {
            let mut test = cargo_with(&[
                "test",
                "--quiet",
                "-p",
                "heliograph",
                "-p",
                "heliograph-model",
                "-p",
                "heliograph-simulator",
                "--no-default-features",
            ]);
            test.env("HELIOGRAPH_FUZZ_SECONDS", "20");
            vec![test]
        },
    },
    Step {
        name: "views",
        what: "the interface's logic, and its views in a headless browser",
        limit: MINUTES.saturating_mul(40),
        run: || vec![ui_tests()],
    },
    Step {
        name: "browser",
        what: "the inbox in a browser, end to end",
        limit: MINUTES.saturating_mul(40),
        run: || {
            vec![
                cargo_with(&[
                    "build",
                    "--quiet",
                    "-p",
                    "heliograph",
                    "--no-default-features",
                    "--bin",
                    "heliograph-server",
                ]),
                cargo_with(&["run", "--quiet", "-p", "heliograph-e2e", "--", "browser"]),
            ]
        },
    },
    Step {
        name: "lint-desktop",
        what: "no lint speaks: window",
        limit: MINUTES.saturating_mul(40),
        run: || {
            vec![cargo_with(&[
                "clippy",
                "--quiet",
                "-p",
                "heliograph",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])]
        },
    },
    Step {
        name: "window",
        what: "the real window, end to end",
        limit: MINUTES.saturating_mul(50),
        run: || {
            let mut drive = cargo_with(&["run", "--quiet", "-p", "heliograph-e2e", "--", "window"]);
            drive.env("TAURI_DRIVER", setup::tauri_driver_path());
            vec![
                cargo_with(&[
                    "build",
                    "--quiet",
                    "-p",
                    "heliograph",
                    "--bin",
                    "heliograph",
                    "--features",
                    "tauri/custom-protocol",
                ]),
                drive,
            ]
        },
    },
];

fn cargo_with(arguments: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.args(arguments);
    cargo
}

/// wasm-bindgen-test through the runner of the same version, driven in Debian's Chromium.
fn ui_tests() -> Command {
    cargo_with(&["run", "--quiet", "-p", "heliograph-e2e", "--", "views"])
}

/// Runs the steps named, or all but those skipped.
pub fn all(only: &[String], skip: &[String]) -> Result<()> {
    for name in only.iter().chain(skip) {
        if !STEPS.iter().any(|s| s.name == name) {
            let names: Vec<_> = STEPS.iter().map(|s| s.name).collect();
            return Err(format!(
                "There is no step {name:?}; there are {}.",
                names.join(", ")
            ));
        }
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|s| {
            (only.is_empty() || only.iter().any(|o| o == s.name)) && !skip.iter().any(|o| o == s.name)
        })
        .filter(|s| cfg!(target_os = "linux") || s.name != "window")
        .collect();
    let began = Instant::now();
    let wants = |names: &[&str]| chosen.iter().any(|s| names.contains(&s.name));
    if wants(&["lint-ui", "views", "browser", "window"]) {
        setup::for_ui()?;
    }
    if wants(&["lint-desktop", "window"]) {
        setup::for_window()?;
    }
    if wants(&["views", "browser", "window"]) {
        setup::for_tests()?;
        ui::build(false)?;
    }

    let mut rows: Vec<(&str, bool, Duration, Tally)> = Vec::new();
    for step in &chosen {
        let start = Instant::now();
        println!("\n── {}: {}", step.name, step.what);
        let (mut good, mut tally) = (true, Tally::default());
        for (n, part) in (step.run)().into_iter().enumerate() {
            let log = root().join("target/check").join(format!("{}-{n}.log", step.name));
            let (passed, said) = quietly(part, step.limit, &log)?;
            tally.add(&said);
            if !passed {
                good = false;
                let lines: Vec<&str> = said.lines().collect();
                println!("{}", lines[lines.len().saturating_sub(250)..].join("\n"));
                println!("(all of it: {})", log.display());
                break;
            }
        }
        println!(
            "   {} after {:.0} s",
            if good { "good" } else { "BROKEN" },
            start.elapsed().as_secs_f64()
        );
        rows.push((step.name, good, start.elapsed(), tally));
    }

    println!("\n{:<14} {:>8} {:>9}  tests", "step", "", "seconds");
    for (name, good, took, tally) in &rows {
        println!(
            "{name:<14} {:>8} {:>9.0}  {}",
            if *good { "good" } else { "BROKEN" },
            took.as_secs_f64(),
            tally.passed
        );
    }
    println!("{:<14} {:>8} {:>9.0}\n", "all", "", began.elapsed().as_secs_f64());
    let passed: usize = rows
        .iter()
        .map(|r| r.3.passed + usize::from(r.1 && r.3.passed == 0))
        .sum();
    let failed: usize = rows.iter().map(|r| if r.1 { 0 } else { r.3.failed.max(1) }).sum();
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        Ok(())
    } else {
        Err("Not everything is good.".into())
    }
}

/// Test cases that a step's output tells of.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, said: &str) {
        for line in said.lines().filter(|l| l.starts_with("test result:")) {
            let number = |word: &str| -> usize {
                line.split([' ', ';', '.', ','])
                    .zip(line.split([' ', ';', '.', ',']).skip(1))
                    .find(|(_, w)| *w == word)
                    .and_then(|(n, _)| n.parse().ok())
                    .unwrap_or(0)
            };
            self.passed += number("passed");
            self.failed += number("failed");
        }
    }
}

/// Whether there is something to show a window on.
pub fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|n| std::env::var_os(n).is_some_and(|v| !v.is_empty()))
}
