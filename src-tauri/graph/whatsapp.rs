//! What only WhatsApp's Cloud API has: its bodies and its numbers (graph-api g).

use super::{
    Error, Graph, Words,
    client::Host,
    delivery::{
        is_bsuid,
        values::{id, text as words},
    },
};
use crate::{
    model::{MetaMessageId, MetaPersonId},
    vault::Secret,
};
use serde_json::{Value, json};

/// A text message, with up to three buttons under it or a list of more; the key comes back in its statuses.
pub(super) fn text(to: &MetaPersonId, words: &Words<'_>) -> Value {
    let Words { text, key, quotes, buttons, .. } = *words;
    let mut body = match buttons.len() {
        0 => {
            let link = text.contains("https://") || text.contains("http://");
            message(to, "text", json!({"body": text, "preview_url": link}), key)
        }
        1..=3 => {
            let button = |title: &String| json!({"type": "reply", "reply": {"id": title, "title": title}});
            let action = json!({"buttons": buttons.iter().map(button).collect::<Vec<_>>()});
            let content = json!({"type": "button", "body": {"text": text}, "action": action});
            message(to, "interactive", content, key)
        }
        _ => {
            let row = |title: &String| json!({"id": title, "title": title});
            let rows: Vec<_> = buttons.iter().map(row).collect();
            let action = json!({"button": LIST_BUTTON, "sections": [{"rows": rows}]});
            let content = json!({"type": "list", "body": {"text": text}, "action": action});
            message(to, "interactive", content, key)
        }
    };
    if let Some(quoted) = quotes {
        body["context"] = json!({"message_id": quoted.as_str()});
    }
    body
}

/// What opens a list on the person's phone; at most 20 characters. A sign needs no language.
const LIST_BUTTON: &str = "☰";

/// An emoji on a message; none takes ours away.
pub(super) fn reaction(to: &MetaPersonId, on: &MetaMessageId, emoji: Option<&str>, key: &str) -> Value {
    let content = json!({"message_id": on.as_str(), "emoji": emoji.unwrap_or_default()});
    message(to, "reaction", content, key)
}

/// A template.
pub(super) fn template(to: &MetaPersonId, template: Value, key: &str) -> Value {
    message(to, "template", template, key)
}

/// The frame of every message.
fn message(to: &MetaPersonId, kind: &str, content: Value, key: &str) -> Value {
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": key,
    });
    // A person who hides the number has only a BSUID, which goes into another field.
    let field = if is_bsuid(to.as_str()) { "recipient" } else { "to" };
    body[field] = json!(to.as_str());
    body
}

/// Marks a message and all before it read.
pub(super) fn read(newest: &MetaMessageId) -> Value {
    json!({"messaging_product": "whatsapp", "status": "read", "message_id": newest.as_str()})
}

/// A phone number of a WhatsApp business account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub id: String,
    pub name: Option<String>,
    pub shown: Option<String>,
    pub status: Option<String>,
}

impl Graph {
    /// The phone numbers of a business account.
    pub(super) async fn numbers(
        &self,
        waba: &str,
        token: &Secret,
        proof: Option<&str>,
    ) -> Result<Vec<Number>, Error> {
        let fields = "id,display_phone_number,verified_name,quality_rating,status";
        let members = self.all(Host::Facebook, [waba, "phone_numbers"], fields, token, proof).await?;
        Ok(members
            .iter()
            .filter_map(|n| {
                Some(Number {
                    id: id(n, "id")?,
                    name: words(n, "verified_name"),
                    shown: words(n, "display_phone_number"),
                    status: words(n, "status"),
                })
            })
            .collect())
    }
}
