//! What a message is made of: which of its attachments are pictures, sounds, cards. Pure.

use crate::pages::inbox::text;
use heliograph_model::{Attachment, Card, Content, FileState, Message, MessageId, Timestamp};

/// A piece of a bubble.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// One picture large, several as a grid.
    Pictures(Vec<Attachment>),
    Film(Attachment),
    Sound(Attachment),
    Sticker(Attachment),
    Heart,
    File(Attachment),
    Card(Card),
    /// Something published that is only linked: a post, a reel, a story.
    Link(Attachment),
}

/// How the bubble around it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Words with a ground.
    Plain,
    /// A few emoji, large.
    Emoji,
    /// No bubble at all: a sticker, a heart.
    Bare,
    /// Pictures or a film to the very edge.
    Flush,
    /// Panels that need the width.
    Wide,
}

/// The pieces of a message in order; pictures that follow each other stand together.
#[must_use]
pub fn parts(attachments: &[Attachment], words: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for a in attachments {
        match part(a, words) {
            Some(Part::Pictures(mut one)) => match parts.last_mut() {
                Some(Part::Pictures(all)) => all.append(&mut one),
                _ => parts.push(Part::Pictures(one)),
            },
            Some(other) => parts.push(other),
            None => {}
        }
    }
    parts
}

/// `None` for what only has a name.
fn part(a: &Attachment, words: &str) -> Option<Part> {
    match (&a.card, a.kind.as_str()) {
        (Some(Card::Post { title }), kind) => {
            // The preview of a link that stands in the words, with nothing more to say.
            let said = kind == "fallback" && title.is_empty() && !words.is_empty();
            return (!said && (a.link.is_some() || !title.is_empty())).then(|| Part::Link(a.clone()));
        }
        (None, "story_mention") => return Some(Part::Link(a.clone())),
        (Some(card), _) => return Some(Part::Card(card.clone())),
        (None, "like_heart") => return Some(Part::Heart),
        _ => {}
    }
    if a.state == FileState::None && a.file.is_none() {
        return None;
    }
    if a.kind == "sticker" {
        return Some(Part::Sticker(a.clone()));
    }
    let kept = a.file.is_some() && !a.mime.is_empty();
    let top = if kept { a.mime.split('/').next().unwrap_or_default() } else { a.kind.as_str() };
    Some(match top {
        // A document stays a file, whatever is in it: its name is what counts.
        _ if matches!(a.kind.as_str(), "file" | "document") => Part::File(a.clone()),
        "image" if kept && !is_shown(&a.mime) => Part::File(a.clone()),
        "image" => Part::Pictures(vec![a.clone()]),
        "video" => Part::Film(a.clone()),
        "audio" | "voice" => Part::Sound(a.clone()),
        _ => Part::File(a.clone()),
    })
}

/// Whether browsers draw pictures of this type.
fn is_shown(mime: &str) -> bool {
    matches!(
        mime,
        "image/jpeg" | "image/png" | "image/gif" | "image/webp" | "image/avif" | "image/bmp" | "image/jpg"
    )
}

/// How the bubble of a message looks.
#[must_use]
pub fn look_of(m: &Message) -> Look {
    let words = m.content.text();
    let bare = m.quote.is_none() && m.detail.referral.is_none() && !m.detail.forwarded;
    if !m.content.is_said() || m.content == Content::Unsent {
        return Look::Plain;
    }
    if m.attachments.is_empty() {
        let emoji = bare && matches!(m.content, Content::Text { .. }) && text::only_emoji(words);
        return if emoji { Look::Emoji } else { Look::Plain };
    }
    let parts = parts(&m.attachments, words);
    if bare && words.is_empty() && !parts.is_empty() && parts.iter().all(is_bare) {
        return Look::Bare;
    }
    match parts.first() {
        Some(first @ (Part::Pictures(_) | Part::Film(_))) if parts.len() == 1 && fills(first) => Look::Flush,
        _ if parts.iter().any(|p| matches!(p, Part::Card(Card::Panels { panels }) if panels.len() > 1)) => {
            Look::Wide
        }
        _ => Look::Plain,
    }
}

/// Whether there is something to see, or will be.
fn fills(part: &Part) -> bool {
    let here = |a: &Attachment| a.file.is_some() || a.state == FileState::Waiting;
    match part {
        Part::Pictures(all) => all.len() > 1 || all.iter().all(here),
        Part::Film(a) => here(a),
        _ => false,
    }
}

fn is_bare(part: &Part) -> bool {
    match part {
        Part::Heart => true,
        Part::Sticker(a) => a.file.is_some() || a.state == FileState::Waiting,
        _ => false,
    }
}

/// What people call an attachment, by Meta's word for it.
#[must_use]
pub fn name_of(a: &Attachment) -> &'static str {
    match a.kind.as_str() {
        "image" => "Photo",
        "video" => "Video",
        "voice" => "Voice message",
        "audio" => "Audio",
        "sticker" => "Sticker",
        "reel" | "ig_reel" => "Shared reel",
        "story" | "ig_story" => "Shared story",
        "story_mention" => "Mentioned you in a story",
        "fallback" => "Link",
        "share" | "post" | "ig_post" => "Shared post",
        _ => "File",
    }
}

/// A picture that the viewer can show.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    pub message: MessageId,
    /// Content hash.
    pub file: String,
    pub name: String,
    pub mime: String,
    pub from_us: bool,
    pub sent_at: Timestamp,
}

/// The kept pictures of some messages, in their order.
#[must_use]
pub fn shots(messages: &[Message]) -> Vec<Shot> {
    let mut shots = Vec::new();
    for m in messages {
        for part in parts(&m.attachments, m.content.text()) {
            let Part::Pictures(pictures) = part else { continue };
            shots.extend(pictures.into_iter().filter_map(|a| {
                Some(Shot {
                    message: m.id,
                    file: a.file?,
                    name: a.name,
                    mime: a.mime,
                    from_us: m.direction == heliograph_model::Direction::Outbound,
                    sent_at: m.sent_at,
                })
            }));
        }
    }
    shots
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::AttachmentId;

    fn kept(kind: &str, mime: &str) -> Attachment {
        Attachment {
            file: Some("0".repeat(64)),
            mime: mime.into(),
            state: FileState::Kept,
            ..Attachment::of(AttachmentId(1), kind)
        }
    }

    fn shape(attachments: &[Attachment]) -> Vec<&'static str> {
        parts(attachments, "")
            .iter()
            .map(|p| match p {
                Part::Pictures(p) if p.len() > 1 => "pictures",
                Part::Pictures(_) => "picture",
                Part::Film(_) => "film",
                Part::Sound(_) => "sound",
                Part::Sticker(_) => "sticker",
                Part::Heart => "heart",
                Part::File(_) => "file",
                Part::Card(_) => "card",
                Part::Link(_) => "link",
            })
            .collect()
    }

    #[test]
    fn what_came_decides_and_not_what_it_was_called() {
        assert_eq!(shape(&[kept("image", "image/jpeg")]), ["picture"]);
        assert_eq!(shape(&[kept("image", "video/mp4")]), ["film"]);
        assert_eq!(shape(&[kept("image", "image/heic")]), ["file"], "no browser draws it");
        assert_eq!(shape(&[kept("image", "image/svg+xml")]), ["file"], "it is never drawn");
        assert_eq!(shape(&[kept("media", "audio/ogg")]), ["sound"]);
        assert_eq!(shape(&[kept("document", "image/png")]), ["file"]);
    }

    #[test]
    fn pictures_that_follow_each_other_stand_together() {
        let p = || kept("image", "image/png");
        assert_eq!(shape(&[p(), p(), kept("video", "video/mp4"), p()]), ["pictures", "film", "picture"]);
    }

    #[test]
    fn what_is_still_to_come_has_its_place_by_its_name() {
        let waits = |kind| Attachment { state: FileState::Waiting, ..Attachment::of(AttachmentId(1), kind) };
        assert_eq!(shape(&[waits("voice"), waits("image"), waits("video")]), ["sound", "picture", "film"]);
        assert_eq!(shape(&[Attachment::of(AttachmentId(1), "ephemeral")]), Vec::<&str>::new());
    }

    #[test]
    fn a_preview_of_a_link_in_the_words_is_not_said_twice() {
        let preview = |title: &str| Attachment {
            card: Some(Card::Post { title: title.into() }),
            link: Some("https://a.example/".into()),
            ..Attachment::of(AttachmentId(1), "fallback")
        };
        assert!(parts(&[preview("")], "https://a.example/").is_empty());
        assert_eq!(parts(&[preview("A page")], "https://a.example/").len(), 1);
    }
}
