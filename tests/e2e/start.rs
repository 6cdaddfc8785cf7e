//! What a start costs beyond that of an empty Tauri window: both programs are started in turns, from the moment of
//! starting the program to its page's first frame with something in it, which for ours is the list over a large
//! inbox. Same web view, same driver, so that what they add is in both.

use crate::children::ours;
use crate::drivers::App;
use crate::page::Page;
use crate::window::{is_inside, session, unlock_keychain};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// When the page noted the first frame with something in it, in milliseconds since 1970.
const PAINTED: &str =
    "performance.getEntriesByName('list').map((e) => performance.timeOrigin + e.startTime)[0]";

/// Prints the medians of several starts, in milliseconds.
pub async fn run(data: &Path, times: usize) -> Result<bool> {
    let data = std::path::absolute(data)?;
    let data = data.to_str().context("a folder whose name is text")?;
    if !is_inside() {
        return session(&["start", "--data", data, "--times", &times.to_string()]).await;
    }
    unlock_keychain()?;
    let empty = Launcher::of(&ours("examples/empty-window")?)?;
    let inbox = Launcher::of(&ours("heliograph")?)?;
    let (mut without, mut with) = (Vec::with_capacity(times), Vec::with_capacity(times));
    // The first of each finds nothing in the system's cache and counts for nothing.
    for n in 0..=times {
        let (bare, full) = (empty.start(&[]).await?, inbox.start(&["--data", data]).await?);
        println!(
            "an empty window {bare:.0} ms, a usable list {full:.0} ms{}",
            if n == 0 { " (not counted)" } else { "" }
        );
        if n > 0 {
            without.push(bare);
            with.push(full);
        }
    }
    let (without, with) = (median(without), median(with));
    println!(
        "a usable list after an empty window, {times} starts: {:.0} ms more ({with:.0} ms and {without:.0} ms, medians)",
        with - without
    );
    Ok(true)
}

/// Starts a program for the driver and notes when.
struct Launcher {
    folder: TempDir,
}

impl Launcher {
    fn of(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("start");
        let (noted, program) = (folder.path().join("noted"), program.display());
        fs::write(
            &script,
            format!("#!/bin/sh\ndate +%s%3N > '{}'\nexec '{program}' \"$@\"\n", noted.display()),
        )?;
        #[cfg(unix)]
        fs::set_permissions(
            &script,
            <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755),
        )?;
        Ok(Self { folder })
    }

    /// Milliseconds from the start to the first frame with something in it.
    async fn start(&self, arguments: &[&str]) -> Result<f64> {
        let app = App::start_program(&self.folder.path().join("start"), arguments).await?;
        let painted =
            Page::new(&app.driver).until_within(Duration::from_secs(60), "the first frame", PAINTED).await;
        let painted = painted.with_context(|| app.said())?.as_f64().context("no time")?;
        app.quit().await;
        let began: f64 = fs::read_to_string(self.folder.path().join("noted"))?.trim().parse()?;
        Ok(painted - began)
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
