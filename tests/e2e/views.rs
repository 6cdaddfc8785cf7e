//! The interface's own tests: a folder with the page, the glue and the wasm, opened in a headless Chromium.
//! `cargo xtask` prepares the folder and starts this as cargo's runner.

use crate::drivers::Chromium;
use crate::page::Page;
use anyhow::{Result, bail};
use std::path::Path;
use std::time::Duration;
use tower_http::services::ServeDir;

/// For all tests of one binary together.
const PATIENCE: Duration = Duration::from_secs(40);

/// Prints what the tests print; answers whether all passed.
pub async fn run(folder: &Path) -> Result<bool> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let files = axum::Router::new().fallback_service(ServeDir::new(folder));
    let server = tokio::spawn(async move { axum::serve(listener, files).await });
    let chromium = Chromium::start().await?;
    let page = Page::new(&chromium.driver);
    page.driver.goto(format!("http://{address}/")).await?;

    // As long as tests go on ending, there is no hurry.
    let mut said = String::new();
    loop {
        let more = format!(
            "(() => {{ const t = document.getElementById('output').textContent;
                return (t.includes('test result: ') || t.length > {}) && t; }})()",
            said.len()
        );
        match page.until_within(PATIENCE, "the next line of the tests", &more).await {
            Ok(text) => text.as_str().unwrap_or_default().clone_into(&mut said),
            Err(error) => {
                println!("{said}");
                for line in chromium.console_errors().await {
                    println!("{line}");
                }
                chromium.quit().await;
                bail!("{error:#}");
            }
        }
        if said.contains("test result: ") {
            break;
        }
    }
    println!("{}", said.trim_start_matches("Loading").trim());
    let good = said.contains("test result: ok");
    // What was drawn, for whoever renews the kept portraits.
    let drawn = page.now("window.portraits ?? {}").await?;
    for (name, text) in drawn.as_object().into_iter().flatten() {
        std::fs::write(folder.join(format!("{name}.txt")), text.as_str().unwrap_or_default())?;
    }
    chromium.quit().await;
    server.abort();
    Ok(good)
}
