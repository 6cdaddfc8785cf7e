//! What a webhook says of each thing that happens (graph-api d.3 to d.5).

use crate::clock::DAY;
use crate::envelope::{Event, Item};
use crate::faults::Kind;
use crate::people;
use crate::random::mix2;
use crate::said::Content;
use crate::world::{Channel, World};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::oneshot;

/// Meta's own inbox, as the author of an echo (graph-api c.4).
const META_INBOX: u64 = 26_390_203_743_090;

impl World {
    /// Tells the webhook of a message, `after` that time.
    pub fn announce(&mut self, thread: usize, index: usize, after: Duration) {
        self.tell(thread, index, after, None);
    }

    /// Tells the webhook of a message at once; the receiver hears when that is settled.
    pub fn announce_now(&mut self, thread: usize, index: usize) -> oneshot::Receiver<()> {
        let (done, settled) = oneshot::channel();
        self.tell(thread, index, Duration::ZERO, Some(done));
        settled
    }

    fn tell(&mut self, thread: usize, index: usize, after: Duration, done: Option<oneshot::Sender<()>>) {
        let mut event = self.message_event(thread, index);
        let account = &self.accounts[self.threads[thread].account];
        let from_us = self.threads[thread].messages[index].from_us;
        let wanted: &[&str] = match (account.channel, from_us) {
            (Channel::Instagram, true) => &["messages", "message_echoes"],
            (Channel::Messenger, true) => &["message_echoes"],
            (Channel::WhatsApp, true) => &["smb_message_echoes"],
            (_, false) => &["messages"],
        };
        if account.subscribed.iter().any(|field| wanted.contains(&field.as_str())) {
            event.done = done;
            self.post.event(event, after);
        }
    }

    /// The delivery of a message that is held.
    pub fn message_event(&mut self, thread: usize, index: usize) -> Event {
        let channel = self.accounts[self.threads[thread].account].channel;
        let (object, item) = match channel {
            Channel::Instagram => ("instagram", Item::Messaging(self.messaging(thread, index))),
            Channel::Messenger => ("page", Item::Messaging(self.messaging(thread, index))),
            Channel::WhatsApp => {
                let field = if self.threads[thread].messages[index].from_us {
                    "smb_message_echoes"
                } else {
                    "messages"
                };
                ("whatsapp_business_account", Item::Change(field, self.whatsapp_value(thread, index)))
            }
        };
        self.event_of(self.threads[thread].account, object, item)
    }

    fn event_of(&self, account: usize, object: &'static str, item: Item) -> Event {
        let account = &self.accounts[account];
        let entry = account.waba.clone().unwrap_or_else(|| account.id.clone());
        Event { object, entry, at: self.now(), item, done: None }
    }

    fn messaging(&self, thread: usize, index: usize) -> Value {
        let t = &self.threads[thread];
        let account = &self.accounts[t.account];
        let held = &t.messages[index];
        let mut message = json!({ "mid": self.mid(thread, index) });
        let media = Self::media_id(thread, index);
        let file = |kind: &str| self.cdn(kind, &media, 7 * DAY);
        match self.content(thread, index) {
            Content::Text(text) => message["text"] = json!(text),
            Content::Image => {
                message["attachments"] = json!([{ "type": "image", "payload": { "url": file("image") } }]);
            }
            Content::Audio => {
                message["attachments"] = json!([{ "type": "audio", "payload": { "url": file("audio") } }]);
            }
            Content::Sticker if account.channel == Channel::Instagram => {
                message["attachments"] = json!([{ "type": "like_heart", "payload": {} }]);
            }
            Content::Sticker => {
                message["attachments"] = json!([{
                    "type": "sticker",
                    "payload": { "url": file("sticker"), "sticker_id": 369_239_263_222_822_u64 },
                }]);
            }
            Content::StoryReply(text) => {
                message["text"] = json!(text);
                message["reply_to"] =
                    json!({ "story": { "id": media, "url": self.cdn("story", &media, DAY) } });
            }
            Content::Unsupported => message["is_unsupported"] = json!(true),
        }
        let (mut sender, mut recipient) = (&t.person, &account.id);
        if let Some(mid) = held.written.as_ref().and_then(|w| w.quotes.as_ref()) {
            message["reply_to"] = json!({ "mid": mid });
        }
        if held.from_us {
            (sender, recipient) = (recipient, sender);
            message["is_echo"] = json!(true);
            let app = held.written.as_ref().and_then(|w| w.app.as_ref());
            if let Some(tag) = held.written.as_ref().and_then(|w| w.tag.as_ref()) {
                message["metadata"] = json!(tag);
            }
            match (account.channel, app) {
                (Channel::Messenger, Some(app)) => {
                    message["app_id"] = json!(app.parse::<u64>().unwrap_or_default())
                }
                (Channel::Messenger, None) => message["app_id"] = json!(META_INBOX),
                (_, Some(app)) => message["app_id"] = json!(app),
                (_, None) => {}
            }
        }
        let mut sender = json!({ "id": sender });
        // Some deliveries name the person (graph-api d.3).
        if account.channel == Channel::Instagram && !held.from_us && mix2(t.hash, 90).is_multiple_of(4) {
            sender["username"] = json!(people::profile(t.hash).handle);
        }
        json!({ "sender": sender, "recipient": { "id": recipient }, "timestamp": held.at, "message": message })
    }

    fn whatsapp_value(&mut self, thread: usize, index: usize) -> Value {
        let words = format!("whatsapp {}", self.accounts[self.threads[thread].account].id);
        let hidden = self.faults.strike(&words, |k| k == Kind::WithoutPhone).is_some();
        let t = &self.threads[thread];
        let account = &self.accounts[t.account];
        let held = &t.messages[index];
        let number = digits_of(&account.handle);
        let mut message = json!({ "id": self.mid(thread, index), "timestamp": (held.at / 1000).to_string() });
        let media = Self::media_id(thread, index);
        let kind = match self.content(thread, index) {
            Content::Text(text) | Content::StoryReply(text) => {
                message["text"] = json!({ "body": text });
                "text"
            }
            Content::Image => {
                let file = crate::media::picture(thread as u64, index as u64);
                message["image"] =
                    json!({ "mime_type": "image/png", "sha256": crate::media::sha256(&file), "id": media });
                "image"
            }
            Content::Audio => {
                message["audio"] =
                    json!({ "mime_type": "audio/ogg; codecs=opus", "id": media, "voice": true });
                "audio"
            }
            Content::Sticker => {
                message["sticker"] = json!({ "mime_type": "image/webp", "id": media, "animated": false });
                "sticker"
            }
            Content::Unsupported => {
                message["errors"] = json!([{
                    "code": 131_051, "title": "Message type unknown", "message": "Message type unknown",
                    "error_data": { "details": "Message type is currently not supported." },
                }]);
                "unsupported"
            }
        };
        message["type"] = json!(kind);
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number, "phone_number_id": account.id },
        });
        if held.from_us {
            message["from"] = json!(number);
            message["to"] = json!(t.person);
            value["message_echoes"] = json!([message]);
            return value;
        }
        let mut contact =
            json!({ "profile": { "name": people::profile(t.hash).name }, "user_id": self.bsuid(thread) });
        message["from_user_id"] = json!(self.bsuid(thread));
        if !hidden {
            message["from"] = json!(t.person);
            contact["wa_id"] = json!(t.person);
        }
        value["contacts"] = json!([contact]);
        value["messages"] = json!([message]);
        value
    }

    /// What the person's side reports after a send of ours: delivered, then read.
    pub fn announce_receipts(&mut self, thread: usize, index: usize) {
        if !self.receipts {
            return;
        }
        let t = &self.threads[thread];
        let (channel, at, mid) =
            (self.accounts[t.account].channel, t.messages[index].at, self.mid(thread, index));
        match channel {
            Channel::WhatsApp => {
                let (account, person) = (t.account, t.person.clone());
                let tag = t.messages[index].written.as_ref().and_then(|w| w.tag.clone());
                for (status, after) in [("sent", 60), ("delivered", 180), ("read", 420)] {
                    self.announce_status(account, &person, &mid, (status, None), tag.as_deref(), after);
                }
            }
            Channel::Messenger => {
                self.announce_receipt(
                    thread,
                    "delivery",
                    "message_deliveries",
                    json!({ "mids": [mid], "watermark": at }),
                    180,
                );
                self.announce_receipt(thread, "read", "message_reads", json!({ "watermark": at }), 420);
            }
            Channel::Instagram => {
                self.announce_receipt(thread, "read", "messaging_seen", json!({ "mid": mid }), 420);
            }
        }
    }

    fn announce_receipt(&mut self, thread: usize, key: &str, field: &str, receipt: Value, after_ms: u64) {
        let t = &self.threads[thread];
        let account = &self.accounts[t.account];
        if !account.subscribed.iter().any(|f| f == field) {
            return;
        }
        let item = json!({
            "sender": { "id": t.person }, "recipient": { "id": account.id },
            "timestamp": self.now(), key: receipt,
        });
        let object = if account.channel == Channel::Instagram { "instagram" } else { "page" };
        let event = self.event_of(t.account, object, Item::Messaging(item));
        self.post.event(event, Duration::from_millis(after_ms));
    }

    /// Tells that a WhatsApp send failed after it was accepted: code, title, details.
    pub fn announce_failure(
        &mut self,
        account: usize,
        wa_id: &str,
        wamid: &str,
        failure: (i64, &str, &str),
        tag: Option<&str>,
    ) {
        self.announce_status(account, wa_id, wamid, ("failed", Some(failure)), tag, 120);
    }

    fn announce_status(
        &mut self,
        account: usize,
        wa_id: &str,
        wamid: &str,
        (status, error): (&str, Option<(i64, &str, &str)>),
        tag: Option<&str>,
        after_ms: u64,
    ) {
        let a = &self.accounts[account];
        if !a.subscribed.iter().any(|f| f == "messages") {
            return;
        }
        let mut report = json!({
            "id": wamid, "status": status, "timestamp": (self.now() / 1000).to_string(),
            "recipient_id": wa_id,
        });
        if let Some(tag) = tag {
            report["biz_opaque_callback_data"] = json!(tag);
        }
        if let Some(thread) = self.thread_of(account, wa_id) {
            report["recipient_user_id"] = json!(self.bsuid(thread));
        }
        if let Some((code, title, details)) = error {
            report["errors"] = json!([{
                "code": code, "title": title, "message": title, "error_data": { "details": details },
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }]);
        } else if status != "read" {
            report["pricing"] = json!({ "billable": false, "pricing_model": "PMP", "category": "service", "type": "free_customer_service" });
        }
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": digits_of(&a.handle), "phone_number_id": a.id },
            "statuses": [report],
        });
        let event = self.event_of(account, "whatsapp_business_account", Item::Change("messages", value));
        self.post.event(event, Duration::from_millis(after_ms));
    }
}

/// A displayed number as digits only.
fn digits_of(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
