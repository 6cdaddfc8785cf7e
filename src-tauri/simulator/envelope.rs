//! The body around what a webhook tells: one object, entries by account.

use crate::escape;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// What an entry carries.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Messaging(Value),
    /// The same of a thread that another app owns.
    Standby(Value),
    Change(&'static str, Value),
}

/// Something that a webhook tells.
#[derive(Debug)]
pub(crate) struct Event {
    pub object: &'static str,
    /// The entry's id: Instagram account, Page or WABA.
    pub entry: String,
    pub at: i64,
    pub item: Item,
    /// Told once it is settled.
    pub done: Option<oneshot::Sender<()>>,
}

/// The bytes of one body with `events` of one object.
pub(crate) fn body(events: &[Event]) -> Bytes {
    let mut entries: Vec<Value> = Vec::new();
    for event in events {
        let (key, item, time) = match &event.item {
            Item::Messaging(item) => ("messaging", item.clone(), event.at),
            Item::Standby(item) => ("standby", item.clone(), event.at),
            Item::Change(field, value) => {
                ("changes", json!({ "value": value, "field": field }), event.at / 1000)
            }
        };
        let same = event.object != "page" && entries.last().is_some_and(|e| e["id"] == event.entry.as_str());
        match entries.last_mut() {
            Some(last) if same && last[key].is_array() => {
                if let Some(items) = last[key].as_array_mut() {
                    items.push(item);
                }
            }
            _ => entries.push(json!({ "id": event.entry, "time": time, key: [item] })),
        }
    }
    let object = events.first().map_or("page", |e| e.object);
    Bytes::from(escape::meta(&json!({ "object": object, "entry": entries })))
}
