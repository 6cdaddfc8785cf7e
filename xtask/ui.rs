//! Builds the interface: cargo for wasm, bindgen as a library (so its version is always the crate's),
//! then the page and its sheets beside it in `ui/dist`.

use crate::{
    process::{Result, command, output, root, show, target},
    tools::WASM,
    wasm,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};
use wasm_bindgen_cli_support::Bindgen;

const NAME: &str = "heliograph-ui";
/// A folder of its own, so that building the interface never waits for another cargo.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// Cargo as it builds for wasm.
pub fn wasm_cargo(arguments: &[&str]) -> std::process::Command {
    let mut cargo = wasm::cargo();
    cargo.env("CARGO_TARGET_DIR", wasm_target()).args(arguments);
    cargo
}

/// Builds `ui/dist`; cargo's own lines show how far it is.
pub fn build(release: bool) -> Result<()> {
    let began = Instant::now();
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    println!("Building the interface ({profile}; some minutes the first time).");
    show(wasm_cargo(&["build", "--package", NAME, "--bin", NAME, "--target", WASM, "--profile", profile]))?;

    let page = wasm_target().join("page");
    let fail = |e: std::io::Error| format!("{}: {e}", page.display());
    if page.exists() {
        fs::remove_dir_all(&page).map_err(fail)?;
    }
    fs::create_dir_all(&page).map_err(fail)?;
    Bindgen::new()
        .input_path(wasm_target().join(WASM).join(profile).join(format!("{NAME}.wasm")))
        .web(true)
        .map_err(|e| e.to_string())?
        .typescript(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&page)
        .map_err(|e| format!("bindgen: {e:#}"))?;
    let wasm = page.join(format!("{NAME}_bg.wasm"));
    let ui = root().join("ui");
    join_sheets(&ui, &page)?;
    copy_folder(&ui.join("assets"), &page)?;
    mirror(&page, &ui.join("dist"))?;
    println!("The interface is in ui/dist ({}, {:.0} s).", size(&wasm), began.elapsed().as_secs_f64());
    Ok(())
}

/// Builds it again whenever a source changes, until Ctrl+C.
pub fn watch(release: bool) -> Result<()> {
    loop {
        let seen = newest();
        if let Err(why) = build(release) {
            eprintln!("{why}");
        }
        println!("Watching ui and src-tauri/model; Ctrl+C ends it.");
        while newest() == seen {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

/// The latest change among the interface's sources, and how many there are.
fn newest() -> (Option<SystemTime>, usize) {
    let dist = root().join("ui/dist");
    let mut all = files(&root().join("ui"));
    all.extend(files(&root().join("src-tauri/model")));
    all.retain(|file| !file.starts_with(&dist));
    let changed = all.iter().filter_map(|file| fs::metadata(file).and_then(|m| m.modified()).ok());
    (changed.max(), all.len())
}

/// The page, and one sheet of those it names, in its order: each would be a request of its own at every start.
fn join_sheets(ui: &Path, page: &Path) -> Result<()> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let write = |name: &str, text: &str| {
        fs::write(page.join(name), text).map_err(|e| format!("{}: {e}", page.join(name).display()))
    };
    let named = |line: &str| {
        let sheet = line.trim().strip_prefix(r#"<link rel="stylesheet" href="/styles/"#)?;
        Some(sheet.split('"').next()?.to_owned())
    };
    let (mut html, mut sheet) = (String::new(), String::new());
    for line in read(&ui.join("index.html"))?.lines() {
        let Some(name) = named(line) else {
            html.push_str(line);
            html.push('\n');
            continue;
        };
        if sheet.is_empty() {
            html.push_str("    <link rel=\"stylesheet\" href=\"/styles.css\" />\n");
        }
        sheet.push_str(&read(&ui.join("styles").join(name))?);
    }
    write("index.html", &html)?;
    write("styles.css", &sheet)
}

/// "wasm 1234 KB, 321 KB compressed".
fn size(wasm: &Path) -> String {
    let whole = fs::metadata(wasm).map_or(0, |m| m.len()) / 1024;
    let mut gzip = command("sh");
    gzip.args(["-c", "gzip -9c \"$0\" | wc -c"]).arg(wasm);
    match output(gzip).and_then(|bytes| bytes.parse::<u64>().ok()) {
        Some(bytes) if bytes > 0 => format!("wasm {whole} KB, {} KB compressed", bytes / 1024),
        _ => format!("wasm {whole} KB"),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::copy(from, to).map(|_| ()).map_err(|e| format!("{}: {e}", from.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in files(from) {
        copy(&file, &to.join(file.strip_prefix(from).unwrap_or(&file)))?;
    }
    Ok(())
}

/// Makes `to` equal to `from`, touching only what differs: a server may be reading there, and the app that
/// embeds the folder is built again when it changes.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for file in files(from) {
        let goal = to.join(file.strip_prefix(from).unwrap_or(&file));
        let same = matches!((fs::read(&file), fs::read(&goal)), (Ok(new), Ok(old)) if new == old);
        if !same {
            copy(&file, &goal)?;
        }
        wanted.insert(goal);
    }
    for old in files(to).into_iter().filter(|file| !wanted.contains(file)) {
        fs::remove_file(&old).map_err(|e| format!("{}: {e}", old.display()))?;
    }
    Ok(())
}

/// Every file below; a missing folder is an empty one.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
