//! The Conversations API: threads newest first, and their messages (graph-api b).

use crate::accounts::{INSTAGRAM_THIRD_ID, require, wanted};
use crate::call::Call;
use crate::clock::{DAY, iso};
use crate::error::GraphError;
use crate::faults::Kind;
use crate::fields::{Field, parse, project};
use crate::paging::{Ask, Link, List, Page};
use crate::people;
use crate::tokens::{Holder, Token};
use crate::world::{Channel, World};
use crate::{faults, messages};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::ops::Bound;

const THREADS: u64 = 1;
const MESSAGES: u64 = 2;

const FIELDS: [&str; 17] = [
    "updated_time",
    "participants",
    "senders",
    "message_count",
    "unread_count",
    "can_reply",
    "snippet",
    "link",
    "name",
    "is_subscribed",
    "is_owner",
    "folder",
    "former_participants",
    "scoped_thread_key",
    "wallpaper",
    "tags",
    "messages",
];

/// Which account's threads a call means, if the token may read them.
fn readable(world: &mut World, call: &Call, token: &Token, account: usize) -> Result<usize, GraphError> {
    let instagram = world.account_of(Channel::Instagram);
    let platform = call.param("platform");
    let account = match (token.holder, world.accounts[account].channel) {
        (Holder::Instagram(_), _) if platform == Some("messenger") => {
            return Err(GraphError::param("Param platform must be instagram"));
        }
        (Holder::Instagram(own), _) => own,
        (Holder::Page(_), Channel::Instagram) => {
            return Err(GraphError::new(
                3,
                "(#3) Application does not have the capability to make this API call.",
            ));
        }
        (Holder::Page(page), _) => match platform {
            None => page,
            Some(word) if word.eq_ignore_ascii_case("messenger") => page,
            Some(word) if word.eq_ignore_ascii_case("instagram") => instagram,
            Some(_) => {
                return Err(GraphError::param("Param platform must be one of {MESSENGER, INSTAGRAM}"));
            }
        },
        _ => {
            return Err(GraphError::new(
                210,
                "(#210) A page access token is required to request this resource.",
            ));
        }
    };
    require_reading(world, token, account)?;
    Ok(account)
}

fn require_reading(world: &World, token: &Token, account: usize) -> Result<(), GraphError> {
    match (token.holder, world.accounts[account].channel) {
        (Holder::Instagram(_), _) => require(token, "instagram_business_manage_messages"),
        (_, Channel::Instagram) => require(token, "instagram_manage_messages"),
        _ => require(token, "pages_messaging"),
    }
}

/// Two calls a second where that is switched on, and long lists where those are refused.
fn pace(world: &mut World, call: &Call, account: usize) -> Result<(), GraphError> {
    let words = format!("{} {}", call.words(), world.accounts[account].id);
    let id = world.accounts[account].id.clone();
    if world.faults.strike(&words, |k| k == Kind::Pace).is_some() && !world.usage.may_converse(&id) {
        return Err(faults::refusal("80006", ""));
    }
    let long = call.param("limit").and_then(|l| l.parse::<u32>().ok()).unwrap_or(25) > 1;
    if long && world.faults.strike(&words, |k| k == Kind::ReduceData).is_some() {
        return Err(GraphError::new(
            1,
            "Please reduce the amount of data you're asking for, then retry your request",
        ));
    }
    let shares = call.param("fields").is_some_and(|f| f.contains("shares"));
    if shares && world.faults.strike(&words, |k| k == Kind::NoShares).is_some() {
        return Err(GraphError::param(
            "Tried accessing nonexisting field (shares) on node type (ShadowIGMessage)",
        ));
    }
    Ok(())
}

/// `/{account}/conversations`.
pub(crate) fn list(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Value, GraphError> {
    let account = readable(world, call, token, account)?;
    pace(world, call, account)?;
    if token.data_access_until <= world.now() {
        // The token still exists and brings no personal data (graph-api a.2).
        return Ok(json!({ "data": [] }));
    }
    let fields = wanted(call, "updated_time")?;
    let link = call.link(&world.origin, &format!("{}/conversations", call.path[0]));
    let list = List::new(world.seed, THREADS, account as u64);
    let ask = list.ask(|name| call.param(name), 25, 100)?;
    let third = third_id(world, call, account);
    if let Some(person) = call.param("user_id") {
        let rows = match world.thread_of(account, person) {
            Some(thread) => vec![((0, 0), write(world, thread, &fields, &link, third)?)],
            None => Vec::new(),
        };
        return Ok(Page { rows, more_after: false, more_before: false }.write(list, &link));
    }
    let threads = &world.accounts[account].threads;
    let key = |place: (i64, u32)| (Reverse(place.0), place.1);
    let mut chosen: Vec<(Reverse<i64>, u32)> = match (ask.after, ask.before) {
        (Some(place), _) => {
            let later = threads.range((Bound::Excluded(key(place)), Bound::Unbounded));
            later.take(ask.limit).copied().collect()
        }
        (None, Some(place)) => {
            let mut near: Vec<_> = threads.range(..key(place)).rev().take(ask.limit).copied().collect();
            near.reverse();
            near
        }
        (None, None) => threads.iter().take(ask.limit).copied().collect(),
    };
    let more_after = chosen
        .last()
        .is_some_and(|last| threads.range((Bound::Excluded(*last), Bound::Unbounded)).next().is_some());
    let more_before = chosen.first().is_some_and(|first| threads.range(..*first).next().is_some());
    let rows = chosen
        .drain(..)
        .map(|(at, thread)| Ok(((at.0, thread), write(world, thread as usize, &fields, &link, third)?)))
        .collect::<Result<Vec<_>, GraphError>>()?;
    Ok(Page { rows, more_after, more_before }.write(list, &link))
}

/// Whether lists name the business by its third id now.
fn third_id(world: &mut World, call: &Call, account: usize) -> bool {
    let words = format!("{} {}", call.words(), world.accounts[account].id);
    world.accounts[account].channel == Channel::Instagram
        && world.faults.strike(&words, |k| k == Kind::ThirdOwnId).is_some()
}

/// `/{thread}`.
pub(crate) fn thread(
    world: &mut World,
    call: &Call,
    token: &Token,
    thread: usize,
) -> Result<Value, GraphError> {
    let account = world.threads[thread].account;
    require_reading(world, token, account)?;
    pace(world, call, account)?;
    let third = third_id(world, call, account);
    let link = call.link(&world.origin, &call.path[0]);
    write(world, thread, &wanted(call, "updated_time")?, &link, third)
}

/// `/{thread}/messages`.
pub(crate) fn messages_of(
    world: &mut World,
    call: &Call,
    token: &Token,
    thread: usize,
) -> Result<Value, GraphError> {
    let account = world.threads[thread].account;
    require_reading(world, token, account)?;
    pace(world, call, account)?;
    let third = third_id(world, call, account);
    let list = List::new(world.seed, MESSAGES, thread as u64);
    let ask = list.ask(|name| call.param(name), 25, 100)?;
    let link = call.link(&world.origin, &format!("{}/messages", call.path[0]));
    page_of(world, thread, &ask, &wanted(call, "created_time")?, list, &link, third)
}

fn page_of(
    world: &World,
    thread: usize,
    ask: &Ask,
    fields: &[Field],
    list: List,
    link: &Link,
    third: bool,
) -> Result<Value, GraphError> {
    let held = &world.threads[thread].messages;
    let listed = |index: &usize| world.is_listed(thread, *index);
    // Newest first; places are counted from the oldest.
    let (mut chosen, more_after, more_before): (Vec<usize>, bool, bool) = match (ask.after, ask.before) {
        (None, Some((_, index))) => {
            let start = (index as usize + 1).min(held.len());
            let mut near: Vec<usize> = (start..held.len()).filter(listed).take(ask.limit + 1).collect();
            let more = near.len() > ask.limit;
            near.truncate(ask.limit);
            near.reverse();
            (near, (0..start).any(|index| listed(&index)), more)
        }
        (after, _) => {
            let end = after.map_or(held.len(), |(_, index)| (index as usize).min(held.len()));
            let older: Vec<usize> = (0..end).rev().filter(listed).take(ask.limit + 1).collect();
            let more = older.len() > ask.limit;
            (older, more, end < held.len())
        }
    };
    chosen.truncate(ask.limit);
    let rows = chosen
        .into_iter()
        .map(|index| {
            let place = (held[index].at, index as u32);
            Ok((place, messages::in_list(world, thread, index, fields, third)?))
        })
        .collect::<Result<Vec<_>, GraphError>>()?;
    Ok(Page { rows, more_after, more_before }.write(list, link))
}

/// The two sides of a thread: the person, then the business.
pub(crate) fn sides(world: &World, thread: usize, third: bool) -> (Value, Value) {
    let t = &world.threads[thread];
    let account = &world.accounts[t.account];
    let person = people::profile(t.hash);
    match account.channel {
        Channel::Instagram => {
            let own = if third { INSTAGRAM_THIRD_ID } else { &account.id };
            (
                json!({ "username": person.handle, "id": t.person }),
                json!({ "username": account.handle, "id": own }),
            )
        }
        _ => {
            let side = |name: &str, id: &str| json!({ "name": name, "email": format!("{id}@facebook.com"), "id": id });
            (side(&person.name, &t.person), side(&account.name, &account.id))
        }
    }
}

fn write(
    world: &World,
    thread: usize,
    fields: &[Field],
    link: &Link,
    third: bool,
) -> Result<Value, GraphError> {
    let t = &world.threads[thread];
    let account = &world.accounts[t.account];
    let id = world.thread_id(thread);
    let (person, business) = sides(world, thread, third);
    project("UnifiedThread", &id, &FIELDS, fields, |field| {
        Ok(Some(match field.name.as_str() {
            "updated_time" => json!(iso(t.messages.last().map_or(0, |m| m.at))),
            "participants" => json!({ "data": [person.clone(), business.clone()] }),
            "senders" => json!({ "data": [person.clone()] }),
            "message_count" => json!(t.messages.len()),
            "unread_count" => json!(world.unread(thread)),
            "can_reply" => json!(world.now() - t.last_inbound < DAY && !t.blocked),
            "snippet" => {
                let last = t.messages.len().checked_sub(1).map(|index| world.content(thread, index));
                json!(last.map_or_else(String::new, |c| c.text().chars().take(80).collect()))
            }
            "link" if account.channel == Channel::Messenger => {
                json!(format!("/{}/inbox/{}/", account.id, id.trim_start_matches("t_")))
            }
            "is_subscribed" | "is_owner" => json!(true),
            "folder" if account.channel == Channel::Messenger => {
                json!(if t.request && t.messages.iter().all(|m| !m.from_us) { "other" } else { "inbox" })
            }
            "former_participants" => json!({ "data": [] }),
            "messages" => {
                let list = List::new(world.seed, MESSAGES, thread as u64);
                let ask = list.ask(|name| field.arg(name), 25, 100)?;
                let base = link.base.rsplit_once('/').map_or("", |(base, _)| base);
                let base = base
                    .strip_suffix(&format!("/{}", account.id))
                    .or_else(|| base.strip_suffix("/me"))
                    .unwrap_or(base);
                let inner = link.inner(format!("{base}/{id}/messages"), field);
                let default;
                let fields = if field.inner.is_empty() {
                    default = parse("created_time")?;
                    &default
                } else {
                    &field.inner
                };
                page_of(world, thread, &ask, fields, list, &inner, third)?
            }
            _ => return Ok(None),
        }))
    })
}
