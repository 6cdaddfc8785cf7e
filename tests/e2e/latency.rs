//! The time from a signed webhook to the painted bubble, in a browser over the real server. Both ends are on
//! this machine, so one clock tells: the simulator's moment of sending and the browser's next painted frame.

use crate::drivers::Chromium;
use crate::page::{Page, quoted};
use crate::served::Served;
use anyhow::{Context, Result};
use std::time::{SystemTime, UNIX_EPOCH};

/// Prints median, 95th and 99th percentile in milliseconds.
pub async fn run(messages: usize) -> Result<bool> {
    let served = Served::start(true).await?;
    let simulator = served.simulator.clone().context("the demo world is missing")?;
    let chromium = Chromium::start().await?;
    let page = Page::new(&chromium.driver);
    page.driver.goto(&served.link).await?;
    page.until("the inbox", "seen(mark('conversation-list'))").await?;
    let opening = "Latency starts here";
    let person = simulator.stranger_says("messenger", opening).await?;
    page.open(opening).await?;
    // Notes when a frame with a new bubble has been painted: after the frame's callbacks come style and
    // paint, and the task after those.
    page.now(
        "(() => {
            window.painted = {};
            new MutationObserver(() => {
                for (const b of marks('bubble')) {
                    const found = /measured (\\d+)\\./.exec(b.textContent);
                    if (found && !(found[1] in window.painted)) {
                        window.painted[found[1]] = 0;
                        requestAnimationFrame(() => setTimeout(() => {
                            window.painted[found[1]] = performance.timeOrigin + performance.now();
                        }, 0));
                    }
                }
            }).observe(document.body, { subtree: true, childList: true, characterData: true });
            return true;
        })()",
    )
    .await?;
    let mut times = Vec::with_capacity(messages);
    for n in 0..messages {
        let sent = now_ms();
        simulator.says("messenger", &person, &format!("measured {n}.")).await?;
        let name = quoted(&n.to_string());
        let painted = page.until("the painted bubble", &format!("window.painted[{name}]")).await?;
        times.push(painted.as_f64().context("no time")? - sent);
    }
    times.sort_by(f64::total_cmp);
    let at =
        |share: f64| times.get(((times.len() as f64 * share).ceil() as usize).saturating_sub(1)).copied();
    println!(
        "webhook to painted bubble, {messages} messages: median {:.0} ms, p95 {:.0} ms, p99 {:.0} ms",
        at(0.5).unwrap_or_default(),
        at(0.95).unwrap_or_default(),
        at(0.99).unwrap_or_default()
    );
    chromium.quit().await;
    Ok(true)
}

fn now_ms() -> f64 {
    #[allow(clippy::disallowed_methods, reason = "a stopwatch across two processes")]
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}
