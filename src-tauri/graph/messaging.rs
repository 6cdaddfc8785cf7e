//! The Send API of Messenger and Instagram, and one way to send text on every channel
//! (graph-api c, g.1). A send whose answer is lost is uncertain, never repeated from here.

use super::{
    Account, Doing, Error, Lane, Priority,
    client::{Body, Call},
    delivery::values::{id, list, object, text},
};
use crate::model::{Channel, MetaMessageId, MetaPersonId};
use serde_json::{Value, json};

/// What Meta answered to a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAs {
    pub meta_id: MetaMessageId,
    /// Whom Meta took it for; WhatsApp may correct the number (graph-api g.1).
    pub recipients: Vec<MetaPersonId>,
}

/// Words on their way, and what goes with them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'a> {
    pub text: &'a str,
    /// Comes back with the echo or the statuses.
    pub key: &'a str,
    /// The message they answer.
    pub quotes: Option<&'a MetaMessageId>,
    /// Answers to tap, within `model::ButtonLimit`.
    pub buttons: &'a [String],
    /// After the reply window, by a person (graph-api c.1); not on WhatsApp.
    pub human_agent: bool,
}

impl Account {
    /// Sends words to `to`.
    ///
    /// # Errors
    /// With fate `Uncertain` when it may have left all the same.
    pub async fn send_text(&self, to: &MetaPersonId, words: &Words<'_>) -> Result<SentAs, Error> {
        let body = if self.channel() == Channel::WhatsApp {
            super::whatsapp::text(to, words)
        } else {
            let mut message = json!({"text": words.text, "metadata": words.key});
            if !words.buttons.is_empty() {
                let reply =
                    |title: &String| json!({"content_type": "text", "title": title, "payload": title});
                message["quick_replies"] = words.buttons.iter().map(reply).collect();
            }
            self.message_body(to, message, words.quotes, words.human_agent)
        };
        self.send(body).await
    }

    /// The frame of a message on Messenger and Instagram.
    fn message_body(
        &self,
        to: &MetaPersonId,
        message: Value,
        quotes: Option<&MetaMessageId>,
        human_agent: bool,
    ) -> Value {
        let mut body =
            json!({"recipient": {"id": to.as_str()}, "messaging_type": "RESPONSE", "message": message});
        if human_agent {
            body["messaging_type"] = json!("MESSAGE_TAG");
            body["tag"] = json!("HUMAN_AGENT");
        }
        if let Some(quoted) = quotes {
            body["reply_to"] = json!({"mid": quoted.as_str()});
        }
        body
    }

    pub(super) async fn send(&self, body: Value) -> Result<SentAs, Error> {
        let call = Call::post(self.host(), [self.node(), "messages"], Body::Json(body), Doing::Sending);
        let answer = self.call(call, Lane::Messages, Priority::Interactive).await?;
        // Without an id nobody can say what became of it.
        sent(&answer).ok_or(Error::Unreadable { doing: Doing::Sending })
    }

    /// Puts `emoji` on a message, or takes ours away; harmless to repeat. WhatsApp gives it an id, since a reaction
    /// is a message there (graph-api c, g.1).
    ///
    /// # Errors
    /// As any call.
    pub async fn react(
        &self,
        person: &MetaPersonId,
        message: &MetaMessageId,
        emoji: Option<&str>,
        key: &str,
    ) -> Result<Option<SentAs>, Error> {
        let body = if self.channel() == Channel::WhatsApp {
            super::whatsapp::reaction(person, message, emoji, key)
        } else {
            let mut body = json!({
                "recipient": {"id": person.as_str()},
                "sender_action": if emoji.is_some() { "react" } else { "unreact" },
                "payload": {"message_id": message.as_str()},
            });
            if let Some(emoji) = emoji {
                body["payload"]["reaction"] = json!(emoji);
            }
            body
        };
        let call = Call::post(self.host(), [self.node(), "messages"], Body::Json(body), Doing::Asking);
        self.call(call, Lane::Messages, Priority::Interactive).await.map(|answer| sent(&answer))
    }

    /// Shows `person` that somebody types, for some seconds; `newest` is their newest message, which WhatsApp marks
    /// as read with it (graph-api c, g.1).
    ///
    /// # Errors
    /// As any call; harmless to repeat.
    pub async fn show_typing(&self, person: &MetaPersonId, newest: &MetaMessageId) -> Result<(), Error> {
        let body = if self.channel() == Channel::WhatsApp {
            let mut body = super::whatsapp::read(newest);
            body["typing_indicator"] = json!({"type": "text"});
            body
        } else {
            json!({"recipient": {"id": person.as_str()}, "sender_action": "typing_on"})
        };
        let call = Call::post(self.host(), [self.node(), "messages"], Body::Json(body), Doing::Asking);
        self.call(call, Lane::Messages, Priority::Background).await.map(drop)
    }

    /// Shows `person` that everything up to `newest` was read.
    ///
    /// # Errors
    /// As any call; harmless to repeat.
    pub async fn mark_seen(&self, person: &MetaPersonId, newest: &MetaMessageId) -> Result<(), Error> {
        let body = if self.channel() == Channel::WhatsApp {
            super::whatsapp::read(newest)
        } else {
            json!({"recipient": {"id": person.as_str()}, "sender_action": "mark_seen"})
        };
        let call = Call::post(self.host(), [self.node(), "messages"], Body::Json(body), Doing::Asking);
        self.call(call, Lane::Messages, Priority::Interactive).await.map(drop)
    }
}

/// Reads the answer of either API; ids may be text or numbers, and the recipient may be missing.
fn sent(answer: &Value) -> Option<SentAs> {
    let answer = answer.as_object()?;
    if let Some(mid) = id(answer, "message_id") {
        let recipients = id(answer, "recipient_id").map(MetaPersonId).into_iter().collect();
        return Some(SentAs { meta_id: MetaMessageId(mid), recipients });
    }
    let first = |key| list(answer, key).first().and_then(Value::as_object);
    let mid = first("messages").and_then(|m| id(m, "id"))?;
    let recipients = first("contacts")
        .map(|c| ["user_id", "wa_id"].iter().filter_map(|key| id(c, key)).map(MetaPersonId).collect())
        .unwrap_or_default();
    Some(SentAs { meta_id: MetaMessageId(mid), recipients })
}

/// Whether a write's answer says that it was done: `true`, or `"true"` as printed once (graph-api 0).
pub(super) fn succeeded(answer: &Value) -> bool {
    answer.as_object().is_some_and(|a| {
        super::delivery::values::truth(a, "success") || text(a, "id").is_some() || object(a, "data").is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_both_apis_are_read_whatever_is_missing() {
        let messenger = sent(&json!({"recipient_id": 7, "message_id": "m_1"})).unwrap();
        assert_eq!((messenger.meta_id.as_str(), messenger.recipients[0].as_str()), ("m_1", "7"));
        assert!(sent(&json!({"message_id": "m_2"})).unwrap().recipients.is_empty());

        let whatsapp = sent(&json!({
            "contacts": [{"input": "+1650", "wa_id": "1650", "user_id": "US.12"}],
            "messages": [{"id": "wamid.1", "message_status": "accepted"}],
        }))
        .unwrap();
        assert_eq!(whatsapp.meta_id.as_str(), "wamid.1");
        assert_eq!(whatsapp.recipients, [MetaPersonId("US.12".into()), MetaPersonId("1650".into())]);

        assert_eq!(sent(&json!({"success": true})), None);
        assert_eq!(sent(&json!([])), None);
    }
}
