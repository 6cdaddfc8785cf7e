//! Installs what is missing, after saying what and why. Nothing that is there is touched.

use crate::{
    process::{Result, cache, cargo, command, has, output, show, silently},
    tools, wasm,
};
use std::{path::PathBuf, time::Duration};

const MINUTES: Duration = Duration::from_secs(60);

/// Everything.
pub fn all() -> Result<()> {
    for_ui()?;
    for_window()?;
    for_browser()?;
    for_session()?;
    if cfg!(target_os = "macos") {
        println!("The tests in a browser want chromedriver on the path: `brew install --cask chromedriver`.");
    } else if cfg!(windows) {
        println!("The window wants Microsoft's WebView2, which Windows 11 has; the tests in a browser want");
        println!("chromedriver on the path: `winget install Chromium.ChromeDriver`.");
    }
    println!("Everything is here.");
    Ok(())
}

/// To build the engine and the interface.
pub fn for_ui() -> Result<()> {
    packages("to compile the engine and the interface", tools::DEBIAN_BUILD)?;
    wasm::ready()
}

/// To build the window.
pub fn for_window() -> Result<()> {
    packages("to compile the window", tools::DEBIAN_WINDOW)
}

/// To look at the inbox in a browser.
pub fn for_browser() -> Result<()> {
    packages("to look at the inbox in a browser, as tests and pictures do", tools::DEBIAN_BROWSER)
}

/// To drive the window.
pub fn for_session() -> Result<()> {
    packages("to drive the window without a display, in a session of its own", tools::DEBIAN_SESSION)?;
    if cfg!(target_os = "linux") { tauri_driver() } else { Ok(()) }
}

/// To make bundles.
pub fn for_bundles() -> Result<()> {
    if !has("npx") {
        packages("to run Tauri's bundler, which npm brings", tools::DEBIAN_BUNDLE)?;
    }
    if has("npx") {
        Ok(())
    } else {
        Err("Bundles are made by Tauri's command, which npm brings: install Node.js first.".into())
    }
}

fn packages(why: &str, names: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !has("dpkg-query") {
        println!("This is no Debian or Ubuntu: install what corresponds to {} {why}.", names.join(", "));
        return Ok(());
    }
    let missing: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| {
            let mut query = command("dpkg-query");
            query.args(["-W", "-f=${db:Status-Status}", name]);
            output(query).as_deref() != Some("installed")
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("These packages are missing {why}; apt-get installs them now:");
    println!("  {}", missing.join(" "));
    let mut id = command("id");
    id.arg("-u");
    let root = output(id).as_deref() == Some("0");
    if !root && !has("sudo") {
        return Err(format!("Only root can install them. Run: apt-get install {}", missing.join(" ")));
    }
    let apt = |arguments: &[&str]| {
        let mut apt = if root {
            command("apt-get")
        } else {
            let mut sudo = command("sudo");
            sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            sudo
        };
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        // Another apt may be at work: wait for it.
        apt.args([
            "-q",
            "-o",
            "DPkg::Lock::Timeout=300",
            "-o",
            "Dpkg::Use-Pty=0",
            "-o",
            "Acquire::http::Timeout=60",
        ]);
        apt.args(arguments);
        show(apt)
    };
    // Lists may be old or absent; a source that does not answer must not stop the others.
    if let Err(why) = apt(&["update"]) {
        println!("{why}; going on with the lists that are here.");
    }
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    apt(&install)
}

/// Where tauri-driver is, or will be.
pub fn tauri_driver_path() -> PathBuf {
    cache().join(format!("tauri-driver-{}", tools::TAURI_DRIVER)).join("bin/tauri-driver")
}

fn tauri_driver() -> Result<()> {
    let path = tauri_driver_path();
    if path.is_file() {
        return Ok(());
    }
    println!(
        "Installing tauri-driver {} to drive the window in tests (a minute or two).",
        tools::TAURI_DRIVER
    );
    let folder =
        path.parent().and_then(std::path::Path::parent).map(std::path::Path::to_owned).unwrap_or_default();
    let mut install = cargo();
    install
        .args(["install", "--locked", "tauri-driver", "--version", tools::TAURI_DRIVER, "--root"])
        .arg(folder);
    // Built in a folder that is thrown away: it shares nothing with ours.
    install.env_remove("CARGO_TARGET_DIR");
    silently(install, 20 * MINUTES, "tauri-driver").map(|_| ())
}
