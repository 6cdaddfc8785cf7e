//! Which data folder, which key opens it, and where Meta is: what several commands are told alike.

use crate::Failed;
use clap::Args;
use engine::{
    config::{Config, Hosts},
    server::key::{FoundKey, KeyProblem, KeySource, VARIABLE},
    vault::Secret,
};
use std::path::{Path, PathBuf};
use url::Url;

/// Where Meta is.
#[derive(Args, Clone)]
pub struct MetaArgs {
    /// Reach Meta's hosts at this address instead: a proxy, or a simulator.
    #[arg(long, value_name = "URL", env = "HELIOGRAPH_META")]
    meta: Option<Url>,
}

impl MetaArgs {
    /// The configuration over `data`.
    pub fn config(&self, data: &Path) -> Config {
        let mut config = Config::new(data);
        if let Some(meta) = &self.meta {
            config.hosts = Hosts::all_at(meta.as_str());
        }
        config
    }
}

/// The key of the data folder.
#[derive(Args, Clone)]
pub struct KeyArgs {
    /// File with the key; made with a new key when neither it nor data exist [default: heliograph.key in the
    /// data folder]. The key itself may be in the environment variable HELIOGRAPH_KEY instead.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_env")]
    key_file: Option<PathBuf>,
    /// Name of an environment variable that holds a passphrase from which the key is made.
    #[arg(long, value_name = "NAME")]
    passphrase_env: Option<String>,
}

impl KeyArgs {
    /// Whether the key comes from a passphrase.
    pub fn is_passphrase(&self) -> bool {
        self.passphrase_env.is_some()
    }

    /// Finds or makes the key for `data`.
    pub async fn find(&self, data: &Path) -> Result<FoundKey, Failed> {
        self.look(data, KeySource::find).await
    }

    /// The same where the secrets in `data` are about to be forgotten.
    pub async fn find_anew(&self, data: &Path) -> Result<FoundKey, Failed> {
        self.look(data, KeySource::find_anew).await
    }

    async fn look(
        &self,
        data: &Path,
        find: fn(KeySource, &Path) -> Result<FoundKey, KeyProblem>,
    ) -> Result<FoundKey, Failed> {
        let source = match (&self.key_file, &self.passphrase_env) {
            (Some(file), _) => KeySource::File(file.clone()),
            (None, Some(name)) => KeySource::Passphrase(variable(name)?),
            (None, None) => match std::env::var(VARIABLE) {
                Ok(text) => KeySource::Text(Secret::new(text)),
                Err(_) => KeySource::usual(data).map_err(Failed::usage)?,
            },
        };
        let folder = data.to_owned();
        let found = tokio::task::spawn_blocking(move || find(source, &folder))
            .await
            .map_err(Failed::new)?
            .map_err(Failed::new)?;
        if let Some(path) = &found.made {
            tracing::info!(
                path = %path.display(),
                "made a new key file; keep a copy elsewhere: without it every account must be connected again"
            );
        }
        Ok(found)
    }
}

/// The secret in the environment variable `name`.
pub fn variable(name: &str) -> Result<Secret, Failed> {
    match std::env::var(name) {
        Ok(text) if !text.trim().is_empty() => Ok(Secret::new(text)),
        _ => Err(Failed::usage(format!("The environment variable {name} is empty or not set."))),
    }
}
