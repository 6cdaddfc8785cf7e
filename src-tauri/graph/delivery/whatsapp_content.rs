//! What a WhatsApp message of each type holds, received or sent (graph-api d.5, g.1).

use super::{
    kind::{Attachment, Tap},
    values::{Object, fraction, id, list, object, text, truth},
    words::AttachmentKind,
};
use serde_json::Value;
use std::collections::HashMap;

/// What a message holds, whatever its type.
#[derive(Default)]
pub(super) struct Content {
    pub text: String,
    pub attachments: Vec<Attachment>,
    pub tap: Option<Tap>,
    pub unsupported: Option<String>,
}

/// The content of a known type. `whole` holds the part, `outer` what an echo brings beside its request.
pub(super) fn content(form: &str, part: &Object, whole: &Object, outer: &Object) -> Option<Content> {
    let words = |key| text(part, key).unwrap_or_default();
    let with = |attachments| Content { text: words("caption"), attachments, ..Content::default() };
    Some(match form {
        "text" => Content { text: words("body"), ..Content::default() },
        "image" | "video" | "audio" | "voice" | "document" | "sticker" => with(vec![media(form, part)]),
        "media_placeholder" => with(vec![Attachment::of(AttachmentKind::MediaPlaceholder)]),
        "location" => {
            let place = fraction(part, "latitude").zip(fraction(part, "longitude"));
            let raw = Value::Object(part.clone());
            let title = text(part, "name").or_else(|| text(part, "address"));
            let url = text(part, "url");
            with(vec![Attachment { title, url, place, raw, ..Attachment::of(AttachmentKind::Location) }])
        }
        "contacts" => with(list(whole, "contacts").iter().map(card).collect()),
        "order" => {
            let order = Attachment {
                id: id(part, "catalog_id"),
                raw: Value::Object(part.clone()),
                ..Attachment::of(AttachmentKind::Order)
            };
            Content { text: words("text"), attachments: vec![order], ..Content::default() }
        }
        "button" => Content {
            text: words("text"),
            tap: Some(Tap {
                form: form.to_owned(),
                payload: text(part, "payload"),
                title: text(part, "text"),
                description: None,
                response: None,
            }),
            ..Content::default()
        },
        "interactive" => interactive(part),
        "template" => {
            let title = text(part, "name");
            let definition = object(outer, "template").filter(|t| *t != part);
            let raw = template(part, definition);
            let text = template_text(part, definition.unwrap_or(part)).unwrap_or_default();
            let card = Attachment { title, raw, ..Attachment::of(AttachmentKind::Template) };
            Content { text, attachments: vec![card], ..Content::default() }
        }
        _ => return None,
    })
}

fn media(form: &str, part: &Object) -> Attachment {
    let kind = match AttachmentKind::read(form) {
        AttachmentKind::Audio if truth(part, "voice") => AttachmentKind::Voice,
        kind => kind,
    };
    Attachment {
        url: text(part, "url").or_else(|| text(part, "link")),
        id: id(part, "id"),
        title: text(part, "filename"),
        mime: text(part, "mime_type"),
        sha256: text(part, "sha256"),
        ..Attachment::of(kind)
    }
}

fn card(contact: &Value) -> Attachment {
    let name = contact.as_object().and_then(|c| object(c, "name"));
    let title = name.and_then(|n| text(n, "formatted_name").or_else(|| text(n, "first_name")));
    // The answer to a request for a contact has the name only in its vCard (graph-api d.5).
    let vcard = contact.as_object().and_then(|c| text(c, "vcard")).unwrap_or_default();
    let written = vcard.lines().find_map(|line| line.trim().strip_prefix("FN:")).map(|n| n.trim().to_owned());
    let title = title.or(written).filter(|n| !n.is_empty());
    Attachment { title, raw: contact.clone(), ..Attachment::of(AttachmentKind::Contacts) }
}

fn interactive(part: &Object) -> Content {
    let form = text(part, "type").unwrap_or_default();
    let nothing = Object::new();
    let answer = object(part, &form).unwrap_or(&nothing);
    // One of ours, echoed: it has a body, and nothing was tapped.
    if answer.is_empty() && part.contains_key("body") {
        let text = object(part, "body").and_then(|b| text(b, "text")).unwrap_or_default();
        let card =
            Attachment { raw: Value::Object(part.clone()), ..Attachment::of(AttachmentKind::Template) };
        return Content { text, attachments: vec![card], ..Content::default() };
    }
    let title = text(answer, "title").or_else(|| text(answer, "body"));
    // Whether they may be called.
    let title = title.or_else(|| match text(answer, "response")?.to_ascii_lowercase().as_str() {
        "accept" => Some("You may call me".to_owned()),
        "reject" => Some("Please do not call".to_owned()),
        _ => None,
    });
    Content {
        text: title.clone().unwrap_or_default(),
        tap: Some(Tap {
            form,
            payload: id(answer, "id").or_else(|| text(answer, "response")),
            title,
            description: text(answer, "description"),
            response: text(answer, "response_json"),
        }),
        ..Content::default()
    }
}

/// A template as sent, with the texts it is made of where the echo brings them.
fn template(part: &Object, definition: Option<&Object>) -> Value {
    let mut raw = part.clone();
    if let Some(definition) = definition {
        raw.insert("definition".to_owned(), Value::Object(definition.clone()));
    }
    Value::Object(raw)
}

/// The body's text with its variables filled in, where both came along. In one pass: what is filled in is
/// never read as a variable itself.
fn template_text(sent: &Object, definition: &Object) -> Option<String> {
    let body_of = |t: &Object| {
        list(t, "components")
            .iter()
            .filter_map(Value::as_object)
            .find(|c| text(c, "type").is_some_and(|t| t.eq_ignore_ascii_case("body")))
            .cloned()
    };
    let words = text(&body_of(definition)?, "text")?;
    let sent = body_of(sent).unwrap_or_default();
    let values: HashMap<String, String> = list(&sent, "parameters")
        .iter()
        .filter_map(Value::as_object)
        .enumerate()
        .map(|(n, p)| {
            let name = text(p, "parameter_name").unwrap_or_else(|| (n + 1).to_string());
            (name, text(p, "text").unwrap_or_default())
        })
        .collect();
    let (mut filled, mut rest) = (String::new(), words.as_str());
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        match after.split_once("}}") {
            Some((name, beyond)) if values.contains_key(name.trim()) => {
                filled.push_str(&values[name.trim()]);
                rest = beyond;
            }
            _ => {
                filled.push_str("{{");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Message, decode};
    use serde_json::{Value, json};

    fn message(m: Value) -> Message {
        let mut whole = json!({"from": "16505551234", "id": "wamid.1", "timestamp": "1763628902"});
        for (key, value) in m.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "w", "changes": [{"field": "messages",
            "value": {"metadata": {"phone_number_id": "1"}, "messages": [whole]}}]}]});
        match decode(body.to_string().as_bytes()).items.remove(0).kind {
            Kind::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_to_a_call_request_says_yes_or_no() {
        let answer = |word: &str| {
            message(json!({"type": "interactive", "interactive": {"type": "call_permission_reply",
                "call_permission_reply": {"response": word, "expiration_timestamp": 1}}}))
            .text
        };
        assert_eq!(answer("accept"), "You may call me");
        assert_eq!(answer("reject"), "Please do not call");
        assert_eq!(answer("later"), "");
    }

    #[test]
    fn a_contact_without_a_name_is_named_by_its_vcard() {
        let sent = message(json!({"type": "contacts", "contacts": [
            {"vcard": "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana López\r\nEND:VCARD", "phones": [{"phone": "+34 655"}]}]}));
        assert_eq!(sent.attachments[0].title.as_deref(), Some("Ana López"));
    }

    #[test]
    fn a_question_about_a_product_names_it() {
        let asked = message(json!({"type": "text", "text": {"body": "In blue?"},
            "context": {"from": "1", "id": "wamid.0", "referred_product": {"catalog_id": "9", "product_retailer_id": "cup-4"}}}));
        let told = asked.referral.unwrap().told();
        assert_eq!((told.text.as_str(), told.ad), ("cup-4", false));
    }
}
