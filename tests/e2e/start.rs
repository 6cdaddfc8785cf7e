//! The time a start takes beyond an empty window: from the web view's first paint, which knows nothing of ours but
//! the page's skeleton, to the first frame with conversations in the list.

use crate::drivers::App;
use crate::page::Page;
use crate::window::{is_inside, session};
use anyhow::{Context, Result};
use std::path::Path;
use std::time::Duration;

/// Prints the median and the worst of several starts, in milliseconds.
pub async fn run(data: &Path, times: usize) -> Result<bool> {
    let data = std::path::absolute(data)?;
    let data = data.to_str().context("a folder whose name is text")?;
    if !is_inside() {
        return session(&["start", "--data", data, "--times", &times.to_string()]).await;
    }
    let mut beyond = Vec::with_capacity(times);
    for _ in 0..times {
        let app = App::start(&["--data", data]).await?;
        let page = Page::new(&app.driver);
        let list = page.until_within(Duration::from_secs(60), "the list", &first("mark", "list")).await;
        let list = list.with_context(|| app.said())?.as_f64().context("no time")?;
        let paint = page.until("the first paint", &first("paint", "first-contentful-paint")).await?;
        let paint = paint.as_f64().context("no time")?;
        println!("first paint {paint:.0} ms after the page was asked for, the list {list:.0} ms");
        beyond.push(list - paint);
        app.quit().await;
    }
    beyond.sort_by(f64::total_cmp);
    let median = beyond.get(beyond.len() / 2).copied().unwrap_or_default();
    let worst = beyond.last().copied().unwrap_or_default();
    println!(
        "a usable list after an empty window, {times} starts: median {median:.0} ms, worst {worst:.0} ms"
    );
    Ok(true)
}

/// When the first entry of this kind and name stands in the page's timeline.
fn first(kind: &str, name: &str) -> String {
    format!(
        "performance.getEntriesByType('{kind}').filter((e) => e.name === '{name}').map((e) => e.startTime)[0]"
    )
}
