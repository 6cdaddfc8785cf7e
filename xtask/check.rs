//! `cargo xtask test`: every check in the order in which it is cheapest to fail. A step's output is shown
//! when it fails; the table at the end says what ran and how long.

use crate::{
    demo::{APP, SERVER, cargo_with},
    process::{Result, has, quietly, target},
    setup,
    tools::WASM,
    ui,
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
                cargo_with(&["clippy", "-p", "xtask", "-p", "heliograph-e2e", "--", "-D", "warnings"]),
            ]
        },
    },
    Step {
        name: "lint-ui",
        what: "no lint speaks: interface",
        limit: MINUTES.saturating_mul(40),
        run: || {
            let clippy = ui::wasm_cargo(&[
                "clippy",
                "-p",
                "heliograph-ui",
                "--all-targets",
                "--target",
                WASM,
                "--profile",
                "wasm-dev",
                "--",
                "-D",
                "warnings",
            ]);
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
                "--no-fail-fast",
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
        run: view_tests,
    },
    Step {
        name: "browser",
        what: "the interface of a release starts, and the inbox in a browser, end to end",
        limit: MINUTES.saturating_mul(40),
        run: || vec![cargo_with(SERVER), cargo_with(&["run", "-p", "heliograph-e2e", "--", "browser"])],
    },
    Step {
        name: "lint-desktop",
        what: "no lint speaks: window",
        limit: MINUTES.saturating_mul(40),
        run: || vec![cargo_with(&["clippy", "-p", "heliograph", "--all-targets", "--", "-D", "warnings"])],
    },
    Step {
        name: "window",
        what: "the real window, end to end",
        limit: MINUTES.saturating_mul(50),
        run: || {
            let mut drive = cargo_with(&["run", "-p", "heliograph-e2e", "--", "window"]);
            drive.env("TAURI_DRIVER", setup::tauri_driver_path());
            vec![cargo_with(APP), drive]
        },
    },
];

/// The interface's logic here, its views in a browser: cargo's runner for wasm is ourselves.
fn view_tests() -> Vec<Command> {
    let mut views = ui::wasm_cargo(&[
        "test",
        "--no-fail-fast",
        "-p",
        "heliograph-ui",
        "--test",
        "web",
        "--target",
        WASM,
        "--profile",
        "wasm-dev",
    ]);
    let own = std::env::current_exe().unwrap_or_else(|_| "xtask".into());
    views.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", format!("{} run-views", own.display()));
    // The runner looks for the browser's driver beside what is built for this machine.
    views.env("HELIOGRAPH_HOST_TARGET", target());
    vec![
        cargo_with(&["test", "--no-fail-fast", "-p", "heliograph-ui", "--lib"]),
        cargo_with(&["build", "-p", "heliograph-e2e"]),
        views,
    ]
}

/// Why a step cannot run here, if it cannot.
pub fn impossible(step: &str) -> Option<&'static str> {
    match step {
        "window" if !cfg!(target_os = "linux") => Some("the real window is driven on Linux only"),
        "views" | "browser" if !cfg!(target_os = "linux") && !has("chromedriver") => {
            Some("there is no chromedriver on the path")
        }
        _ => None,
    }
}

/// Runs the steps named, or all but those skipped.
pub fn all(only: &[String], skip: &[String]) -> Result<()> {
    for name in only.iter().chain(skip) {
        if !STEPS.iter().any(|s| s.name == name) {
            let names: Vec<_> = STEPS.iter().map(|s| s.name).collect();
            return Err(format!("There is no step {name:?}; there are {}.", names.join(", ")));
        }
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|s| {
            (only.is_empty() || only.iter().any(|o| o == s.name)) && !skip.iter().any(|o| o == s.name)
        })
        .filter(|s| match impossible(s.name) {
            Some(why) => {
                println!("Leaving out {}: {why}.", s.name);
                false
            }
            None => true,
        })
        .collect();
    let began = Instant::now();
    let wants = |names: &[&str]| chosen.iter().any(|s| names.contains(&s.name));
    setup::for_ui()?;
    if wants(&["lint-desktop", "window"]) {
        setup::for_window()?;
    }
    if wants(&["views", "browser"]) {
        setup::for_browser()?;
    }
    if wants(&["window"]) {
        setup::for_session()?;
    }
    if wants(&["browser", "window"]) {
        // What people get, and nothing else: an interface of its own for tests would not tell whether theirs starts.
        // On two cores it takes two minutes from nothing, one where the interface changed, and none otherwise.
        ui::build(true)?;
    }

    let mut rows: Vec<(&str, bool, Duration, Tally)> = Vec::new();
    for step in &chosen {
        let start = Instant::now();
        println!("\n── {}: {}", step.name, step.what);
        let (mut good, mut tally) = (true, Tally::default());
        for (n, part) in (step.run)().into_iter().enumerate() {
            let log = target().join("check").join(format!("{}-{n}.log", step.name));
            let (passed, said) = quietly(part, step.limit, &log)?;
            tally.add(&said);
            if !passed {
                good = false;
                let lines: Vec<&str> = said.lines().filter(|line| !is_noise(line)).collect();
                println!("{}", lines[lines.len().saturating_sub(250)..].join("\n"));
                println!("(all of it: {})", log.display());
                break;
            }
        }
        println!("   {} after {:.0} s", if good { "good" } else { "BROKEN" }, start.elapsed().as_secs_f64());
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
    let passed: usize = rows.iter().map(|r| r.3.passed + usize::from(r.1 && r.3.passed == 0)).sum();
    let failed: usize = rows.iter().map(|r| if r.1 { 0 } else { r.3.failed.max(1) }).sum();
    println!("{passed} passed, {failed} failed");
    if failed == 0 { Ok(()) } else { Err("Not everything is good.".into()) }
}

/// What says only that all is well.
fn is_noise(line: &str) -> bool {
    let begins = |word: &str| line.trim_start().starts_with(word);
    line.ends_with("... ok")
        || ["Compiling ", "Checking ", "Downloaded ", "Downloading ", "Fresh ", "Running ", "Doc-tests "]
            .into_iter()
            .any(begins)
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
