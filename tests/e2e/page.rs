//! A page as a person sees it: found by its landmarks (`data-test`), waited for and never slept for.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// How long anything may take to show; a story that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Words the waiting scripts may use.
const WORDS: &str = "
    const all = (css) => [...document.querySelectorAll(css)];
    const mark = (name) => document.querySelector(`[data-test='${name}']`);
    const marks = (name) => all(`[data-test='${name}']`);
    const seen = (node) => !!node && node.getClientRects().length > 0;
    const says = (node, text) => !!node && node.textContent.includes(text);
    const row = (text) => marks('conversation-row').find((r) => says(r, text));
    // Rows that would move while the pointer rests on the list wait behind a button.
    const shown = (text) => row(text) || (mark('fresh') && mark('fresh').click()) || null;
    const bubble = (text) => marks('bubble').filter((b) => says(b, text)).pop();
";

/// The page in front of a driver.
#[derive(Clone)]
pub struct Page {
    pub driver: WebDriver,
}

/// How often a click is tried again while a notice passes over its target or a list moves.
const PATIENT_CLICKS: usize = 40;
/// How often a row is clicked until its conversation opens.
const PATIENT_OPENS: usize = 3;
const BREATH: std::time::Duration = std::time::Duration::from_millis(250);

/// Something lay over the target, or it was drawn anew between finding and clicking.
fn is_in_the_way(error: &thirtyfour::error::WebDriverError) -> bool {
    let words = error.to_string();
    words.contains("intercepted") || words.contains("stale")
}

impl Page {
    pub fn new(driver: &WebDriver) -> Self {
        Self { driver: driver.clone() }
    }

    /// Waits until the expression is true in the page, and answers its value. `what` completes "never came: …".
    pub async fn until(&self, what: &str, expression: &str) -> Result<Value> {
        self.until_within(PATIENCE, what, expression).await
    }

    /// As [`Page::until`], with another patience.
    pub async fn until_within(&self, patience: Duration, what: &str, expression: &str) -> Result<Value> {
        let script = format!(
            "{WORDS}
             const done = arguments[arguments.length - 1];
             const end = performance.now() + arguments[0];
             const look = () => {{
                 let value = null;
                 try {{ value = ({expression}); }} catch (error) {{ value = null; }}
                 if (value) done([value]);
                 else if (performance.now() > end) done(null);
                 else setTimeout(look, 20);
             }};
             look();"
        );
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let milliseconds = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
            match self.driver.execute_async(script.as_str(), vec![Value::from(milliseconds)]).await {
                Ok(answer) => match answer.json() {
                    Value::Array(found) => return Ok(found.first().cloned().unwrap_or(Value::Null)),
                    _ => bail!("never came: {what}"),
                },
                // The page went away under the script: look at the new one.
                Err(error) if Instant::now() < end && went_away(&error) => {}
                Err(error) => return Err(error).context(what.to_owned()),
            }
        }
    }

    /// The value of an expression now.
    pub async fn now(&self, expression: &str) -> Result<Value> {
        let answer = self.driver.execute(format!("{WORDS} return ({expression});"), Vec::new()).await?;
        Ok(answer.json().clone())
    }

    /// Asks the desktop's engine what the page could ask.
    pub async fn ask(&self, call: &str, with: Value) -> Result<Value> {
        self.invoke("call", json!({"envelope": {"call": call, "with": with}})).await
    }

    /// Gives the desktop a command, as the page could; a refusal is an error.
    pub async fn invoke(&self, command: &str, with: Value) -> Result<Value> {
        let script = "
            const done = arguments[2];
            window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
                .then((answer) => done({answer}), (refused) => done({refused: JSON.stringify(refused) || 'no words'}));
        ";
        let told = self.driver.execute_async(script, vec![Value::from(command), with]).await?;
        match told.json().get("refused") {
            Some(refused) => bail!("{command} is refused: {refused}"),
            None => Ok(told.json().get("answer").cloned().unwrap_or(Value::Null)),
        }
    }

    /// The landmark, once it is on screen.
    pub async fn mark(&self, name: &str) -> Result<WebElement> {
        self.until(&format!("the {name} on screen"), &format!("seen(mark('{name}'))")).await?;
        Ok(self.driver.find(By::Css(format!("[data-test='{name}']"))).await?)
    }

    /// Clicks it as a person would.
    pub async fn click(&self, name: &str) -> Result<()> {
        for _ in 0..PATIENT_CLICKS {
            match self.mark(name).await?.click().await {
                // The list holds still under the pointer and says so over its first row.
                Err(e) if is_in_the_way(&e) => {
                    self.point_elsewhere().await?;
                    tokio::time::sleep(BREATH).await;
                }
                done => return Ok(done?),
            }
        }
        Ok(self.mark(name).await?.click().await?)
    }

    /// Clicks what a script finds, with real pointer events.
    pub async fn click_on(&self, what: &str, expression: &str) -> Result<()> {
        self.until(what, &format!("seen({expression})")).await?;
        for attempt in 1.. {
            let answer = self.driver.execute(format!("{WORDS} return ({expression});"), Vec::new()).await?;
            match answer.element()?.click().await {
                Err(e) if is_in_the_way(&e) && attempt < PATIENT_CLICKS => {
                    self.point_elsewhere().await?;
                    tokio::time::sleep(BREATH).await;
                }
                done => {
                    done?;
                    break;
                }
            }
        }
        self.point_elsewhere().await
    }

    /// Takes the pointer off what it was on: a list holds still under it.
    pub async fn point_elsewhere(&self) -> Result<()> {
        self.driver.action_chain().move_to(620, 2).perform().await?;
        Ok(())
    }

    /// Takes the cursor out of every field, and waits until nothing gives it back.
    pub async fn leave_fields(&self) -> Result<()> {
        self.until(
            "no field that has the cursor",
            "(() => {
                const field = document.activeElement;
                if (field && field !== document.body) { field.blur(); window.leftAt = 0; return false; }
                window.leftAt = window.leftAt || performance.now();
                return performance.now() - window.leftAt > 250;
            })()",
        )
        .await?;
        Ok(())
    }

    /// Types where the cursor is.
    pub async fn press(&self, keys: impl AsRef<str>) -> Result<()> {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await?;
        Ok(())
    }

    /// Presses a letter while Ctrl is down.
    pub async fn press_with_control(&self, key: &str) -> Result<()> {
        self.driver
            .action_chain()
            .key_down(Key::Control)
            .send_keys(key)
            .key_up(Key::Control)
            .perform()
            .await?;
        Ok(())
    }

    /// Opens the conversation whose row says `text`, and waits for its thread.
    pub async fn open(&self, text: &str) -> Result<()> {
        let text = quoted(text);
        let open = format!("seen(mark('thread')) && seen(bubble({text}))");
        for _ in 0..PATIENT_OPENS {
            self.click_on(&format!("a conversation that says {text}"), &format!("shown({text})")).await?;
            // A row that moves between press and release is not clicked: a person clicks again.
            if self.until_within(PATIENCE / 3, "its thread", &open).await.is_ok() {
                return Ok(());
            }
        }
        self.until(&format!("the bubble {text}"), &open).await.map(drop)
    }

    /// Writes into the composer and presses Send.
    pub async fn reply(&self, text: &str) -> Result<()> {
        self.click("composer").await?;
        self.mark("composer").await?.send_keys(text).await?;
        self.until("a Send button that can be pressed", "mark('send') && !mark('send').disabled").await?;
        self.click("send").await
    }

    /// Waits for one of these states of the bubble that says `text`.
    pub async fn status(&self, text: &str, wanted: &[&str]) -> Result<()> {
        let (text, list) = (quoted(text), wanted.iter().map(|s| quoted(s)).collect::<Vec<_>>().join(","));
        self.until(
            &format!("the bubble {text} {}", wanted.join(" or ")),
            &format!("bubble({text}) && [{list}].includes(bubble({text}).dataset.status)"),
        )
        .await?;
        Ok(())
    }

    /// What is on screen, for the message of a failed story.
    pub async fn picture(&self, path: &std::path::Path) -> Result<()> {
        Ok(self.driver.screenshot(path).await?)
    }
}

/// As a literal of JavaScript.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn went_away(error: &WebDriverError) -> bool {
    let text = error.to_string();
    ["unload", "navigat", "no such execution context", "Cannot find context", "stale"]
        .iter()
        .any(|w| text.contains(w))
}
