//! What no webhook told, read out of the deliveries that the simulator dropped. Some of it comes to light by a poll;
//! the rest nobody can know, and the reckoning says which.

use heliograph_simulator::Untold;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A part of a message's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// That it was said at all.
    Said,
    Reaction,
    Edit,
    Unsend,
    /// How far it got.
    Status,
}

/// Everything that was not told.
#[derive(Debug, Default)]
pub struct Lost {
    of: HashMap<String, HashSet<Part>>,
    /// People whose receipts were not all told.
    receipts: HashSet<String>,
    /// Taps that leave a line, by their words.
    pub taps: HashSet<String>,
}

impl Lost {
    pub fn read(untold: &[Untold]) -> Self {
        let mut lost = Self::default();
        for event in untold {
            let told = match event.field.as_str() {
                "messaging" => {
                    lost.messaging(&event.told);
                    continue;
                }
                // The standby item of Messenger and Instagram is one event; WhatsApp's holds lists.
                "standby" if event.told["message"].is_object() => {
                    lost.messaging(&event.told);
                    continue;
                }
                "standby" => &event.told["standby"],
                _ => &event.told,
            };
            for list in ["messages", "message_echoes"] {
                told[list].as_array().into_iter().flatten().for_each(|m| lost.whatsapp(m));
            }
            for status in told["statuses"].as_array().into_iter().flatten() {
                lost.part(&status["id"], Part::Status);
            }
        }
        lost
    }

    /// Whether this part of a message's life was not told.
    pub fn has(&self, mid: &str, part: Part) -> bool {
        self.of.get(mid).is_some_and(|parts| parts.contains(&part))
    }

    /// Whether receipts of this person, or of this message, are missing.
    pub fn receipts(&self, person: &str, mid: &str) -> bool {
        self.receipts.contains(person) || self.has(mid, Part::Status)
    }

    fn part(&mut self, mid: &Value, part: Part) {
        if let Some(mid) = mid.as_str() {
            self.of.entry(mid.to_owned()).or_default().insert(part);
        }
    }

    fn messaging(&mut self, item: &Value) {
        let message = &item["message"];
        let part = if message["is_deleted"] == true { Part::Unsend } else { Part::Said };
        self.part(&message["mid"], part);
        self.part(&item["reaction"]["mid"], Part::Reaction);
        self.part(&item["message_edit"]["mid"], Part::Edit);
        let tap = &item["postback"];
        self.part(&tap["mid"], Part::Said);
        if let (None, Some(title)) = (tap["mid"].as_str(), tap["title"].as_str()) {
            self.taps.insert(title.to_owned());
        }
        if (item["read"].is_object() || item["delivery"].is_object())
            && let Some(person) = item["sender"]["id"].as_str()
        {
            self.receipts.insert(person.to_owned());
        }
    }

    fn whatsapp(&mut self, message: &Value) {
        match message["type"].as_str() {
            Some("reaction") => self.part(&message["reaction"]["message_id"], Part::Reaction),
            Some("edit") => self.part(&message["edit"]["original_message_id"], Part::Edit),
            Some("revoke") => self.part(&message["revoke"]["original_message_id"], Part::Unsend),
            _ => self.part(&message["id"], Part::Said),
        }
    }
}
