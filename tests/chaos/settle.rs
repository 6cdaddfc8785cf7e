//! The end of a story: the weather is good, everybody signs in again, and time runs until nothing moves any more.

use crate::story::Story;
use engine::model::{Channel, DeliveryStatus, Timestamp, call};
use std::time::Duration;

/// Steps until the story counts as stuck; each is a change at the desk, or a while without one.
const STEPS: usize = 6_000;
/// The desk is quiet after this time without a change; then time jumps.
const QUIET: Duration = Duration::from_millis(25);
/// A jump, in milliseconds of the story.
const JUMP: i64 = 45_000;

/// Waits for the end; `Err` = what never came.
pub async fn settle(story: &mut Story) -> Result<(), String> {
    for n in 0..story.talkers.len() {
        if story.talkers[n].blocked {
            let (account, person) = (story.talkers[n].account, story.talkers[n].person.clone());
            let meta_id = story.accounts[account].meta_id.clone();
            story.meta.block(&meta_id, &person, false);
        }
    }
    for channel in Channel::ALL {
        story.connect(channel).await.map_err(|e| format!("{channel:?} does not connect again: {e:?}"))?;
    }
    calm(story, "what waited").await?;
    // Beyond the last look for what is unsure, and the longest pause of an account.
    story.pass(65 * 60_000).await;
    calm(story, "what was looked for").await?;
    // Two more polls: the second begins after the first has looked for what was taken back.
    for _ in 0..2 {
        let since = story.now();
        for account in story.accounts.clone() {
            story.must(&call::PollNow { account: account.id }).await;
        }
        polled(story, since).await?;
    }
    calm(story, "what the last polls found").await
}

/// Time jumps whenever nothing happens, until nothing is left to happen.
async fn calm(story: &mut Story, what: &str) -> Result<(), String> {
    let changed = story.changed();
    let mut left = String::new();
    for _ in 0..STEPS {
        left = still(story).await;
        if left.is_empty() {
            return Ok(());
        }
        if tokio::time::timeout(QUIET, changed.notified()).await.is_err() {
            story.pass(JUMP).await;
        }
    }
    Err(format!("{what} does not come to an end: {left}"))
}

/// What is still to happen, in words; empty = nothing.
async fn still(story: &Story) -> String {
    let mut left = Vec::new();
    let pending = story.meta.webhook_stats().pending;
    if pending > 0 {
        left.push(format!("{pending} webhooks"));
    }
    for row in story.must(&call::ListOutbox {}).await {
        if matches!(row.status, DeliveryStatus::Queued | DeliveryStatus::Sending) {
            left.push(format!("{:?} {:?} due {:?}: {:?}", row.status, row.text, row.due_at, row.failure));
        }
    }
    let mut conn = story.database().await;
    for (words, sql) in [
        ("deliveries", "SELECT count(*) FROM backlog"),
        ("files", "SELECT count(*) FROM attachments WHERE state = 'waiting'"),
        ("looks", "SELECT count(*) FROM outbox WHERE state = 'unsure' AND due_at < 9223372036854775807"),
    ] {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("it can be read");
        if count > 0 {
            left.push(format!("{count} {words}"));
        }
    }
    for account in story.must(&call::ListAccounts {}).await {
        if let Some(problem) = account.health.problem {
            left.push(format!("{}: {}", account.handle, problem.message));
        }
    }
    left.join(", ")
}

/// Waits until every account that can be polled was polled after `since`.
async fn polled(story: &mut Story, since: Timestamp) -> Result<(), String> {
    let changed = story.changed();
    for _ in 0..STEPS {
        let accounts = story.must(&call::ListAccounts {}).await;
        let all = accounts.iter().filter(|a| a.channel != Channel::WhatsApp);
        if all.clone().all(|a| a.health.last_poll_at.is_some_and(|at| at > since)) {
            return Ok(());
        }
        if tokio::time::timeout(QUIET, changed.notified()).await.is_err() {
            story.pass(JUMP).await;
        }
    }
    Err("the accounts are not polled any more".into())
}
