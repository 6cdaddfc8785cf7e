//! Builds the interface: cargo for wasm, bindgen as a library (so its version is always the crate's),
//! then the page and its sheets beside it in `ui/dist`.

use crate::{
    process::{Result, cargo, command, has, root, run},
    tools::WASM,
    wasm,
};
use std::{fs, path::Path, time::Duration};
use wasm_bindgen_cli_support::Bindgen;

/// Features that rustc's wasm uses; wasm-opt must be told of them.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds `ui/dist`.
pub fn build(release: bool) -> Result<()> {
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    println!("Building the interface ({profile}; several minutes the first time).");
    let target = root().join("target/wasm");
    let mut build = wasm::with_target(cargo());
    build.env("CARGO_TARGET_DIR", &target).args([
        "build",
        "--quiet",
        "--package",
        "heliograph-ui",
        "--bin",
        "heliograph-ui",
        "--target",
        WASM,
        "--profile",
        profile,
    ]);
    run(build, Duration::from_secs(40 * 60))?;

    let dist = root().join("ui/dist");
    let fresh = root().join("ui/dist.new");
    let fail = |e: std::io::Error| format!("{}: {e}", fresh.display());
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(fail)?;
    }
    fs::create_dir_all(&fresh).map_err(fail)?;
    Bindgen::new()
        .input_path(target.join(WASM).join(profile).join("heliograph-ui.wasm"))
        .web(true)
        .map_err(|e| e.to_string())?
        .typescript(false)
        .generate(&fresh)
        .map_err(|e| format!("bindgen: {e:#}"))?;
    if release && has("wasm-opt") {
        let wasm = fresh.join("heliograph-ui_bg.wasm");
        let mut opt = command("wasm-opt");
        opt.arg("-Oz").args(WASM_FEATURES).arg(&wasm).arg("-o").arg(&wasm);
        run(opt, Duration::from_secs(600))?;
    }
    copy(&root().join("ui/index.html"), &fresh.join("index.html"))?;
    copy_folder(&root().join("ui/assets"), &fresh)?;
    copy_folder(&root().join("ui/styles"), &fresh.join("styles"))?;
    if dist.exists() {
        fs::remove_dir_all(&dist).map_err(fail)?;
    }
    fs::rename(&fresh, &dist).map_err(fail)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|e| format!("{}: {e}", from.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let fail = |e: std::io::Error| format!("{}: {e}", from.display());
    fs::create_dir_all(to).map_err(fail)?;
    for entry in fs::read_dir(from).map_err(fail)?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            copy_folder(&path, &to.join(entry.file_name()))?;
        } else {
            copy(&path, &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
