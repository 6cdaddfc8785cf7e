//! The wasm32 standard library. rustup brings it; where its server cannot be reached it is built from
//! Debian's `rust-src` of exactly this compiler's version, into a sysroot of our own beside the toolchain.

use crate::{
    process::{self, Result, cache, command, has, output, silently},
    tools::{RUST_SRC_SUITES, WASM},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

const MINUTES: Duration = Duration::from_secs(60);

/// For rustup's server to answer or not.
const RUSTUP_PATIENCE: Duration = MINUTES;

/// Sets up the target if it is missing.
pub fn ready() -> Result<()> {
    if in_toolchain() || own_is_whole() {
        return Ok(());
    }
    println!("The interface is wasm, and Rust's library for {WASM} is missing.");
    if has("rustup") {
        println!("  Asking rustup for it …");
        let mut add = command("rustup");
        add.args(["target", "add", WASM]);
        match silently(add, RUSTUP_PATIENCE, "rustup") {
            Ok(_) if in_toolchain() => return Ok(()),
            Ok(_) => println!("  rustup says it is there, but it is not."),
            Err(_) => println!("  rustup cannot bring it here."),
        }
    }
    println!(
        "  Building it from the compiler's own source (a minute; kept in {}) …",
        own_sysroot().display()
    );
    build().map_err(|why| {
        format!(
            "There is no library for {WASM}. Where rustup's server can be reached, `rustup target add {WASM}` \
             brings it. Building it failed: {why}"
        )
    })
}

/// Cargo as it builds for wasm: it finds the standard library, and Leptos gives its components one type instead of one
/// each, which makes the interface a fifth smaller.
pub fn cargo() -> Command {
    let mut flags = "--cfg erase_components".to_owned();
    if !in_toolchain() {
        flags.push_str(&format!(" --sysroot {}", own_sysroot().display()));
    }
    let mut cargo = process::cargo();
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    cargo
}

fn rustc(arguments: &[&str]) -> Option<String> {
    let mut rustc = command("rustc");
    rustc.args(arguments);
    output(rustc)
}

fn version() -> String {
    let verbose = rustc(&["-vV"]).unwrap_or_default();
    verbose.lines().find_map(|l| l.strip_prefix("release: ")).unwrap_or("unknown").to_owned()
}

fn sysroot() -> PathBuf {
    PathBuf::from(rustc(&["--print", "sysroot"]).unwrap_or_default())
}

fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM).join("lib")
}

fn in_toolchain() -> bool {
    has_std(&libraries(&sysroot()))
}

fn own_sysroot() -> PathBuf {
    cache().join(format!("wasm-sysroot-{}", version()))
}

fn own_is_whole() -> bool {
    has_std(&libraries(&own_sysroot()))
}

fn has_std(folder: &Path) -> bool {
    let starts = |name: &str| {
        fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|e| e.file_name().to_string_lossy().starts_with(name)))
    };
    starts("libstd-") && starts("libtest-")
}

fn build() -> Result<()> {
    if !cfg!(unix) {
        return Err("that is only done on Unix".into());
    }
    let here = cache().join(format!("wasm-build-{}", std::process::id()));
    let done = build_in(&here);
    let _ = fs::remove_dir_all(&here);
    done
}

fn build_in(here: &Path) -> Result<()> {
    let fail = |e: std::io::Error| format!("{}: {e}", here.display());
    fs::create_dir_all(here.join("empty/src")).map_err(fail)?;
    let library = source(here)?;

    fs::write(
        here.join("empty/Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[profile.release]\npanic = \"abort\"\n[workspace]\n",
    )
    .map_err(fail)?;
    fs::write(here.join("empty/src/lib.rs"), "").map_err(fail)?;
    let mut cargo = crate::process::cargo();
    cargo
        .current_dir(here.join("empty"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_TESTS_ONLY_SRC_ROOT", &library)
        // Without bitcode in the standard library a release's link-time optimisation fails.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", here.join("target"))
        .args(["build", "--release", "-Zbuild-std=std,panic_abort,proc_macro,test", "--target", WASM]);
    silently(cargo, 20 * MINUTES, "wasm-library")?;

    let built = here.join("target").join(WASM).join("release/deps");
    let whole = here.join("sysroot");
    let to = libraries(&whole);
    fs::create_dir_all(&to).map_err(fail)?;
    for entry in fs::read_dir(&built).map_err(fail)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty") {
            fs::copy(entry.path(), to.join(&name)).map_err(fail)?;
        }
    }
    let host = rustc(&["-vV"]).unwrap_or_default();
    let host = host.lines().find_map(|l| l.strip_prefix("host: ")).unwrap_or_default().to_owned();
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        sysroot().join("lib/rustlib").join(&host),
        whole.join("lib/rustlib").join(&host),
    )
    .map_err(fail)?;
    #[cfg(not(unix))]
    let _ = host;
    // Moved at the end, so that a broken build is not taken for a whole one.
    let own = own_sysroot();
    if own.exists() {
        fs::remove_dir_all(&own).map_err(fail)?;
    }
    fs::rename(&whole, &own).map_err(fail)?;
    if own_is_whole() { Ok(()) } else { Err("the wasm32 standard library was built but is not whole".into()) }
}

/// This compiler's `library` folder: the toolchain's own copy, or Debian's package of it.
fn source(here: &Path) -> Result<PathBuf> {
    let own = sysroot().join("lib/rustlib/src/rust/library");
    if own.join("std/Cargo.toml").is_file() {
        return Ok(own);
    }
    if let Some(missing) = ["apt-get", "apt-cache", "dpkg"].into_iter().find(|program| !has(program)) {
        return Err(format!("its source comes as a Debian package, and there is no {missing} here"));
    }
    let mirror = mirror().ok_or("apt's own settings name no Debian mirror to take the source from")?;
    let mut reasons = Vec::new();
    for suite in RUST_SRC_SUITES {
        match from_suite(here, &mirror, suite) {
            Ok(library) => return Ok(library),
            Err(why) => reasons.push(format!("{suite}: {why}")),
        }
    }
    Err(reasons.join("\n"))
}

/// Unpacks `rust-src` of this compiler's version from the mirror this machine already uses. Lists and cache
/// are folders of our own: another apt that runs is not disturbed, and the system's settings stay as they are.
fn from_suite(here: &Path, mirror: &str, suite: &str) -> Result<PathBuf> {
    let version = version();
    let here = here.join(suite);
    let fail = |e: std::io::Error| e.to_string();
    for folder in ["lists/partial", "archives/partial"] {
        fs::create_dir_all(here.join(folder)).map_err(fail)?;
    }
    let list = here.join("sources.list");
    let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    fs::write(&list, format!("deb [signed-by={keyring}] {mirror} {suite} main\n")).map_err(fail)?;
    let options = |program: &str| {
        let mut apt = command(program);
        apt.current_dir(&here).env("LC_ALL", "C");
        for (name, value) in [
            ("Dir::Etc::sourcelist", list.display().to_string()),
            ("Dir::Etc::sourceparts", "-".into()),
            ("Dir::Etc::preferencesparts", "-".into()),
            ("Dir::State::lists", here.join("lists").display().to_string()),
            ("Dir::Cache", here.display().to_string()),
            ("APT::Sandbox::User", "root".into()),
            ("Acquire::Languages", "none".into()),
            ("Acquire::http::Timeout", "30".into()),
        ] {
            apt.arg("-o").arg(format!("{name}={value}"));
        }
        apt
    };
    let mut update = options("apt-get");
    update.args(["-q", "update"]);
    silently(update, 5 * MINUTES, "apt-update")?;
    let mut madison = options("apt-cache");
    madison.args(["madison", "rust-src"]);
    let found = output(madison).unwrap_or_default();
    let exact = found
        .lines()
        .filter_map(|line| line.split('|').nth(1).map(str::trim))
        .find(|v| v.starts_with(&format!("{version}+")))
        .ok_or_else(|| format!("no rust-src {version}"))?
        .to_owned();
    let mut download = options("apt-get");
    download.args(["-q", "download", &format!("rust-src={exact}")]);
    silently(download, 10 * MINUTES, "apt-download")?;
    let package = fs::read_dir(&here)
        .map_err(fail)?
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "deb"))
        .ok_or("rust-src did not arrive")?;
    let mut unpack = command("dpkg");
    unpack.arg("-x").arg(package).arg(here.join("src"));
    silently(unpack, 5 * MINUTES, "dpkg")?;
    let library = here.join("src/usr/src").join(format!("rustc-{version}")).join("library");
    if library.join("std/Cargo.toml").is_file() {
        Ok(library)
    } else {
        Err(format!("its rust-src has no {}", library.display()))
    }
}

/// The first Debian mirror of this machine's own settings.
fn mirror() -> Option<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|e| e.path()));
    files.sort();
    files.iter().filter_map(|file| fs::read_to_string(file).ok()).find_map(|text| {
        text.lines().find_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let address = match words.as_slice() {
                ["URIs:", address, ..] => *address,
                ["deb", rest @ ..] => *rest.iter().find(|w| w.contains("://"))?,
                _ => return None,
            };
            address.trim_end_matches('/').ends_with("/debian").then(|| address.to_owned())
        })
    })
}
