//! One WhatsApp message of any type, received, echoed from the phone app, or from history
//! (graph-api d.5). A type we do not know is a message all the same.

use super::{
    Out,
    kind::{Edit, Event, Kind, Message, Person, Reaction, Referral, ReplyTo},
    messaging::referral,
    values::{Object, id, list, object, text, time, truth},
    whatsapp::{Us, contact_of, identity},
    whatsapp_content::{Content, content},
    words::ReceiptStatus,
};
use crate::{graph::Refusal, model::MetaMessageId};
use serde_json::Value;

/// Reads a received message, or an echo of one of ours.
pub(super) fn read(out: &mut Out, place: &str, value: &Value, whole: &Object, us: &Us, echo: bool) {
    let Some(m) = value.as_object() else {
        return out.ignore(place, "not an object");
    };
    // An echo of another responder keeps its content in the shape of a send request.
    let request = object(m, "message").filter(|_| echo);
    let person = if echo { addressee(m, request, whole, us) } else { sender(m, whole, us) };
    one(out, place, m, request.unwrap_or(m), person, echo, false);
}

/// Reads a message of the past; it is ours when the thread's person did not write it.
pub(super) fn read_old(out: &mut Out, place: &str, value: &Value, thread: &Object, whole: &Object, us: &Us) {
    let Some(m) = value.as_object() else {
        return out.ignore(place, "not an object");
    };
    let context = object(thread, "context");
    let wa = id(thread, "id").or_else(|| context.and_then(|c| id(c, "wa_id")));
    let user = id(thread, "user_id").or_else(|| context.and_then(|c| id(c, "user_id")));
    let from = id(m, "from");
    let theirs = from.is_some() && (from == wa || from == user) || id(m, "from_user_id").is_some();
    let ours =
        !theirs && (from.as_deref().is_some_and(|f| us.is(f)) || m.contains_key("to") || from.is_some());
    let contact = contact_of(whole, user.as_deref(), wa.as_deref());
    let person = identity(user, None, wa, contact, Some(us)).map(|mut person| {
        let username =
            || context.and_then(|c| text(c, "username")).map(|u| u.trim_start_matches('@').to_owned());
        person.username = person.username.take().or_else(username);
        person
    });
    one(out, place, m, m, person.or_else(|| sender(m, whole, us)), ours, true);
}

fn sender(m: &Object, whole: &Object, us: &Us) -> Option<Person> {
    let (user, wa) = (id(m, "from_user_id"), id(m, "from"));
    somebody(user, id(m, "from_parent_user_id"), wa, whole, us)
}

fn addressee(m: &Object, request: Option<&Object>, whole: &Object, us: &Us) -> Option<Person> {
    let asked = |key| request.and_then(|r| id(r, key));
    let user = id(m, "to_user_id").or_else(|| asked("recipient"));
    let wa = id(m, "to").or_else(|| asked("to"));
    somebody(user, id(m, "to_parent_user_id"), wa, whole, us)
}

/// The other side; only when nobody else is named, whoever carries our own number.
fn somebody(
    user: Option<String>,
    parent: Option<String>,
    wa: Option<String>,
    whole: &Object,
    us: &Us,
) -> Option<Person> {
    let contact = contact_of(whole, user.as_deref(), wa.as_deref());
    identity(user.clone(), parent.clone(), wa.clone(), contact, Some(us))
        .or_else(|| identity(user, parent, wa, contact, None))
}

fn one(
    out: &mut Out,
    place: &str,
    m: &Object,
    body: &Object,
    person: Option<Person>,
    from_us: bool,
    old: bool,
) {
    let at = time(m, "timestamp");
    let form = text(body, "type").or_else(|| text(m, "type")).unwrap_or_else(|| form_of(body).to_owned());
    let nothing = Object::new();
    let part = object(body, &form).unwrap_or(&nothing);
    let Some(mid) = id(m, "id").map(MetaMessageId) else {
        return out.ignore(place, "a message without an id");
    };
    match form.as_str() {
        "revoke" => {
            let mid = id(part, "original_message_id").map_or(mid, MetaMessageId);
            return out.push(at, Kind::Delete { mid, from_us, person });
        }
        "edit" => return edit(out, at, mid, part, person, from_us),
        "system" | "request_welcome" => {
            let raw = Value::Object(part.clone());
            return out.push(at, Kind::Event(Event { name: form, person, raw }));
        }
        _ => {}
    }
    let Some(person) = person else {
        return out.ignore(place, "a message of nobody: no from, user id or wa_id");
    };
    if form == "reaction" {
        let Some(target) = id(part, "message_id") else {
            return out.ignore(place, "a reaction to nothing");
        };
        let emoji = text(part, "emoji");
        let removed = emoji.is_none();
        let mid = MetaMessageId(target);
        return out.push(at, Kind::Reaction(Reaction { mid, from_us, person, emoji, name: None, removed }));
    }
    let known = content(&form, part, body, m);
    if known.is_none() && !["unsupported", "unknown"].contains(&form.as_str()) {
        out.note(place, format!("message type {form:?} is new"));
    }
    let context = object(body, "context").or_else(|| object(m, "context"));
    let content = known.unwrap_or_else(|| Content {
        unsupported: Some(object(body, "unsupported").and_then(|u| text(u, "type")).unwrap_or(form)),
        ..Content::default()
    });
    let message = Message {
        mid,
        from_us,
        person,
        text: content.text,
        attachments: content.attachments,
        reply_to: context.and_then(|c| id(c, "id")).map(|id| ReplyTo::Message(MetaMessageId(id))),
        tap: content.tap,
        // They ask about a product of the catalogue.
        referral: object(m, "referral").map(referral).or_else(|| {
            let product = id(context.and_then(|c| object(c, "referred_product"))?, "product_retailer_id")?;
            Some(Referral { raw: serde_json::json!({ "product": { "id": product } }), ..Referral::default() })
        }),
        unsupported: content.unsupported,
        errors: list(m, "errors").iter().filter_map(Refusal::of_webhook).collect(),
        app_id: None,
        metadata: text(body, "biz_opaque_callback_data"),
        group: id(m, "group_id"),
        forwarded: context.is_some_and(|c| truth(c, "forwarded") || truth(c, "frequently_forwarded")),
        status: object(m, "history_context").and_then(|h| text(h, "status")).map(|s| {
            // History writes in capitals.
            ReceiptStatus::read(&s.to_ascii_lowercase())
        }),
    };
    out.push(at, if old { Kind::History(message) } else { Kind::Message(message) });
}

/// The type of a message that does not tell it: whatever part it has.
fn form_of(body: &Object) -> &str {
    const PARTS: [&str; 13] = [
        "text",
        "image",
        "video",
        "audio",
        "voice",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "button",
        "order",
        "reaction",
    ];
    PARTS.into_iter().find(|part| body.contains_key(*part)).unwrap_or_default()
}

fn edit(
    out: &mut Out,
    at: Option<crate::model::Timestamp>,
    mid: MetaMessageId,
    part: &Object,
    person: Option<Person>,
    from_us: bool,
) {
    let nothing = Object::new();
    let new = object(part, "message").unwrap_or(&nothing);
    let form = text(new, "type").unwrap_or_default();
    let content = content(&form, object(new, &form).unwrap_or(&nothing), new, new).unwrap_or_default();
    let mid = id(part, "original_message_id").map_or(mid, MetaMessageId);
    let edit =
        Edit { mid, from_us, person, text: content.text, attachments: content.attachments, num_edit: None };
    out.push(at, Kind::Edit(edit));
}
