//! Ways out for whoever may use the computer's files: `secrets forget` when the key is lost for good, `lock remove`
//! when the words of the app lock are.

use crate::{Failed, keys::KeyArgs, say};
use clap::{Args, Subcommand};
use engine::{clock::Clock, forget_secrets, server::key, store};
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Secrets {
    /// Forget what a lost key sealed, keep the history, and make a new key. Every account must be connected again.
    Forget(Forget),
}

#[derive(Subcommand)]
pub enum Lock {
    /// Take the app lock off without its words. Stop the server or the app before.
    Remove(Remove),
}

#[derive(Args)]
pub struct Forget {
    /// Folder of the database.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// Really: it cannot be undone, and the old key will open nothing any more.
    #[arg(long)]
    for_good: bool,
}

#[derive(Args)]
pub struct Remove {
    /// Folder of the database.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Secrets {
    pub async fn run(self) -> Result<(), Failed> {
        let Self::Forget(forget) = self;
        forget.run().await
    }
}

impl Forget {
    async fn run(self) -> Result<(), Failed> {
        if !key::holds_data(&self.data) {
            return Err(Failed::usage(format!("{} holds no inbox.", self.data.display())));
        }
        if !self.for_good {
            return Err(Failed::usage(
                "This forgets the tokens of all accounts and all app secrets; conversations, messages, files, notes and \
                 settings stay. Do it only when the key is lost for good, and say so with --for-good.",
            ));
        }
        let found = self.key.find_anew(&self.data).await?;
        let accounts = forget_secrets(&self.data, &found.key, Clock::system()).await.map_err(Failed::new)?;
        if !self.key.is_passphrase() {
            key::retire_passphrase(&self.data).map_err(Failed::new)?;
        }
        // The desktop would look for the old key where it was.
        let _ = std::fs::remove_file(self.data.join(key::HOME_NOTE));
        say(format_args!("Forgotten. The new key: {}. Accounts to connect again: {accounts}", found.home));
        Ok(())
    }
}

impl Lock {
    pub async fn run(self) -> Result<(), Failed> {
        let Self::Remove(remove) = self;
        if !key::holds_data(&remove.data) {
            return Err(Failed::usage(format!("{} holds no inbox.", remove.data.display())));
        }
        let store = store::Store::open(&remove.data, Clock::system()).await.map_err(Failed::new)?;
        let removed = engine::lock::take_off(&store).await;
        store.close().await;
        say(if removed.map_err(Failed::new)? { "The lock is off." } else { "There was no lock." });
        Ok(())
    }
}
