//! Children with a deadline, in a process group of their own so that none is left behind.

use std::{
    ffi::OsStr,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

pub type Result<T> = std::result::Result<T, String>;

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| ".".into(), Path::to_owned)
}

/// Where Heliograph keeps what it builds once for a machine.
pub fn cache() -> PathBuf {
    std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache")))
        .or_else(|| std::env::var_os("LOCALAPPDATA").map(PathBuf::from))
        .unwrap_or_else(|| root().join("target"))
        .join("heliograph")
}

/// A command in the root that reads nothing.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Cargo, without what this cargo set for xtask itself.
pub fn cargo() -> Command {
    let mut command = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_")
            || name.starts_with("CARGO_MANIFEST_")
        {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a program of this name is on the path.
pub fn has(program: &str) -> bool {
    let names = if cfg!(windows) {
        vec![format!("{program}.exe"), format!("{program}.cmd")]
    } else {
        vec![program.to_owned()]
    };
    std::env::var_os("PATH").is_some_and(|paths| {
        std::env::split_paths(&paths).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
    })
}

/// A child that ends with this value, its whole group included.
pub struct Guarded(Child);

impl Guarded {
    pub fn spawn(mut command: Command) -> Result<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
        }
        let shown = format!("{:?}", command.get_program());
        command
            .spawn()
            .map(Self)
            .map_err(|e| format!("{shown} could not be started: {e}"))
    }

    /// Waits until it ends; past `limit` it is ended.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() >= end => {
                    return Err(format!(
                        "it did not end within {} s and was stopped",
                        limit.as_secs()
                    ));
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(50)),
                Err(e) => return Err(e.to_string()),
            }
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            // The whole group: a test's browser must not outlive the test.
            let _ = Command::new("kill")
                .args(["-KILL", &format!("-{}", self.0.id())])
                .stderr(Stdio::null())
                .status();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs it in sight of the person.
pub fn run(command: Command, limit: Duration) -> Result<()> {
    let shown = format!(
        "{:?} {:?}",
        command.get_program(),
        command.get_args().collect::<Vec<_>>()
    );
    let status = Guarded::spawn(command)?
        .wait(limit)
        .map_err(|e| format!("{shown}: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown} ended with {status}"))
    }
}

/// Runs it unseen; answers whether it succeeded and what it said on both channels.
pub fn quietly(mut command: Command, limit: Duration, log: &Path) -> Result<(bool, String)> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    let file = File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
    let other = file.try_clone().map_err(|e| e.to_string())?;
    command.stdout(file).stderr(other);
    let status = Guarded::spawn(command)?.wait(limit);
    let said = String::from_utf8_lossy(&std::fs::read(log).unwrap_or_default()).into_owned();
    match status {
        Ok(status) => Ok((status.success(), said)),
        Err(why) => Ok((false, format!("{said}\n{why}"))),
    }
}

/// What a short command prints; `None` when it fails.
pub fn output(mut command: Command) -> Option<String> {
    let out = command.stderr(Stdio::null()).output().ok()?;
    out.status
        .success()
        .then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
