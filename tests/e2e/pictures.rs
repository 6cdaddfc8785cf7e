//! A picture of every page of the demo world, in light and dark, wide and narrow.

use crate::children::{root, target};
use crate::drivers::Chromium;
use crate::page::{Page, quoted};
use crate::pretended::Pretended;
use crate::served::Served;
use crate::simulator::Simulator;
use crate::stories;
use anyhow::{Context, Result};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Width and height in CSS pixels, and the word for it in a file's name.
const SIZES: &[(u32, u32, &str)] = &[(1440, 900, "wide"), (900, 700, "narrow")];
/// A thread to its beginning.
const TALL: (u32, u32) = (1000, 5400);
const THEMES: &[&str] = &["light", "dark"];
/// What the README shows.
const README: &[&str] = &["thread-wide-light", "thread-wide-dark", "accounts-wide-light"];

/// States of a page that the demo world does not come into: the engine that is pretended, the page, what shows.
const STATES: &[(&str, &str, &str)] = &[
    ("offline", "/c/1000", "marks('bubble').length > 3"),
    ("import", "/", "marks('conversation-row').length > 5"),
    ("broken", "/", "marks('conversation-row').length > 5"),
    ("sick", "/accounts", "marks('account-row').length > 2"),
    ("faults", "/accounts", "marks('account-row').length > 2"),
    ("importing", "/accounts", "marks('account-row').length > 2"),
    ("doorbad", "/settings", "seen(mark('settings'))"),
    ("locked", "/", "seen(mark('locked'))"),
];

/// Sentences in the pictures.
const ANSWER: &str = "Yes, gladly: I have put one aside for you until Friday.";
const LATE: &str = "My parcel arrived with a broken corner, what can we do?";
const REFUSED: &str = "The parcel service collects it tomorrow morning.";

struct Camera {
    page: Page,
    origin: String,
    into: PathBuf,
    filter: Option<String>,
    taken: usize,
    failed: Vec<String>,
}

/// Takes all of them; answers whether every page could be reached.
pub async fn run(into: Option<PathBuf>, readme: bool, filter: Option<&str>) -> Result<bool> {
    let into = into.unwrap_or_else(|| target().join("pictures"));
    fs::create_dir_all(&into).with_context(|| format!("cannot make {}", into.display()))?;
    let empty = Served::start(false).await?;
    let served = Served::start(true).await?;
    let simulator = served.simulator.clone().context("the demo world is missing")?;
    let chromium = Chromium::start().await?;
    let mut camera = Camera {
        page: Page::new(&chromium.driver),
        origin: served.origin(),
        into: into.clone(),
        filter: filter.map(str::to_owned),
        taken: 0,
        failed: Vec::new(),
    };

    camera.page.driver.goto(&empty.link).await?;
    camera.page.until("the first page", "seen(mark('first-start'))").await?;
    camera.take("first-start", "seen(mark('first-start'))").await;
    camera.page.driver.delete_all_cookies().await?;
    camera.page.driver.goto(&empty.link).await?;
    camera.take("link-used", "seen(mark('link-used')) || says(document.body, 'not signed in')").await;

    camera.page.driver.goto(&served.link).await?;
    camera.page.until("the inbox", "marks('conversation-row').length > 5").await?;
    stories::imported(&camera.page).await?;
    let done = camera.inbox(&simulator).await;
    if done.is_err() {
        camera.page.driver.screenshot(&camera.into.join("lost.png")).await?;
    }
    camera.note("inbox", done);
    for (path, mark) in
        [("/search?q=shipping", "search-hit"), ("/search?q=zzyzx", "search-none"), ("/settings", "settings")]
    {
        let name = if mark == "search-hit" { "search" } else { mark };
        camera.visit(path, name, &format!("seen(mark('{mark}'))")).await;
    }
    camera.visit("/accounts", "accounts", "marks('account-row').length > 2").await;
    camera.visit("/diagnostics", "diagnostics", "all('.figure-line').length > 20").await;
    camera.visit("/accounts?connect=1", "connect", "all('dialog').some(seen)").await;
    let done = camera.pretended().await;
    camera.note("what is pretended", done);
    for name in &camera.failed {
        println!("not taken: {name}");
    }
    println!("{} pictures in {}", camera.taken, into.display());
    if readme {
        copy_for_readme(&into)?;
    }
    let good = camera.failed.is_empty();
    chromium.quit().await;
    Ok(good)
}

impl Camera {
    /// The inbox in its states.
    async fn inbox(&mut self, simulator: &Simulator) -> Result<()> {
        self.visit("/", "inbox", "marks('conversation-row').length > 5").await;

        // Somebody with a face and a history, who may still be answered.
        // Those further down did not begin to write a moment ago.
        let known = "marks('conversation-row').filter((r) => r.querySelector('img')
            && !r.querySelector('.row-prefix') && !says(r, 'Reply window closed')).pop()";
        self.page.click_on("a conversation", known).await?;
        self.page.until("its thread", "seen(mark('composer')) && marks('bubble').length > 3").await?;
        self.page.reply(ANSWER).await?;
        self.page.status(ANSWER, &["delivered", "read"]).await?;
        self.take("thread", &format!("seen(mark('thread')) && seen(bubble({}))", quoted(ANSWER))).await;

        simulator.stranger_says("messenger", LATE).await?;
        self.page.open(LATE).await?;
        simulator.fault("10", 1, "POST messages said").await?;
        self.page.reply(REFUSED).await?;
        self.page.status(REFUSED, &["failed"]).await?;
        self.take("failed", &format!("seen(bubble({}))", quoted(REFUSED))).await;

        let closed = "marks('conversation-row').find((r) => says(r, 'Reply window closed'))";
        self.page.click_on("a conversation whose window is closed", closed).await?;
        self.page.until("why it is closed", "seen(mark('composer-closed'))").await?;
        self.take("closed", "seen(mark('composer-closed'))").await;

        for (name, css) in [("shortcuts", "dialog"), ("palette", "[data-test='palette']")] {
            self.page.leave_fields().await?;
            if name == "palette" {
                self.page.press_with_control("k").await?;
            } else {
                self.page.press("?").await?;
            }
            let shown = format!("all({}).some(seen)", quoted(css));
            self.page.until(name, &shown).await?;
            self.take(name, &shown).await;
            self.page.press("\u{e00c}").await?;
            self.page.until("it closed", &format!("!{shown}")).await?;
        }
        Ok(())
    }

    /// Every kind's bubble in one long picture, the viewer, the finder, and the states of the pages.
    async fn pretended(&mut self) -> Result<()> {
        let pretended = Pretended::start().await?;
        self.origin.clone_from(&pretended.origin);
        for (state, path, shown) in STATES {
            self.visit(&format!("{path}?pretend={state}"), &format!("state-{state}"), shown).await;
        }
        let here = "marks('bubble').length > 40";
        self.page.driver.goto(format!("{}/c/900?pretend=kinds", pretended.origin)).await?;
        self.page.until("every kind", here).await?;
        for theme in THEMES {
            let file = format!("kinds-tall-{theme}");
            let done = self.shoot(&file, TALL, theme, here).await;
            self.note(&file, done);
        }
        self.page.now("marks('picture').at(3).click()").await?;
        let shown = "seen(mark('viewer-picture'))";
        self.page.until("the viewer", shown).await?;
        self.take("viewer", shown).await;
        self.page.press("\u{e00c}").await?;
        self.page.until("it closed", &format!("!{shown}")).await?;
        self.page.press_with_control("f").await?;
        self.page.press("lamp").await?;
        let found = "/of/.test(mark('find-count').textContent)";
        self.page.until("what was found", found).await?;
        self.take("find", found).await;

        self.page.driver.goto(format!("{}/settings?pretend=", pretended.origin)).await?;
        self.page.until("the keys", "seen(mark('keys-list'))").await?;
        self.page.now("(mark('keys-list').open = true, mark('keys-list').scrollIntoView(), true)").await?;
        self.take("keys", "seen(mark('key-Unread'))").await;
        Ok(())
    }

    /// Goes there and takes it.
    async fn visit(&mut self, path: &str, name: &str, shown: &str) {
        let gone = self.page.driver.goto(format!("{}{path}", self.origin)).await;
        self.note(name, gone.map_err(Into::into));
        self.take(name, shown).await;
    }

    /// What is on screen, in every size and theme, once `shown` is true in it.
    async fn take(&mut self, name: &str, shown: &str) {
        for (width, height, size) in SIZES {
            for theme in THEMES {
                let file = format!("{name}-{size}-{theme}");
                if self.filter.as_ref().is_some_and(|filter| !file.contains(filter.as_str())) {
                    continue;
                }
                let done = self.shoot(&file, (*width, *height), theme, shown).await;
                let lost = done.is_err();
                self.note(&file, done);
                if lost {
                    // It will not come in another size either.
                    return;
                }
            }
        }
    }

    async fn shoot(
        &mut self,
        file: &str,
        (width, height): (u32, u32),
        theme: &str,
        shown: &str,
    ) -> Result<()> {
        let cdp = self.page.driver.cdp();
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        cdp.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
        self.page.point_elsewhere().await?;
        self.page.now("mark('fresh') && mark('fresh').click()").await?;
        self.page.until(file, shown).await?;
        // Pictures and letters have come, and what resizes has been laid out. Pictures that wait until they are near
        // would wait for ever where the page is larger than the screen.
        self.page.now("all('img').forEach((i) => { i.loading = 'eager'; })").await?;
        let still = "document.fonts.status === 'loaded' && all('img').every((i) => i.complete)";
        self.page.until("letters and pictures", still).await?;
        self.page.driver.screenshot(&self.into.join(format!("{file}.png"))).await?;
        self.taken += 1;
        Ok(())
    }

    fn note(&mut self, name: &str, done: Result<()>) {
        if let Err(error) = done {
            self.failed.push(format!("{name}: {error:#}"));
        }
    }
}

fn copy_for_readme(from: &Path) -> Result<()> {
    let to = root().join(".github/pictures");
    fs::create_dir_all(&to)?;
    for name in README {
        let file = format!("{name}.png");
        fs::copy(from.join(&file), to.join(&file)).with_context(|| format!("{file} was not taken"))?;
    }
    println!("The README's pictures are in {}", to.display());
    Ok(())
}
