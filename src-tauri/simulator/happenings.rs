//! What happens in the world without being a message: taps, arrivals by an ad, calls, hand-overs, news
//! of an account, a phone's history (graph-api d.3 to d.5).

use crate::clock::{DAY, MINUTE};
use crate::deliveries::{META_INBOX, digits_of};
use crate::envelope::Item;
use crate::said::{Along, Content, Referral};
use crate::seed::fields;
use crate::shapes;
use crate::world::{Channel, World, Written};
use serde_json::{Value, json};

/// Something a person does, or that is done around a thread. A channel that has no such event tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A tap on a button that Meta gives no id.
    Postback(String),
    /// They opened the thread through an ad or a link and said nothing yet.
    Came(Referral),
    /// They allow marketing messages, or no more.
    OptIn(bool),
    /// They saw everything so far.
    Seen,
    /// Everything so far reached their phone.
    Delivered,
    /// Another app answers from here on.
    HandedOver,
    /// We answer again.
    HandedBack,
    HandOverAsked,
    /// They called; `None` = nobody picked up.
    Called(Option<u32>),
    /// WhatsApp: their new number.
    NumberChanged(String),
    /// WhatsApp: their security code changed.
    IdentityChanged,
    /// WhatsApp: what changed about a group, in Meta's word.
    Group(String),
    /// What they think of an answer.
    Feedback(String),
}

impl Happening {
    /// What this word of the control endpoint means, with `text` for its words; `None` for no word of ours.
    #[must_use]
    pub fn of(what: &str, text: &str) -> Option<Self> {
        let or = |other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        Some(match what {
            "postback" => Self::Postback(or("Show me bowls")),
            "came_by_ad" => Self::Came(Referral::Ad { title: or("Spring glazes"), text: String::new() }),
            "came_by_link" => Self::Came(Referral::Link(or("market-stall"))),
            "opt_in" => Self::OptIn(true),
            "opt_out" => Self::OptIn(false),
            "seen" => Self::Seen,
            "delivered" => Self::Delivered,
            "handed_over" => Self::HandedOver,
            "handed_back" => Self::HandedBack,
            "hand_over_asked" => Self::HandOverAsked,
            "called" => Self::Called(Some(text.parse().unwrap_or(73))),
            "missed_call" => Self::Called(None),
            "number_changed" => Self::NumberChanged(or("15550100199")),
            "identity_changed" => Self::IdentityChanged,
            "group" => Self::Group(or("group_participants_add")),
            "feedback" => Self::Feedback(or("Good response")),
            _ => return None,
        })
    }
}

impl World {
    /// Lets something happen in the thread of `person` and tells the webhook.
    pub fn happen(&mut self, account: usize, person: &str, what: &Happening) {
        let thread = self.meet(account, Some(person));
        let told = match self.accounts[account].channel {
            Channel::WhatsApp => self.whatsapp_event(thread, what),
            _ => self.messaging_event(thread, what),
        };
        if let Some((field, item)) = told {
            self.tell_item(account, field, item);
        }
    }

    /// Tells the webhook of an item if its field is subscribed.
    pub fn tell_item(&mut self, account: usize, field: &str, item: Item) {
        if self.hears(account, field) {
            let event = self.event_of(account, item);
            self.post.event(event, self.told_after);
        }
    }

    fn messaging_event(&self, thread: usize, what: &Happening) -> Option<(&'static str, Item)> {
        let t = &self.threads[thread];
        let instagram = self.accounts[t.account].channel == Channel::Instagram;
        let either = |on_instagram, on_page| if instagram { on_instagram } else { on_page };
        let ours: Value = json!(self.app.id.parse::<u64>().unwrap_or_default());
        let handover = either("messaging_handover", "messaging_handovers");
        let (field, key, told) = match what {
            Happening::Postback(title) => (
                "messaging_postbacks",
                "postback",
                json!({ "title": title, "payload": shapes::payload(title) }),
            ),
            Happening::Came(referral) => {
                (either("messaging_referral", "messaging_referrals"), "referral", shapes::referral(referral))
            }
            Happening::OptIn(allowed) => {
                let status = if *allowed { "RESUME NOTIFICATIONS" } else { "STOP NOTIFICATIONS" };
                let told = json!({
                    "type": "notification_messages", "payload": "NEWS", "title": "News from the kiln",
                    "notification_messages_token": "7301284496", "notification_messages_status": status,
                });
                ("messaging_optins", "optin", told)
            }
            Happening::Seen if instagram => {
                let newest = t.messages.iter().rposition(|m| m.from_us)?;
                ("messaging_seen", "read", json!({ "mid": self.mid(thread, newest) }))
            }
            Happening::Seen => ("message_reads", "read", json!({ "watermark": self.now() })),
            Happening::Delivered if instagram => return None,
            Happening::Delivered => ("message_deliveries", "delivery", json!({ "watermark": self.now() })),
            Happening::HandedOver => (
                handover,
                "take_thread_control",
                json!({ "previous_owner_app_id": ours, "new_owner_app_id": META_INBOX, "metadata": "" }),
            ),
            Happening::HandedBack => (
                handover,
                "pass_thread_control",
                json!({ "previous_owner_app_id": META_INBOX, "new_owner_app_id": ours, "metadata": "" }),
            ),
            Happening::HandOverAsked => (
                handover,
                "request_thread_control",
                json!({ "requested_owner_app_id": META_INBOX, "metadata": "" }),
            ),
            Happening::Feedback(words) => {
                let newest = t.messages.iter().rposition(|m| m.from_us)?;
                let told = json!({ "feedback": words, "mid": self.mid(thread, newest) });
                ("response_feedback", "response_feedback", told)
            }
            Happening::Called(_)
            | Happening::NumberChanged(_)
            | Happening::IdentityChanged
            | Happening::Group(_) => return None,
        };
        Some((field, Item::Messaging(self.event_with(thread, self.now(), key, told))))
    }

    fn whatsapp_event(&self, thread: usize, what: &Happening) -> Option<(&'static str, Item)> {
        let t = &self.threads[thread];
        let account = &self.accounts[t.account];
        let number = digits_of(&account.handle);
        let seconds = |at: i64| (at / 1000).to_string();
        let now = seconds(self.now());
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number, "phone_number_id": account.id },
            "contacts": [self.contact(thread, None, false)],
        });
        let field = match what {
            Happening::OptIn(allowed) => {
                value["user_preferences"] = json!([{
                    "wa_id": t.person, "user_id": self.bsuid(thread), "category": "marketing_messages",
                    "detail": "User changed what they receive", "timestamp": now,
                    "value": if *allowed { "resume" } else { "stop" },
                }]);
                "user_preferences"
            }
            Happening::Called(lasted) => {
                let long = i64::from(lasted.unwrap_or_default());
                let mut call = json!({
                    "id": format!("wacid.{}", t.messages.len()), "from": t.person, "to": number,
                    "event": "terminate", "direction": "USER_INITIATED", "timestamp": now,
                    "status": if lasted.is_some() { "COMPLETED" } else { "FAILED" },
                });
                if lasted.is_some() {
                    call["duration"] = json!(long);
                    call["start_time"] = json!(seconds(self.now() - long * 1000));
                    call["end_time"] = json!(now);
                }
                value["calls"] = json!([call]);
                "calls"
            }
            Happening::NumberChanged(to) => {
                let system = json!({
                    "body": format!("User A changed from {} to {to}", t.person),
                    "type": "user_changed_number", "wa_id": to, "user_id": self.bsuid(thread),
                });
                value["messages"] = json!([self.system_message(thread, system)]);
                "messages"
            }
            Happening::IdentityChanged => {
                let system = json!({ "body": "Security code changed", "type": "customer_identity_changed", "hash": "kX3f" });
                value["messages"] = json!([self.system_message(thread, system)]);
                "messages"
            }
            Happening::Group(event) => {
                value["contacts"] = json!([]);
                value["groups"] = json!([{ "timestamp": now, "group_id": t.person, "type": event }]);
                "group_participants_update"
            }
            Happening::HandedOver | Happening::HandedBack => {
                let back = *what == Happening::HandedBack;
                let (key, from, to) = if back {
                    ("control_taken", "meta_business_agent", "business")
                } else {
                    ("control_passed", "business", "meta_business_agent")
                };
                value = json!({
                    "messaging_product": "whatsapp", "timestamp": now, "type": key,
                    "recipient": { "display_phone_number": number, "phone_number_id": account.id },
                    "sender": { "phone_number": t.person, "user_id": self.bsuid(thread) },
                    key: { "previous_owner_role": from, "new_owner_role": to },
                });
                "messaging_handovers"
            }
            Happening::Delivered | Happening::Seen => {
                let newest = t.messages.iter().rposition(|m| m.from_us)?;
                let status = if *what == Happening::Seen { "read" } else { "delivered" };
                value["statuses"] = json!([{
                    "id": self.mid(thread, newest), "status": status, "timestamp": now, "recipient_id": t.person,
                }]);
                "messages"
            }
            Happening::Postback(_)
            | Happening::Came(_)
            | Happening::HandOverAsked
            | Happening::Feedback(_) => return None,
        };
        Some((field, Item::Change(field, value)))
    }

    fn system_message(&self, thread: usize, system: Value) -> Value {
        let t = &self.threads[thread];
        json!({
            "from": t.person, "from_user_id": self.bsuid(thread), "timestamp": (self.now() / 1000).to_string(),
            "id": format!("wamid.SYS{}x{}", thread, self.now()), "type": "system", "system": system,
        })
    }

    /// News of an account as a whole, under a field that its webhooks can carry; whether there is such a field.
    pub fn news(&mut self, account: usize, field: &str, value: Value) -> bool {
        let channel = self.accounts[account].channel;
        let Some(field) = fields(channel).iter().find(|f| **f == field) else { return false };
        let item = match (channel, *field) {
            (Channel::Instagram | Channel::Messenger, "messaging_policy_enforcement") => {
                let id = &self.accounts[account].id;
                let told = json!({ "recipient": { "id": id }, "timestamp": self.now(), "policy_enforcement": value });
                Item::Messaging(told)
            }
            (_, field) => Item::Change(field, value),
        };
        self.tell_item(account, field, item);
        true
    }

    /// The phone app shares what was said before: held, and told as coexistence history, newest last.
    pub fn history(&mut self, account: usize, person: &str, lines: &[(bool, &str)]) {
        let thread = self.meet(account, Some(person));
        let number = digits_of(&self.accounts[account].handle);
        let first = 2 * DAY + MINUTE * lines.len() as i64;
        let mut old = Vec::new();
        for (n, (from_us, text)) in lines.iter().enumerate() {
            let along = Along { ago_ms: first - MINUTE * n as i64, silent: true, ..Along::default() };
            let written = Written { along, ..Written::by_phone(Content::Text((*text).to_owned())) };
            let index = self.hold(thread, *from_us, written);
            let t = &self.threads[thread];
            let from = if *from_us { &number } else { &t.person };
            let mut one = json!({
                "from": from, "id": self.mid(thread, index), "type": "text", "text": { "body": text },
                "timestamp": (t.messages[index].at / 1000).to_string(),
                "history_context": { "status": "READ" },
            });
            if *from_us {
                one["to"] = json!(t.person);
            }
            old.push(one);
        }
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number, "phone_number_id": self.accounts[account].id },
            "history": [{
                "metadata": { "phase": 0, "chunk_order": 1, "progress": 100 },
                "threads": [{ "id": person, "messages": old }],
            }],
        });
        self.tell_item(account, "history", Item::Change("history", value));
    }
}
