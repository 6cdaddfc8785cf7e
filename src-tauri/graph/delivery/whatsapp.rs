//! The `changes` of a WhatsApp business account (graph-api d.5). A person is best known by the BSUID,
//! else by the `wa_id`; either may be missing.

use super::{
    Out,
    kind::{Event, Kind, Person, Receipt},
    values::{Object, id, id_of, list, object, text, time},
    whatsapp_message as message,
    words::ReceiptStatus,
};
use crate::{
    graph::Refusal,
    model::{MetaMessageId, MetaPersonId},
};
use serde_json::Value;

/// Lists in a value whose members are events each, with what they are called.
const LISTS: &[(&str, &str)] = &[
    ("calls", "calls"),
    ("groups", "groups"),
    ("user_preferences", "user_preferences"),
    ("user_id_update", "user_id_update"),
    ("state_sync", "smb_app_state_sync"),
    ("automatic_events", "automatic_events"),
    ("errors", "errors"),
];

/// Reads one change.
pub(super) fn read(out: &mut Out, place: &str, field: &str, value: &Object) {
    let meta = object(value, "metadata").or_else(|| object(value, "recipient"));
    if let Some(number) = meta.and_then(|m| id(m, "phone_number_id")) {
        // The dashboard's test keeps its "0".
        if out.account != "0" {
            out.account = number;
        }
    }
    let business = out.account.clone();
    let before = out.delivery.items.len();
    let shown = meta.and_then(|m| text(m, "display_phone_number")).map(|n| digits(&n));
    let us = Us { account: business.clone(), shown };
    out.standby = field == "standby";
    content(out, place, field, value, value, &us);
    out.standby = false;
    if let Some(inner) = object(value, "standby") {
        out.standby = true;
        // The people of another responder's thread are told inside as well.
        let people = if inner.contains_key("contacts") { inner } else { value };
        content(out, place, field, inner, people, &us);
        out.standby = false;
    }
    if out.delivery.items.len() > before {
        return;
    }
    if field == "messages" {
        return out.ignore(place, "messages without any");
    }
    let person = object(value, "sender").and_then(|s| {
        let contact = contact_of(value, id(s, "user_id").as_deref(), id(s, "phone_number").as_deref());
        identity(id(s, "user_id"), id(s, "parent_user_id"), id(s, "phone_number"), contact, None)
    });
    let at = time(value, "timestamp").or_else(|| time(value, "category_update_timestamp"));
    out.push(at, Kind::Event(Event { name: field.to_owned(), person, raw: Value::Object(value.clone()) }));
}

/// Our own number, so that an odd delivery does not make a customer of it.
pub(super) struct Us {
    pub account: String,
    pub shown: Option<String>,
}

impl Us {
    pub(super) fn is(&self, id: &str) -> bool {
        id == self.account || self.shown.as_deref().is_some_and(|s| !s.is_empty() && s == digits(id))
    }
}

/// Digits only: numbers are written with "+", blanks and dashes.
fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn content(out: &mut Out, place: &str, field: &str, from: &Object, whole: &Object, us: &Us) {
    out.old = field == "history";
    for (n, m) in list(from, "messages").iter().enumerate() {
        // History brings ours among theirs.
        let ours = out.old && m.get("from").and_then(id_of).is_some_and(|from| us.is(&from));
        message::read(out, &format!("{place}.messages[{n}]"), m, whole, us, ours);
    }
    for (n, m) in list(from, "message_echoes").iter().enumerate() {
        message::read(out, &format!("{place}.message_echoes[{n}]"), m, whole, us, true);
    }
    out.old = false;
    for (n, s) in list(from, "statuses").iter().enumerate() {
        status(out, &format!("{place}.statuses[{n}]"), field, s, whole);
    }
    for (n, h) in list(from, "history").iter().enumerate() {
        history(out, &format!("{place}.history[{n}]"), h, whole, us);
    }
    for (key, name) in LISTS {
        for one in list(from, key) {
            let Some(one_) = one.as_object() else {
                out.note(place, format!("{key} has a member that is not an object"));
                continue;
            };
            let person = concerned(one_, whole, us);
            // An alert names each of its errors; each event carries the whole alert.
            let raw = if *key == "errors" { Value::Object(from.clone()) } else { one.clone() };
            let at = time(one_, "timestamp")
                .or_else(|| object(one_, "metadata").and_then(|m| time(m, "timestamp")));
            let name = if *key == "errors" && field != "messages" { field } else { name };
            out.push(at, Kind::Event(Event { name: name.to_owned(), person, raw }));
        }
    }
}

/// The person an event is about: named outright, or the other side of a call, whoever began it.
fn concerned(event: &Object, whole: &Object, us: &Us) -> Option<Person> {
    // A change of ids tells both; the store knows them by the former one.
    let told = |key: &str| id(event, key).or_else(|| object(event, key).and_then(|ids| id(ids, "previous")));
    let first = |keys: [&str; 3]| keys.into_iter().filter_map(told).find(|id| !us.is(id));
    let user = first(["user_id", "from_user_id", "to_user_id"]);
    let parent = first(["parent_user_id", "from_parent_user_id", "to_parent_user_id"]);
    let wa = first(["wa_id", "from", "to"]);
    let contact = contact_of(whole, user.as_deref(), wa.as_deref());
    identity(user, parent, wa, contact, Some(us))
}

/// Whether `id` has the form of a business-scoped user id: "US.1349…" or "US.ENT.1349…".
pub(crate) fn is_bsuid(id: &str) -> bool {
    let Some((country, rest)) = id.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.chars().all(|c| c.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The contact that carries one of these ids; the only one there is, otherwise.
pub(super) fn contact_of<'a>(value: &'a Object, user: Option<&str>, wa: Option<&str>) -> Option<&'a Object> {
    let all = list(value, "contacts");
    let has = |c: &Object, key: &str, want: Option<&str>| match c.get(key) {
        // Compared in place: a body may bring a thousand contacts for a thousand messages.
        Some(Value::String(told)) => want == Some(told.trim()),
        Some(_) => want.is_some() && id(c, key).as_deref() == want,
        None => false,
    };
    all.iter()
        .filter_map(Value::as_object)
        .find(|c| has(c, "user_id", user) || has(c, "wa_id", wa))
        .or_else(|| if all.len() == 1 { all[0].as_object() } else { None })
}

/// A person from the ids a message names and the contact that came along. `us` never is one.
pub(super) fn identity(
    user: Option<String>,
    parent: Option<String>,
    wa: Option<String>,
    contact: Option<&Object>,
    us: Option<&Us>,
) -> Option<Person> {
    let not_us = |id: &String| us.is_none_or(|us| !us.is(id));
    let user = user.filter(|u| is_bsuid(u));
    let wa = wa.filter(not_us);
    let nobody_named = user.is_none() && wa.is_none();
    let told_user = contact.and_then(|c| id(c, "user_id")).filter(|u| is_bsuid(u));
    let told_wa = contact.and_then(|c| id(c, "wa_id")).filter(not_us);
    // A contact that contradicts the message lends its name only (seen in old fixtures).
    let same =
        nobody_named || (told_user.is_some() && told_user == user) || (told_wa.is_some() && told_wa == wa);
    let (told_user, told_wa) = if same { (told_user, told_wa) } else { (None, None) };
    let user = user.or(told_user);
    let phone = wa.clone().or_else(|| told_wa.clone());
    let mut ids: Vec<String> = Vec::new();
    let parent = parent.or_else(|| contact.filter(|_| same).and_then(|c| id(c, "parent_user_id")));
    for id in [user, wa, told_wa, parent.filter(|p| is_bsuid(p))].into_iter().flatten() {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let profile = contact.and_then(|c| object(c, "profile"));
    let mut ids = ids.into_iter().map(MetaPersonId);
    Some(Person {
        id: ids.next()?,
        also: ids.collect(),
        name: profile.and_then(|p| text(p, "name")),
        username: profile
            .and_then(|p| text(p, "username"))
            .or_else(|| contact.and_then(|c| text(c, "username")))
            .map(|u| u.trim_start_matches('@').to_owned()),
        phone: phone.filter(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit() || c == '+')),
    })
}

fn status(out: &mut Out, place: &str, field: &str, s: &Value, whole: &Object) {
    let Some(s) = s.as_object() else {
        return out.ignore(place, "not an object");
    };
    let form = text(s, "type").unwrap_or_default();
    let (user, wa) = (id(s, "recipient_user_id"), id(s, "recipient_id"));
    let group = text(s, "recipient_type").filter(|t| t == "group").and(wa.clone());
    let (user, wa) = if group.is_some() {
        (id(s, "recipient_participant_user_id"), id(s, "recipient_participant_id"))
    } else {
        (user, wa)
    };
    let contact = contact_of(whole, user.as_deref(), wa.as_deref());
    let parent = id(s, "recipient_parent_user_id").or_else(|| id(s, "recipient_participant_parent_user_id"));
    let person = identity(user, parent, wa, contact, None);
    let at = time(s, "timestamp");
    if ["call", "payment"].contains(&form.as_str()) || field == "calls" {
        let name = if form == "payment" { "payment" } else { "calls" };
        return out
            .push(at, Kind::Event(Event { name: name.to_owned(), person, raw: Value::Object(s.clone()) }));
    }
    let word = text(s, "status").unwrap_or_default();
    let (Some(mid), status) = (id(s, "id"), ReceiptStatus::read(&word)) else {
        return out.ignore(place, "a status of no message");
    };
    if matches!(status, ReceiptStatus::Unknown(_)) {
        return out.ignore(place, format!("status {word} is not known"));
    }
    let receipt = Receipt {
        status,
        mids: vec![MetaMessageId(mid)],
        watermark: None,
        person,
        errors: list(s, "errors").iter().filter_map(Refusal::of_webhook).collect(),
        metadata: text(s, "biz_opaque_callback_data"),
        group,
    };
    out.push(at, Kind::Receipt(receipt));
}

/// One chunk of coexistence history: threads of old messages, or why there is none.
fn history(out: &mut Out, place: &str, chunk: &Value, whole: &Object, us: &Us) {
    let Some(chunk) = chunk.as_object() else {
        return out.ignore(place, "not an object");
    };
    let before = out.delivery.items.len();
    for (t, thread) in list(chunk, "threads").iter().enumerate() {
        let Some(thread) = thread.as_object() else {
            out.ignore(&format!("{place}.threads[{t}]"), "not an object");
            continue;
        };
        for (n, m) in list(thread, "messages").iter().enumerate() {
            let place = format!("{place}.threads[{t}].messages[{n}]");
            message::read_old(out, &place, m, thread, whole, us);
        }
    }
    for error in list(chunk, "errors") {
        let event = Event { name: "history".to_owned(), person: None, raw: error.clone() };
        out.push(None, Kind::Event(event));
    }
    if out.delivery.items.len() == before {
        let event = Event { name: "history".to_owned(), person: None, raw: Value::Object(chunk.clone()) };
        out.push(None, Kind::Event(event));
    }
}
