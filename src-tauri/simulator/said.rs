//! What is said in the world, by people and by the shop's phone, and saying it again to a webhook.

use crate::random::Chance;
use crate::world::{World, Written};
use serde::Serialize;
use std::time::Duration;

/// What a message says (graph-api d.3 to d.5). A channel that has no such thing sends what is nearest to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    Image,
    /// So many photos at once.
    Images(u8),
    /// A photo with words under it; only WhatsApp puts both in one message.
    Captioned(String),
    Video,
    Audio,
    /// A document of this name.
    File(String),
    /// A sticker; on Instagram the heart.
    Sticker,
    /// An answer to a story of ours.
    StoryReply(String),
    /// They named us in a story of theirs.
    StoryMention,
    /// Somebody's story, passed on.
    SharedStory,
    /// A shared post with its caption.
    Post(String),
    /// A shared reel with its caption.
    Reel(String),
    Link {
        title: String,
        url: String,
    },
    /// One panel with a button.
    Card {
        title: String,
        text: String,
        button: String,
    },
    Place {
        name: String,
        address: String,
    },
    Contact {
        name: String,
        phone: String,
    },
    /// Two things from the catalogue, with these words.
    Order(String),
    Tap {
        form: Tap,
        title: String,
    },
    /// A form that was filled in: names and answers.
    Form(Vec<(String, String)>),
    /// A photo that can be seen once: Meta only names it.
    Ephemeral,
    /// Something the API only names.
    Unsupported,
    /// WhatsApp says that it was a poll.
    Poll,
    /// A file that the business brought before.
    Upload {
        at: usize,
        kind: &'static str,
    },
}

/// What was tapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tap {
    /// A quick reply; on WhatsApp the button of a template.
    QuickReply,
    /// A button of a card, told as a postback; on WhatsApp a reply button.
    Button,
    /// A row of a list; only WhatsApp has them.
    Row,
}

impl Content {
    /// The word for it, as the truth tells.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image => "image",
            Self::Images(_) => "images",
            Self::Captioned(_) => "captioned",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File(_) => "file",
            Self::Sticker => "sticker",
            Self::StoryReply(_) => "story_reply",
            Self::StoryMention => "story_mention",
            Self::SharedStory => "shared_story",
            Self::Post(_) => "post",
            Self::Reel(_) => "reel",
            Self::Link { .. } => "link",
            Self::Card { .. } => "card",
            Self::Place { .. } => "place",
            Self::Contact { .. } => "contact",
            Self::Order(_) => "order",
            Self::Tap { form: Tap::QuickReply, .. } => "quick_reply",
            Self::Tap { form: Tap::Button, .. } => "button",
            Self::Tap { form: Tap::Row, .. } => "row",
            Self::Form(_) => "form",
            Self::Ephemeral => "ephemeral",
            Self::Unsupported => "unsupported",
            Self::Poll => "poll",
            Self::Upload { kind, .. } => kind,
        }
    }

    /// The words in it, possibly none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::StoryReply(text) | Self::Captioned(text) | Self::Order(text) => text,
            Self::Tap { title, .. } => title,
            _ => "",
        }
    }

    /// Whether lists and single reads show it: what others published comes by webhook alone (graph-api b).
    #[must_use]
    pub const fn is_listed(&self) -> bool {
        !matches!(self, Self::SharedStory | Self::Post(_) | Self::Reel(_) | Self::Ephemeral | Self::Poll)
    }

    /// The content of this word, with `text` for what it says; `None` for no word of ours.
    #[must_use]
    pub fn of(kind: &str, text: &str) -> Option<Self> {
        let or = |other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        Some(match kind {
            "text" => Self::Text(text.to_owned()),
            "image" => Self::Image,
            "images" => Self::Images(text.parse().unwrap_or(3)),
            "captioned" => Self::Captioned(or("This one")),
            "video" => Self::Video,
            "audio" => Self::Audio,
            "file" => Self::File(or("Invoice 2031.pdf")),
            "sticker" => Self::Sticker,
            "story_reply" => Self::StoryReply(or("❤️")),
            "story_mention" => Self::StoryMention,
            "shared_story" => Self::SharedStory,
            "post" => Self::Post(or("New glazes, fired this morning")),
            "reel" => Self::Reel(or("How we throw a bowl")),
            "link" => {
                Self::Link { title: or("Saltwind Studio"), url: "https://saltwind.example/bowls".into() }
            }
            "card" => {
                Self::Card { title: or("Sea bowl"), text: "Stoneware, 18 cm".into(), button: "See it".into() }
            }
            "place" => Self::Place { name: or("Harbour Café"), address: "4 Quay Street".into() },
            "contact" => Self::Contact { name: or("Noor Haddad"), phone: "+1 555 0100 422".into() },
            "order" => Self::Order(or("Could you wrap them?")),
            "quick_reply" => Self::Tap { form: Tap::QuickReply, title: or("Yes, please") },
            "button" => Self::Tap { form: Tap::Button, title: or("Show me") },
            "row" => Self::Tap { form: Tap::Row, title: or("Large, 24 cm") },
            "form" => Self::Form(vec![("size".into(), or("Large")), ("pick_up_day".into(), "Friday".into())]),
            "ephemeral" => Self::Ephemeral,
            "unsupported" => Self::Unsupported,
            "poll" => Self::Poll,
            _ => return None,
        })
    }
}

/// Where somebody came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referral {
    /// An ad with its title and words.
    Ad { title: String, text: String },
    /// A link into the thread, with what its maker wrote into it.
    Link(String),
    /// A shop page's product.
    Product(String),
}

/// What goes along with something said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Along {
    /// The business says it, from its phone.
    pub from_us: bool,
    /// The message it answers.
    pub quotes: Option<String>,
    pub referral: Option<Referral>,
    pub forwarded: bool,
    /// WhatsApp: the thread's person is a group, and this number wrote.
    pub author: Option<String>,
    /// Another app owns the thread.
    pub standby: bool,
    /// WhatsApp: the number is withheld, only the business-scoped id is told.
    pub without_phone: bool,
    /// It was said so many milliseconds ago.
    pub ago_ms: i64,
    /// The webhook is not told.
    pub silent: bool,
}

/// What became of something said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    pub mid: String,
    pub person: String,
    /// The thread's id; on WhatsApp the person's number.
    pub thread: String,
}

impl World {
    /// Somebody says something and the webhook hears of it.
    pub fn spoken(&mut self, account: usize, person: Option<&str>, content: Content, from_us: bool) -> Said {
        self.spoken_along(account, person, content, Along { from_us, ..Along::default() })
    }

    /// The same with what goes along.
    pub fn spoken_along(
        &mut self,
        account: usize,
        person: Option<&str>,
        content: Content,
        along: Along,
    ) -> Said {
        let thread = self.meet(account, person);
        let (silent, from_us) = (along.silent, along.from_us);
        let written = Written { quotes: along.quotes.clone(), along, ..Written::by_phone(content) };
        let index = self.hold(thread, from_us, written);
        if !silent {
            self.announce(thread, index, Duration::ZERO);
        }
        Said {
            mid: self.mid(thread, index),
            person: self.threads[thread].person.clone(),
            thread: self.thread_id(thread),
        }
    }

    /// Delivers by webhook what is held for an account.
    pub fn replay(&mut self, account: usize, shuffled: Option<u64>) {
        for (thread, index) in order(self, account, shuffled) {
            self.announce(thread, index, Duration::ZERO);
        }
    }
}

/// Every message of an account that was not taken back: by time, or shuffled.
pub(crate) fn order(world: &World, account: usize, shuffled: Option<u64>) -> Vec<(usize, usize)> {
    let threads = world.threads.iter().enumerate().filter(|(_, t)| t.account == account);
    let mut all: Vec<(i64, usize, usize)> = threads
        .flat_map(|(thread, t)| {
            let kept = t.messages.iter().enumerate().filter(|(_, m)| !m.is_unsent());
            kept.map(move |(index, m)| (m.at, thread, index))
        })
        .collect();
    match shuffled {
        Some(seed) => Chance::new(seed).shuffle(&mut all),
        None => all.sort_unstable(),
    }
    all.into_iter().map(|(_, thread, index)| (thread, index)).collect()
}
