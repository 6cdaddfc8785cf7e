//! The time from a signed webhook to the painted bubble, in a browser over the real server, and where it goes. All
//! ends are on this machine, so one clock tells: the simulator's moment of sending, then the browser's.
//! `cargo xtask bench -- latency` runs it over the server and the interface that people get.

use crate::drivers::Chromium;
use crate::page::{Page, quoted};
use crate::served::Served;
use crate::stories;
use anyhow::{Context, Result};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the page notes of each message, in this order.
const STEPS: [(&str, &str); 5] = [
    ("told", "the event reached the page"),
    ("asked", "the thread was asked for"),
    ("answered", "its answer was there"),
    ("drawn", "the bubble stood in the page"),
    ("painted", "the frame with it was painted"),
];

/// Stands in the page before anything of ours runs: notes when events come, and when the thread is asked for and
/// answered.
const NOTE: &str = "
    const now = () => performance.timeOrigin + performance.now();
    window.told = [];
    window.calls = [];
    window.EventSource = class extends EventSource {
        constructor(...all) {
            super(...all);
            this.addEventListener('message', (e) => {
                if (e.data.includes('message_changed')) window.told.push(now());
            });
        }
    };
    const fetched = window.fetch;
    window.fetch = async (to, init) => {
        const call = { asked: now() };
        const answer = await fetched(to, init);
        if (!String(init?.body).includes('ListMessages')) return answer;
        const text = answer.text.bind(answer);
        answer.text = async () => { const said = await text(); call.answered = now(); return said; };
        window.calls.push(call);
        return answer;
    };
";

/// Notes when a bubble stands in the page, and when a frame with it has been painted: after the frame's callbacks come
/// style and paint, and the task after those.
const WATCH: &str = "(() => {
    const now = () => performance.timeOrigin + performance.now();
    window.measured = {};
    new MutationObserver(() => {
        for (const b of marks('bubble')) {
            const found = /measured (\\d+)\\./.exec(b.textContent);
            if (found && !(found[1] in window.measured)) {
                const m = { told: window.told[0], ...window.calls.findLast((c) => c.answered), drawn: now() };
                window.measured[found[1]] = m;
                requestAnimationFrame(() => setTimeout(() => { m.painted = now(); }, 0));
            }
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    return true;
})()";

/// Prints median, 95th and 99th percentile in milliseconds of the whole way, and of each step from the beginning.
pub async fn run(messages: usize) -> Result<bool> {
    let served = Served::start(true).await?;
    let simulator = served.simulator.clone().context("the demo world is missing")?;
    let chromium = Chromium::start().await?;
    let page = Page::new(&chromium.driver);
    let script = json!({ "source": NOTE });
    page.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await?;
    page.driver.goto(&served.link).await?;
    page.until("the inbox", "seen(mark('conversation-list'))").await?;
    stories::imported(&page).await?;
    let opening = "Latency starts here";
    let person = simulator.stranger_says("messenger", opening).await?;
    page.open(opening).await?;
    page.now(WATCH).await?;
    let mut steps: [Vec<f64>; STEPS.len()] = Default::default();
    for n in 0..messages {
        page.now("(window.told = [], window.calls = [], true)").await?;
        let sent = now_ms();
        simulator.says("messenger", &person, &format!("measured {n}.")).await?;
        let name = quoted(&n.to_string());
        let noted = format!("window.measured[{name}]?.painted && window.measured[{name}]");
        let noted = page.until("the painted bubble", &noted).await?;
        for ((step, _), times) in STEPS.iter().zip(&mut steps) {
            times.extend(noted[step].as_f64().map(|at| at - sent));
        }
    }
    for times in &mut steps {
        times.sort_by(f64::total_cmp);
    }
    for ((_, what), times) in STEPS.iter().zip(&steps) {
        println!("{what:<32} median {:>4.0} ms, p95 {:>4.0} ms", at(times, 0.5), at(times, 0.95));
    }
    let whole = steps.last().map_or(&[][..], Vec::as_slice);
    println!(
        "webhook to painted bubble, {messages} messages: median {:.0} ms, p95 {:.0} ms, p99 {:.0} ms",
        at(whole, 0.5),
        at(whole, 0.95),
        at(whole, 0.99)
    );
    chromium.quit().await;
    Ok(true)
}

/// The value below which this share of the sorted ones lies.
fn at(sorted: &[f64], share: f64) -> f64 {
    let nth = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(nth.saturating_sub(1)).copied().unwrap_or_default()
}

fn now_ms() -> f64 {
    #[allow(clippy::disallowed_methods, reason = "a stopwatch across two processes")]
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}
