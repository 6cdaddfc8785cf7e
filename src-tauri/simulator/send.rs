//! The Send API of Messenger and Instagram: windows, limits, echoes, and the trap that a send may have
//! happened though no answer came (graph-api c).

use crate::accounts::require;
use crate::call::{Call, Reply};
use crate::clock::DAY;
use crate::door::{Answer, Way, bad_gateway};
use crate::error::GraphError;
use crate::faults::Kind;
use crate::said::Content;
use crate::small_signs::{check_quick_replies, react};
use crate::templates;
use crate::tokens::{Holder, Token};
use crate::world::{Channel, SendSeen, World, Written};
use serde_json::{Value, json};
use std::time::Duration;

/// The time between a send and its echo.
const ECHO_AFTER: Duration = Duration::from_millis(40);

/// `POST /{account}/messages`.
pub(crate) fn send(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Answer, GraphError> {
    check_token(world, token, account)?;
    let recipient = call.value("recipient").unwrap_or(Value::Null);
    let message = call.value("message");
    let Some(person) = text_of(&recipient["id"]) else {
        return Err(match recipient["comment_id"].is_null() && recipient["post_id"].is_null() {
            true => GraphError::param("The parameter recipient is required"),
            false => GraphError::param("Invalid private reply target").sub(2_534_025),
        });
    };
    let thread = find(world, token, account, &person)?;
    let account = world.threads[thread].account;
    let scope = match (token.holder, world.accounts[account].channel) {
        (Holder::Instagram(_), _) => "instagram_business_manage_messages",
        (_, Channel::Instagram) => "instagram_manage_messages",
        _ => "pages_messaging",
    };
    require(token, scope)?;
    if let Some(action) = call.param("sender_action") {
        if message.is_some() {
            return Err(
                GraphError::param("Cannot send a message together with a sender action").sub(2_018_014)
            );
        }
        return sender_action(world, call, thread, action, &person).map(Answer::from);
    }
    let message = message.ok_or_else(|| GraphError::param("The parameter message is required"))?;
    let content = if message["template"].is_object() {
        Content::Text(templates::fill(world, account, &message["template"])?)
    } else {
        content(world, account, &message)?
    };
    check_quick_replies(world.accounts[account].channel, &message)?;
    check_window(world, call, thread, &message)?;
    if world.threads[thread].blocked {
        return Err(GraphError::new(551, "(#551) This person isn't available right now.").sub(1_545_041));
    }
    let written = Written {
        tag: text_of(&message["metadata"]),
        quotes: text_of(&call.value("reply_to").unwrap_or(Value::Null)["mid"]),
        ..Written::by_phone(content)
    };
    if written.tag.as_ref().is_some_and(|tag| tag.chars().count() > 1000) {
        return Err(GraphError::param(
            "Length of param message[metadata] must be less than or equal to 1000",
        ));
    }
    Ok(accept(world, call, thread, written, |mid| json!({ "recipient_id": person, "message_id": mid })))
}

fn check_token(world: &World, token: &Token, account: usize) -> Result<(), GraphError> {
    match token.holder {
        Holder::Page(page) if page == account => Ok(()),
        // Instagram through the Page is sent to the Page (graph-api a.1).
        Holder::Page(_) => {
            Err(GraphError::new(3, "(#3) Application does not have the capability to make this API call."))
        }
        Holder::Instagram(own) if own == account => Ok(()),
        _ => Err(GraphError::new(
            210,
            format!("(#210) A page access token is required to request {}.", world.accounts[account].id),
        )),
    }
}

/// The thread of a recipient: a Page reaches its people and those of its Instagram account.
fn find(world: &World, token: &Token, account: usize, person: &str) -> Result<usize, GraphError> {
    let instagram = world.account_of(Channel::Instagram);
    let known = world.thread_of(account, person).or_else(|| match token.holder {
        Holder::Page(_) => world.thread_of(instagram, person),
        _ => None,
    });
    known.ok_or_else(|| {
        if account == instagram {
            GraphError::param("The requested user cannot be found.").sub(2_534_014)
        } else {
            GraphError::param("No matching user found").sub(2_018_001)
        }
    })
}

fn sender_action(
    world: &mut World,
    call: &Call,
    thread: usize,
    action: &str,
    person: &str,
) -> Result<Value, GraphError> {
    let action = action.to_lowercase();
    match action.as_str() {
        "mark_seen" => world.threads[thread].read_upto = world.now(),
        "react" | "unreact" => react(world, thread, call, action == "react")?,
        "typing_on" | "typing_off" => {}
        _ => {
            return Err(GraphError::param(format!("Param sender_action has an invalid value: {action}")));
        }
    }
    world.sign(thread, &action);
    Ok(json!({ "recipient_id": person }))
}

fn content(world: &World, account: usize, message: &Value) -> Result<Content, GraphError> {
    let channel = world.accounts[account].channel;
    if let Some(text) = text_of(&message["text"]) {
        let (used, most) = match channel {
            Channel::Instagram => (text.len(), 1000),
            _ => (text.chars().count(), 2000),
        };
        if used > most {
            return Err(GraphError::param(format!(
                "Length of param message[text] must be less than or equal to {most}"
            )));
        }
        if !text.trim().is_empty() {
            return Ok(Content::Text(text));
        }
    }
    if let (Some(kind), Some(id)) =
        (message["attachment"]["type"].as_str(), text_of(&message["attachment"]["payload"]["attachment_id"]))
    {
        return world.content_of_upload(account, kind, &id);
    }
    match message["attachment"]["type"].as_str() {
        Some("image") => Ok(Content::Image),
        Some("audio") => Ok(Content::Audio),
        Some("like_heart") if channel == Channel::Instagram => Ok(Content::Sticker),
        Some(other) => Err(GraphError::param(format!("Invalid attachment type: {other}"))),
        None if channel == Channel::Messenger && !message["sticker_id"].is_null() => Ok(Content::Sticker),
        None if channel == Channel::Instagram => {
            Err(GraphError::param("Invalid message data").sub(2_534_015))
        }
        None => Err(GraphError::param("Message cannot be empty, must provide valid attachment or text")),
    }
}

/// 24 hours after the person's last message, 7 days for a human agent (graph-api c.1).
fn check_window(world: &World, call: &Call, thread: usize, message: &Value) -> Result<(), GraphError> {
    let window = match call.param("messaging_type").unwrap_or("RESPONSE") {
        "RESPONSE" | "UPDATE" => DAY,
        "MESSAGE_TAG" => match call.param("tag") {
            Some("HUMAN_AGENT") if !world.human_agent => {
                return Err(GraphError::new(
                    10,
                    "(#10) This feature has not been reviewed and approved by Facebook. Human Agent is required.",
                )
                .sub(2_018_065));
            }
            Some("HUMAN_AGENT") => 7 * DAY,
            Some(_) => return Err(GraphError::param("This message tag is no longer supported")),
            None => return Err(GraphError::param("The parameter tag is required")),
        },
        // A utility template may leave at any time to somebody with a thread (graph-api h).
        "UTILITY" if message["template"].is_object() => return Ok(()),
        other => {
            return Err(GraphError::param(format!("Param messaging_type has an invalid value: {other}")));
        }
    };
    let t = &world.threads[thread];
    if world.now() - t.last_inbound <= window {
        return Ok(());
    }
    let subcode = match world.accounts[t.account].channel {
        Channel::Instagram => 2_534_022,
        _ => 2_018_278,
    };
    Err(GraphError::new(10, "(#10) This message is sent outside of allowed window.").sub(subcode))
}

/// Holds a message that was accepted, tells the webhook, and decides how the answer travels.
pub(crate) fn accept(
    world: &mut World,
    call: &Call,
    thread: usize,
    mut written: Written,
    answer: impl FnOnce(&str) -> Value,
) -> Answer {
    let account = world.threads[thread].account;
    let (channel, id) = (world.accounts[account].channel, world.accounts[account].id.clone());
    let words = format!("{} {id} {}", call.words(), channel.word());
    let lost = world.faults.strike(&words, |k| {
        matches!(k, Kind::DeadAfterDelivery | Kind::Html502AfterDelivery | Kind::ErrorAfterDelivery)
    });
    let silent = world.faults.strike(&words, |k| k == Kind::NoEcho).is_some();
    let early = !silent && world.faults.strike(&words, |k| k == Kind::EchoBeforeAnswer).is_some();
    let text = written.content.text().to_owned();
    written.app = Some(match call.token().and_then(|t| world.tokens.get(t)).map(|t| t.holder) {
        Some(Holder::Instagram(_)) => world.instagram_app.id.clone(),
        _ => world.app.id.clone(),
    });
    let index = world.hold(thread, true, written);
    let mid = world.mid(thread, index);
    world.sends.push(SendSeen {
        account: id,
        person: world.threads[thread].person.clone(),
        mid: mid.clone(),
        text,
        body: String::from_utf8_lossy(&call.body).into_owned(),
        at_ms: world.threads[thread].messages[index].at,
        answered: lost.is_none(),
        failed: None,
    });
    let mut reply: Answer = Reply::from(answer(&mid)).into();
    // WhatsApp echoes only what other tools send.
    if channel != Channel::WhatsApp && !silent {
        if early {
            reply.first = Some(world.announce_now(thread, index));
        } else {
            world.announce(thread, index, ECHO_AFTER);
        }
    }
    world.announce_receipts(thread, index);
    world.answered(thread);
    match lost.map(|s| s.kind) {
        Some(Kind::Html502AfterDelivery) => reply.reply = bad_gateway(),
        Some(Kind::ErrorAfterDelivery) => {
            let error = GraphError::new(1, "An unknown error occurred").sub(1_357_046).status(500);
            reply.reply = Reply::Json(500, error.body(&world.trace()));
        }
        Some(_) => reply.way = Way::Never,
        None => {}
    }
    reply
}

/// A string or number as text; anything else is not there.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
