//! Messages that Meta has approved beforehand: the only thing that may leave when the reply window is closed
//! (graph-api g.3, h). Filling in and previewing are pure, so that the interface shows what the engine sends.

use crate::{
    AccountId, Blank, FileKind, Filled, PLACE, TemplateId, Timestamp,
    blank::{fill, names, place},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A template of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub id: TemplateId,
    pub account: AccountId,
    pub name: String,
    /// "en_US".
    pub language: String,
    /// Meta's word: UTILITY, MARKETING, AUTHENTICATION.
    pub category: String,
    /// Meta's word: APPROVED, PENDING, REJECTED, PAUSED …
    pub status: String,
    /// Why Meta refused or paused it.
    pub reason: String,
    pub parts: TemplateParts,
    /// When it was sent last from here.
    pub used_at: Option<Timestamp>,
}

impl Template {
    /// Why it cannot be sent, in words; `None` = it can.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        match self.status.as_str() {
            "APPROVED" => {}
            "PENDING" | "IN_APPEAL" => return Some("Meta is still looking at it.".into()),
            "PAUSED" => return Some("Meta paused it for a while because of its quality.".into()),
            "REJECTED" => return Some("Meta refused it.".into()),
            _ => return Some("Meta does not allow it any more.".into()),
        }
        self.parts
            .strange
            .as_ref()
            .map(|what| format!("It has a part that cannot be sent from here: {what}."))
    }
}

/// What a template consists of, with blanks such as `{{1}}` or `{{name}}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateParts {
    pub header: Option<TemplateHeader>,
    pub body: String,
    pub footer: String,
    pub buttons: Vec<TemplateButton>,
    /// Blanks have names instead of numbers.
    pub named: bool,
    /// A part that this version cannot send, by Meta's name.
    pub strange: Option<String>,
    /// Meta's examples, by blank: shown as hints.
    pub examples: BTreeMap<Blank, String>,
}

/// What stands above the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TemplateHeader {
    Text {
        text: String,
    },
    /// A picture, video or document that is chosen when it is sent.
    File {
        file: TemplateFile,
    },
    /// A place that is named when it is sent.
    Location,
}

/// The kind of a header's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateFile {
    Image,
    Video,
    Document,
}

impl TemplateFile {
    /// The word for it, which is Meta's too.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
        }
    }

    /// With its article, for sentences.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Image => "an image",
            Self::Video => "a video",
            Self::Document => "a document",
        }
    }

    /// What a file must be to stand there.
    #[must_use]
    pub const fn kind(self) -> FileKind {
        match self {
            Self::Image => FileKind::Picture,
            Self::Video => FileKind::Video,
            Self::Document => FileKind::File,
        }
    }
}

/// A button below the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TemplateButton {
    /// Tapping it sends its words back.
    QuickReply {
        text: String,
    },
    /// Opens an address, which may end in a blank.
    Url {
        text: String,
        url: String,
    },
    Phone {
        text: String,
        number: String,
    },
    /// Copies a code that is filled in.
    CopyCode {
        text: String,
    },
    /// Messenger: tapping it sends a word that is fixed.
    Postback {
        text: String,
    },
}

impl TemplateButton {
    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::QuickReply { text }
            | Self::Url { text, .. }
            | Self::Phone { text, .. }
            | Self::CopyCode { text }
            | Self::Postback { text } => text,
        }
    }
}

/// A template as the person will see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateLook {
    pub header: String,
    pub body: String,
    pub footer: String,
    /// Words of each button and the address it opens.
    pub buttons: Vec<(String, Option<String>)>,
}

impl TemplateParts {
    /// The blanks, in reading order, each once.
    #[must_use]
    pub fn blanks(&self) -> Vec<Blank> {
        let mut blanks = Vec::new();
        let mut add = |blank: Blank| {
            if !blanks.contains(&blank) {
                blanks.push(blank);
            }
        };
        match &self.header {
            Some(TemplateHeader::Text { text }) => {
                names(text).into_iter().for_each(|n| add(Blank::Header(n)))
            }
            Some(TemplateHeader::File { .. }) => add(Blank::File),
            Some(TemplateHeader::Location) => PLACE.iter().for_each(|part| add(Blank::Place((*part).into()))),
            None => {}
        }
        names(&self.body).into_iter().for_each(|n| add(Blank::Body(n)));
        for (place, button) in self.buttons.iter().enumerate() {
            match button {
                TemplateButton::Url { url, .. } if !names(url).is_empty() => add(Blank::Button(place)),
                TemplateButton::CopyCode { .. } => add(Blank::Button(place)),
                _ => {}
            }
        }
        blanks
    }

    /// How it looks filled in; a blank without words stays as it is written.
    #[must_use]
    pub fn look(&self, filled: &Filled) -> TemplateLook {
        TemplateLook {
            header: match &self.header {
                Some(TemplateHeader::Text { text }) => fill(text, |n| filled.get(&Blank::Header(n.into()))),
                Some(TemplateHeader::Location) => place(filled),
                _ => String::new(),
            },
            body: fill(&self.body, |n| filled.get(&Blank::Body(n.into()))),
            footer: self.footer.clone(),
            buttons: (self.buttons.iter().enumerate())
                .map(|(place, button)| {
                    let address = match button {
                        TemplateButton::Url { url, .. } => {
                            Some(fill(url, |_| filled.get(&Blank::Button(place))))
                        }
                        TemplateButton::Phone { number, .. } => Some(number.clone()),
                        _ => None,
                    };
                    (button.text().to_owned(), address)
                })
                .collect(),
        }
    }

    /// What is wrong with what is filled in, in words; `None` = it may leave (graph-api g.3, k.4 132000 to 132012).
    /// `has_file` = a file of this computer was chosen for the header.
    #[must_use]
    pub fn complaint(&self, filled: &Filled, has_file: bool) -> Option<String> {
        for blank in self.blanks() {
            if blank == Blank::File && has_file {
                continue;
            }
            let value = filled.get(&blank).map_or("", |v| v.trim());
            if value.is_empty() {
                return Some(match blank {
                    Blank::File => "The header needs a file: choose one, or give the address of one.".into(),
                    Blank::Place(part) => format!("The place in the header needs its {part}."),
                    Blank::Header(name) => format!("Fill in {{{{{name}}}}} of the header."),
                    Blank::Body(name) => format!("Fill in {{{{{name}}}}}."),
                    Blank::Button(place) => {
                        let words = self.buttons.get(place).map_or("", |b| b.text());
                        format!("Fill in what the button \"{words}\" needs.")
                    }
                });
            }
            if blank == Blank::File && !value.starts_with("https://") {
                return Some("The address of the header's file begins with https://.".into());
            }
            if let Blank::Place(part) = &blank
                && let Some(most) = [("latitude", 90.0), ("longitude", 180.0)]
                    .iter()
                    .find_map(|(name, most)| (name == part).then_some(*most))
                && !value.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most)
            {
                return Some(format!(
                    "The {part} is a number of degrees from -{most} to {most}, such as 35.9."
                ));
            }
            if matches!(blank, Blank::Body(_) | Blank::Header(_))
                && (value.contains(['\n', '\t']) || value.contains("     "))
            {
                return Some("Meta takes no line breaks, tabs or runs of spaces in a blank.".into());
            }
            if matches!(self.button_of(&blank), Some(TemplateButton::CopyCode { .. }))
                && value.chars().count() > 15
            {
                return Some("A code to copy has at most 15 characters.".into());
            }
        }
        let look = self.look(filled);
        let (body, header) = (look.body.chars().count(), look.header.chars().count());
        if body > 1024 {
            return Some(format!("Filled in, the text has {body} characters; Meta takes 1024."));
        }
        let is_text = matches!(self.header, Some(TemplateHeader::Text { .. }));
        (is_text && header > 60)
            .then(|| format!("Filled in, the header has {header} characters; Meta takes 60."))
    }

    fn button_of(&self, blank: &Blank) -> Option<&TemplateButton> {
        match blank {
            Blank::Button(place) => self.buttons.get(*place),
            _ => None,
        }
    }
}

impl TemplateLook {
    /// Its words in one piece, as the bubble keeps them.
    #[must_use]
    pub fn words(&self) -> String {
        let parts = [&self.header, &self.body, &self.footer];
        parts.into_iter().filter(|p| !p.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n\n")
    }
}

/// The templates of an account, as far as they are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateList {
    /// Last used first, then by name.
    pub rows: Vec<Template>,
    /// When Meta was asked last.
    pub synced_at: Option<Timestamp>,
    /// This channel and login has such a thing at all.
    pub possible: bool,
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
