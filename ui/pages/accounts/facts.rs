//! The figures of an account's health: token, personal data, webhooks, polls, quota, permissions.

use super::{
    scopes::meaning,
    standing::{ahead, capital},
};
use crate::{
    clock::clock,
    format,
    parts::{Icon, IconView},
};
use heliograph_model::{Account, Channel, Code, DAY, Login, Timestamp};
use leptos::prelude::*;

/// A label with a value. `tone` is a style class, `tip` the exact time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fact {
    label: &'static str,
    value: String,
    tone: &'static str,
    exact: Option<Timestamp>,
}

fn fact(label: &'static str, value: impl Into<String>, exact: Option<Timestamp>) -> Fact {
    Fact { label, value: value.into(), tone: "", exact }
}

impl Fact {
    fn tone(mut self, tone: &'static str) -> Self {
        self.tone = tone;
        self
    }
}

/// "Ends in 3 days", and how loudly to say it.
fn end(label: &'static str, at: Timestamp, now: Timestamp) -> Fact {
    let left = now.until(at);
    let value = if left <= 0 { "Ended".into() } else { capital(&ahead(left)) };
    fact(label, value, Some(at)).tone(if left <= 0 {
        "bad"
    } else if left < 7 * DAY {
        "warn"
    } else {
        ""
    })
}

fn facts(account: &Account, now: Timestamp) -> Vec<Fact> {
    let health = &account.health;
    let ago = |at: Option<Timestamp>, never: &str| {
        at.map_or_else(|| never.to_owned(), |at| capital(&format::ago(at.until(now))))
    };
    let refused = health.problem.as_ref().is_some_and(|p| p.code == Code::SignInAgain);
    let renewed = account.login == Login::InstagramLogin;
    let token = match health.token_expires_at {
        // What Meta once named as its end means nothing any more.
        _ if refused => fact("Token", "Not accepted", None).tone("bad"),
        None => fact("Token ends", "No end named", None),
        // It never comes so far while the weekly renewal works.
        Some(at) if renewed && now.until(at) > 7 * DAY => {
            let next = health.renewed_at.map(|given| given.plus(7 * DAY));
            let words = next.map_or_else(|| "Weekly".into(), |at| capital(&ahead(now.until(at).max(0))));
            fact("Token renewed", words, next)
        }
        Some(at) => end("Token ends", at, now),
    };
    let mut all = vec![
        token,
        health.data_access_expires_at.map_or_else(
            || fact("Data access ends", "Not told", None),
            |at| end("Data access ends", at, now),
        ),
        fact("Last webhook", ago(health.last_webhook_at, "None yet"), health.last_webhook_at),
    ];
    // WhatsApp is never polled: Meta has no call for it (graph-api g.4).
    if account.channel != Channel::WhatsApp {
        all.push(fact("Last poll", ago(health.last_poll_at, "None yet"), health.last_poll_at));
        let next =
            health.next_poll_at.map_or_else(|| "Not planned".into(), |at| capital(&ahead(now.until(at))));
        all.push(fact("Next poll", next, health.next_poll_at));
    }
    all
}

/// The strip of figures below the state.
#[component]
pub fn Facts(account: Memo<Account>) -> impl IntoView {
    let all = Memo::new(move |_| {
        let now = clock().now();
        account.with(|a| facts(a, now))
    });
    let one = |f: Fact| {
        view! {
            <div class="health-fact">
                <dt>{f.label}</dt>
                <dd class=f.tone data-tip=f.exact.map(format::full)>{f.value}</dd>
            </div>
        }
        .into_any()
    };
    let quota = Memo::new(move |_| account.with(|a| a.health.quota_percent));
    view! {
        <dl class="health-facts">
            {move || all.get().into_iter().map(one).collect_view()}
            {move || quota.get().map(|percent| view! { <Quota percent /> })}
        </dl>
    }
    .into_any()
}

/// How loudly to show a quota of `percent`.
const fn quota_tone(percent: u8) -> &'static str {
    match percent {
        0..=69 => "",
        70..=89 => "warn",
        _ => "bad",
    }
}

#[component]
fn Quota(percent: u8) -> impl IntoView {
    let tip =
        "The highest figure Meta reports of its hourly limits. Heliograph slows down before it is reached.";
    view! {
        <div class="health-fact">
            <dt>"Quota used"</dt>
            <dd class=format!("quota {}", quota_tone(percent)) data-tip=tip>
                <span>{format!("{percent} %")}</span>
                <span class="meter" role="meter" aria-label="Quota used" aria-valuemin="0" aria-valuemax="100" aria-valuenow=percent.to_string()>
                    <span style:width=format!("{}%", percent.min(100))></span>
                </span>
            </dd>
        </div>
    }
    .into_any()
}

/// What the token may do; opened when something is missing.
#[component]
pub fn Permissions(account: Memo<Account>) -> impl IntoView {
    let scopes =
        Memo::new(move |_| account.with(|a| (a.health.scopes.clone(), a.health.missing_scopes.clone())));
    let any = move || scopes.with(|(has, lacks)| !has.is_empty() || !lacks.is_empty());
    let summary = move || scopes.with(|(has, lacks)| summary(has.len(), lacks.len()));
    let lacking = move || scopes.with(|(_, lacks)| !lacks.is_empty());
    let open = scopes.with_untracked(|(_, lacks)| !lacks.is_empty());
    let lists = move || {
        let (has, lacks) = scopes.get();
        lacks
            .into_iter()
            .map(|s| (s, false))
            .chain(has.into_iter().map(|s| (s, true)))
            .map(|(scope, granted)| view! { <Scope scope granted /> })
            .collect_view()
    };
    move || {
        any().then(|| {
            view! {
                <details class="permissions fold" open=open>
                    <summary class:warn=lacking>
                        <IconView icon=Icon::Forward />
                        {summary}
                    </summary>
                    <ul class="scopes">{lists}</ul>
                </details>
            }
            .into_any()
        })
    }
}

fn summary(has: usize, lacks: usize) -> String {
    let granted = format!("{} granted", format::plural(has as u64, "permission", "permissions"));
    if lacks == 0 { granted } else { format!("{granted}, {lacks} missing") }
}

/// One permission: granted or missing, and what it is for.
#[component]
pub fn Scope(scope: String, granted: bool) -> impl IntoView {
    let meaning = meaning(&scope);
    let (icon, tone, says) =
        if granted { (Icon::Check, "good", "granted") } else { (Icon::Close, "bad", "missing") };
    view! {
        <li class=format!("scope {tone}")>
            <IconView icon />
            <span class="unseen">{says}": "</span>
            <code>{scope}</code>
            <span class="scope-for">{meaning}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::HOUR;

    #[test]
    fn an_end_is_told_louder_the_nearer_it_is() {
        let now = Timestamp(1_000 * DAY);
        let at = |left: i64| end("Token ends", now.plus(left), now);
        assert_eq!((at(60 * DAY).value.as_str(), at(60 * DAY).tone), ("In 60 days", ""));
        assert_eq!((at(3 * DAY).value.as_str(), at(3 * DAY).tone), ("In 3 days", "warn"));
        assert_eq!(at(5 * HOUR).value, "In 5 hours");
        assert_eq!((at(0).value.as_str(), at(0).tone), ("Ended", "bad"));
    }

    #[test]
    fn missing_permissions_are_counted() {
        assert_eq!(summary(1, 0), "1 permission granted");
        assert_eq!(summary(5, 2), "5 permissions granted, 2 missing");
        assert_eq!(quota_tone(69), "");
        assert_eq!(quota_tone(70), "warn");
        assert_eq!(quota_tone(100), "bad");
    }
}
