//! Other programs. Each that runs unattended has a deadline and a process group of its own, and nothing
//! it started outlives it: not after its end, not after a time-out, not after Ctrl+C.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs::{self, File},
    io::{IsTerminal, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

pub type Result<T> = std::result::Result<T, String>;

/// Set for every unattended child and so for whatever it starts: how leftovers are told from strangers.
const MARK: &str = "HELIOGRAPH_XTASK";

/// The process groups that run unattended now.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// A program that hears Ctrl+C itself has the person's attention.
static SHOWING: AtomicBool = AtomicBool::new(false);

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| ".".into(), Path::to_owned)
}

/// Cargo's folder for what it builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Where Heliograph keeps what it builds once for a machine.
pub fn cache() -> PathBuf {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("XDG_CACHE_HOME")
        .or_else(|| named("LOCALAPPDATA").filter(|_| cfg!(windows)))
        .or_else(|| {
            let caches = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
            named("HOME").map(|home| home.join(caches))
        })
        .unwrap_or_else(target)
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

/// Ends what runs unattended when somebody presses Ctrl+C or ends this command.
pub fn end_all_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        let groups: Vec<u32> = RUNNING.lock().map(|set| set.iter().copied().collect()).unwrap_or_default();
        for group in &groups {
            kill_group(*group);
        }
        kill_marked(&own_mark());
        // What a person looks at (the demo) hears Ctrl+C itself, ends in order, and we after it.
        if !SHOWING.load(Ordering::SeqCst) {
            std::process::exit(130);
        }
    })
    .map_err(|e| format!("Ctrl+C cannot be heard: {e}"))
}

/// A child that ends with this value, with all that it started.
pub struct Guarded(Child);

/// Those marked with ours, or with one that begins with ours, are our descendants.
fn own_mark() -> String {
    let own = std::process::id();
    match std::env::var(MARK) {
        Ok(above) => format!("{above}/{own}"),
        Err(_) => own.to_string(),
    }
}

impl Guarded {
    pub fn spawn(mut command: Command) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let shown = shown(&command);
        let child = command.env(MARK, own_mark()).spawn();
        let child = child.map_err(|e| format!("{shown} could not be started: {e}"))?;
        if let Ok(mut running) = RUNNING.lock() {
            running.insert(child.id());
        }
        Ok(Self(child))
    }

    /// Waits until it ends; past `limit` it is ended. `meanwhile` hears how long it has run.
    pub fn wait(&mut self, limit: Duration, mut meanwhile: impl FnMut(Duration)) -> Result<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if start.elapsed() >= limit => {
                    return Err(format!("it did not end within {} s and was stopped", limit.as_secs()));
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(50)),
                Err(e) => return Err(e.to_string()),
            }
            meanwhile(start.elapsed());
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        kill_group(self.0.id());
        kill_marked(&own_mark());
        let _ = self.0.kill();
        let _ = self.0.wait();
        if let Ok(mut running) = RUNNING.lock() {
            running.remove(&self.0.id());
        }
    }
}

/// The shell's own `kill`: the program of that name may be missing.
#[cfg(unix)]
fn kill_group(group: u32) {
    let _ =
        Command::new("sh").args(["-c", &format!("kill -s KILL -- -{group}")]).stderr(Stdio::null()).status();
}

#[cfg(not(unix))]
fn kill_group(group: u32) {
    let _ = Command::new("taskkill")
        .args(["/F", "/T", "/PID", &group.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// Ends those that left the group (browsers, keychain daemons): on Linux a process tells its environment.
fn kill_marked(mark: &str) {
    let wanted = format!("{MARK}={mark}");
    let Ok(processes) = fs::read_dir("/proc") else {
        return;
    };
    for process in processes.flatten() {
        let Ok(id) = process.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        if environment
            .split(|byte| *byte == 0)
            .filter_map(|entry| entry.strip_prefix(wanted.as_bytes()))
            .any(|rest| rest.is_empty() || rest.starts_with(b"/"))
        {
            let _ =
                Command::new("sh").args(["-c", &format!("kill -s KILL {id}")]).stderr(Stdio::null()).status();
        }
    }
}

/// How a command is named in a sentence.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args().take(6));
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    format!("`{}`", words.join(" "))
}

/// In sight of the person and with their keyboard: Ctrl+C reaches it, and there is no deadline.
pub fn show(mut command: Command) -> Result<()> {
    let shown = shown(&command);
    SHOWING.store(true, Ordering::SeqCst);
    let status = command.stdin(Stdio::inherit()).status();
    SHOWING.store(false, Ordering::SeqCst);
    let status = status.map_err(|e| format!("{shown} could not be started: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}")) }
}

/// Runs it unseen, showing now and then what it is at; answers whether it succeeded and what it said on
/// both channels.
pub fn quietly(mut command: Command, limit: Duration, log: &Path) -> Result<(bool, String)> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    let file = File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
    let other = file.try_clone().map_err(|e| e.to_string())?;
    command.stdout(file).stderr(other);
    let mut progress = Progress::new();
    let status = Guarded::spawn(command)?.wait(limit, |at| progress.show(at, log));
    progress.clear();
    let said = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    match status {
        Ok(status) => Ok((status.success(), said)),
        Err(why) => Ok((false, format!("{said}\n{why}"))),
    }
}

/// Runs it unseen; its last words are in the error.
pub fn silently(command: Command, limit: Duration, name: &str) -> Result<String> {
    let shown = shown(&command);
    let (good, said) = quietly(command, limit, &target().join("setup").join(format!("{name}.log")))?;
    if good {
        return Ok(said);
    }
    let lines: Vec<&str> = said.lines().collect();
    Err(format!("{shown} failed:\n{}", lines[lines.len().saturating_sub(30)..].join("\n")))
}

/// What a short command prints; `None` when it fails.
pub fn output(mut command: Command) -> Option<String> {
    let out = command.stderr(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// One line that says what a long step is at: rewritten in a terminal, once a minute elsewhere.
struct Progress {
    terminal: bool,
    next: Duration,
    shown: bool,
}

impl Progress {
    fn new() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let next = Duration::from_secs(if terminal { 1 } else { 60 });
        Self { terminal, next, shown: false }
    }

    fn show(&mut self, at: Duration, log: &Path) {
        if at < self.next {
            return;
        }
        self.next = at + Duration::from_secs(if self.terminal { 1 } else { 60 });
        let line = last_line(log).unwrap_or_default();
        let line: String = line.trim().chars().filter(|c| !c.is_control()).take(90).collect();
        if self.terminal {
            print!("\r\x1b[2K   {} s  {line}", at.as_secs());
            let _ = std::io::stdout().flush();
            self.shown = true;
        } else {
            println!("   {} s  {line}", at.as_secs());
        }
    }

    fn clear(&self) {
        if self.shown {
            print!("\r\x1b[2K");
            let _ = std::io::stdout().flush();
        }
    }
}

fn last_line(log: &Path) -> Option<String> {
    let mut file = File::open(log).ok()?;
    let end = file.seek(SeekFrom::End(0)).ok()?;
    file.seek(SeekFrom::Start(end.saturating_sub(2048))).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.split(['\n', '\r']).rev().find(|line| !line.trim().is_empty()).map(str::to_owned)
}
