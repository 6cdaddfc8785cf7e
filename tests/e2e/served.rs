//! heliograph-server with a demo world and a data folder of its own.

use crate::children::{Child, ours};
use crate::simulator::Simulator;
use anyhow::Result;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The demo's import of several thousand messages comes before the link in a debug build.
const READY: Duration = Duration::from_secs(90);

/// A running server; ends when dropped.
pub struct Served {
    /// Opens the inbox once.
    pub link: String,
    /// Absent without a demo world.
    pub simulator: Option<Simulator>,
    child: Child,
    // After the child, so that nothing writes any more.
    data: TempDir,
}

impl Served {
    /// With the demo world, or empty as on a first start.
    pub async fn start(demo: bool) -> Result<Self> {
        Self::over(tempfile::tempdir()?, demo, "127.0.0.1:0").await
    }

    async fn over(data: TempDir, demo: bool, listen: &str) -> Result<Self> {
        let mut command = Command::new(ours("heliograph-server")?);
        command.args(["serve", "--listen", listen, "--data"]).arg(data.path());
        command.env_remove("HELIOGRAPH_KEY");
        if demo {
            command.args(["--demo", "--seed", "7"]);
        }
        let mut child = Child::start(&mut command, "heliograph-server")?;
        let simulator = if demo {
            let origin =
                child.line(READY, |line| line.strip_prefix("Simulator at ").map(str::to_owned)).await?;
            Some(Simulator::at(origin.trim())?)
        } else {
            None
        };
        let link = child.line(READY, |line| line.strip_prefix("Open ").map(str::to_owned)).await?;
        Ok(Self { link: link.trim().to_owned(), simulator, child, data })
    }

    /// Where the inbox is, without the link's secret.
    pub fn origin(&self) -> String {
        let rest = self.link.split_once("://").map_or(self.link.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or(rest);
        format!("http://{host}")
    }

    /// Ends it as a power cut would and starts it again at the same address over the same data.
    pub async fn restart(self, demo: bool) -> Result<Self> {
        let listen = self.origin().trim_start_matches("http://").to_owned();
        let Self { child, data, .. } = self;
        drop(child);
        Self::over(data, demo, &listen).await
    }

    /// The end of its log.
    pub fn said(&self) -> String {
        self.child.said()
    }
}
