//! "Why do I receive nothing?": each link of the way from Meta to this inbox, tested and told in words; what
//! webhooks missed; what Meta says of an account.

use super::{
    Answer, Desk, accounts,
    problems::{access, reading, storage},
};
use crate::{
    graph::{self, Fate},
    model::{
        Account, AccountEvent, Channel, Code, DAY, Event, GapDay, HOUR, Link, LinkKind, MINUTE, Problem,
        Remedy, Timestamp, Verdict, call,
    },
    store::{account_events, accounts as rows, gaps},
};
use serde_json::json;
use std::sync::Arc;

/// Days of the gap finder that are shown.
const DAYS: u32 = 14;
/// News of an account that are shown.
const NEWS: u32 = 50;
/// Accounts of others that are looked at.
const STRANGERS: u32 = 20;
/// A poll older than this has stopped.
const POLL_LATE: i64 = 15 * MINUTE;
/// A webhook older than this proves little about today.
const QUIET: i64 = 2 * DAY;

impl Answer for call::ListGaps {
    async fn answer(self, desk: &Desk) -> Result<Vec<GapDay>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        gaps::list(&mut conn, self.account, DAYS).await.map_err(reading)
    }
}

impl Answer for call::ListAccountEvents {
    async fn answer(self, desk: &Desk) -> Result<Vec<AccountEvent>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        account_events::list(&mut conn, self.account, NEWS).await.map_err(reading)
    }
}

impl Answer for call::DismissAlert {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let account = self.account;
        desk.store
            .write("dismiss an alert", move |c| {
                Box::pin(async move { rows::patch_health(c, account, &json!({"alert": null})).await })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::AccountChanged { account });
        Ok(())
    }
}

impl Answer for call::DiagnoseReceiving {
    async fn answer(self, desk: &Desk) -> Result<Vec<Link>, Problem> {
        let account = accounts::one(desk, self.account).await?;
        let chain = match self.only {
            Some(one) => vec![one],
            None => LinkKind::chain(account.channel).to_vec(),
        };
        let mut links = Vec::with_capacity(chain.len());
        for link in chain {
            links.push(test(desk, &account, link).await?);
        }
        Ok(links)
    }
}

/// Said of links that need a good token.
const AFTER_RECONNECT: &str = "Meta can be asked once the account is connected again.";

/// What a link was found to be.
struct Found(Verdict, String, Option<Remedy>);

impl Found {
    fn good(words: impl Into<String>) -> Self {
        Self(Verdict::Good, words.into(), None)
    }

    fn bad(words: impl Into<String>, remedy: impl Into<Option<Remedy>>) -> Self {
        Self(Verdict::Bad, words.into(), remedy.into())
    }

    fn unknown(words: impl Into<String>) -> Self {
        Self(Verdict::NotKnown, words.into(), None)
    }

    fn with(mut self, remedy: Remedy) -> Self {
        self.2 = Some(remedy);
        self
    }
}

async fn test(desk: &Desk, account: &Account, link: LinkKind) -> Result<Link, Problem> {
    let now = desk.clock.now();
    let found = match link {
        LinkKind::Token => token(desk, account).await,
        LinkKind::Poll => poll(account, now),
        LinkKind::Subscription => subscription(desk, account).await,
        LinkKind::Callback => callback(desk, account).await,
        LinkKind::Door => door(desk, account),
        LinkKind::Signature => signature(desk, account, now),
        LinkKind::Delivery => delivery(account, now),
        LinkKind::Foreign => foreign(desk, account, now).await?,
    };
    let Found(verdict, words, remedy) = found;
    Ok(Link { link, verdict, words, remedy })
}

/// The opened account, or why there is none.
async fn opened(desk: &Desk, account: &Account) -> Result<Arc<graph::Account>, Found> {
    let failed = |e| Found::bad(access(&e).message, Remedy::Reconnect);
    desk.access.of(account.id).await.map_err(failed)
}

/// A call that failed: a broken link, or nothing that can be said. A dead token is the token's link alone.
fn refused(error: &graph::Error, remedy: Option<Remedy>) -> Found {
    let words = error.problem().message;
    match error.fate() {
        Fate::SignInAgain => Found::unknown(AFTER_RECONNECT),
        Fate::UserAction | Fate::GiveUp | Fate::StopWrites => Found::bad(words, remedy),
        _ => Found::unknown(words),
    }
}

async fn token(desk: &Desk, account: &Account) -> Found {
    let opened = match opened(desk, account).await {
        Ok(opened) => opened,
        Err(found) => return found,
    };
    match opened.inspect().await {
        Ok(token) if !token.missing_scopes.is_empty() => Found::bad(
            format!("The token is good but lacks: {}.", token.missing_scopes.join(", ")),
            Remedy::Reconnect,
        ),
        Ok(token) if token.told => Found::good("Meta accepts it, and every permission is granted."),
        Ok(_) => Found::good("Meta accepts it. For this login Meta does not tell permissions."),
        Err(e) if e.fate() == Fate::SignInAgain => Found::bad(e.problem().message, Remedy::Reconnect),
        Err(e) => refused(&e, Some(Remedy::Reconnect)),
    }
}

fn poll(account: &Account, now: Timestamp) -> Found {
    let health = &account.health;
    if health.problem.as_ref().is_some_and(|p| p.code == Code::SignInAgain) {
        return Found::unknown(AFTER_RECONNECT);
    }
    if let Some(problem) = &health.problem {
        return Found::bad(problem.message.clone(), Remedy::PollNow);
    }
    if health.paused_until.is_some_and(|until| until > now) {
        return Found::unknown("Meta asked to slow down; calls are held back for a while.");
    }
    match health.last_poll_at.map(|at| at.until(now)) {
        Some(ago) if ago < POLL_LATE => {
            Found::good(format!("Meta answered {}. What webhooks miss is found this way.", since(ago)))
        }
        Some(ago) => Found::bad(format!("Meta last answered {}.", since(ago)), Remedy::PollNow),
        None => Found::bad("Meta has not answered yet.", Remedy::PollNow),
    }
}

async fn subscription(desk: &Desk, account: &Account) -> Found {
    let opened = match opened(desk, account).await {
        Ok(opened) => opened,
        Err(found) => return found,
    };
    let all = match opened.subscriptions().await {
        Ok(all) => all,
        Err(e) => return refused(&e, None),
    };
    let Some(best) = all.iter().find(|s| s.brings_messages()).or_else(|| all.first()) else {
        return Found::bad("No app receives this account's webhooks.", Remedy::Subscribe);
    };
    let lacks = best.lacks(account.channel, account.login);
    if !best.brings_messages() {
        return Found::bad(format!("{} is subscribed, but not to messages.", best.app), Remedy::Subscribe);
    }
    if lacks.is_empty() {
        Found::good(format!("They go to the app {}.", best.app))
    } else {
        Found::bad(
            format!("They go to the app {}; it is not told of: {}.", best.app, lacks.join(", ")),
            Remedy::Subscribe,
        )
    }
}

async fn callback(desk: &Desk, account: &Account) -> Found {
    let opened = match opened(desk, account).await {
        Ok(opened) => opened,
        Err(found) => return found,
    };
    match opened.callback().await {
        Ok(Some(to)) if to.active && to.brings_messages() => {
            Found::good(format!("Meta sends webhooks to {}.", to.url))
        }
        Ok(Some(to)) if to.active => Found::bad(
            format!(
                "Meta sends webhooks to {}, but none of messages. Subscribe the field in the app's dashboard.",
                to.url
            ),
            Remedy::OpenDoor,
        ),
        Ok(Some(to)) => Found::bad(
            format!(
                "Meta has switched {} off, most likely after failures. Verify it again in the app's dashboard.",
                to.url
            ),
            Remedy::OpenDoor,
        ),
        Ok(None) => Found::bad(
            format!(
                "The app has no address for {}. Enter the door's public address and verify token in its dashboard.",
                account.channel.name()
            ),
            Remedy::OpenDoor,
        ),
        Err(graph::Error::NoSuchCall) => Found::unknown(
            "Only the app itself can tell. Its id or secret is not known for this account; the app's dashboard shows it \
             under Webhooks.",
        ),
        Err(e) => refused(&e, Some(Remedy::OpenDoor)),
    }
}

fn door(desk: &Desk, account: &Account) -> Found {
    if account.demo {
        return Found::good("The demo world has a door of its own, which is open.");
    }
    let door = desk.door.view();
    if let Some(problem) = door.problem {
        return Found::bad(problem.message, Remedy::OpenDoor);
    }
    match (door.listening, desk.door.knows_a_secret()) {
        (Some(at), true) => Found::good(format!("It listens on {at}. A tunnel or proxy must lead there.")),
        (Some(at), false) => Found::bad(
            format!("It listens on {at}, but no app secret is known: every delivery is refused."),
            Remedy::OpenDoor,
        ),
        (None, _) if account.channel == Channel::WhatsApp => {
            Found::bad("It is closed, and WhatsApp can be received in no other way.", Remedy::OpenDoor)
        }
        (None, _) => {
            Found::bad("It is closed: news come by asking Meta only, with some delay.", Remedy::OpenDoor)
        }
    }
}

fn signature(desk: &Desk, account: &Account, now: Timestamp) -> Found {
    if account.demo {
        return Found::good("The demo world signs with the secret that is known.");
    }
    let door = desk.door.view();
    match (door.accepted, door.refused, door.last_delivery_at) {
        (0, 0, _) => Found::unknown("Nothing has come through the door since Heliograph was started."),
        (0, refused, _) => Found::bad(
            format!(
                "All {refused} deliveries were refused: signed with another secret. Instagram Login signs with the \
                 Instagram app's own secret."
            ),
            Remedy::OpenDoor,
        ),
        (accepted, 0, last) => {
            let last = last.map(|at| format!(", the last {}", since(at.until(now)))).unwrap_or_default();
            Found::good(format!("{accepted} accepted{last}."))
        }
        (accepted, refused, _) => {
            Found::unknown(format!("{accepted} accepted, {refused} refused: one secret may be missing."))
                .with(Remedy::OpenDoor)
        }
    }
}

fn delivery(account: &Account, now: Timestamp) -> Found {
    match account.health.last_webhook_at.map(|at| at.until(now)) {
        Some(ago) if ago < QUIET => Found::good(format!("The last one came {}.", since(ago))),
        Some(ago) => Found::unknown(format!(
            "The last one came {}. Write to the account from another phone: it should appear within seconds.",
            since(ago)
        )),
        None => Found::bad(
            "None has come yet. Write to the account from another phone: it should appear within seconds.",
            None,
        ),
    }
}

async fn foreign(desk: &Desk, account: &Account, now: Timestamp) -> Result<Found, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let all = gaps::foreign(&mut conn, STRANGERS).await.map_err(reading)?;
    let strangers: Vec<_> = all
        .into_iter()
        .filter(|(channel, _, _, last)| *channel == account.channel && last.until(now) < 7 * DAY)
        .collect();
    let Some((_, id, items, last)) = strangers.first() else {
        return Ok(Found::good("None: whatever came was for accounts that are connected."));
    };
    let words = format!(
        "{items} came for the {} account {id}, which is not connected here; the last {}.",
        account.channel.name(),
        since(last.until(now))
    );
    // While this one receives, they are merely somebody else's.
    Ok(if account.health.last_webhook_at.is_some_and(|at| at.until(now) < QUIET) {
        Found::good(format!("{words} They are dropped."))
    } else {
        Found::bad(format!("{words} Perhaps the wrong account is connected."), Remedy::Reconnect)
    })
}

/// "just now", "12 min ago", "3 hours ago", "5 days ago".
fn since(ms: i64) -> String {
    let some = |n: i64, one: &str| if n == 1 { format!("1 {one} ago") } else { format!("{n} {one}s ago") };
    match ms {
        ..MINUTE => "just now".into(),
        MINUTE..HOUR => format!("{} min ago", ms / MINUTE),
        HOUR..DAY => some(ms / HOUR, "hour"),
        DAY.. => some(ms / DAY, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_largest_whole_unit() {
        assert_eq!(since(5_000), "just now");
        assert_eq!(since(3 * MINUTE), "3 min ago");
        assert_eq!(since(HOUR), "1 hour ago");
        assert_eq!(since(50 * HOUR), "2 days ago");
    }
}
