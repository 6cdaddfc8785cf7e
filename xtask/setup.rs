//! Installs what is missing, after saying what and why. Nothing that is there is touched.

use crate::{
    process::{Result, cache, cargo, command, has, output, run},
    tools, wasm,
};
use std::{path::PathBuf, time::Duration};

const MINUTES: Duration = Duration::from_secs(60);

/// Everything.
pub fn all() -> Result<()> {
    for_ui()?;
    for_window()?;
    for_tests()
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

/// To look at it as a person would.
pub fn for_tests() -> Result<()> {
    packages(
        "to drive the inbox in a browser and in its window without a display",
        tools::DEBIAN_TEST,
    )?;
    if cfg!(target_os = "linux") {
        tauri_driver()?;
    }
    Ok(())
}

/// To make bundles.
pub fn for_release() -> Result<()> {
    packages("to shrink the interface of a release", tools::DEBIAN_RELEASE)
}

fn packages(why: &str, names: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !has("dpkg-query") {
        println!(
            "This is no Debian or Ubuntu: install what corresponds to {} {why}.",
            names.join(", ")
        );
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
    println!("Installing {why}: {}", missing.join(", "));
    let mut id = command("id");
    id.arg("-u");
    let root = output(id).as_deref() == Some("0");
    if !root && !has("sudo") {
        return Err(format!(
            "Only root can install them. Run: apt-get install {}",
            missing.join(" ")
        ));
    }
    let apt = |arguments: &[&str]| {
        let mut apt = if root { command("apt-get") } else { command("sudo") };
        if !root {
            apt.arg("apt-get");
            apt.stdin(std::process::Stdio::inherit());
        }
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-o", "DPkg::Lock::Timeout=300"])
            .args(arguments);
        run(apt, 30 * MINUTES)
    };
    apt(&["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    apt(&install)
}

/// Where tauri-driver is, or will be.
pub fn tauri_driver_path() -> PathBuf {
    cache()
        .join(format!("tauri-driver-{}", tools::TAURI_DRIVER))
        .join("bin/tauri-driver")
}

fn tauri_driver() -> Result<()> {
    let path = tauri_driver_path();
    if path.is_file() {
        return Ok(());
    }
    println!(
        "Installing tauri-driver {} to drive the window in tests (about a minute and a half).",
        tools::TAURI_DRIVER
    );
    let folder = path
        .parent()
        .and_then(std::path::Path::parent)
        .map(std::path::Path::to_owned)
        .unwrap_or_default();
    let mut install = cargo();
    install
        .args([
            "install",
            "--quiet",
            "--locked",
            "tauri-driver",
            "--version",
            tools::TAURI_DRIVER,
            "--root",
        ])
        .arg(folder);
    run(install, 15 * MINUTES)
}
