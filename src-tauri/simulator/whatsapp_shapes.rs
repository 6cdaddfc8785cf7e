//! What a message holds as WhatsApp's webhooks write it (graph-api d.5).

use crate::said::{Content, Referral, Tap};
use crate::shapes::payload;
use crate::world::World;
use serde_json::{Value, json};

impl World {
    /// Writes what the message `(thread, index)` holds into `message` and answers its type.
    pub fn whatsapp_content(&self, thread: usize, index: usize, message: &mut Value) -> &'static str {
        let media = Self::media_id(thread, index);
        let (kind, part) = match self.content(thread, index) {
            Content::Text(text) | Content::StoryReply(text) => ("text", json!({ "body": text })),
            Content::Post(title) | Content::Reel(title) => {
                ("text", json!({ "body": format!("{title} https://www.instagram.com/p/{media}/") }))
            }
            Content::Link { url, .. } => ("text", json!({ "body": url })),
            // WhatsApp has one photo a message.
            Content::Image | Content::Images(_) | Content::StoryMention | Content::SharedStory => {
                ("image", self.photo(thread, index, &media))
            }
            Content::Captioned(text) => {
                let mut photo = self.photo(thread, index, &media);
                photo["caption"] = json!(text);
                ("image", photo)
            }
            Content::Video => ("video", json!({ "mime_type": "video/mp4", "id": media })),
            Content::Upload { at, kind } => {
                let (file, kind) = (&self.uploads[at], if kind == "file" { "document" } else { kind });
                (kind, json!({ "mime_type": file.mime, "id": file.id }))
            }
            Content::Audio => {
                ("audio", json!({ "mime_type": "audio/ogg; codecs=opus", "id": media, "voice": true }))
            }
            Content::File(name) => {
                ("document", json!({ "mime_type": "application/pdf", "id": media, "filename": name }))
            }
            Content::Sticker => {
                ("sticker", json!({ "mime_type": "image/webp", "id": media, "animated": false }))
            }
            Content::Card { title, text, button } => {
                let reply = json!({ "type": "reply", "reply": { "id": payload(&button), "title": button } });
                let part = json!({
                    "type": "button", "header": { "type": "text", "text": title }, "body": { "text": text },
                    "action": { "buttons": [reply] },
                });
                ("interactive", part)
            }
            Content::Place { name, address } => (
                "location",
                json!({ "latitude": 35.8989, "longitude": 14.5146, "name": name, "address": address }),
            ),
            Content::Contact { name, phone } => {
                let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
                let one = json!({
                    "name": { "formatted_name": name, "first_name": first, "last_name": last },
                    "phones": [{ "phone": phone, "type": "CELL" }],
                    "org": { "company": "Harbour Café" },
                });
                ("contacts", json!([one]))
            }
            Content::Order(note) => {
                let item = |id: &str, quantity: u32, price: f64| json!({ "product_retailer_id": id, "quantity": quantity, "item_price": price, "currency": "EUR" });
                let items = [item("sea-bowl-18", 2, 38.0), item("sand-cup", 4, 16.5)];
                ("order", json!({ "catalog_id": "538160914", "text": note, "product_items": items }))
            }
            Content::Tap { form: Tap::QuickReply, title } => {
                ("button", json!({ "text": title, "payload": payload(&title) }))
            }
            Content::Tap { form: Tap::Button, title } => {
                let reply = json!({ "id": payload(&title), "title": title });
                ("interactive", json!({ "type": "button_reply", "button_reply": reply }))
            }
            Content::Tap { form: Tap::Row, title } => {
                let reply = json!({ "id": payload(&title), "title": title, "description": "Made to order" });
                ("interactive", json!({ "type": "list_reply", "list_reply": reply }))
            }
            Content::Form(answers) => {
                let mut filled: serde_json::Map<String, Value> =
                    answers.into_iter().map(|(name, answer)| (name, json!(answer))).collect();
                filled.insert("flow_token".to_owned(), json!("ft-1"));
                let reply = json!({ "name": "flow", "body": "Sent", "response_json": Value::Object(filled).to_string() });
                ("interactive", json!({ "type": "nfm_reply", "nfm_reply": reply }))
            }
            Content::Ephemeral | Content::Unsupported | Content::Poll => {
                message["errors"] = json!([{
                    "code": 131_051, "title": "Message type unknown", "message": "Message type unknown",
                    "error_data": { "details": "Message type is currently not supported." },
                }]);
                let poll = self.content(thread, index) == Content::Poll;
                ("unsupported", if poll { json!({ "type": "poll" }) } else { Value::Null })
            }
        };
        if !part.is_null() {
            message[kind] = part;
        }
        kind
    }

    fn photo(&self, thread: usize, index: usize, media: &str) -> Value {
        let file = crate::media::picture(thread as u64, index as u64);
        json!({ "mime_type": "image/png", "sha256": crate::media::sha256(&file), "id": media })
    }
}

/// A referral as WhatsApp writes it.
pub(crate) fn referral(referral: &Referral) -> Value {
    match referral {
        Referral::Ad { title, text } => json!({
            "source_url": "https://fb.me/2Zk9", "source_type": "ad", "source_id": "6045246247433",
            "headline": title, "body": text, "media_type": "image",
            "image_url": "https://saltwind.example/ad.jpg", "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ",
        }),
        Referral::Link(reference) | Referral::Product(reference) => json!({
            "source_url": format!("https://fb.me/{reference}"), "source_type": "post", "source_id": reference,
            "headline": "Saltwind Studio", "body": reference, "media_type": "image",
        }),
    }
}
