//! A message as the Conversations API shows it, read into the same shape as a webhook's: the rest of the
//! engine knows one kind of message (graph-api b).

use super::{
    conversations::Own,
    delivery::{
        Attachment, AttachmentKind, Message, Person, Reaction, ReplyTo,
        values::{Object, id, list, object, text, time, truth},
    },
};
use crate::model::{MetaMessageId, Timestamp};
use serde_json::Value;

/// A message read back, with the reactions on it.
#[derive(Debug, Clone, PartialEq)]
pub struct PastMessage {
    pub id: MetaMessageId,
    pub created_time: Option<Timestamp>,
    pub message: Message,
    pub reactions: Vec<Reaction>,
    /// As Meta wrote it, where it is more than plain text: a later version may understand more.
    pub raw: Value,
}

/// A message of ours that stands at Meta's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentThere {
    pub id: MetaMessageId,
    pub at: Option<Timestamp>,
}

impl From<PastMessage> for SentThere {
    fn from(message: PastMessage) -> Self {
        Self { id: message.id, at: message.created_time }
    }
}

/// Reads a kept message again; whose it is was decided when it came.
#[must_use]
pub fn reread(raw: &Value) -> Option<PastMessage> {
    read(raw.as_object()?, &Own::default(), None)
}

/// A participant or sender.
pub(super) fn person(party: &Object) -> Option<Person> {
    Some(Person {
        name: text(party, "name"),
        username: text(party, "username").map(|u| u.trim_start_matches('@').to_owned()),
        ..Person::of(id(party, "id")?)
    })
}

/// Reads a message; `with` is the thread's other side, where it is known. `None` when it has no details
/// or belongs to nobody.
pub(super) fn read(m: &Object, own: &Own, with: Option<&Person>) -> Option<PastMessage> {
    let mid = MetaMessageId(id(m, "id")?);
    let from = object(m, "from")?;
    let from_us = own.is(from);
    let other = if from_us {
        let to = object(m, "to").map(|to| list(to, "data")).unwrap_or_default();
        to.iter().filter_map(Value::as_object).find(|p| !own.is(p)).and_then(person)
    } else {
        person(from)
    };
    let person = match (other, with) {
        // The thread knows more names than a message; the ids of the two can differ.
        (Some(other), Some(with)) if from_us || other.id == with.id => Person {
            name: other.name.or_else(|| with.name.clone()),
            username: other.username.or_else(|| with.username.clone()),
            ..with.clone()
        },
        (Some(other), _) => other,
        (None, with) => with?.clone(),
    };
    let (words, attachments, reply_to) =
        (text(m, "message").unwrap_or_default(), attachments(m), reply_to(m));
    // A list shows nothing at all of some kinds; nobody sends an empty message.
    let nothing =
        words.is_empty() && attachments.is_empty() && !matches!(reply_to, Some(ReplyTo::Story { .. }));
    let message = Message {
        mid: mid.clone(),
        from_us,
        text: words,
        attachments,
        reply_to,
        tap: None,
        referral: None,
        unsupported: (nothing || truth(m, "is_unsupported")).then(|| "unsupported".into()),
        errors: Vec::new(),
        app_id: None,
        metadata: None,
        group: None,
        forwarded: false,
        status: None,
        person,
    };
    let reactions = reactions(m, &mid, own);
    let raw = if message.placeholder().is_some() { Value::Object(m.clone()) } else { Value::Null };
    Some(PastMessage { id: mid, created_time: time(m, "created_time"), message, reactions, raw })
}

fn reply_to(m: &Object) -> Option<ReplyTo> {
    let story = object(m, "story").and_then(|s| object(s, "reply_to"));
    if let Some(story) = story {
        return Some(ReplyTo::Story {
            id: id(story, "id"),
            url: text(story, "link").or_else(|| text(story, "url")),
        });
    }
    let answered = object(m, "reply_to")?;
    id(answered, "mid").or_else(|| id(answered, "id")).map(|mid| ReplyTo::Message(MetaMessageId(mid)))
}

fn attachments(m: &Object) -> Vec<Attachment> {
    let of = |key| object(m, key).map(|edge| list(edge, "data")).unwrap_or_default();
    let mut all: Vec<Attachment> = of("attachments").iter().filter_map(Value::as_object).map(file).collect();
    all.extend(of("shares").iter().filter_map(Value::as_object).map(share));
    if let Some(mention) = object(m, "story").and_then(|s| object(s, "mention")) {
        all.push(Attachment {
            id: id(mention, "id"),
            url: text(mention, "link"),
            ..Attachment::of(AttachmentKind::StoryMention)
        });
    }
    let has_sticker = all.iter().any(|a| a.kind == AttachmentKind::Sticker);
    if let Some(url) = text(m, "sticker").filter(|_| !has_sticker) {
        all.push(Attachment { url: Some(url), ..Attachment::of(AttachmentKind::Sticker) });
    }
    all
}

fn file(a: &Object) -> Attachment {
    let mime = text(a, "mime_type");
    let (image, video) = (object(a, "image_data"), object(a, "video_data"));
    let card = object(a, "generic_template");
    let is = |family: &str| mime.as_deref().is_some_and(|m| m.starts_with(family));
    let kind = if text(a, "type").is_some_and(|t| t == "sticker")
        || image.is_some_and(|i| truth(i, "render_as_sticker"))
    {
        AttachmentKind::Sticker
    } else if image.is_some() || is("image/") {
        AttachmentKind::Image
    } else if video.is_some() || is("video/") {
        AttachmentKind::Video
    } else if is("audio/") {
        AttachmentKind::Audio
    } else if card.is_some() {
        AttachmentKind::Template
    } else {
        AttachmentKind::File
    };
    let url = |of: Option<&Object>| of.and_then(|o| text(o, "url"));
    Attachment {
        url: url(image)
            .or_else(|| url(video))
            .or_else(|| text(a, "file_url"))
            .or_else(|| card.and_then(|c| text(c, "media_url"))),
        id: id(a, "id"),
        title: card.and_then(|c| text(c, "title")).or_else(|| text(a, "name")),
        mime,
        raw: card.map_or(Value::Null, |c| Value::Object(c.clone())),
        ..Attachment::of(kind)
    }
}

fn share(s: &Object) -> Attachment {
    let kind = text(s, "type").map_or(AttachmentKind::Share, |t| AttachmentKind::read(&t));
    Attachment {
        url: text(s, "url").or_else(|| text(s, "link")),
        id: id(s, "id"),
        title: text(s, "name").or_else(|| text(s, "description")),
        ..Attachment::of(kind)
    }
}

fn reactions(m: &Object, mid: &MetaMessageId, own: &Own) -> Vec<Reaction> {
    let all = object(m, "reactions").map(|r| list(r, "data")).unwrap_or_default();
    all.iter()
        .filter_map(Value::as_object)
        .flat_map(|r| {
            let emoji = text(r, "reaction").or_else(|| text(r, "emoji"));
            list(r, "users").iter().filter_map(Value::as_object).filter_map(move |user| {
                Some(Reaction {
                    mid: mid.clone(),
                    from_us: own.is(user),
                    person: person(user)?,
                    emoji: emoji.clone(),
                    name: None,
                    removed: false,
                })
            })
        })
        .collect()
}
