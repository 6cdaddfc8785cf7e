//! WebDriver: a headless Chromium through chromedriver, or the desktop app through tauri-driver.

use crate::children::{Child, free_port, ours};
use anyhow::{Context, Result};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};

const READY: Duration = Duration::from_secs(30);
/// How long a single request to a driver may take: longer than any wait of a story.
const REQUEST: Duration = Duration::from_secs(60);

/// A browser under a driver, with a profile of its own.
pub struct Chromium {
    pub driver: WebDriver,
    // Dropped in this order: the driver ends, then its profile goes.
    _process: Child,
    _profile: TempDir,
}

impl Chromium {
    pub async fn start() -> Result<Self> {
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = Child::start(Command::new(program).arg("--port=0"), "chromedriver")?;
        // "ChromeDriver was started successfully on port 41235."
        let port: u16 = process
            .line(READY, |line| {
                line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
            })
            .await?;
        let profile = tempfile::tempdir()?;
        let mut chrome = DesiredCapabilities::chrome();
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding",
            "--disable-backgrounding-occluded-windows",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            "--window-size=1440,900",
        ] {
            chrome.add_arg(argument)?;
        }
        chrome.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        chrome.set_browser_log_level(LoggingPrefsLogLevel::Severe)?;
        let driver = session(port, chrome).await.context("chromedriver gives no session")?;
        Ok(Self { driver, _process: process, _profile: profile })
    }

    /// Ends the browser in order; dropping it ends it too.
    pub async fn quit(self) {
        let _ = tokio::time::timeout(Duration::from_secs(10), self.driver.clone().quit()).await;
    }

    /// What the page wrote to the console as errors.
    pub async fn console_errors(&self) -> Vec<String> {
        let Ok(log) = self.driver.get_log("browser").await else {
            return Vec::new();
        };
        log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }
}

async fn session(port: u16, capabilities: impl Into<Capabilities>) -> WebDriverResult<WebDriver> {
    let driver =
        WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities).request_timeout(REQUEST).await?;
    driver.set_script_timeout(Duration::from_secs(45)).await?;
    Ok(driver)
}

/// The desktop app under tauri-driver.
pub struct App {
    pub driver: WebDriver,
    process: Child,
}

impl App {
    /// Starts the app that cargo built, with these arguments.
    pub async fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_program(&ours("heliograph")?, arguments).await
    }

    /// Starts this program, whose window is Tauri's.
    pub async fn start_program(program: &Path, arguments: &[&str]) -> Result<Self> {
        let (port, native) = (free_port()?, free_port()?);
        let driver = std::env::var_os("TAURI_DRIVER").unwrap_or_else(|| "tauri-driver".into());
        let mut command = Command::new(driver);
        command.arg("--port").arg(port.to_string()).arg("--native-port").arg(native.to_string());
        // The app inherits it; notifications and the demo world are told there.
        command.env("HELIOGRAPH_LOG", "info,zbus=warn");
        // The login manager is played too.
        if let Some(bus) = std::env::var_os("DBUS_SESSION_BUS_ADDRESS") {
            command.env("DBUS_SYSTEM_BUS_ADDRESS", bus);
        }
        let process = Child::start(&mut command, "tauri-driver")?;
        answers(port).await.context("tauri-driver does not answer")?;
        let mut app = Capabilities::new();
        app.set("tauri:options", json!({"application": program, "args": arguments}))?;
        app.set("browserName", json!("wry"))?;
        let driver = session(port, app)
            .await
            .with_context(|| format!("the app did not start:\n{}", process.said()))?;
        Ok(Self { driver, process })
    }

    /// Where its demo world is, from its log.
    pub async fn simulator(&mut self) -> Result<String> {
        self.process
            .line(Duration::from_secs(20), |line| {
                let origin = line.contains("demo world").then(|| line.find("http://127.0.0.1:"))??;
                let end =
                    line[origin..].find(['"', ' ', '\u{1b}']).map_or(line.len(), |length| origin + length);
                Some(line[origin..end].to_owned())
            })
            .await
            .context("the app does not log where its demo world is")
    }

    /// The end of its log.
    pub fn said(&self) -> String {
        self.process.said()
    }

    /// Ends it in order; dropping it ends it too.
    pub async fn quit(self) {
        let _ = tokio::time::timeout(Duration::from_secs(10), self.driver.clone().quit()).await;
    }
}

/// Waits until something listens there.
async fn answers(port: u16) -> Result<()> {
    let knock = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    Ok(tokio::time::timeout(READY, knock).await?)
}
