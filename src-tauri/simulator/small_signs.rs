//! What is sent besides words: emojis on messages, quick replies, buttons and lists (graph-api c.2, g.1).

use crate::call::Call;
use crate::clock::DAY;
use crate::error::GraphError;
use crate::send::text_of;
use crate::world::{Channel, SignSeen, World};
use serde_json::Value;

/// Puts our emoji on a message, or takes it away.
pub(crate) fn react(world: &mut World, thread: usize, call: &Call, on: bool) -> Result<(), GraphError> {
    let payload = call.value("payload").unwrap_or(Value::Null);
    let mid = text_of(&payload["message_id"])
        .ok_or_else(|| GraphError::param("The parameter payload is required"))?;
    if world.find_message(&mid).is_none_or(|(t, _)| t != thread) {
        return Err(GraphError::param("Invalid message id"));
    }
    if on {
        let emoji = text_of(&payload["reaction"])
            .ok_or_else(|| GraphError::param("The parameter payload[reaction] is required"))?;
        world.our_reactions.insert(mid, emoji);
    } else {
        world.our_reactions.remove(&mid);
    }
    Ok(())
}

/// The same on WhatsApp, where it is a message.
pub(crate) fn react_whatsapp(world: &mut World, thread: usize, reaction: &Value) -> Result<(), GraphError> {
    let mid = text_of(&reaction["message_id"]).unwrap_or_default();
    let known = world.find_message(&mid).filter(|(t, _)| *t == thread);
    let fresh = known.is_some_and(|(t, i)| world.now() - world.threads[t].messages[i].at <= 30 * DAY);
    if !fresh {
        return Err(GraphError::new(131_009, "(#131009) Parameter value is not valid")
            .details("Message ID in reaction is older than 30 days or does not exist"));
    }
    match text_of(&reaction["emoji"]).filter(|e| !e.is_empty()) {
        Some(emoji) => drop(world.our_reactions.insert(mid, emoji)),
        None => drop(world.our_reactions.remove(&mid)),
    }
    Ok(())
}

/// Quick replies under a message of Messenger or Instagram.
pub(crate) fn check_quick_replies(channel: Channel, message: &Value) -> Result<(), GraphError> {
    let Some(all) = message["quick_replies"].as_array() else { return Ok(()) };
    if all.is_empty() || all.len() > 13 {
        return Err(GraphError::param("The number of quick replies must be between 1 and 13"));
    }
    for one in all {
        let kind = one["content_type"].as_str().unwrap_or_default();
        if kind != "text" && (channel == Channel::Instagram || !kind.starts_with("user_")) {
            return Err(GraphError::param(format!("Invalid content_type of a quick reply: {kind}")));
        }
        let title = one["title"].as_str().unwrap_or_default();
        let payload = one["payload"].as_str().unwrap_or_default();
        if kind == "text"
            && (title.is_empty() || title.chars().count() > 20 || payload.is_empty() || payload.len() > 1000)
        {
            return Err(GraphError::param(
                "A quick reply needs a title of at most 20 characters and a payload",
            ));
        }
    }
    Ok(())
}

/// The words of a WhatsApp message with buttons or a list, checked.
pub(crate) fn interactive(message: &Value) -> Result<String, GraphError> {
    let bad = |details: &str| {
        Err(GraphError::new(131_009, "(#131009) Parameter value is not valid").details(details.to_owned()))
    };
    let text = message["body"]["text"].as_str().unwrap_or_default().to_owned();
    let (most, titles, longest): (usize, Vec<&Value>, usize) = match message["type"].as_str() {
        Some("button") => {
            let all = message["action"]["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
            if all.is_empty() || all.len() > 3 {
                return bad("A message has one to three buttons");
            }
            (1024, all.iter().map(|b| &b["reply"]).collect(), 20)
        }
        Some("list") => {
            let button = message["action"]["button"].as_str().unwrap_or_default();
            if button.is_empty() || button.chars().count() > 20 {
                return bad("A list needs a button of at most 20 characters");
            }
            let sections = message["action"]["sections"].as_array().map(Vec::as_slice).unwrap_or_default();
            let rows: Vec<&Value> = sections
                .iter()
                .flat_map(|s| s["rows"].as_array().map(Vec::as_slice).unwrap_or_default())
                .collect();
            if rows.is_empty() || rows.len() > 10 {
                return bad("A list has one to ten rows");
            }
            (4096, rows, 24)
        }
        other => return bad(&format!("The simulator does not send interactive messages of type {other:?}")),
    };
    if text.is_empty() || text.chars().count() > most {
        return bad("The body is missing or too long");
    }
    let mut ids: Vec<&str> = titles.iter().filter_map(|t| t["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let right =
        |t: &Value| t["title"].as_str().is_some_and(|t| !t.is_empty() && t.chars().count() <= longest);
    if ids.len() != titles.len() || !titles.iter().all(|t| right(t)) {
        return bad("Every button needs an id of its own and a title that fits");
    }
    Ok(text)
}

/// About one message in six seconds to the same person, with bursts of 45 (graph-api g.1).
pub(crate) fn check_pair(world: &World, thread: usize) -> Result<(), GraphError> {
    let since = world.now() - 45 * 6_000;
    let sent = world.threads[thread]
        .messages
        .iter()
        .rev()
        .take_while(|m| m.at > since)
        .filter(|m| m.from_us)
        .count();
    if sent >= 45 {
        return Err(GraphError::new(131_056, "(#131056) (Business Account, Consumer Account) pair rate limit hit")
            .details("Message failed to send because there were too many messages sent from this phone number to the same person"));
    }
    Ok(())
}

impl World {
    /// Notes what a person is shown.
    pub fn sign(&mut self, thread: usize, sign: &str) {
        let t = &self.threads[thread];
        let account = self.accounts[t.account].id.clone();
        self.signs.push(SignSeen { account, person: t.person.clone(), sign: sign.to_owned() });
    }
}
