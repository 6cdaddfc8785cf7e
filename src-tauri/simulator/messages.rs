//! One message as the Conversations API tells it: ids for all, details for the 20 newest of a thread
//! (graph-api b).

use crate::accounts::wanted;
use crate::call::Call;
use crate::clock::{DAY, iso};
use crate::conversations::sides;
use crate::error::GraphError;
use crate::fields::{Field, project};
use crate::said::Content;
use crate::tokens::Token;
use crate::world::{Channel, World};
use serde_json::{Value, json};

const FIELDS: [&str; 12] = [
    "created_time",
    "from",
    "to",
    "message",
    "attachments",
    "reactions",
    "shares",
    "story",
    "is_unsupported",
    "reply_to",
    "sticker",
    "tags",
];

/// `/{message}`: refused as deleted when it is older than the 20 newest.
pub(crate) fn message(
    world: &mut World,
    call: &Call,
    _: &Token,
    thread: usize,
    index: usize,
) -> Result<Value, GraphError> {
    let fields = wanted(call, "created_time")?;
    let t = &world.threads[thread];
    if t.messages[index].is_unsent() && world.accounts[t.account].channel == Channel::Messenger {
        return Err(GraphError::missing("get", &world.mid(thread, index)));
    }
    if index < world.oldest_told(thread) || !world.is_listed(thread, index) {
        return Err(GraphError::new(9_000_001, "The message has been deleted or is no longer available."));
    }
    write(world, thread, index, &fields, false)
}

/// A message in a list: those too old keep only id and time.
pub(crate) fn in_list(
    world: &World,
    thread: usize,
    index: usize,
    fields: &[Field],
    third: bool,
) -> Result<Value, GraphError> {
    if index >= world.oldest_told(thread) {
        return write(world, thread, index, fields, third);
    }
    let id = world.mid(thread, index);
    project("Message", &id, &FIELDS, fields, |field| {
        Ok((field.name == "created_time").then(|| json!(iso(world.threads[thread].messages[index].at))))
    })
}

fn write(
    world: &World,
    thread: usize,
    index: usize,
    fields: &[Field],
    third: bool,
) -> Result<Value, GraphError> {
    let t = &world.threads[thread];
    let held = &t.messages[index];
    let channel = world.accounts[t.account].channel;
    let id = world.mid(thread, index);
    let content = world.content(thread, index);
    let media = World::media_id(thread, index);
    let (mut from, mut to) = sides(world, thread, third);
    if held.from_us {
        std::mem::swap(&mut from, &mut to);
    }
    project("Message", &id, &FIELDS, fields, |field| {
        Ok(match (field.name.as_str(), &content) {
            ("created_time", _) => Some(json!(iso(held.at))),
            ("from", _) => Some(from.clone()),
            ("to", _) => Some(json!({ "data": [to.clone()] })),
            ("message", _) => {
                let mut told = json!({});
                world.messaging_content(thread, index, &mut told);
                Some(told.get("text").cloned().unwrap_or_else(|| json!("")))
            }
            ("attachments", content) => files(world, content, &media),
            ("shares", Content::Link { title, url }) => {
                Some(json!({ "data": [{ "link": url, "name": title }] }))
            }
            ("shares", Content::Place { .. }) if channel == Channel::Messenger => Some(json!({
                "data": [{ "link": "https://www.facebook.com/l.php?u=https%3A%2F%2Fwww.bing.com%2Fmaps", "name": "Pinned location" }],
            })),
            ("story", Content::StoryMention) => {
                Some(json!({ "mention": { "id": media, "link": world.cdn("story", &media, DAY) } }))
            }
            ("reactions", _) => reactions(held, &from, &to),
            ("sticker", Content::Sticker) if channel == Channel::Messenger => {
                Some(json!(world.cdn("sticker", &media, 7 * DAY)))
            }
            ("story", Content::StoryReply(_)) => {
                Some(json!({ "reply_to": { "id": media, "link": world.cdn("story", &media, DAY) } }))
            }
            ("reply_to", _) => {
                let quoted = held.written.as_ref().and_then(|w| w.quotes.as_ref());
                quoted.map(|mid| json!({ "mid": mid, "is_self_reply": false }))
            }
            ("is_unsupported", content) => Some(json!(*content == Content::Unsupported)),
            ("tags", _) => Some(json!({ "data": [{ "name": "inbox" }] })),
            _ => None,
        })
    })
}

/// What a message carries, as lists tell it.
fn files(world: &World, content: &Content, media: &str) -> Option<Value> {
    let image = |n: Option<u8>| {
        let (kind, id) = n.map_or_else(
            || ("image".to_owned(), media.to_owned()),
            |n| (format!("image{n}"), format!("{media}{n}")),
        );
        let url = world.cdn(&kind, media, 7 * DAY);
        json!({
            "id": id, "mime_type": "image/png", "name": format!("image-{id}"),
            "image_data": { "url": url, "preview_url": url, "width": 480, "height": 360 },
        })
    };
    let data = match content {
        Content::Image => json!([image(None)]),
        Content::Images(count) => (0..(*count).max(1)).map(|n| image(Some(n))).collect(),
        Content::Video => json!([{
            "id": media, "mime_type": "video/mp4", "name": format!("video-{media}.mp4"),
            "video_data": { "url": world.cdn("video", media, 7 * DAY), "width": 320, "height": 240 },
        }]),
        Content::Upload { at, kind } => {
            let file = &world.uploads[*at];
            let url = world.cdn("upload", &file.id, 7 * DAY);
            let mut shown =
                json!({ "id": file.id, "mime_type": file.mime, "name": format!("file-{}", file.id) });
            match *kind {
                "image" => shown["image_data"] = json!({ "url": url }),
                "video" => shown["video_data"] = json!({ "url": url }),
                _ => shown["file_url"] = json!(url),
            }
            json!([shown])
        }
        Content::Audio => json!([{
            "id": media, "mime_type": "audio/wav", "name": format!("audioclip-{media}.wav"),
            "file_url": world.cdn("audio", media, 7 * DAY),
        }]),
        Content::File(name) => json!([{
            "id": media, "mime_type": "application/pdf", "name": name, "size": 612,
            "file_url": world.cdn("file", media, 7 * DAY),
        }]),
        Content::Card { title, text, button } => json!([{
            "id": media, "generic_template": {
                "title": title, "subtitle": text,
                "cta": { "title": button, "type": "web_url", "url": "https://saltwind.example/bowls" },
            },
        }]),
        _ => return None,
    };
    Some(json!({ "data": data }))
}

/// The emojis on a message with who gave them: `from` is its author.
fn reactions(held: &crate::world::Message, from: &Value, to: &Value) -> Option<Value> {
    let [theirs, ours] = &held.fate.as_ref()?.reactions;
    let (person, business) = if held.from_us { (to, from) } else { (from, to) };
    let one = |emoji: &Option<String>, who: &Value| {
        emoji.as_ref().map(|emoji| json!({ "reaction": emoji, "users": [who] }))
    };
    let all: Vec<Value> = [one(theirs, person), one(ours, business)].into_iter().flatten().collect();
    (!all.is_empty()).then(|| json!({ "data": all }))
}
