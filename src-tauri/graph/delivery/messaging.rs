//! The messaging envelope that Messenger and Instagram share (graph-api d.3, d.4). Direction comes
//! from `is_echo` alone; the ids only say who the other side is.

use super::{
    Out,
    kind::{
        Attachment, Edit, Event, Kind, Message, Optin, Person, Postback, Reaction, Receipt, Referral,
        ReplyTo, Tap,
    },
    values::{Object, fraction, id, id_of, list, object, text, time, truth, whole, words},
    words::{AttachmentKind, ReceiptStatus},
};
use crate::model::{Channel, MetaMessageId, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Keys of an event that are named by Meta and not chat (graph-api d.3, d.4).
#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "account_linking", "app_roles", "appointment", "appointment_booking", "calls", "checkout_update",
    "feedback", "game_play", "in_thread_lead_form_submit", "lead_complete",
    "messaging_account_linking", "messaging_appointments", "messaging_checkout_updates",
    "messaging_customer_information", "messaging_feedback", "messaging_in_thread_lead_form_submit",
    "messaging_optouts", "messaging_payments", "optout", "order", "pass_metadata", "pass_thread_control",
    "payment", "policy_enforcement", "pre_checkout", "release_thread_control", "request_thread_control",
    "response_feedback", "send_cart", "take_thread_control", "thread_control",
];

/// Reads one event of `messaging[]` or `standby[]`.
pub(super) fn read(out: &mut Out, place: &str, event: &Value) {
    match event.as_object() {
        Some(event) => event_of(out, place, event),
        None => out.ignore(place, "not an object"),
    }
}

pub(super) fn event_of(out: &mut Out, place: &str, event: &Object) {
    let at = time(event, "timestamp");
    let before = out.delivery.items.len();
    if let Some(value) = event.get("message").filter(|m| !m.is_null()) {
        match value.as_object() {
            Some(m) => message(out, place, event, m),
            None => out.ignore(place, "message is not an object"),
        }
    }
    if let Some(edit) = object(event, "message_edit") {
        edited(out, place, event, edit);
    }
    if let Some(r) = object(event, "reaction") {
        reaction(out, place, event, r);
    }
    for (key, status) in [("read", ReceiptStatus::Read), ("delivery", ReceiptStatus::Delivered)] {
        if let Some(r) = object(event, key) {
            receipt(out, place, event, r, status);
        }
    }
    if let Some(p) = object(event, "postback") {
        match person(out, event, false) {
            Some(person) => {
                let postback = Postback {
                    person,
                    mid: id(p, "mid").map(MetaMessageId),
                    title: text(p, "title"),
                    payload: text(p, "payload"),
                    referral: object(p, "referral").map(referral),
                };
                out.push(at, Kind::Postback(postback));
            }
            None => out.ignore(place, "a postback of nobody"),
        }
    }
    if let Some(r) = object(event, "referral") {
        match person(out, event, false) {
            Some(person) => out.push(at, Kind::Referral { person, referral: referral(r) }),
            None => out.ignore(place, "a referral of nobody"),
        }
    }
    if let Some(o) = object(event, "optin") {
        let optin = Optin {
            person: person(out, event, false),
            form: text(o, "type").unwrap_or_else(|| "plugin".into()),
            reference: text(o, "ref"),
            user_ref: id(o, "user_ref"),
            raw: Value::Object(o.clone()),
        };
        out.push(at, Kind::Optin(optin));
    }
    for (key, value) in event {
        // An old sample writes "policy-enforcement".
        let name = key.replace('-', "_");
        if EVENTS.contains(&name.as_str()) && !value.is_null() {
            named_event(out, at, event, name, value);
        }
    }
    // The way between apps is no event of its own where it comes with one.
    if let (Some(hops), true) = (event.get("hop_context"), out.delivery.items.len() == before)
        && !hops.is_null()
    {
        named_event(out, at, event, "hop_context".into(), hops);
    }
    if out.delivery.items.len() == before {
        let keys: Vec<&str> = event.keys().map(String::as_str).collect();
        out.ignore(place, format!("no event known in it (keys: {})", keys.join(", ")));
    }
}

fn named_event(out: &mut Out, at: Option<Timestamp>, event: &Object, name: String, value: &Value) {
    let person = person(out, event, false);
    out.push(at, Kind::Event(Event { name, person, raw: value.clone() }));
}

/// The id in `{"id":…}`, or the `user_ref` where the person is only known by it.
fn party(event: &Object, key: &str) -> Option<String> {
    let party = object(event, key)?;
    id(party, "id").or_else(|| id(party, "user_ref"))
}

/// The other side. For an echo it is the recipient, else the sender; never the account itself, since
/// some deliveries do not swap the two.
fn person(out: &Out, event: &Object, from_us: bool) -> Option<Person> {
    let keys = if from_us { ["recipient", "sender"] } else { ["sender", "recipient"] };
    let [first, second] = keys.map(|key| party(event, key).map(|id| (key, id)));
    let is_us = |party: &Option<(&str, String)>| party.as_ref().is_some_and(|(_, id)| out.is_us(id));
    let (key, id) = match (first, second) {
        (first, Some(second)) if is_us(&first) && !out.is_us(&second.1) => second,
        (Some(first), _) => first,
        // An inbound event without a sender is nobody's, whoever received it.
        (None, Some(second)) if from_us && !out.is_us(&second.1) => second,
        (None, _) => return None,
    };
    let told = object(event, key);
    Some(Person {
        name: told.and_then(|t| text(t, "name")),
        username: told.and_then(|t| text(t, "username")).map(|u| u.trim_start_matches('@').to_owned()),
        ..Person::of(id)
    })
}

/// We did it when the sender is the account; only for events that have no `is_echo`.
fn by_us(out: &Out, event: &Object) -> bool {
    party(event, "sender").is_some_and(|id| out.is_us(&id))
}

fn message(out: &mut Out, place: &str, event: &Object, m: &Object) {
    let at = time(event, "timestamp");
    let from_us = truth(m, "is_echo");
    if truth(m, "is_self") {
        return out.ignore(place, "a test message to oneself");
    }
    let mid = id(m, "mid").map_or_else(|| made_up(event), MetaMessageId);
    let person = person(out, event, from_us);
    if truth(m, "is_deleted") {
        return out.push(at, Kind::Delete { mid, from_us, person });
    }
    let Some(person) = person else {
        return out.ignore(place, "a message of nobody");
    };
    let answered = object(m, "reply_to");
    let message = Message {
        mid,
        from_us,
        person,
        text: text(m, "text").unwrap_or_default(),
        attachments: attachments(list(m, "attachments")),
        reply_to: answered.and_then(reply_to),
        tap: object(m, "quick_reply").map(|q| Tap {
            form: "quick_reply".into(),
            payload: text(q, "payload"),
            title: text(m, "text"),
            description: None,
            response: None,
        }),
        referral: object(m, "referral").or_else(|| object(event, "referral")).map(referral),
        unsupported: truth(m, "is_unsupported").then(|| "unsupported".into()),
        errors: Vec::new(),
        app_id: id(m, "app_id"),
        metadata: text(m, "metadata"),
        group: None,
        forwarded: false,
        status: None,
    };
    for a in &message.attachments {
        if let AttachmentKind::Unknown(word) = &a.kind {
            out.note(place, format!("attachment type {word} is new"));
        }
    }
    out.push(at, Kind::Message(message));
}

/// An id for a message that came without one: it must not be lost, and a second delivery of the same must
/// be the same.
fn made_up(event: &Object) -> MetaMessageId {
    let mut hash = Sha256::new();
    for key in ["sender", "recipient", "timestamp", "message"] {
        hash.update(event.get(key).map(Value::to_string).unwrap_or_default());
    }
    MetaMessageId(format!("without-mid-{}", hex::encode(&hash.finalize()[..16])))
}

fn reply_to(answered: &Object) -> Option<ReplyTo> {
    if let Some(story) = object(answered, "story") {
        return Some(ReplyTo::Story {
            id: id(story, "id"),
            url: text(story, "url").or_else(|| text(story, "link")),
        });
    }
    id(answered, "mid").map(|mid| ReplyTo::Message(MetaMessageId(mid)))
}

/// Attachments read of one message; Meta allows 30 (graph-api c.2).
const MOST: usize = 100;

/// Reads attachments; the old and the new name of one shared post are merged (graph-api d.3).
pub(super) fn attachments(list: &[Value]) -> Vec<Attachment> {
    let mut all: Vec<Attachment> = Vec::new();
    for one in list.iter().take(MOST).filter_map(Value::as_object).map(attachment) {
        let twin = all.iter_mut().find(|a| same_post(a, &one));
        match twin {
            Some(twin) => {
                let (new, old) = if twin.kind == AttachmentKind::Share {
                    (one, twin.clone())
                } else {
                    (twin.clone(), one)
                };
                // Either may bring what the other lacks.
                *twin = Attachment {
                    url: new.url.or(old.url),
                    id: new.id.or(old.id),
                    title: new.title.or(old.title),
                    ..new
                };
            }
            None => all.push(one),
        }
    }
    all
}

fn same_post(a: &Attachment, b: &Attachment) -> bool {
    let shares = |k: &AttachmentKind| *k == AttachmentKind::Share;
    (shares(&a.kind) != shares(&b.kind))
        && ((a.id.is_some() && a.id == b.id) || (a.url.is_some() && a.url == b.url))
}

fn attachment(a: &Object) -> Attachment {
    let kind = AttachmentKind::read(&text(a, "type").unwrap_or_else(|| "unsupported_type".into()));
    let nothing = Object::new();
    let p = object(a, "payload").unwrap_or(&nothing);
    let first = |keys: &[&str]| keys.iter().find_map(|k| id(p, k));
    let coordinates = object(p, "coordinates");
    let place = coordinates.and_then(|c| Some((fraction(c, "lat")?, fraction(c, "long")?)));
    let product = list_in(p, "product").first().and_then(Value::as_object);
    let sticker = id(p, "sticker_id").is_some();
    Attachment {
        // Stickers came as images until August 2026.
        kind: if sticker && kind == AttachmentKind::Image { AttachmentKind::Sticker } else { kind },
        url: text(p, "url").or_else(|| text(p, "story_media_url")).or_else(|| text(a, "url")),
        id: first(&[
            "ig_post_media_id",
            "reel_video_id",
            "story_media_id",
            "sticker_id",
            "attachment_id",
            "booking_id",
            "id",
        ]),
        title: text(p, "title")
            .or_else(|| text(a, "title"))
            .or_else(|| product.and_then(|e| text(e, "title"))),
        mime: None,
        sha256: None,
        place,
        raw: if p.keys().all(|k| ["url", "title"].contains(&k.as_str())) {
            Value::Null
        } else {
            Value::Object(p.clone())
        },
    }
}

fn list_in<'a>(p: &'a Object, key: &str) -> &'a [Value] {
    object(p, key).map_or(&[], |inner| list(inner, "elements"))
}

/// Reads where somebody came from (graph-api d.3, d.5).
pub(super) fn referral(r: &Object) -> Referral {
    let ad = object(r, "ads_context_data");
    Referral {
        source: text(r, "source").or_else(|| text(r, "source_type")),
        reference: text(r, "ref"),
        ad_id: id(r, "ad_id").or_else(|| id(r, "source_id")),
        title: ad.and_then(|a| text(a, "ad_title")).or_else(|| text(r, "headline")),
        url: text(r, "source_url").or_else(|| text(r, "referer_uri")),
        ctwa_clid: text(r, "ctwa_clid"),
        raw: Value::Object(r.clone()),
    }
}

fn edited(out: &mut Out, place: &str, event: &Object, edit: &Object) {
    let Some(mid) = id(edit, "mid").map(MetaMessageId) else {
        return out.ignore(place, "an edit without an id");
    };
    let from_us = truth(edit, "is_echo") || by_us(out, event);
    let edit = Edit {
        mid,
        from_us,
        person: person(out, event, from_us),
        text: edit.get("text").and_then(words).unwrap_or_default(),
        attachments: attachments(list(edit, "attachments")),
        num_edit: whole(edit, "num_edit"),
    };
    out.push(time(event, "timestamp"), Kind::Edit(edit));
}

fn reaction(out: &mut Out, place: &str, event: &Object, r: &Object) {
    let from_us = truth(r, "is_echo") || by_us(out, event);
    let (Some(mid), Some(person)) = (id(r, "mid"), person(out, event, from_us)) else {
        return out.ignore(place, "a reaction of nobody or to nothing");
    };
    let removed = text(r, "action").is_some_and(|a| a == "unreact");
    let reaction = Reaction {
        mid: MetaMessageId(mid),
        from_us,
        person,
        emoji: text(r, "emoji").filter(|_| !removed),
        name: text(r, "reaction").filter(|_| !removed),
        removed,
    };
    out.push(time(event, "timestamp"), Kind::Reaction(reaction));
}

fn receipt(out: &mut Out, place: &str, event: &Object, r: &Object, status: ReceiptStatus) {
    let mut mids: Vec<MetaMessageId> = list(r, "mids").iter().filter_map(id_of).map(MetaMessageId).collect();
    mids.extend(id(r, "mid").map(MetaMessageId));
    let at = time(event, "timestamp");
    // Instagram's "seen" names a message, or nothing but the moment: everything up to it was seen.
    let watermark = time(r, "watermark").or(if mids.is_empty() { at } else { None });
    if mids.is_empty() && watermark.is_none() {
        return out.ignore(place, "a receipt for nothing");
    }
    let person = person(out, event, by_us(out, event));
    let receipt =
        Receipt { status, mids, watermark, person, errors: Vec::new(), metadata: None, group: None };
    out.push(at.or(watermark), Kind::Receipt(receipt));
}

/// What the channel of an unnamed object must be, from what only one of them has.
pub(super) const fn only_instagram(out: &Out) -> Option<Channel> {
    match out.channel {
        None => Some(Channel::Instagram),
        known => known,
    }
}
