//! Cargo's runner for the interface's tests: bindgen over the test's wasm, a page around it, and a headless
//! browser that opens the page. What wasm-bindgen-test-runner does, without a tool to install.

use crate::process::{Result, command, root, target};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// What wasm-bindgen-test calls the tests it exports; a `$` marks an ignored one.
const PREFIX: &str = "__wbgt_";

const PAGE: &str = r#"<!doctype html>
<meta charset="utf-8">
<title>Heliograph's views</title>
<link rel="stylesheet" href="/page.css">
<pre id="output" style="visibility:hidden">Loading</pre>
<pre id="console_output" style="visibility:hidden"></pre>
<script>
  // The harness collects what a test writes to the console, and prints it if the test fails.
  for (const method of ["debug", "log", "info", "warn", "error"]) {
    console[method] = (...words) => {
      document.getElementById("console_output").append(words.map(String).join(" ") + "\n");
      window[`on_console_${method}`]?.(words);
    };
  }
  window.__wbg_test_invoke = (f) => f();
</script>
<script type="module" src="/run.js"></script>
"#;

const RUN: &str = r#"import * as glue from "./tests.js";
const wasm = await glue.default({ module_or_path: "./tests_bg.wasm" });
for (const method of ["debug", "log", "info", "warn", "error"]) {
  window[`on_console_${method}`] = glue[`__wbgtest_console_${method}`];
}
const context = new glue.WasmBindgenTestContext(false);
context.include_ignored(false);
context.filtered_count(FILTERED);
await context.run(TESTS.map((name) => wasm[name]));
"#;

/// Where the portraits of the bubbles are kept.
const PORTRAITS: &str = "ui/tests/web/portraits";

/// Runs the tests in `wasm`; `words` are what cargo passes on: at most a filter.
pub fn run(wasm: &Path, words: &[String]) -> Result<()> {
    let folder = target().join("views").join(wasm.file_stem().unwrap_or_default());
    let fail = |e: std::io::Error| format!("{}: {e}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(fail)?;
    }
    fs::create_dir_all(&folder).map_err(fail)?;
    let mut glue = Bindgen::new()
        .input_path(wasm)
        .out_name("tests")
        .web(true)
        .map_err(|e| e.to_string())?
        .typescript(false)
        .debug(true)
        .export_wasm(true)
        .emit_start(false)
        .generate_output()
        .map_err(|e| format!("bindgen: {e:#}"))?;
    let exports = glue.wasm().exports.iter().map(|e| e.name.clone());
    let all: Vec<String> = exports.filter(|name| name.starts_with(PREFIX)).collect();
    let filter = words.iter().find(|word| !word.starts_with('-'));
    let chosen: Vec<&String> =
        all.iter().filter(|name| filter.is_none_or(|filter| name.contains(filter.as_str()))).collect();
    if chosen.is_empty() {
        println!("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; {} filtered out", all.len());
        return Ok(());
    }
    glue.emit(&folder).map_err(|e| format!("bindgen: {e:#}"))?;
    let run = RUN
        .replace("FILTERED", &(all.len() - chosen.len()).to_string())
        .replace("TESTS", &format!("{chosen:?}"));
    fs::write(folder.join("index.html"), PAGE).map_err(fail)?;
    fs::write(folder.join("run.js"), run).map_err(fail)?;
    // Views look as they do in the app.
    let styles = root().join("ui/styles");
    let mut sheets: Vec<_> = fs::read_dir(styles).map_err(fail)?.flatten().map(|e| e.path()).collect();
    sheets.sort_by_key(|path| (path.file_name().is_none_or(|n| n != "layers.css"), path.clone()));
    let css: String = sheets.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    fs::write(folder.join("page.css"), css).map_err(fail)?;

    // Cargo's folder for wasm is another than the one for this machine.
    let host = std::env::var_os("HELIOGRAPH_HOST_TARGET").map_or_else(target, PathBuf::from);
    let browser = host.join("debug").join(format!("heliograph-e2e{}", std::env::consts::EXE_SUFFIX));
    let mut drive = command(browser);
    drive.arg("views").arg(&folder);
    let status = drive.status().map_err(|e| format!("heliograph-e2e could not be started: {e}"))?;
    if std::env::var_os("HELIOGRAPH_RENEW").is_some() {
        renew(&folder).map_err(fail)?;
    }
    if status.success() { Ok(()) } else { Err("The views are not as they should be.".into()) }
}

/// Keeps the portraits just drawn in place of those in the repository.
fn renew(drawn: &Path) -> std::io::Result<()> {
    for kept in fs::read_dir(root().join(PORTRAITS))?.flatten() {
        let new = drawn.join(kept.file_name());
        if new.exists() && fs::read(&new)? != fs::read(kept.path())? {
            fs::copy(&new, kept.path())?;
            println!(
                "Renewed {PORTRAITS}/{}: look at what git says has changed.",
                kept.file_name().display()
            );
        }
    }
    Ok(())
}
