//! `link`: a new one-time link to the inbox of a running server.

use crate::{Failed, reach::Running, say};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub struct Link {
    /// Folder of the running server.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Link {
    pub async fn run(self) -> Result<(), Failed> {
        let Some(server) = Running::over(&self.data) else {
            return Err(Failed::new(format!(
                "No server runs over {}. Start one: heliograph-server serve --data {}",
                self.data.display(),
                self.data.display()
            )));
        };
        say(format_args!("Open {}", server.link().await?));
        Ok(())
    }
}
