//! WhatsApp Cloud API: accepted is not delivered; statuses and most failures come later by webhook
//! (graph-api g).

use crate::accounts::{require, wanted};
use crate::call::{Call, Reply};
use crate::clock::DAY;
use crate::door::Answer;
use crate::error::GraphError;
use crate::fields::{Field, project};
use crate::paging::whole;
use crate::said::Content;
use crate::send::{accept, text_of};
use crate::small_signs::{check_pair, interactive, react_whatsapp};
use crate::templates;
use crate::tokens::Token;
use crate::world::{SendSeen, World, Written};
use serde_json::{Value, json};

pub(crate) const NUMBER_FIELDS: &str = "verified_name,code_verification_status,display_phone_number,quality_rating,\
                                        platform_type,throughput";

const NUMBER: [&str; 12] = [
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "name_status",
    "status",
    "messaging_limit_tier",
    "is_official_business_account",
    "account_mode",
    "webhook_configuration",
];

/// A phone number.
pub(crate) fn number(world: &World, account: usize, fields: &[Field]) -> Result<Value, GraphError> {
    let a = &world.accounts[account];
    project("WhatsAppBusinessPhoneNumber", &a.id, &NUMBER, fields, |field| {
        Ok(Some(match field.name.as_str() {
            "verified_name" => json!(a.name),
            "display_phone_number" => json!(a.handle),
            "code_verification_status" => json!("VERIFIED"),
            "quality_rating" => json!("GREEN"),
            "platform_type" => json!("CLOUD_API"),
            "throughput" => json!({ "level": "STANDARD" }),
            "name_status" => json!("APPROVED"),
            "status" => json!("CONNECTED"),
            "messaging_limit_tier" => json!("TIER_1K"),
            "is_official_business_account" => json!(false),
            "account_mode" => json!("LIVE"),
            _ => match world.post.target() {
                Some(target) => json!({ "application": target.url }),
                None => return Ok(None),
            },
        }))
    })
}

/// `/{waba}/phone_numbers`.
pub(crate) fn phone_numbers(
    world: &World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Value, GraphError> {
    require(token, "whatsapp_business_management")?;
    Ok(whole(vec![number(world, account, &wanted(call, NUMBER_FIELDS)?)?]))
}

/// `POST /{phone number}/messages`: a text, or the mark that a message was read.
pub(crate) fn send(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Answer, GraphError> {
    require(token, "whatsapp_business_messaging")?;
    if call.param("messaging_product") != Some("whatsapp") {
        return Err(GraphError::param("The parameter messaging_product is required."));
    }
    if call.param("status") == Some("read") {
        return read(world, call, account).map(Answer::from);
    }
    let to = call.param("to").map(|to| to.chars().filter(char::is_ascii_digit).collect::<String>());
    let input = call
        .param("to")
        .or_else(|| call.param("recipient"))
        .ok_or_else(|| GraphError::param("The parameter to is required."))?
        .to_owned();
    let mut file = None;
    let kind = call.param("type").unwrap_or("text").to_owned();
    let part = call.value(&kind).unwrap_or(Value::Null);
    let text = match kind.as_str() {
        "text" => text_of(&part["body"]).filter(|t| !t.trim().is_empty()),
        "interactive" => Some(interactive(&part)?),
        "template" => Some(templates::fill(world, account, &part)?),
        "reaction" => Some(String::new()),
        kind @ ("image" | "video" | "audio" | "document" | "sticker") => {
            file = Some(world.content_of_media(account, kind, &part)?);
            Some(text_of(&part["caption"]).unwrap_or_default())
        }
        other => {
            return Err(GraphError::new(131_009, "(#131009) Parameter value is not valid")
                .details(format!("The simulator does not send messages of type {other}")));
        }
    };
    let Some(text) = text else {
        return Err(GraphError::new(131_008, "(#131008) Required parameter is missing")
            .details("Parameter 'text.body' is mandatory for type 'text'"));
    };
    if text.chars().count() > 4096 {
        return Err(GraphError::param("Param text['body'] must be at most 4096 characters long."));
    }
    let thread = match &to {
        Some(number) => world.thread_of(account, number),
        None => world.find_bsuid(&input).filter(|t| world.threads[*t].account == account),
    };
    let failure = match thread {
        None => Some((131_026, "Message undeliverable", "Message Undeliverable.")),
        Some(t) if world.threads[t].blocked => {
            Some((131_026, "Message undeliverable", "Message Undeliverable."))
        }
        Some(t) if kind != "template" && world.now() - world.threads[t].last_inbound > DAY => Some((
            131_047,
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this \
             number.",
        )),
        Some(_) => None,
    };
    let wa_id = thread.map(|t| world.threads[t].person.clone()).or(to).unwrap_or_default();
    let mut contact = json!({ "input": input, "wa_id": wa_id });
    if let Some(thread) = thread {
        contact["user_id"] = json!(world.bsuid(thread));
    }
    let answer = move |wamid: &str| json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": wamid, "message_status": "accepted" }] });
    match (thread, failure) {
        // A reaction is taken like a message and is none: it shows on the message it is about.
        (Some(thread), None) if kind == "reaction" => {
            react_whatsapp(world, thread, &part)?;
            world.sign(thread, "react");
            let wamid = world.lost_mid(account);
            Ok(answer(&wamid).into())
        }
        (Some(thread), None) => {
            check_pair(world, thread)?;
            let written = Written {
                tag: call.param("biz_opaque_callback_data").map(str::to_owned),
                quotes: text_of(&call.value("context").unwrap_or(Value::Null)["message_id"]),
                ..Written::by_phone(file.unwrap_or(Content::Text(text)))
            };
            Ok(accept(world, call, thread, written, answer))
        }
        (thread, failure) => {
            let code = failure.map(|f| f.0);
            let wamid = refuse_later(world, call, account, thread, &wa_id, text, code);
            if let Some(failure) = failure {
                let tag = call.param("biz_opaque_callback_data");
                world.announce_failure(account, &wa_id, &wamid, failure, tag);
            }
            Ok(answer(&wamid).into())
        }
    }
}

/// A send that Meta accepts and will not deliver.
fn refuse_later(
    world: &mut World,
    call: &Call,
    account: usize,
    thread: Option<usize>,
    wa_id: &str,
    text: String,
    failed: Option<i64>,
) -> String {
    let wamid = world.lost_mid(account);
    world.sends.push(SendSeen {
        account: world.accounts[account].id.clone(),
        person: thread.map_or_else(|| wa_id.to_owned(), |t| world.threads[t].person.clone()),
        mid: wamid.clone(),
        text,
        body: String::from_utf8_lossy(&call.body).into_owned(),
        at_ms: world.now(),
        answered: true,
        failed,
    });
    wamid
}

fn read(world: &mut World, call: &Call, account: usize) -> Result<Reply, GraphError> {
    let mid = call.need("message_id")?;
    let found = world.find_message(mid).filter(|(t, _)| world.threads[*t].account == account);
    let Some((thread, index)) = found else {
        return Err(GraphError::param("Invalid parameter").details("Message ID does not exist."));
    };
    let t = &mut world.threads[thread];
    t.read_upto = t.read_upto.max(t.messages[index].at);
    world.sign(thread, if call.value("typing_indicator").is_some() { "typing_on" } else { "mark_seen" });
    Ok(Reply::success())
}
