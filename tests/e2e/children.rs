//! Programs a story needs beside it: started in a process group of their own, listened to line by line,
//! and ended with all they started when the value is dropped.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;

/// A running program.
pub struct Child {
    process: std::process::Child,
    lines: mpsc::UnboundedReceiver<String>,
    name: String,
    log: PathBuf,
}

impl Child {
    /// Starts it; what it says goes to `target/e2e/<name>.log` too.
    pub fn start(command: &mut Command, name: &str) -> Result<Self> {
        let log = folder()?.join(format!("{name}.log"));
        let copy = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut process = command.spawn().with_context(|| {
            format!(
                "cannot start {}: is it installed? `cargo xtask setup` does",
                command.get_program().display()
            )
        })?;
        let (line, lines) = mpsc::unbounded_channel();
        let (out, errors) = (process.stdout.take(), process.stderr.take());
        listen(out.context("no standard output")?, copy.try_clone()?, line.clone());
        listen(errors.context("no standard error")?, copy, line);
        Ok(Self { process, lines, name: name.to_owned(), log })
    }

    /// The first line for which `wanted` answers something.
    pub async fn line<T>(&mut self, limit: Duration, wanted: impl Fn(&str) -> Option<T>) -> Result<T> {
        let search = async {
            while let Some(line) = self.lines.recv().await {
                if let Some(found) = wanted(&line) {
                    return Some(found);
                }
            }
            None
        };
        match tokio::time::timeout(limit, search).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => bail!("{} ended before it was ready; it said:\n{}", self.name, self.said()),
            Err(_) => bail!("{} was not ready within {limit:?}; it said:\n{}", self.name, self.said()),
        }
    }

    /// The end of what it said.
    pub fn said(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // A program of its own may lack a `kill`; the shell always has one.
        if cfg!(unix) {
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -s KILL -- -{}", self.process.id())])
                .stderr(Stdio::null())
                .status();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Copies and tells each line; reads on after nobody listens, so that the program never waits for us.
fn listen(from: impl Read + Send + 'static, mut copy: File, line: mpsc::UnboundedSender<String>) {
    std::thread::spawn(move || {
        for bytes in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let _ = writeln!(copy, "{text}");
            let _ = line.send(text);
        }
    });
}

/// The repository's root.
pub fn root() -> PathBuf {
    // This package stands two folders below the root.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf()
}

/// Cargo's folder.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Where logs and the pictures of failures go.
pub fn folder() -> Result<PathBuf> {
    let folder = target().join("e2e");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// A program of ours: `HELIOGRAPH_BIN_DIR`, else what cargo built last without `--release`.
pub fn ours(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os("HELIOGRAPH_BIN_DIR").map_or_else(|| target().join("debug"), PathBuf::from);
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !path.is_file() {
        bail!("{} is not built yet", path.display());
    }
    Ok(path)
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
