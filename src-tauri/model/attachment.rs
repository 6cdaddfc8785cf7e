//! A file or card that travels with a message.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// What a message carries besides words. The file itself is named by its content hash once kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    /// Meta's word: `image`, `video`, `audio`, `file`, `story_mention`, …; open, new ones come weekly.
    pub kind: String,
    pub name: String,
    pub mime: String,
    /// Content hash in the media store; `None` = not kept.
    pub file: Option<String>,
    /// Content hash of a small picture of it.
    pub thumbnail: Option<String>,
    pub state: FileState,
    /// Why there is no file, in words; empty = the state says it all.
    #[serde(default)]
    pub fault: String,
    /// There is no file, and Meta may still give it: it can be fetched again.
    #[serde(default)]
    pub again: bool,
    /// A page for people that shows it: only to be opened in the system's browser.
    pub link: Option<String>,
    /// When `link` stops working, in milliseconds since 1970; `None` = it does not.
    pub link_ends_at: Option<crate::Timestamp>,
    pub card: Option<Card>,
    pub bytes: Option<u64>,
    /// Pixels.
    pub size: Option<(u32, u32)>,
    /// Length of sound or film in milliseconds.
    pub length_ms: Option<u32>,
    /// Loudness from 0 to 255 in equal steps; empty = not known.
    pub waveform: Vec<u8>,
}

impl Attachment {
    /// One of which only Meta's word is known.
    #[must_use]
    pub fn of(id: AttachmentId, kind: impl Into<String>) -> Self {
        Self {
            id,
            kind: kind.into(),
            name: String::new(),
            mime: String::new(),
            file: None,
            thumbnail: None,
            state: FileState::None,
            fault: String::new(),
            again: false,
            link: None,
            link_ends_at: None,
            card: None,
            bytes: None,
            size: None,
            length_ms: None,
            waveform: Vec::new(),
        }
    }
}

/// What kind of file it is, whatever Meta calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Picture,
    Video,
    Sound,
    File,
}

impl FileKind {
    /// Every kind, in the order people are shown them.
    pub const ALL: [Self; 4] = [Self::Picture, Self::Video, Self::Sound, Self::File];

    /// The kind of an attachment that Meta calls `kind`; its type decides where the word says too little.
    #[must_use]
    pub fn of(kind: &str, mime: &str) -> Self {
        match kind {
            "image" | "sticker" => Self::Picture,
            "video" => Self::Video,
            "audio" | "voice" => Self::Sound,
            _ if mime.starts_with("image/") => Self::Picture,
            _ if mime.starts_with("video/") => Self::Video,
            _ if mime.starts_with("audio/") => Self::Sound,
            _ => Self::File,
        }
    }

    /// The word stored and sent; the same that serde writes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Sound => "sound",
            Self::File => "file",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.key() == key)
    }
}

/// A file of a conversation, for its gallery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediaItem {
    pub message: crate::MessageId,
    pub sent_at: crate::Timestamp,
    pub from_us: bool,
    pub attachment: Attachment,
}

/// A page of a gallery, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediaPage {
    pub rows: Vec<MediaItem>,
    /// Give it back as `after`; `None` = that was all.
    pub next: Option<String>,
}

/// Where the file of an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// There is none to keep: a card, or media that Meta forbids keeping (stories, graph-api b).
    #[default]
    None,
    /// Will be fetched, or is being fetched.
    Waiting,
    Kept,
    /// Meta's link had ended before it was fetched.
    Expired,
    /// It came, and was not what it said, or is not allowed.
    Refused,
    /// Larger than is kept here.
    TooLarge,
    /// Was kept, and was removed to save space.
    Evicted,
}

impl FileState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Waiting, Self::Kept, Self::Expired, Self::Refused, Self::TooLarge, Self::Evicted];

    /// The word stored and sent; the same that serde writes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting => "waiting",
            Self::Kept => "kept",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
            Self::Evicted => "evicted",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }
}

/// What an attachment says without a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "card", rename_all = "snake_case")]
pub enum Card {
    /// A place on earth, in degrees.
    Place {
        latitude: f64,
        longitude: f64,
        name: String,
        address: String,
    },
    /// Somebody's contact card.
    Person {
        name: String,
        phones: Vec<String>,
        emails: Vec<String>,
        organisation: String,
    },
    Order {
        lines: Vec<OrderLine>,
        note: String,
    },
    /// A post, reel or story somebody shared.
    Post {
        title: String,
    },
    /// A template, product or appointment: words with buttons, possibly several side by side.
    Panels {
        panels: Vec<Panel>,
    },
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    pub name: String,
    pub quantity: u32,
    /// "42.50"; empty when not told.
    pub price: String,
    /// ISO 4217.
    pub currency: String,
}

/// One panel of a template.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Panel {
    pub title: String,
    pub text: String,
    pub footer: String,
    pub buttons: Vec<PanelButton>,
}

/// A button as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelButton {
    pub title: String,
    /// Where it leads; `None` = it answers.
    pub link: Option<String>,
}
