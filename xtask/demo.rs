//! The commands that show something: demo, run, pictures, bench, dist.

use crate::{
    check::has_display,
    process::{Guarded, Result, cache, cargo, command, has, root, run as see},
    setup, tools, ui,
};
use std::{fs, process::Command, time::Duration};

const LONG: Duration = Duration::from_secs(60 * 60);
/// As long as a person looks at it.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn cargo_with(arguments: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.args(arguments);
    cargo
}

/// In sight of the person and with their keyboard: Ctrl+C reaches it, and its end is ours.
fn show(mut command: Command) -> Result<()> {
    let shown = format!("{:?}", command.get_program());
    let status = command
        .status()
        .map_err(|e| format!("{shown} could not be started: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown} ended with {status}"))
    }
}

/// The demo world in the window, or in a browser where there is no display.
pub fn demo() -> Result<()> {
    setup::for_ui()?;
    ui::build(false)?;
    if has_display() {
        setup::for_window()?;
        println!("Building the app (several minutes the first time).");
        see(
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
            LONG,
        )?;
        return show({
            let mut app = command(root().join("target/debug").join(exe("heliograph")));
            app.arg("--demo");
            app
        });
    }
    println!(
        "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): serving the same inbox to a browser."
    );
    see(
        cargo_with(&[
            "build",
            "--quiet",
            "-p",
            "heliograph",
            "--no-default-features",
            "--bin",
            "heliograph-server",
        ]),
        LONG,
    )?;
    let data = cache().join("demo");
    let mut server = command(root().join("target/debug").join(exe("heliograph-server")));
    server
        .args(["serve", "--demo", "--listen", "127.0.0.1:8686", "--data"])
        .arg(&data);
    server.arg("--key-file").arg(data.join("demo.key"));
    fs::create_dir_all(&data).map_err(|e| e.to_string())?;
    show(server)
}

/// The real app.
pub fn run() -> Result<()> {
    setup::for_ui()?;
    setup::for_window()?;
    ui::build(true)?;
    see(
        cargo_with(&[
            "build",
            "--quiet",
            "--release",
            "-p",
            "heliograph",
            "--bin",
            "heliograph",
            "--features",
            "tauri/custom-protocol",
        ]),
        LONG,
    )?;
    show(command(root().join("target/release").join(exe("heliograph"))))
}

/// Measures and prints the table.
pub fn bench(rest: &[String]) -> Result<()> {
    setup::for_ui()?;
    ui::build(true)?;
    let mut bench = cargo_with(&[
        "bench",
        "--quiet",
        "-p",
        "heliograph",
        "--no-default-features",
        "--bench",
        "bench",
        "--",
    ]);
    bench.args(rest);
    show(bench)
}

/// Takes pictures of every page.
pub fn pictures(readme: bool) -> Result<()> {
    setup::for_ui()?;
    setup::for_tests()?;
    ui::build(false)?;
    see(
        cargo_with(&[
            "build",
            "--quiet",
            "-p",
            "heliograph",
            "--no-default-features",
            "--bin",
            "heliograph-server",
        ]),
        LONG,
    )?;
    let mut take = cargo_with(&["run", "--quiet", "-p", "heliograph-e2e", "--", "pictures"]);
    if readme {
        take.arg("--readme");
    }
    Guarded::spawn(take)?.wait(LONG).and_then(|s| {
        if s.success() {
            Ok(())
        } else {
            Err(format!("the pictures ended with {s}"))
        }
    })
}

/// Release bundles, by Tauri's own command.
pub fn dist() -> Result<()> {
    setup::for_ui()?;
    setup::for_window()?;
    setup::for_release()?;
    if !has("npm") {
        return Err(
            "Bundles are made by Tauri's command, which comes through npm: install Node.js first.".into(),
        );
    }
    ui::build(true)?;
    let mut bundle = command(if cfg!(windows) { "npx.cmd" } else { "npx" });
    bundle.args(["--yes", &format!("@tauri-apps/cli@{}", tools::TAURI_CLI), "build"]);
    if cfg!(target_os = "linux") {
        bundle.args(["--bundles", "deb"]);
    }
    Guarded::spawn(bundle)?.wait(A_DAY).and_then(|s| {
        if s.success() {
            Ok(())
        } else {
            Err(format!("the bundle ended with {s}"))
        }
    })?;
    println!(
        "The bundles are in {}.",
        root().join("target/release/bundle").display()
    );
    Ok(())
}

fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
