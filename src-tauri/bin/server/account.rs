//! `account`: connects accounts with a token from standard input, and lists them; through the running
//! server if there is one. A token is never an argument, since arguments are seen by everyone on the
//! computer.

use crate::{
    Failed,
    keys::{self, KeyArgs, MetaArgs},
    reach::Running,
    say,
};
use clap::{Args, Subcommand};
use engine::{
    Engine, Opening,
    answers::Answer,
    clock::Clock,
    model::{
        Account, Candidate, Host, Login, MetaAccountId, SecretText,
        call::{self, MetaApp},
    },
};
use std::{
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

/// A token is some hundred characters; more is not one.
const LONGEST_TOKEN: u64 = 16 * 1024;

#[derive(Subcommand)]
pub enum Command {
    /// Connect what a token reaches; the token comes on standard input.
    Add(Add),
    /// Show the connected accounts and what is wrong with them.
    List(List),
}

#[derive(Args)]
pub struct Add {
    /// Folder of the database.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    meta: MetaArgs,
    /// How the token was made.
    #[arg(long, value_parser = login)]
    login: Login,
    /// Your Meta app, so that the token can be inspected and calls be proved.
    #[arg(long, value_name = "ID", requires = "app_secret_env")]
    app_id: Option<String>,
    /// Name of the environment variable with that app's secret.
    #[arg(long, value_name = "NAME", requires = "app_id")]
    app_secret_env: Option<String>,
    /// Connect this account of Meta's; may be given more than once.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pick: Vec<String>,
    /// Connect everything the token reaches.
    #[arg(long)]
    all: bool,
}

#[derive(Args)]
pub struct List {
    /// Folder of the database.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    meta: MetaArgs,
}

fn login(word: &str) -> Result<Login, String> {
    Login::from_key(word).ok_or_else(|| {
        let words: Vec<_> = Login::ALL.into_iter().map(Login::key).collect();
        format!("one of {}", words.join(", "))
    })
}

impl Command {
    pub async fn run(self) -> Result<(), Failed> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), Failed> {
        let app = match (&self.app_id, &self.app_secret_env) {
            (Some(id), Some(name)) => {
                let secret = SecretText(keys::variable(name)?.reveal().trim().to_owned());
                Some(MetaApp { id: id.clone(), secret })
            }
            _ => None,
        };
        let token = token()?;
        let desk = Desk::at(&self.data, &self.key, &self.meta).await?;
        let done = self.connect(&desk, token, app).await;
        desk.leave().await;
        done
    }

    async fn connect(&self, desk: &Desk, token: SecretText, app: Option<MetaApp>) -> Result<(), Failed> {
        let found = desk.ask(call::DiscoverAccounts { login: self.login, token, app }).await?;
        let picked = self.picked(&found.candidates)?;
        let ids = desk.ask(call::ConnectAccounts { discovery: found.id, picked }).await?;
        for account in desk.ask(call::ListAccounts {}).await? {
            if ids.contains(&account.id) {
                say(format_args!("Connected {}", line(&account)));
            }
        }
        for caution in found.candidates.iter().filter_map(|c| c.caution.as_ref()) {
            let _ = writeln!(std::io::stderr(), "Note: {caution}");
        }
        Ok(())
    }

    fn picked(&self, candidates: &[Candidate]) -> Result<Vec<MetaAccountId>, Failed> {
        let everything = || candidates.iter().map(|c| c.meta_id.clone()).collect();
        if candidates.is_empty() {
            return Err(Failed::new(
                "This token reaches no account of this kind. Check --login, and the token's permissions.",
            ));
        }
        if self.all || (self.pick.is_empty() && candidates.len() == 1) {
            return Ok(everything());
        }
        let listed: Vec<String> = candidates
            .iter()
            .map(|c| format!("  {}  {} {} {}", c.meta_id, c.channel.name(), c.name, c.handle))
            .collect();
        if self.pick.is_empty() {
            return Err(Failed::usage(format!(
                "This token reaches several accounts. Say --pick ID or --all:\n{}",
                listed.join("\n")
            )));
        }
        let reached = |id: &&String| !candidates.iter().any(|c| c.meta_id.as_str() == id.as_str());
        if let Some(unknown) = self.pick.iter().find(reached) {
            return Err(Failed::usage(format!(
                "This token does not reach {unknown}. It reaches:\n{}",
                listed.join("\n")
            )));
        }
        Ok(self.pick.iter().cloned().map(MetaAccountId).collect())
    }
}

impl List {
    async fn run(self) -> Result<(), Failed> {
        let desk = Desk::at(&self.data, &self.key, &self.meta).await?;
        let accounts = desk.ask(call::ListAccounts {}).await;
        desk.leave().await;
        let accounts = accounts?;
        if accounts.is_empty() {
            let _ = writeln!(std::io::stderr(), "No account is connected.");
        }
        for account in &accounts {
            say(line(account));
        }
        Ok(())
    }
}

fn line(account: &Account) -> String {
    let state = account.health.problem.as_ref().map_or_else(|| "in order".into(), ToString::to_string);
    format!("{}  {}  {} {}: {state}", account.id, account.channel.name(), account.name, account.handle)
}

/// The token on standard input.
fn token() -> Result<SecretText, Failed> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        let _ = writeln!(std::io::stderr(), "Paste the token and press Enter, then Ctrl+D:");
    }
    let mut text = String::new();
    input
        .by_ref()
        .take(LONGEST_TOKEN)
        .read_to_string(&mut text)
        .map_err(|_| Failed::new("The token on standard input could not be read."))?;
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err(Failed::usage("Give the token, and nothing else, on standard input."));
    }
    Ok(SecretText(text.to_owned()))
}

/// Whoever answers: the running server, or an engine of our own.
enum Desk {
    Theirs(Running),
    Ours(Box<Engine>),
}

impl Desk {
    async fn at(data: &Path, key: &KeyArgs, meta: &MetaArgs) -> Result<Self, Failed> {
        // A note may be left over from a server that was killed.
        if let Some(running) = Running::over(data)
            && running.ask(&call::GetStatus {}).await.is_ok()
        {
            return Ok(Self::Theirs(running));
        }
        let key = key.find(data).await?;
        let opened = Engine::open(Opening {
            config: meta.config(data),
            key: key.key,
            key_home: key.home,
            clock: Clock::system(),
            host: Host::Server,
            demo: None,
        })
        .await;
        opened.map(|engine| Self::Ours(Box::new(engine))).map_err(Failed::new)
    }

    async fn ask<R: Answer>(&self, request: R) -> Result<R::Reply, Failed> {
        match self {
            Self::Theirs(server) => server.ask(&request).await,
            Self::Ours(engine) => engine.ask(request).await.map_err(Failed::new),
        }
    }

    async fn leave(self) {
        if let Self::Ours(engine) = self {
            engine.stop().await;
        }
    }
}
