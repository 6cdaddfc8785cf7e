//! `backup`, `restore`, `export`: copies of a data folder, through the running server where one runs over it. A
//! passphrase is never an argument, since arguments are seen by everyone on the computer.

use crate::{Failed, keys::KeyArgs, reach::Running, say};
use clap::Args;
use engine::{
    clock::Clock,
    copies::{Copier, CopyError, Extent, Place, Progress, Source, Wish, folder, restore},
    events::Events,
    model::{
        Code, ConversationId, CopyKind, CopyState, Problem, SecretText,
        call::{self, GetCopying},
    },
    server::key,
    store::{Store, swap},
    vault::{Secret, Vault},
};
use std::{
    io::{BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

/// How often a running server is asked how far it is.
const LOOK: Duration = Duration::from_millis(200);

/// Where the passphrase comes from.
#[derive(Args)]
struct PassphraseArgs {
    /// File whose first line is the passphrase [default: the first line of standard input].
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    fn read(&self) -> Result<Secret, Failed> {
        let mut line = String::new();
        match &self.passphrase_file {
            Some(path) => {
                let text = Secret::new(std::fs::read_to_string(path).map_err(|e| {
                    Failed::usage(format!("The passphrase file {} cannot be read: {e}.", path.display()))
                })?);
                line.push_str(text.reveal().lines().next().unwrap_or_default());
            }
            None => {
                let input = std::io::stdin();
                if input.is_terminal() {
                    let _ = writeln!(std::io::stderr(), "Type the passphrase and press Enter:");
                }
                input
                    .lock()
                    .read_line(&mut line)
                    .map_err(|_| Failed::new("The passphrase on standard input could not be read."))?;
            }
        }
        let words = Secret::new(line.trim_end_matches(['\r', '\n']));
        if words.reveal().is_empty() {
            return Err(Failed::usage("Give the passphrase on standard input or with --passphrase-file."));
        }
        Ok(words)
    }
}

#[derive(Args)]
pub struct Backup {
    /// Folder of the database.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// The file to write [default: a name with the time, in the folder backups of the data folder].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Leave pictures and files out.
    #[arg(long)]
    no_media: bool,
    /// Leave the accounts' tokens out: each is signed in again after a restore.
    #[arg(long)]
    no_tokens: bool,
}

impl Backup {
    pub async fn run(self) -> Result<(), Failed> {
        let passphrase = self.passphrase.read()?;
        let (media, tokens) = (!self.no_media, !self.no_tokens);
        if let Some(server) = running(&self.data).await {
            let passphrase = SecretText(passphrase.reveal().to_owned());
            server.ask(&call::StartBackup { to: None, passphrase, media, tokens }).await?;
            return fetch(&server, self.out.as_deref()).await;
        }
        let wish = Wish { passphrase, media, tokens };
        make(&self.data, &self.key, self.out, CopyKind::Backup, async |copier, to| {
            copier.backup(to, wish).map_err(refused)?.await.map_err(Failed::new)
        })
        .await
    }
}

#[derive(Args)]
pub struct Export {
    /// Folder of the database.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// The zip to write [default: a name with the time, in the folder exports of the data folder].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// This conversation alone.
    #[arg(long, value_name = "ID")]
    conversation: Option<i64>,
    /// Pictures and files too.
    #[arg(long)]
    media: bool,
}

impl Export {
    pub async fn run(self) -> Result<(), Failed> {
        let (conversation, media) = (self.conversation.map(ConversationId), self.media);
        if let Some(server) = running(&self.data).await {
            server.ask(&call::StartExport { to: None, conversation, media }).await?;
            return fetch(&server, self.out.as_deref()).await;
        }
        let extent = Extent { only: conversation, media };
        make(&self.data, &self.key, self.out, CopyKind::Export, async |copier, to| {
            copier.export(to, extent).map_err(refused)?.await.map_err(Failed::new)
        })
        .await
    }
}

#[derive(Args)]
pub struct Restore {
    /// Folder of the data; made when missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// The backup.
    #[arg(long = "in", value_name = "FILE", required_unless_present = "daily", conflicts_with = "daily")]
    file: Option<PathBuf>,
    /// A daily copy instead: its name in the folder copies of the data folder, or "newest".
    #[arg(long, value_name = "NAME")]
    daily: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

impl Restore {
    pub async fn run(self) -> Result<(), Failed> {
        if running(&self.data).await.is_some() {
            return Err(Failed::new(
                "A server runs over this data. Stop it first, or restore on its settings page. Nothing was changed.",
            ));
        }
        let source = match (self.file, self.daily) {
            (Some(file), _) => Source::Backup { file, passphrase: self.passphrase.read()? },
            (None, name) => {
                let name = name.filter(|name| name != "newest");
                let newest = || folder::list(&self.data, CopyKind::Daily).into_iter().next().map(|c| c.name);
                Source::Daily { name: name.or_else(newest).ok_or_else(|| Failed::new(CopyError::Gone))? }
            }
        };
        // A daily copy without a key beside it is of no use; a folder without data gets a key of its own.
        let vault = Vault::new(&self.key.find(&self.data).await?.key);
        let now = Clock::system().now();
        let place = Place { data: &self.data, vault: Some(&vault), now };
        let about = restore::lay_ready(&place, source, &Progress::default()).await.map_err(Failed::new)?;
        restore::give_word(&self.data, now).map_err(Failed::new)?;
        swap::swap(&self.data).map_err(Failed::new)?;
        say(format_args!("Restored {} messages in {} conversations.", about.messages, about.conversations));
        if about.held > 0 {
            say(format_args!("{} sends that waited are held: look before you send them again.", about.held));
        }
        if about.missing_files > 0 {
            say(format_args!("{} files are not here: their messages say so.", about.missing_files));
        }
        Ok(())
    }
}

/// The server over `data`; a note may be left over from one that was killed.
async fn running(data: &Path) -> Option<Running> {
    let server = Running::over(data)?;
    server.ask(&call::GetStatus {}).await.is_ok().then_some(server)
}

/// Makes a file of `kind` over data that no engine runs over: nothing is fetched or sent meanwhile.
async fn make(
    data: &Path,
    key: &KeyArgs,
    out: Option<PathBuf>,
    kind: CopyKind,
    work: impl AsyncFnOnce(&Copier, PathBuf) -> Result<(), Failed>,
) -> Result<(), Failed> {
    if !key::holds_data(data) {
        return Err(Failed::usage(format!("There is no data in {}.", data.display())));
    }
    let vault = Vault::new(&key.find(data).await?.key);
    let clock = Clock::system();
    let store = Store::open(data, clock.clone()).await.map_err(Failed::new)?;
    let copier = Copier::new(data, store.clone(), vault, clock, Events::default());
    let made = async {
        let to = match out {
            Some(out) => std::path::absolute(out).map_err(Failed::new)?,
            None => copier.usual_place(kind).map_err(Failed::new)?,
        };
        work(&copier, to.clone()).await.map(|()| to)
    };
    let made = made.await;
    store.close().await;
    say(made?.display());
    Ok(())
}

/// Why it did not begin.
fn refused(problem: Problem) -> Failed {
    match problem.code {
        Code::BadRequest => Failed::usage(problem),
        _ => Failed::new(problem),
    }
}

/// Waits until the server has made the file, and moves it to where it was asked for.
async fn fetch(server: &Running, out: Option<&Path>) -> Result<(), Failed> {
    let file = loop {
        match server.ask(&GetCopying {}).await?.map(|copying| copying.state) {
            Some(CopyState::Done { file, .. }) => break PathBuf::from(file),
            Some(CopyState::Failed { problem }) => return Err(Failed::new(problem)),
            None => return Err(Failed::new(CopyError::Stopped)),
            Some(_) => tokio::time::sleep(LOOK).await,
        }
    };
    server.ask(&call::StopCopying {}).await?;
    let Some(out) = out else {
        say(file.display());
        return Ok(());
    };
    let failed = |why| Failed::new(CopyError::writing(out, why));
    if std::fs::rename(&file, out).is_err() {
        // Another disk: copied, and removed here once it is there.
        std::fs::copy(&file, out).map_err(failed)?;
        std::fs::remove_file(&file).map_err(failed)?;
    }
    say(out.display());
    Ok(())
}
