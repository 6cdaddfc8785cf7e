//! The world as it is found: a small shop with three accounts, and people who have been writing for a year.

use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::random::{Chance, mix2};
use crate::world::{Account, App, Channel, Message, World};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// The shop.
pub(crate) const SHOP: &str = "Saltwind Studio";

/// The fields a webhook of each object can carry (graph-api d.2).
pub(crate) const fn fields(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Instagram => &[
            "messages",
            "message_echoes",
            "message_reactions",
            "message_edit",
            "messaging_postbacks",
            "messaging_seen",
            "messaging_referral",
            "messaging_optins",
            "messaging_handover",
            "standby",
            "messaging_policy_enforcement",
            "response_feedback",
        ],
        Channel::Messenger => &[
            "messages",
            "message_echoes",
            "message_edits",
            "message_reactions",
            "message_deliveries",
            "message_reads",
            "messaging_postbacks",
            "messaging_referrals",
            "messaging_optins",
            "messaging_handovers",
            "standby",
            "messaging_policy_enforcement",
            "message_template_status_update",
            "response_feedback",
            "calls",
        ],
        Channel::WhatsApp => &[
            "messages",
            "smb_message_echoes",
            "history",
            "smb_app_state_sync",
            "standby",
            "messaging_handovers",
            "message_template_status_update",
            "message_template_quality_update",
            "template_category_update",
            "phone_number_quality_update",
            "phone_number_name_update",
            "account_review_update",
            "account_update",
            "account_alerts",
            "business_capability_update",
            "security",
            "user_preferences",
            "calls",
            "group_lifecycle_update",
            "group_participants_update",
            "group_settings_update",
            "group_status_update",
        ],
    }
}

/// The Facebook app and the Instagram app of the same dashboard app.
pub(crate) fn apps(seed: u64) -> (App, App) {
    let secret = |n| format!("{:016x}{:016x}", mix2(seed, n), mix2(seed, n + 1));
    (
        App { id: "1290417755302216".to_owned(), secret: secret(11), name: "Saltwind Inbox" },
        App { id: "738204199516043".to_owned(), secret: secret(21), name: "Saltwind Inbox-IG" },
    )
}

/// The shop's three accounts without any people.
pub(crate) fn accounts() -> Vec<Account> {
    let account = |channel, id: &str, handle: &str, waba: Option<&str>| Account {
        channel,
        id: id.to_owned(),
        name: SHOP.to_owned(),
        handle: handle.to_owned(),
        waba: waba.map(str::to_owned),
        subscribed: fields(channel).iter().map(|f| (*f).to_owned()).collect(),
        threads: BTreeSet::new(),
        people: HashMap::new(),
    };
    vec![
        account(Channel::Instagram, "17841460218834517", "saltwind.studio", None),
        account(Channel::Messenger, "418275563901248", "saltwindstudio", None),
        account(Channel::WhatsApp, "529914036617702", "+44 20 7946 0321", Some("310884527719965")),
    ]
}

/// Fills the world with `people` conversations that hold `messages` messages together.
pub(crate) fn populate(world: &mut World, people: u32, messages: u32) {
    let people = people.min(messages);
    let mut chance = Chance::new(mix2(world.seed, 1));
    let counts = share(people as usize, messages as usize, &mut chance);
    let mut nth = [0u32; 3];
    for (i, count) in counts.into_iter().enumerate() {
        let channel = match i * 7 % 20 {
            0..9 => Channel::Instagram,
            9..15 => Channel::Messenger,
            _ => Channel::WhatsApp,
        };
        let account = world.account_of(channel);
        converse(world, account, nth[account], count, &mut chance);
        nth[account] += 1;
    }
}

/// Splits `messages` over `people`: most write a little, a few write a lot, nobody writes nothing.
fn share(people: usize, messages: usize, chance: &mut Chance) -> Vec<usize> {
    if people == 0 {
        return Vec::new();
    }
    let weights: Vec<f64> = (0..people)
        .map(|_| {
            let u = chance.below(10_000) as f64 / 10_000.0;
            0.45 + (1.0 - u).powf(-0.4) - 1.0
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    let mut counts: Vec<usize> =
        weights.iter().map(|w| ((w / sum * messages as f64) as usize).max(1)).collect();
    let mut total: usize = counts.iter().sum();
    let mut at = 0;
    while total != messages {
        let count = &mut counts[at % people];
        if total < messages {
            *count += 1;
            total += 1;
        } else if *count > 1 {
            *count -= 1;
            total -= 1;
        }
        at += 1;
    }
    counts
}

/// One conversation of `count` messages; the first few of an account stand for the cases worth seeing.
fn converse(world: &mut World, account: usize, nth: u32, count: usize, chance: &mut Chance) {
    let thread = world.meet(account, None);
    let now = world.now();
    let shown = shown_case(nth);
    let age = shown.unwrap_or_else(|| age(chance));
    let ends_with_person = shown.is_some() || chance.percent(35);
    let speakers = speakers(count, ends_with_person, chance);
    let mut at = now - age - chance.below(1000) as i64;
    let mut times = vec![0i64; count];
    for i in (0..count).rev() {
        times[i] = at;
        at -= gap(i, i.checked_sub(1).map(|before| speakers[before] == speakers[i]), chance);
    }
    let t = &mut world.threads[thread];
    t.messages = times
        .iter()
        .zip(&speakers)
        .map(|(at, from_us)| Message { at: *at, from_us: *from_us, written: None, fate: None })
        .collect();
    let inbound = t.messages.iter().rev().find(|m| !m.from_us);
    t.last_inbound = inbound.map_or(0, |m| m.at);
    let ours = t.messages.iter().rev().find(|m| m.from_us).map_or(0, |m| m.at);
    let unread = nth < 3 || chance.percent(if age < 36 * HOUR { 60 } else { 8 });
    t.read_upto = if ends_with_person && unread { ours } else { now };
    if let Some(newest) = t.messages.last() {
        world.accounts[account].threads.insert((Reverse(newest.at), thread as u32));
    }
}

/// How long ago the first conversations of an account ended: just now, window about to close, closed.
const fn shown_case(nth: u32) -> Option<i64> {
    match nth {
        0 => Some(4 * MINUTE),
        1 => Some(23 * HOUR + 22 * MINUTE),
        2 => Some(26 * HOUR),
        3 => Some(22 * HOUR + 35 * MINUTE),
        4 => Some(23 * HOUR + 51 * MINUTE),
        5 => Some(5 * DAY),
        _ => None,
    }
}

fn age(chance: &mut Chance) -> i64 {
    let (low, high) = match chance.below(100) {
        0..18 => (5 * MINUTE, 20 * HOUR),
        18..26 => (20 * HOUR, 24 * HOUR),
        26..55 => (DAY, 7 * DAY),
        55..80 => (7 * DAY, 40 * DAY),
        _ => (40 * DAY, 400 * DAY),
    };
    chance.between(low as u64, high as u64) as i64
}

/// Who speaks, oldest first: the person begins, a few lines each.
fn speakers(count: usize, ends_with_person: bool, chance: &mut Chance) -> Vec<bool> {
    let mut speakers = Vec::with_capacity(count);
    let mut from_us = false;
    while speakers.len() < count {
        let run = if from_us { chance.between(1, 2) } else { chance.between(1, 3).min(2) };
        for _ in 0..run {
            speakers.push(from_us);
        }
        from_us = !from_us;
    }
    speakers.truncate(count);
    if let Some(last) = speakers.last_mut() {
        *last = !ends_with_person && count > 1;
    }
    speakers
}

/// Milliseconds between message `i` and the one before.
fn gap(i: usize, same_speaker: Option<bool>, chance: &mut Chance) -> i64 {
    let (low, high) = match same_speaker {
        _ if i.is_multiple_of(6) => (DAY, 25 * DAY),
        Some(true) => (8 * SECOND, 3 * MINUTE),
        _ => (2 * MINUTE, 95 * MINUTE),
    };
    chance.between(low as u64, high as u64) as i64
}
