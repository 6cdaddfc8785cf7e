//! What a webhook body means. [`decode`] never fails and never panics: a bad item becomes a named
//! `Ignored` and its neighbours stay whole (graph-api d). Whose account an item belongs to is only
//! told, not judged: who stores must drop accounts that are not ours, the dashboard's "0" included.

mod card;
mod changes;
pub mod explain;
mod forgetting;
mod kind;
mod messaging;
mod placeholder;
mod told;
pub(crate) mod values;
mod whatsapp;
mod whatsapp_content;
mod whatsapp_message;
mod words;

#[cfg(test)]
mod tests;

pub use forgetting::{Left, without_ids};
pub use kind::*;
pub use told::{MovedTo, News, without};
pub(crate) use values::json;
pub(crate) use whatsapp::is_bsuid;
pub use words::{AttachmentKind, ReceiptStatus, Verb};

use crate::model::{Channel, MetaAccountId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};
use values::{Object, id, list, object, text, time};

/// A decoded body.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Delivery {
    /// Meta's word: `instagram`, `page`, `whatsapp_business_account`; empty when missing.
    pub object: String,
    pub items: Vec<Item>,
    pub problems: Vec<Diagnostic>,
}

/// One thing that a body tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// `entry.id`, or `metadata.phone_number_id` for WhatsApp messages; empty when missing.
    pub account: MetaAccountId,
    /// `None` when the body does not say what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// When it happened, by Meta's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Another app owns the thread: show it, do not act on it.
    pub standby: bool,
    /// A message of the past that comes outside its thread: media and echoes of WhatsApp's history. Never
    /// new, never unread.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub old: bool,
    #[serde(flatten)]
    pub kind: Kind,
}

impl Item {
    /// Sent by the dashboard's "Test" button: belongs to nobody and must not be stored (graph-api d.2).
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.account.as_str() == "0"
    }
}

/// Something odd about a body, for the log and the support bundle. Holds no message text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Where: `entry[0].messaging[2]`.
    pub at: String,
    pub what: String,
}

/// Raised whenever this reading understands more than before: what an earlier one could only name is read again
/// from the journal.
pub const VERSION: u32 = 2;

/// What a webhook body means. Total: any bytes give an answer.
#[must_use]
pub fn decode(body: &[u8]) -> Delivery {
    decode_knowing(body, &Arc::default())
}

/// The same, with further ids of ours: one business has up to three (graph-api a.4).
#[must_use]
pub fn decode_knowing(body: &[u8], own: &Arc<HashSet<String>>) -> Delivery {
    let mut out = Out { own: own.clone(), ..Out::default() };
    match values::json(body) {
        // Meta's documentation wraps some samples in a list (graph-api d.5).
        Ok(Value::Array(bodies)) if !bodies.is_empty() => {
            bodies.iter().for_each(|body| envelope(&mut out, body))
        }
        Ok(body) => envelope(&mut out, &body),
        Err(e) => {
            let what = if e.is_eof() { "the body ends in the middle" } else { "the body is not JSON" };
            out.ignore("body", what);
        }
    }
    out.delivery.items = without_duplicates(out.delivery.items);
    out.delivery
}

/// Where items are collected, and what the current ones have in common.
#[derive(Default)]
pub(crate) struct Out {
    delivery: Delivery,
    own: Arc<HashSet<String>>,
    account: String,
    channel: Option<Channel>,
    entry_at: Option<Timestamp>,
    standby: bool,
    old: bool,
    place: String,
}

impl Out {
    /// An item of the current account at `at`, or at the entry's time.
    fn push(&mut self, at: Option<Timestamp>, kind: Kind) {
        self.delivery.items.push(Item {
            account: MetaAccountId(self.account.clone()),
            channel: self.channel,
            at: at.or(self.entry_at),
            standby: self.standby,
            old: self.old,
            kind,
        });
    }

    /// Whether an id is the account itself.
    fn is_us(&self, id: &str) -> bool {
        id == self.account || self.own.contains(id)
    }

    /// Something without meaning for an inbox.
    fn ignore(&mut self, place: &str, reason: impl Into<String>) {
        let reason = reason.into();
        self.note(place, reason.clone());
        self.push(None, Kind::Ignored { reason });
    }

    fn note(&mut self, place: &str, what: impl Into<String>) {
        let at = if self.place.is_empty() { place.to_owned() } else { format!("{}{place}", self.place) };
        self.delivery.problems.push(Diagnostic { at, what: what.into() });
    }
}

fn envelope(out: &mut Out, body: &Value) {
    let Some(body) = body.as_object() else {
        return out.ignore("body", "not an object");
    };
    let named = text(body, "object").unwrap_or_default();
    out.channel = channel_of(&named);
    out.delivery.object.clone_from(&named);
    if out.channel.is_none() && !named.is_empty() {
        return out.ignore("object", format!("{named} is not an inbox"));
    }
    match body.get("entry") {
        Some(Value::Array(entries)) if !entries.is_empty() => {
            let channel = out.channel;
            for (n, one) in entries.iter().enumerate() {
                (out.channel, out.standby, out.entry_at) = (channel, false, None);
                (out.account, out.place) = (String::new(), format!("entry[{n}]"));
                entry(out, one);
            }
            out.place = String::new();
        }
        Some(Value::Array(_)) => out.ignore("entry", "an empty list"),
        Some(_) => out.ignore("entry", "not a list"),
        None => out.ignore("entry", "missing: this is not a delivery"),
    }
}

fn channel_of(object: &str) -> Option<Channel> {
    match object {
        "instagram" => Some(Channel::Instagram),
        "page" => Some(Channel::Messenger),
        "whatsapp_business_account" => Some(Channel::WhatsApp),
        _ => None,
    }
}

fn entry(out: &mut Out, value: &Value) {
    let Some(entry) = value.as_object() else {
        return out.ignore("", "not an object");
    };
    out.account = id(entry, "id").unwrap_or_default();
    out.entry_at = time(entry, "time");
    let before = out.delivery.items.len();
    for (n, event) in list(entry, "messaging").iter().enumerate() {
        messaging::read(out, &format!(".messaging[{n}]"), event);
    }
    out.standby = true;
    for (n, event) in list(entry, "standby").iter().enumerate() {
        messaging::read(out, &format!(".standby[{n}]"), event);
    }
    out.standby = false;
    if out.channel.is_none() {
        out.channel = text(entry, "object").and_then(|o| channel_of(&o));
    }
    // Some samples of Meta's put the change into the entry itself (graph-api d.5).
    if entry.contains_key("field") && entry.contains_key("value") {
        field(out, "", entry);
    }
    for (n, change) in list(entry, "changes").iter().enumerate() {
        let place = format!(".changes[{n}]");
        match change.as_object() {
            Some(change) => field(out, &place, change),
            None => out.ignore(&place, "not an object"),
        }
    }
    if out.delivery.items.len() == before {
        out.ignore("", "nothing in it");
    }
}

/// One change, by the product it belongs to; a body that does not name its product is told by its shape.
fn field(out: &mut Out, place: &str, change: &Object) {
    let name = text(change, "field").unwrap_or_default();
    let Some(value) = object(change, "value") else {
        return out.ignore(place, format!("{name} has no value"));
    };
    let whatsapp = out.channel == Some(Channel::WhatsApp)
        || out.channel.is_none() && text(value, "messaging_product").is_some_and(|p| p == "whatsapp");
    if whatsapp {
        out.channel = Some(Channel::WhatsApp);
        let business = out.account.clone();
        whatsapp::read(out, place, &name, value);
        // The next change may be about the business as a whole.
        out.account = business;
    } else {
        changes::read(out, place, &name, value);
    }
}

/// The second of two equal messages, comments or statuses becomes a [`Kind::Duplicate`] (graph-api d.2).
fn without_duplicates(mut items: Vec<Item>) -> Vec<Item> {
    let mut seen = HashSet::new();
    for item in &mut items {
        let (what, id, more) = match &item.kind {
            Kind::Message(m) | Kind::History(m) => ("message", m.mid.0.clone(), String::new()),
            Kind::Comment(c) => ("comment", c.id.clone(), c.verb.word().to_owned()),
            Kind::Receipt(r) if r.mids.len() == 1 && r.watermark.is_none() => {
                let person = r.person.as_ref().map_or("", |p| p.id.as_str());
                ("status", r.mids[0].0.clone(), format!("{} {person}", r.status.word()))
            }
            _ => continue,
        };
        if !seen.insert((item.account.clone(), what, id.clone(), more)) {
            item.kind = Kind::Duplicate { id };
        }
    }
    items
}
