//! What Meta's named events tell people: a line in a conversation, or news of an account.

use super::{
    kind::{Attachment, Event, Referral},
    values::{Object, object, text, whole},
    words::AttachmentKind,
};
use crate::model::{self, Activity, CallOutcome};
use serde_json::Value;

impl Referral {
    /// In our words.
    #[must_use]
    pub fn told(&self) -> model::Referral {
        let nothing = Object::new();
        let raw = self.raw.as_object().unwrap_or(&nothing);
        let source = self.source.as_deref().unwrap_or_default().to_ascii_lowercase();
        let post = object(raw, "ads_context_data").and_then(|a| text(a, "post_id"));
        model::Referral {
            ad: source.starts_with("ad")
                || self.ad_id.is_some() && source != "post"
                || self.ctwa_clid.is_some(),
            title: self.title.clone().unwrap_or_default(),
            text: text(raw, "body")
                .or_else(|| object(raw, "product").and_then(|p| text(p, "id")))
                .unwrap_or_default(),
            link: self
                .url
                .clone()
                .or_else(|| post.map(|id| format!("https://www.facebook.com/{id}")))
                .filter(|u| u.starts_with("https://")),
            reference: self.reference.clone().unwrap_or_default(),
            ad_id: self.ad_id.clone().unwrap_or_default(),
            click_id: self.ctwa_clid.clone().unwrap_or_default(),
        }
    }
}

/// Events of one person in a chat that have no line of their own (graph-api d.4).
#[rustfmt::skip]
const IN_CHAT: &[&str] = &[
    "appointment", "appointment_booking", "checkout_update", "game_play", "in_thread_lead_form_submit", "lead_complete",
    "messaging_appointments", "messaging_checkout_updates", "messaging_customer_information",
    "messaging_in_thread_lead_form_submit", "messaging_payments", "payment", "pre_checkout",
];

/// Fields about a whole account that are worth a line in its news (graph-api d.5).
#[rustfmt::skip]
const OF_THE_ACCOUNT: &[&str] = &[
    "account_settings_update", "business_integrity", "business_username_update", "flows", "partner_solutions",
    "payment_configuration_update",
];

/// News of an account as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub words: String,
    /// Sending or receiving is in danger.
    pub grave: bool,
}

/// WhatsApp's ids of somebody who has others from now on (graph-api d.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovedTo {
    pub previous_user_id: Option<String>,
    pub user_id: Option<String>,
    pub number: Option<String>,
}

impl Event {
    /// By which ids its person goes from now on.
    #[must_use]
    pub fn moved_to(&self) -> Option<MovedTo> {
        let raw = self.raw.as_object()?;
        let told = match self.name.as_str() {
            "user_id_update" => true,
            "system" => matches!(
                text(raw, "type").as_deref(),
                Some("user_changed_number" | "customer_changed_number" | "user_changed_user_id")
            ),
            _ => false,
        };
        // `user_id_update` tells both ids in one.
        let ids = object(raw, "user_id");
        told.then(|| MovedTo {
            previous_user_id: text(raw, "previous_user_id").or_else(|| text(ids?, "previous")),
            user_id: text(raw, "user_id").or_else(|| text(ids?, "current")),
            number: text(raw, "wa_id"),
        })
    }

    /// The line it is in its person's conversation; `None` when it says nothing to an agent.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        let nothing = Object::new();
        let raw = self.raw.as_object().unwrap_or(&nothing);
        Some(match self.name.as_str() {
            "calls" => return call(raw),
            "pass_thread_control"
            | "take_thread_control"
            | "thread_control"
            | "release_thread_control"
            | "messaging_handovers" => return hand_over(&self.name, raw),
            "request_thread_control" => Activity::HandOverAsked,
            "system" => system(raw)?,
            "user_id_update" => Activity::NumberChanged { to: self.moved_to()?.user_id.unwrap_or_default() },
            "user_preferences" => {
                Activity::OptIn { allowed: text(raw, "value").is_some_and(|v| v == "resume") }
            }
            "optout" | "messaging_optouts" => Activity::OptIn { allowed: false },
            "response_feedback" | "feedback" | "messaging_feedback" => {
                Activity::Feedback { words: text(raw, "feedback").unwrap_or_default() }
            }
            "groups" => {
                Activity::Group { what: text(raw, "type").or_else(|| text(raw, "event")).unwrap_or_default() }
            }
            "account_linking" | "messaging_account_linking" => {
                let status = text(raw, "status").unwrap_or_default();
                Activity::Other { name: format!("account {status}").trim().to_owned() }
            }
            name if IN_CHAT.contains(&name) => Activity::Other { name: name.replace('_', " ") },
            // Posts, ratings, leads, roles: nothing that an agent answers in a chat.
            _ => return None,
        })
    }

    /// What was ordered out of a Messenger chat.
    #[must_use]
    pub fn cart(&self) -> Option<Attachment> {
        let is_order = ["order", "send_cart"].contains(&self.name.as_str());
        is_order.then(|| Attachment { raw: self.raw.clone(), ..Attachment::of(AttachmentKind::Order) })
    }

    /// The WhatsApp group it happened in.
    #[must_use]
    pub fn group(&self) -> Option<String> {
        super::values::id(self.raw.as_object()?, "group_id")
    }

    /// What it says of the account; `None` when it is about one person or about nothing.
    #[must_use]
    pub fn news(&self) -> Option<News> {
        let nothing = Object::new();
        let raw = self.raw.as_object().unwrap_or(&nothing);
        let words = |key| text(raw, key).unwrap_or_default();
        let event = words("event");
        let (said, grave) = match self.name.as_str() {
            "message_template_status_update" | "messenger_template_status_update" => {
                let why = text(raw, "reason").filter(|r| r != "NONE").map(|r| format!(": {}", plain(&r)));
                let bad = ["REJECTED", "PAUSED", "DISABLED", "FLAGGED"].contains(&event.as_str());
                (
                    format!(
                        "Template {} is {}{}",
                        words("message_template_name"),
                        plain(&event),
                        why.unwrap_or_default()
                    ),
                    bad,
                )
            }
            "message_template_quality_update" => {
                let to = words("new_quality_score");
                (
                    format!("Quality of template {} is now {}", words("message_template_name"), plain(&to)),
                    to == "RED",
                )
            }
            "template_category_update" => (
                format!(
                    "Template {} is now in the category {}",
                    words("message_template_name"),
                    plain(&words("new_category"))
                ),
                false,
            ),
            "message_template_components_update" => {
                (format!("The texts of template {} changed", words("message_template_name")), false)
            }
            "phone_number_quality_update" => (
                format!("Number quality: {}; limit {}", plain(&event), plain(&words("current_limit"))),
                event == "FLAGGED",
            ),
            "phone_number_name_update" => {
                (format!("The display name was {}", plain(&words("decision"))), false)
            }
            "account_review_update" => {
                let decision = words("decision");
                (format!("Meta's review of the account: {}", plain(&decision)), decision == "REJECTED")
            }
            "account_update" => {
                let bad = [
                    "DISABLED_UPDATE",
                    "ACCOUNT_VIOLATION",
                    "ACCOUNT_RESTRICTION",
                    "ACCOUNT_DELETED",
                    "ACCOUNT_OFFBOARDED",
                ];
                (format!("Account: {}", plain(&event)), bad.contains(&event.as_str()))
            }
            "account_alerts" => {
                (format!("Alert from Meta: {}", plain(&text(raw, "alert_type").unwrap_or(event))), true)
            }
            "policy_enforcement" => {
                let action = words("action");
                (
                    format!("Meta's policy team: {}. {}", plain(&action), words("reason")).trim().to_owned(),
                    action != "unblock",
                )
            }
            "business_capability_update" => ("What this business may send per day changed".to_owned(), false),
            "security" => (format!("Security: {}", plain(&event)), true),
            "history" => match whole(raw, "code") {
                Some(2_593_109) => ("The owner declined to share the phone's history".to_owned(), false),
                _ => return None,
            },
            "errors" => (
                format!("WhatsApp reported: {}", text(raw, "title").unwrap_or_else(|| "an error".into())),
                true,
            ),
            name if OF_THE_ACCOUNT.contains(&name) => {
                (format!("From Meta: {}", name.replace('_', " ")), false)
            }
            _ => return None,
        };
        Some(News { words: said, grave })
    }
}

/// "ACCOUNT_VIOLATION" as people write it.
fn plain(word: &str) -> String {
    word.replace('_', " ").to_lowercase()
}

/// How a call ended; that it rings or was picked up is told again by its end.
fn call(raw: &Object) -> Option<Activity> {
    let words = |key| text(raw, key).unwrap_or_default().to_ascii_lowercase();
    let seconds = whole(raw, "duration").and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let (event, status) = (words("event"), words("status"));
    let outcome = match (event.as_str(), status.as_str()) {
        (_, "rejected" | "declined") => CallOutcome::Declined,
        (_, "accepted" | "ringing") | ("connect" | "accept" | "pre_accept", _) => return None,
        (_, "failed" | "missed") => CallOutcome::Missed,
        ("terminate", _) if seconds.is_none() => CallOutcome::Missed,
        _ => CallOutcome::Ended,
    };
    let by_them = !words("direction").starts_with("business");
    Some(Activity::Call { outcome, by_them, seconds })
}

/// Meta's own inbox, as two of its pages print it (graph-api c.4).
const META_INBOX: [&str; 2] = ["26390203743090", "263902037430900"];

/// Who answers now. WhatsApp names roles. Elsewhere a pass is told to the app that may answer from here on, a take
/// to the one that may no longer (graph-api c.4, d.4).
fn hand_over(name: &str, raw: &Object) -> Option<Activity> {
    let inner = ["control_passed", "control_taken"].iter().find_map(|key| object(raw, key)).unwrap_or(raw);
    if let Some(role) = text(inner, "new_owner_role") {
        let ours = ["app", "business"].iter().any(|word| role.eq_ignore_ascii_case(word));
        return Some(if ours { Activity::TakenOver } else { Activity::HandedOver { to: plain(&role) } });
    }
    let owner = super::values::id(inner, "new_owner_app_id");
    let inbox = owner.as_deref().is_some_and(|id| META_INBOX.contains(&id));
    Some(match (name, owner) {
        _ if inbox => Activity::HandedOver { to: "Meta's own inbox".into() },
        ("pass_thread_control", _) => Activity::TakenOver,
        (_, to) => Activity::HandedOver { to: to.unwrap_or_default() },
    })
}

fn system(raw: &Object) -> Option<Activity> {
    let to = || text(raw, "wa_id").or_else(|| text(raw, "user_id")).unwrap_or_default();
    Some(match text(raw, "type").unwrap_or_default().as_str() {
        "customer_identity_changed" => Activity::IdentityChanged,
        "user_changed_number" | "customer_changed_number" | "user_changed_user_id" => {
            Activity::NumberChanged { to: to() }
        }
        _ => Activity::Other { name: text(raw, "body")? },
    })
}

/// The body of a delivery without what it says of the message `mid`: what was unsent is not kept anywhere.
/// `None` = it says nothing of it, or nothing is left.
#[must_use]
pub fn without(body: &[u8], mid: &str) -> Option<Vec<u8>> {
    let mut json = super::json(body).ok()?;
    // What a poll read is the message itself.
    if names(&json, mid) {
        return Some(b"{}".to_vec());
    }
    let gone = forget(&mut json, mid);
    gone.then(|| serde_json::to_vec(&json).unwrap_or_default())
}

/// Takes members that speak of `mid` out of every list; whether there was one.
fn forget(value: &mut Value, mid: &str) -> bool {
    match value {
        Value::Array(all) => {
            let before = all.len();
            all.retain(|one| !names(one, mid));
            let gone = all.len() < before;
            all.iter_mut().fold(gone, |gone, one| forget(one, mid) | gone)
        }
        Value::Object(o) => o.values_mut().fold(false, |gone, one| forget(one, mid) | gone),
        _ => false,
    }
}

/// Whether this is the message, the event that brought it, or one that gave it other words.
fn names(one: &Value, mid: &str) -> bool {
    let is = |value: Option<&Value>| value.and_then(Value::as_str) == Some(mid);
    let within = |key: &str, id: &str| one.get(key).is_some_and(|inner| is(inner.get(id)));
    is(one.get("id"))
        || is(one.get("mid"))
        || within("message", "mid")
        || within("postback", "mid")
        || within("message_edit", "mid")
        || within("edit", "original_message_id")
}

#[cfg(test)]
mod tests {
    use super::{super::kind::Person, *};
    use serde_json::json;

    #[test]
    fn an_unsent_message_leaves_its_delivery_and_its_neighbours_stay() {
        let body = json!({"object": "page", "entry": [{"id": "1", "messaging": [
            {"sender": {"id": "7"}, "message": {"mid": "m_1", "text": "secret"}},
            {"sender": {"id": "8"}, "message": {"mid": "m_2", "text": "stays"}},
            {"sender": {"id": "7"}, "message_edit": {"mid": "m_1", "text": "secret too"}},
            {"sender": {"id": "7"}, "postback": {"mid": "m_1", "title": "secret"}},
        ], "changes": [{"field": "messages", "value": {"messages": [
            {"id": "w_9", "type": "edit", "edit": {"original_message_id": "m_1", "message": {"text": "secret"}}},
        ]}}]}]});
        let left = without(body.to_string().as_bytes(), "m_1").unwrap();
        let left = String::from_utf8(left).unwrap();
        assert!(!left.contains("secret") && left.contains("stays"), "{left}");
        assert_eq!(without(body.to_string().as_bytes(), "m_3"), None);
        assert_eq!(without(b"no json", "m_1"), None);
        let read_back = json!({"id": "m_1", "message": "secret", "story": {"reply_to": {"id": "1"}}});
        assert_eq!(without(read_back.to_string().as_bytes(), "m_1").unwrap(), b"{}", "as a poll keeps it");
    }

    #[test]
    fn calls_and_handovers_are_told_by_how_they_ended() {
        let event = |name: &str, raw| Event { name: name.into(), person: None, raw };
        let call = |raw| event("calls", raw).activity();
        assert_eq!(
            call(
                json!({"event": "terminate", "direction": "USER_INITIATED", "duration": 61, "status": "COMPLETED"})
            ),
            Some(Activity::Call { outcome: CallOutcome::Ended, by_them: true, seconds: Some(61) })
        );
        assert_eq!(
            call(json!({"event": "terminate", "direction": "BUSINESS_INITIATED"})),
            Some(Activity::Call { outcome: CallOutcome::Missed, by_them: false, seconds: None })
        );
        assert_eq!(
            event("pass_thread_control", json!({"new_owner_app_id": 263_902_037_430_900_i64})).activity(),
            Some(Activity::HandedOver { to: "Meta's own inbox".into() })
        );
        let to_us = json!({"previous_owner_app_id": "26390203743090", "new_owner_app_id": "1290"});
        assert_eq!(event("pass_thread_control", to_us).activity(), Some(Activity::TakenOver));
        assert_eq!(
            event("take_thread_control", json!({"previous_owner_app_id": "1290"})).activity(),
            Some(Activity::HandedOver { to: String::new() })
        );
        assert_eq!(call(json!({"event": "connect", "direction": "USER_INITIATED"})), None);
        assert_eq!(event("app_roles", json!({})).activity(), None);
    }

    #[test]
    fn what_happens_around_posts_is_no_line_in_a_chat_and_no_news() {
        let liker = Some(Person::of("7"));
        for name in ["feed", "ratings", "leadgen", "live_videos", "inbox_labels", "something_new"] {
            let event = Event { name: name.into(), person: liker.clone(), raw: json!({"item": "like"}) };
            assert_eq!((event.activity(), event.news()), (None, None), "{name}");
        }
        // Loud, whoever it names as its sender.
        let policy = Event {
            name: "policy_enforcement".into(),
            person: liker,
            raw: json!({"action": "block", "reason": "Spam"}),
        };
        assert!(policy.news().unwrap().grave);
    }

    #[test]
    fn an_order_out_of_a_chat_says_what_was_ordered() {
        let raw = json!({"products": [{"id": "1", "retailer_id": "cup", "name": "Sand cup", "unit_price": 16.5,
            "currency": "EUR", "quantity": 4}], "note": "Wrapped"});
        let cart = Event { name: "order".into(), person: None, raw }.cart().unwrap();
        let Some(model::Card::Order { lines, note }) = cart.card() else { panic!("an order") };
        assert_eq!((lines[0].name.as_str(), lines[0].quantity, note.as_str()), ("Sand cup", 4, "Wrapped"));
        assert_eq!(lines[0].price, "16.5");
    }

    #[test]
    fn what_endangers_an_account_is_grave() {
        let news = |name: &str, raw| Event { name: name.into(), person: None, raw }.news().unwrap();
        assert!(news("account_update", json!({"event": "ACCOUNT_RESTRICTION"})).grave);
        assert!(!news("account_update", json!({"event": "VERIFIED_ACCOUNT"})).grave);
        let template = news(
            "message_template_status_update",
            json!({"event": "REJECTED", "message_template_name": "order_ready", "reason": "INVALID_FORMAT"}),
        );
        assert_eq!(template.words, "Template order_ready is rejected: invalid format");
    }
}
