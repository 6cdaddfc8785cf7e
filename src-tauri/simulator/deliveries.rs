//! What a webhook says of each thing that happens (graph-api d.3 to d.5).

use crate::envelope::{Event, Item};
use crate::faults::Kind;
use crate::people;
use crate::random::mix2;
use crate::said::{Content, Tap};
use crate::world::{Channel, World};
use crate::{shapes, whatsapp_shapes};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::oneshot;

/// Meta's own inbox, as the author of an echo (graph-api c.4).
pub(crate) const META_INBOX: u64 = 26_390_203_743_090;

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
        let held = &self.threads[thread].messages[index];
        let standby = held.written.as_ref().is_some_and(|w| w.along.standby);
        let tapped = matches!(event.item, Item::Messaging(ref item) if item["postback"].is_object());
        let wanted: &[&str] = match (account.channel, held.from_us) {
            _ if standby => &["standby"],
            _ if tapped => &["messaging_postbacks"],
            (Channel::Instagram, true) => &["messages", "message_echoes"],
            (Channel::Messenger, true) => &["message_echoes"],
            (Channel::WhatsApp, true) => &["smb_message_echoes"],
            (_, false) => &["messages"],
        };
        if wanted.iter().any(|field| self.hears(self.threads[thread].account, field)) {
            event.done = done;
            self.post.event(event, after);
        }
    }

    /// The delivery of a message that is held.
    pub fn message_event(&mut self, thread: usize, index: usize) -> Event {
        let account = self.threads[thread].account;
        let held = &self.threads[thread].messages[index];
        let (from_us, standby) = (held.from_us, held.written.as_ref().is_some_and(|w| w.along.standby));
        let item = match self.accounts[account].channel {
            Channel::Instagram | Channel::Messenger if standby => {
                Item::Standby(self.messaging(thread, index))
            }
            Channel::Instagram | Channel::Messenger => Item::Messaging(self.messaging(thread, index)),
            Channel::WhatsApp => {
                let field = match (standby, from_us) {
                    (true, _) => "standby",
                    (_, true) => "smb_message_echoes",
                    (_, false) => "messages",
                };
                Item::Change(field, self.whatsapp_value(thread, index))
            }
        };
        self.event_of(account, item)
    }

    /// Something told of an account.
    pub fn event_of(&self, account: usize, item: Item) -> Event {
        let account = &self.accounts[account];
        let object = match account.channel {
            Channel::Instagram => "instagram",
            Channel::Messenger => "page",
            Channel::WhatsApp => "whatsapp_business_account",
        };
        let entry = account.waba.clone().unwrap_or_else(|| account.id.clone());
        Event { object, entry, at: self.now(), item, done: None }
    }

    fn messaging(&self, thread: usize, index: usize) -> Value {
        let t = &self.threads[thread];
        let account = &self.accounts[t.account];
        let held = &t.messages[index];
        let content = self.content(thread, index);
        let along = held.written.as_ref().map(|w| w.along.clone()).unwrap_or_default();
        // A button of a card is told as a postback; Meta holds it as a message all the same (graph-api d.3).
        if let (Content::Tap { form: Tap::Button, title }, false) = (&content, held.from_us) {
            let mut tapped =
                json!({ "mid": self.mid(thread, index), "title": title, "payload": shapes::payload(title) });
            if let Some(referral) = &along.referral {
                tapped["referral"] = shapes::referral(referral);
            }
            return self.event_with(thread, held.at, "postback", tapped);
        }
        let mut message = json!({ "mid": self.mid(thread, index) });
        self.messaging_content(thread, index, &mut message);
        if let Some(referral) = &along.referral {
            message["referral"] = shapes::referral(referral);
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
        let along = held.written.as_ref().map(|w| w.along.clone()).unwrap_or_default();
        let kind = self.whatsapp_content(thread, index, &mut message);
        message["type"] = json!(kind);
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number, "phone_number_id": account.id },
        });
        let mut context = json!({});
        if let Some(mid) = held.written.as_ref().and_then(|w| w.quotes.as_ref()) {
            context = json!({ "from": number, "id": mid });
        }
        if along.forwarded {
            context["forwarded"] = json!(true);
        }
        if context != json!({}) {
            message["context"] = context;
        }
        if let Some(referral) = &along.referral {
            message["referral"] = whatsapp_shapes::referral(referral);
        }
        let holder = if along.standby { "standby" } else { "" };
        let mut inner = json!({});
        if held.from_us {
            message["from"] = json!(number);
            self.addressee(thread, &mut message);
            inner["message_echoes"] = json!([message]);
        } else {
            inner["contacts"] =
                json!([self.contact(thread, along.author.as_deref(), hidden || along.without_phone)]);
            match &along.author {
                Some(author) => {
                    message["group_id"] = json!(t.person);
                    message["from"] = json!(author);
                }
                None => {
                    message["from_user_id"] = json!(self.bsuid(thread));
                    if !hidden && !along.without_phone {
                        message["from"] = json!(t.person);
                    }
                }
            }
            inner["messages"] = json!([message]);
        }
        match (holder, inner) {
            ("", Value::Object(inner)) => inner.into_iter().for_each(|(key, told)| value[key] = told),
            (holder, inner) => value[holder] = inner,
        }
        value
    }

    /// Who wrote, as WhatsApp tells it; in a group one of its members.
    pub fn contact(&self, thread: usize, author: Option<&str>, hidden: bool) -> Value {
        let t = &self.threads[thread];
        if let Some(author) = author {
            let name = people::profile(author.bytes().fold(7, |h, b| mix2(h, u64::from(b)))).name;
            return json!({ "profile": { "name": name }, "wa_id": author });
        }
        let mut contact =
            json!({ "profile": { "name": people::profile(t.hash).name }, "user_id": self.bsuid(thread) });
        if hidden {
            contact["profile"]["username"] = json!(people::profile(t.hash).handle);
        } else {
            contact["wa_id"] = json!(t.person);
        }
        contact
    }

    /// An event of the thread's person.
    pub fn event_with(&self, thread: usize, at: i64, key: &str, told: Value) -> Value {
        let t = &self.threads[thread];
        let recipient = &self.accounts[t.account].id;
        json!({ "sender": { "id": t.person }, "recipient": { "id": recipient }, "timestamp": at, key: told })
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

    pub fn announce_receipt(&mut self, thread: usize, key: &str, field: &str, receipt: Value, after_ms: u64) {
        let t = &self.threads[thread];
        if !self.hears(t.account, field) {
            return;
        }
        let item = self.event_with(thread, self.now(), key, receipt);
        let event = self.event_of(t.account, Item::Messaging(item));
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

    pub fn announce_status(
        &mut self,
        account: usize,
        wa_id: &str,
        wamid: &str,
        (status, error): (&str, Option<(i64, &str, &str)>),
        tag: Option<&str>,
        after_ms: u64,
    ) {
        if !self.hears(account, "messages") {
            return;
        }
        let a = &self.accounts[account];
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
        let event = self.event_of(account, Item::Change("messages", value));
        self.post.event(event, Duration::from_millis(after_ms));
    }
}

/// A displayed number as digits only.
pub(crate) fn digits_of(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
