//! Per account: the token, what was heard last, Meta's allowance, and whether replies leave.

use super::{Noted, attention, good, plain, words};
use crate::{
    answers::{Desk, accounts},
    model::{
        Account, Channel, DAY, Fact, FactGroup, FactLine, Health, ImportState, MINUTE, Problem, Timestamp,
        Topic,
    },
};

/// A token that ends this soon needs somebody.
const SOON: i64 = 7 * DAY;
/// No poll for this long means that polling does not work.
const SILENT: i64 = 30 * MINUTE;
/// From here on Meta may soon refuse.
const MUCH: u8 = 80;

/// A group for each connected account.
pub(super) async fn all(desk: &Desk) -> Result<Vec<FactGroup>, Problem> {
    let accounts = accounts::all(desk).await?;
    Ok(accounts.iter().map(|account| one(desk, account)).collect())
}

fn one(desk: &Desk, account: &Account) -> FactGroup {
    let (now, health) = (desk.clock.now(), &account.health);
    let mut lines = vec![state(health), token(health, now)];
    lines.extend(data_access(health, now));
    lines.push(permissions(health));
    lines.push(poll(account, now));
    lines.extend(health.next_poll_at.map(|at| plain("Next poll", Fact::At(at))));
    lines.push(webhook(account));
    lines.push(quota(health));
    lines.extend(health.paused_until.filter(|until| *until > now).map(|until| {
        attention("Calls wait until", Fact::At(until), "Meta asked to slow down; they go on by themselves")
    }));
    lines.push(match desk.outbox.held_until(account.id) {
        None => good("Replies", words("leave")),
        Some(until) => attention(
            "Replies wait until",
            Fact::At(until),
            "then one tries whether the account can send again",
        ),
    });
    lines.push(plain("Import", words(import(account))));
    FactGroup {
        topic: Topic::Account { account: account.id },
        title: format!("{} · {}", account.channel.name(), account.name),
        lines,
    }
}

fn state(health: &Health) -> FactLine {
    match (&health.problem, health.problem_since) {
        (None, _) => good("State", words("in order")),
        (Some(problem), None) => attention("State", words("needs you"), &problem.message),
        (Some(problem), Some(since)) => attention("In trouble since", Fact::At(since), &problem.message),
    }
}

fn token(health: &Health, now: Timestamp) -> FactLine {
    match health.token_expires_at {
        None => good("Token", words("has no end that Meta tells")),
        Some(end) if end <= now => attention("Token ended", Fact::At(end), "connect the account again"),
        Some(end) if now.until(end) < SOON => {
            attention("Token ends", Fact::At(end), "connect the account again before")
        }
        Some(end) => good("Token ends", Fact::At(end)),
    }
}

fn data_access(health: &Health, now: Timestamp) -> Option<FactLine> {
    let end = health.data_access_expires_at?;
    Some(if now.until(end) < SOON {
        attention("Access to data ends", Fact::At(end), "Meta wants a new sign-in every 90 days")
    } else {
        plain("Access to data ends", Fact::At(end))
    })
}

fn permissions(health: &Health) -> FactLine {
    if health.missing_scopes.is_empty() {
        return good("Permissions", words("all granted"));
    }
    attention("Missing permissions", words(health.missing_scopes.join(", ")), "connect again and grant them")
}

fn poll(account: &Account, now: Timestamp) -> FactLine {
    match (account.channel, account.health.last_poll_at) {
        (Channel::WhatsApp, _) => {
            plain("Last poll", words("not possible")).noted("Meta has no call that lists its messages")
        }
        (_, None) => attention("Last poll", words("none yet"), "it comes within a minute of connecting"),
        (_, Some(at)) if at.until(now) > SILENT => {
            attention("Last poll", Fact::At(at), "it should be more recent")
        }
        (_, Some(at)) => good("Last poll", Fact::At(at)),
    }
}

fn webhook(account: &Account) -> FactLine {
    match (account.channel, account.health.last_webhook_at) {
        (_, Some(at)) => good("Last webhook", Fact::At(at)),
        (Channel::WhatsApp, None) => attention(
            "Last webhook",
            words("none yet"),
            "WhatsApp arrives by webhook alone: ask why on the accounts page",
        ),
        (_, None) => plain("Last webhook", words("none yet")).noted("news come by polling, with some delay"),
    }
}

fn quota(health: &Health) -> FactLine {
    match health.quota_percent {
        None => plain("Meta’s allowance", words("not told yet")),
        Some(used) if used >= MUCH => {
            attention("Meta’s allowance used", Fact::Percent(used), "calls slow down before it ends")
        }
        Some(used) => good("Meta’s allowance used", Fact::Percent(used)),
    }
}

fn import(account: &Account) -> String {
    let so_far =
        format!("{} conversations, {} messages", account.import.conversations, account.import.messages);
    match account.import.state {
        ImportState::Waiting => "waits to begin".into(),
        ImportState::Running => format!("goes on: {so_far} so far"),
        ImportState::Paused => format!("held: {so_far} so far"),
        ImportState::Done => format!("done: {so_far}"),
        ImportState::NotPossible => "not possible: Meta has no call that reads the past".into(),
    }
}
