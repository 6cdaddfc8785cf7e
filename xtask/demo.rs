//! The commands that show something: demo, run, pictures, bench, dist. A person sits before them, so all
//! that they start is in sight and hears Ctrl+C.

use crate::{
    check,
    process::{Result, cache, cargo, command, show, target},
    setup, tools, ui,
};
use std::{fs, net::TcpListener, path::PathBuf, process::Command};

/// Where the demo's inbox is served, if nobody else is there.
const DEMO_ADDRESS: &str = "127.0.0.1:8686";

/// The headless server, as the demo, the tests and the pictures use it.
pub const SERVER: &[&str] =
    &["build", "-p", "heliograph", "--no-default-features", "--bin", "heliograph-server"];
/// The app with its interface inside, as it is shipped but quick to build.
pub const APP: &[&str] =
    &["build", "-p", "heliograph", "--bin", "heliograph", "--features", "tauri/custom-protocol"];

pub fn cargo_with(arguments: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.args(arguments);
    cargo
}

/// The demo world in the window, or in a browser where there is no display.
pub fn demo() -> Result<()> {
    let unseen = no_display();
    if let Some(why) = unseen {
        println!("{why}: the same inbox will be served to a browser.");
    }
    setup::for_ui()?;
    if unseen.is_none() {
        setup::for_window()?;
    }
    ui::build(false)?;
    if unseen.is_none() {
        println!("Building the app (some minutes the first time).");
        show(cargo_with(APP))?;
        let mut app = command(target().join("debug").join(exe("heliograph")));
        app.arg("--demo");
        return show(app);
    }
    println!("Building the server (some minutes the first time).");
    show(cargo_with(SERVER))?;
    let data = demo_folder()?;
    let free = TcpListener::bind(DEMO_ADDRESS).is_ok();
    let mut server = command(target().join("debug").join(exe("heliograph-server")));
    server.args(["serve", "--demo", "--listen", if free { DEMO_ADDRESS } else { "127.0.0.1:0" }]);
    server.arg("--data").arg(&data).env_remove("HELIOGRAPH_KEY");
    // Its own log is for those who ask; the link is for everybody.
    if std::env::var_os("HELIOGRAPH_LOG").is_none() {
        server.env("HELIOGRAPH_LOG", "warn");
    }
    println!("The demo world begins anew each time. Open the link below in a browser; Ctrl+C ends it.");
    let done = show(server);
    let _ = fs::remove_dir_all(&data);
    done
}

/// A new folder for the demo's data; those of demos that were killed go.
fn demo_folder() -> Result<PathBuf> {
    let demos = cache().join("demo");
    for old in fs::read_dir(&demos).into_iter().flatten().flatten() {
        let running = PathBuf::from("/proc").join(old.file_name());
        if cfg!(target_os = "linux") && !running.exists() {
            let _ = fs::remove_dir_all(old.path());
        }
    }
    let own = demos.join(std::process::id().to_string());
    fs::create_dir_all(&own).map_err(|e| format!("{}: {e}", own.display()))?;
    Ok(own)
}

/// Why no window can open here.
fn no_display() -> Option<&'static str> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    (cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY"))
        .then_some("There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)")
}

/// The real app.
pub fn run() -> Result<()> {
    setup::for_ui()?;
    setup::for_window()?;
    ui::build(true)?;
    println!("Building the app for daily use (ten minutes the first time).");
    let mut build = cargo_with(APP);
    build.arg("--release");
    show(build)?;
    show(command(target().join("release").join(exe("heliograph"))))
}

/// The chaos story from many seeds, each told as it ends; what the failing ones leave is kept.
pub fn soak(seeds: u64, from: u64) -> Result<()> {
    let mut soak =
        cargo_with(&["test", "-p", "heliograph", "--no-default-features", "--test", "chaos", "--"]);
    soak.args(["--seeds", &seeds.to_string(), "--from", &from.to_string()]);
    show(soak)
}

/// Measures and prints the table; `latency` alone is what only a browser can tell, and part of the whole.
pub fn bench(rest: &[String]) -> Result<()> {
    setup::for_ui()?;
    ui::build(true)?;
    let alone = rest == ["latency"];
    if !alone {
        engine_bench(rest)?;
    }
    if alone || rest.is_empty() { latency() } else { Ok(()) }
}

fn engine_bench(rest: &[String]) -> Result<()> {
    let mut bench =
        cargo_with(&["bench", "-p", "heliograph", "--no-default-features", "--bench", "bench", "--"]);
    bench.args(rest);
    show(bench)
}

/// From a webhook to its painted bubble, with the server and the interface that people get.
fn latency() -> Result<()> {
    if let Some(why) = check::impossible("browser") {
        println!("Leaving out the time to a painted bubble: {why}.");
        return Ok(());
    }
    setup::for_browser()?;
    let mut server = cargo_with(SERVER);
    server.arg("--release");
    show(server)?;
    let mut measure = cargo_with(&["run", "-p", "heliograph-e2e", "--", "latency"]);
    measure.env("HELIOGRAPH_BIN_DIR", target().join("release"));
    show(measure)
}

/// Takes pictures of every page.
pub fn pictures(readme: bool) -> Result<()> {
    setup::for_ui()?;
    setup::for_browser()?;
    ui::build(false)?;
    show(cargo_with(SERVER))?;
    let mut take = cargo_with(&["run", "-p", "heliograph-e2e", "--", "pictures"]);
    if readme {
        take.arg("--readme");
    }
    show(take)
}

/// Release bundles, by Tauri's own command.
pub fn dist() -> Result<()> {
    setup::for_ui()?;
    setup::for_window()?;
    setup::for_bundles()?;
    see_it_start()?;
    let mut bundle = command(if cfg!(windows) { "npx.cmd" } else { "npx" });
    bundle.args(["--yes", &format!("@tauri-apps/cli@{}", tools::TAURI_CLI), "build"]);
    if cfg!(target_os = "linux") {
        bundle.args(["--bundles", "deb"]);
    }
    show(bundle)?;
    println!("The bundles are in {}.", target().join("release/bundle").display());
    Ok(())
}

/// Looks at the interface that is about to be bundled: what was not seen to start is not bundled. Tauri's command
/// finds it built and takes the very same files.
fn see_it_start() -> Result<()> {
    if let Some(why) = check::impossible("browser") {
        return Err(format!("Whether the interface starts cannot be seen: {why}. Nothing is bundled."));
    }
    setup::for_browser()?;
    ui::build(true)?;
    println!("Looking whether it starts (building a server takes some minutes the first time).");
    show(cargo_with(SERVER))?;
    show(cargo_with(&["run", "-p", "heliograph-e2e", "--", "browser", "the_inbox_opens"]))
        .map_err(|why| format!("The interface was not seen to start; nothing is bundled. {why}"))
}

fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
