//! The rules of the house that a compiler does not check. Each failure names the file and the rule.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a rule that cannot be read is broken")]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// Longest source file, in lines.
const LONGEST: usize = 400;
/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];
/// Words of Meta's that only `graph/` may write down.
const METAS_WORDS: &[&str] = &[
    "messaging_product",
    "is_echo",
    "error_subcode",
    "fbtrace_id",
    "appsecret_proof",
    "messaging_type",
    "phone_number_id",
    "access_token",
    "whatsapp_business_account",
    "instagram_business_account",
];
/// Where one of them may stand nevertheless.
const METAS_WORDS_ALLOWED: &[(&str, &str)] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A source file: its path from the root with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The text without comments and without what only tests see.
    fn code(&self) -> String {
        let shipped = self.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let mut code = String::new();
        for line in shipped.lines() {
            let line = line.trim_start();
            if !line.starts_with("//") {
                code.push_str(line.split(" // ").next().unwrap_or_default());
                code.push('\n');
            }
        }
        code
    }

    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name == "tests.rs" || name.ends_with("_tests.rs") || self.path.contains("/tests/")
    }

    /// The engine's module it belongs to: `graph` of `src-tauri/graph/client.rs`.
    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src-tauri/")?;
        let first = inside.split('/').next()?;
        match first {
            "model" | "simulator" | "bin" | "build.rs" | "main.rs" | "lib.rs" => None,
            other => Some(other.trim_end_matches(".rs")),
        }
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut found);
    }
    assert!(!found.is_empty(), "the sources are where this test looks");
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            let generated =
                path.file_name().is_some_and(|n| n == "target" || n == "dist" || n == "node_modules");
            if !generated {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|x| x == "rs") {
            let inside = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path: inside, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

fn report(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `word` stands in `text` as a word of its own.
fn names(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_word) && !text[at + word.len()..].starts_with(is_word))
}

/// The first names after each `crate::`, also those in braces.
fn reached(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(is_word) {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.push(rest.chars().take_while(|c| is_word(*c)).collect());
            continue;
        };
        let mut depth = 1;
        let mut name = String::new();
        let mut at_start = true;
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => {
                    found.push(std::mem::take(&mut name));
                    at_start = true;
                    continue;
                }
                c if depth == 1 && at_start && is_word(c) => name.push(c),
                ':' => at_start = false,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        found.push(name);
    }
    found.retain(|n| !n.is_empty());
    found
}

/// The modules of lib.rs in order, and which module each re-exported name comes from.
fn floors() -> (Vec<String>, HashMap<String, String>) {
    let lib = fs::read_to_string(root().join("src-tauri/lib.rs")).unwrap();
    let mut order = Vec::new();
    for line in lib.lines() {
        let line = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        if let Some(name) = line.strip_prefix("mod ").and_then(|l| l.strip_suffix(';')) {
            order.push(name.to_owned());
        }
    }
    let mut homes = HashMap::new();
    for statement in lib.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((home, names)) = statement.split_once("::") else {
            continue;
        };
        for name in names.trim_matches(|c| c == '{' || c == '}').split(',') {
            homes.insert(name.trim().to_owned(), home.trim().to_owned());
        }
    }
    (order, homes)
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    let (order, homes) = floors();
    assert!(order.len() > 8, "lib.rs names the modules: {order:?}");
    let floor = |name: &str| order.iter().position(|m| m == name);
    let mut broken = Vec::new();
    for source in sources(&["src-tauri"]).iter().filter(|s| !s.is_test()) {
        let Some(own) = source.module() else { continue };
        let Some(here) = floor(own) else {
            broken.push(format!("{}: its module {own} is not in lib.rs", source.path));
            continue;
        };
        for name in reached(&source.code()) {
            let target = homes.get(&name).map_or(name.as_str(), String::as_str);
            if floor(target).is_some_and(|there| there > here) {
                broken.push(format!("{}: {own} uses {name}, which stands below it in lib.rs", source.path));
            }
        }
    }
    report("Modules stand in lib.rs in the order in which they may use each other.", &broken);
}

#[test]
fn tauri_is_named_only_in_the_desktop() {
    let broken: Vec<String> = sources(&["src-tauri", "ui", "tests/flows"])
        .iter()
        .filter(|s| !s.path.starts_with("src-tauri/desktop/") && s.path != "src-tauri/build.rs")
        .filter(|s| {
            let code = s.code();
            code.contains("tauri::") || code.contains("tauri_") || code.contains("use tauri;")
        })
        .map(|s| s.path.clone())
        .collect();
    report("The engine is complete without a window: only src-tauri/desktop names Tauri.", &broken);
}

#[test]
fn sql_is_written_only_in_the_store() {
    let broken: Vec<String> = sources(&["src-tauri"])
        .iter()
        .filter(|s| !s.path.starts_with("src-tauri/store") && !s.is_test())
        .filter(|s| {
            let code = s.code();
            ["query", "query_as", "query_scalar", "raw_sql", "QueryBuilder"]
                .iter()
                .any(|way| names(&code, &format!("sqlx::{way}")))
        })
        .map(|s| s.path.clone())
        .collect();
    report(
        "SQL only in src-tauri/store: every list the window shows is tested there for its index.",
        &broken,
    );
}

#[test]
fn metas_words_stay_in_graph() {
    let mut broken = Vec::new();
    for source in sources(&["src-tauri", "ui"]) {
        if source.is_test()
            || ["src-tauri/graph", "src-tauri/simulator"].iter().any(|f| source.path.starts_with(f))
        {
            continue;
        }
        let code = source.code();
        for word in METAS_WORDS {
            let allowed = METAS_WORDS_ALLOWED.iter().any(|(path, _)| *path == source.path);
            if !allowed && code.contains(&format!("\"{word}\"")) {
                broken.push(format!("{}: \"{word}\"", source.path));
            }
        }
    }
    report("Meta's field names stay in src-tauri/graph; elsewhere our own nouns are used.", &broken);
}

#[test]
fn no_file_outgrows_its_reader() {
    let mut broken = Vec::new();
    for source in sources(&["src-tauri", "ui", "xtask"]).iter().filter(|s| !s.is_test()) {
        // Tests at a file's end are counted with the tests.
        let lines = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().lines().count();
        if lines > LONGEST && !LONGER.iter().any(|(path, _)| *path == source.path) {
            broken.push(format!("{}: {lines} lines", source.path));
        }
    }
    report(&format!("A file has at most {LONGEST} lines; cut it at a seam."), &broken);
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut broken = Vec::new();
    for source in sources(&["src-tauri", "ui", "xtask", "tests"]).iter().filter(|s| !s.is_test()) {
        let head = source.text.lines().take_while(|l| l.starts_with("//!")).count();
        if !(1..=5).contains(&head) {
            broken.push(format!("{}: {head} lines", source.path));
        }
    }
    report("A file opens with //! in one to five lines: what it is for, and the invariant.", &broken);
}

#[test]
fn nothing_is_called_after_nothing() {
    const EMPTY: [&str; 4] = ["Manager", "Helper", "Util", "Service"];
    let mut broken = Vec::new();
    for source in sources(&["src-tauri", "ui", "xtask"]) {
        for line in source.code().lines() {
            let mut words = line.split(|c: char| !is_word(c)).filter(|w| !w.is_empty());
            if words.any(|w| matches!(w, "struct" | "enum" | "trait"))
                && let Some(name) = words.next()
                && EMPTY.iter().any(|e| name.ends_with(e))
            {
                broken.push(format!("{}: {name}", source.path));
            }
        }
    }
    report("Names are the inbox's and Meta's own words: no Manager, Helper, Util, Service.", &broken);
}

#[test]
fn the_simulator_shares_no_type_with_the_engine_and_the_interface_only_the_model() {
    let manifest = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let simulator = manifest("src-tauri/simulator/Cargo.toml");
    assert!(
        !names(&simulator, "heliograph-model") && !simulator.lines().any(|l| l.starts_with("heliograph.")),
        "the simulator would make the client's mistakes too"
    );
    let ui = manifest("ui/Cargo.toml");
    assert!(
        !ui.lines().any(|l| l.starts_with("heliograph.") || l.starts_with("heliograph ")),
        "the interface asks"
    );
}

#[test]
fn the_reader_of_uses_reads_braces() {
    let code = "use crate::{Engine, graph::{self, signature}, model::{A, B},};\nfn f() { crate::store::x() }";
    assert_eq!(reached(code), ["Engine", "graph", "model", "store"]);
    assert_eq!(reached("use mycrate::x; use crate::vault::Secret;"), ["vault"]);
}

#[test]
fn the_readme_lists_every_call() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for name in engine::model::call::NAMES {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md does not list the call {name}");
    }
}
