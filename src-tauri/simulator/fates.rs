//! What happens to a message after it was said: reactions, edits, unsends, failures that come late (graph-api
//! d.3 to d.5).

use crate::deliveries::digits_of;
use crate::envelope::Item;
use crate::world::{Channel, Fate, World};
use serde_json::{Value, json};

impl World {
    /// An emoji on a message; `None` takes it away.
    pub fn react(&mut self, mid: &str, emoji: Option<&str>, by_us: bool) {
        let Some((thread, index)) = self.find_message(mid) else { return };
        self.fate(thread, index).reactions[usize::from(by_us)] = emoji.map(str::to_owned);
        let (account, person) = (self.threads[thread].account, self.threads[thread].person.clone());
        if self.accounts[account].channel == Channel::WhatsApp {
            let mut told = json!({ "message_id": mid });
            if let Some(emoji) = emoji {
                told["emoji"] = json!(emoji);
            }
            return self.whatsapp_change(thread, by_us, "reaction", told);
        }
        let told = match emoji {
            // Messenger and Instagram name the usual ones.
            Some(emoji) => {
                json!({ "mid": mid, "action": "react", "emoji": emoji, "reaction": reaction_name(emoji) })
            }
            None => json!({ "mid": mid, "action": "unreact" }),
        };
        let mut item = self.event_with(thread, self.now(), "reaction", told);
        if by_us {
            item["sender"]["id"] = json!(self.accounts[account].id);
            item["recipient"]["id"] = json!(person);
        }
        self.tell_item(account, "message_reactions", Item::Messaging(item));
    }

    /// New words for a message.
    pub fn edit(&mut self, mid: &str, text: &str) {
        let Some((thread, index)) = self.find_message(mid) else { return };
        let fate = self.fate(thread, index);
        let count = fate.edited.as_ref().map_or(1, |(_, n)| n + 1);
        fate.edited = Some((text.to_owned(), count));
        let (account, from_us) = (self.threads[thread].account, self.threads[thread].messages[index].from_us);
        match self.accounts[account].channel {
            Channel::WhatsApp => {
                let told = json!({
                    "original_message_id": mid, "message": { "type": "text", "text": { "body": text } },
                });
                self.whatsapp_change(thread, from_us, "edit", told);
            }
            // The count comes as a number or as text (graph-api d.3).
            Channel::Instagram => {
                let told = json!({ "mid": mid, "text": text, "num_edit": count.to_string() });
                let item = self.event_with(thread, self.now(), "message_edit", told);
                self.tell_item(account, "message_edit", Item::Messaging(item));
            }
            Channel::Messenger => {
                let told = json!({ "mid": mid, "text": text, "num_edit": count });
                let item = self.event_with(thread, self.now(), "message_edit", told);
                self.tell_item(account, "message_edits", Item::Messaging(item));
            }
        }
    }

    /// Whoever wrote it takes it back; `silent` = the webhook is not told, as often happens (graph-api b).
    pub fn unsend(&mut self, mid: &str, silent: bool) {
        let Some((thread, index)) = self.find_message(mid) else { return };
        self.fate(thread, index).unsent = true;
        let (account, from_us) = (self.threads[thread].account, self.threads[thread].messages[index].from_us);
        if silent {
            return;
        }
        if self.accounts[account].channel == Channel::WhatsApp {
            return self.whatsapp_change(thread, from_us, "revoke", json!({ "original_message_id": mid }));
        }
        let mut told = json!({ "mid": mid, "is_deleted": true });
        let mut item = self.event_with(thread, self.now(), "message", Value::Null);
        if from_us {
            told["is_echo"] = json!(true);
            let (sender, recipient) = (item["sender"].take(), item["recipient"].take());
            (item["sender"], item["recipient"]) = (recipient, sender);
        }
        item["message"] = told;
        self.tell_item(account, "messages", Item::Messaging(item));
    }

    /// A send that WhatsApp had accepted, sent even, fails after all.
    pub fn fail(&mut self, mid: &str, code: i64, title: &str) {
        let Some((thread, index)) = self.find_message(mid) else { return };
        let (account, person) = (self.threads[thread].account, self.threads[thread].person.clone());
        let tag = self.threads[thread].messages[index].written.as_ref().and_then(|w| w.tag.clone());
        let after = self.told_after.as_millis() as u64;
        self.announce_status(
            account,
            &person,
            mid,
            ("failed", Some((code, title, title))),
            tag.as_deref(),
            after,
        );
    }

    /// A WhatsApp message that speaks of another one.
    fn whatsapp_change(&mut self, thread: usize, from_us: bool, kind: &str, told: Value) {
        let t = &self.threads[thread];
        let account = t.account;
        let number = digits_of(&self.accounts[account].handle);
        let mut message = json!({
            "id": format!("wamid.CHG{thread}x{}x{kind}", self.now()), "type": kind, kind: told,
            "timestamp": (self.now() / 1000).to_string(),
        });
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number, "phone_number_id": self.accounts[account].id },
        });
        let field = if from_us {
            message["from"] = json!(number);
            self.addressee(thread, &mut message);
            value["message_echoes"] = json!([message]);
            "smb_message_echoes"
        } else {
            message["from"] = json!(t.person);
            message["from_user_id"] = json!(self.bsuid(thread));
            value["contacts"] = json!([self.contact(thread, None, false)]);
            value["messages"] = json!([message]);
            "messages"
        };
        self.tell_item(account, field, Item::Change(field, value));
    }

    fn fate(&mut self, thread: usize, index: usize) -> &mut Fate {
        self.threads[thread].messages[index].fate.get_or_insert_default()
    }
}

/// Meta's name for an emoji.
fn reaction_name(emoji: &str) -> &'static str {
    match emoji {
        "❤️" | "❤" => "love",
        "😆" => "laugh",
        "😮" => "wow",
        "😢" => "sad",
        "😠" => "angry",
        "👍" => "like",
        _ => "other",
    }
}
