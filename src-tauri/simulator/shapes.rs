//! What a message holds as the webhooks of Messenger and Instagram write it (graph-api d.3, d.4).

use crate::clock::DAY;
use crate::random::mix;
use crate::said::{Content, Referral, Tap};
use crate::world::{Channel, World};
use serde_json::{Value, json};

impl World {
    /// Writes what the message `(thread, index)` holds into `message`.
    pub fn messaging_content(&self, thread: usize, index: usize, message: &mut Value) {
        let instagram = self.accounts[self.threads[thread].account].channel == Channel::Instagram;
        let media = Self::media_id(thread, index);
        let number = mix(media.len() as u64 ^ thread as u64 ^ ((index as u64) << 20)) >> 12;
        let file = |kind: &str| self.cdn(kind, &media, 7 * DAY);
        let one = |kind: &str, payload: Value| json!([{ "type": kind, "payload": payload }]);
        let with_url = |kind: &str| one(kind, json!({ "url": file(kind) }));
        let attachments = match self.content(thread, index) {
            Content::Text(text) | Content::Captioned(text) | Content::Order(text) => {
                message["text"] = json!(text);
                return;
            }
            Content::Image => with_url("image"),
            Content::Images(count) => (0..count.max(1))
                .map(|n| json!({ "type": "image", "payload": { "url": file(&format!("image{n}")) } }))
                .collect(),
            Content::Video => with_url("video"),
            Content::Audio => with_url("audio"),
            Content::Upload { at, kind } => {
                one(kind, json!({ "url": self.cdn("upload", &self.uploads[at].id, 7 * DAY) }))
            }
            Content::File(name) => one("file", json!({ "url": format!("{}&name={name}", file("file")) })),
            Content::Sticker if instagram => one("like_heart", json!({})),
            Content::Sticker => {
                one("sticker", json!({ "url": file("sticker"), "sticker_id": 369_239_263_222_822_u64 }))
            }
            Content::StoryReply(text) => {
                message["text"] = json!(text);
                message["reply_to"] =
                    json!({ "story": { "id": media, "url": self.cdn("story", &media, DAY) } });
                return;
            }
            Content::StoryMention => one("story_mention", json!({ "url": self.cdn("story", &media, DAY) })),
            // Its link does not stand under `url` (graph-api d.3).
            Content::SharedStory => one(
                "ig_story",
                json!({ "story_media_id": media, "story_media_url": self.cdn("story", &media, DAY) }),
            ),
            Content::Post(title) if instagram => {
                one("ig_post", json!({ "url": file("image"), "title": title, "ig_post_media_id": media }))
            }
            Content::Post(title) => {
                one("post", json!({ "url": file("image"), "title": title, "id": number }))
            }
            // Told by its old and its new name at once (graph-api d.3).
            Content::Reel(title) => {
                let url = format!("https://www.instagram.com/reel/{number:x}/");
                json!([
                    { "type": "share", "payload": { "url": url } },
                    { "type": "ig_reel", "payload": { "url": url, "title": title, "reel_video_id": media } },
                ])
            }
            Content::Link { title, url } => {
                message["text"] = json!(url);
                json!([{ "type": "fallback", "title": title, "url": url, "payload": null }])
            }
            Content::Card { title, text, button } => one("template", card(&title, &text, &button)),
            Content::Place { .. } if !instagram => {
                one("location", json!({ "coordinates": { "lat": 35.8989, "long": 14.5146 } }))
            }
            Content::Place { name, address } => {
                message["text"] = json!(format!("{name}, {address}"));
                return;
            }
            Content::Contact { name, phone } => {
                message["text"] = json!(format!("{name} {phone}"));
                return;
            }
            Content::Tap { title, form } => {
                message["text"] = json!(title);
                if form != Tap::Button {
                    message["quick_reply"] = json!({ "payload": payload(&title) });
                }
                return;
            }
            Content::Form(answers) => {
                let lines: Vec<String> =
                    answers.iter().map(|(name, answer)| format!("{name}: {answer}")).collect();
                message["text"] = json!(lines.join("\n"));
                return;
            }
            Content::Ephemeral => json!([{ "type": "ephemeral" }]),
            Content::Unsupported | Content::Poll => {
                message["is_unsupported"] = json!(true);
                return;
            }
        };
        message["attachments"] = attachments;
    }
}

/// A card as Meta's generic template.
pub(crate) fn card(title: &str, text: &str, button: &str) -> Value {
    json!({ "template_type": "generic", "elements": [{
        "title": title, "subtitle": text,
        "buttons": [{ "type": "web_url", "url": "https://saltwind.example/bowls", "title": button }],
    }] })
}

/// What a developer writes behind a button.
pub(crate) fn payload(title: &str) -> String {
    title
        .chars()
        .filter_map(
            |c| if c == ' ' { Some('_') } else { c.is_alphanumeric().then(|| c.to_ascii_uppercase()) },
        )
        .collect()
}

/// A referral as Messenger and Instagram write it.
pub(crate) fn referral(referral: &Referral) -> Value {
    match referral {
        Referral::Ad { title, text } => json!({
            "ref": "spring", "ad_id": "6045246247433", "source": "ADS", "type": "OPEN_THREAD",
            "ads_context_data": { "ad_title": title, "photo_url": "https://saltwind.example/ad.jpg", "post_id": "418275563901248_122093", "body": text },
        }),
        Referral::Link(reference) => {
            json!({ "ref": reference, "source": "SHORTLINKS", "type": "OPEN_THREAD" })
        }
        Referral::Product(id) => json!({ "product": { "id": id } }),
    }
}
