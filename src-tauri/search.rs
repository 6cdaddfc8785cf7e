//! What people type into the search box, understood: words, "phrases", -words, and operators. What is not
//! understood is said and looked for as words; nothing typed is an error.

mod date;

use crate::{
    model::{Account, Channel, Timestamp},
    store::{
        search::{Sender, Term, Wanted},
        words::index_text,
    },
};
use jiff::tz::TimeZone;

/// Characters that are read; nobody types more.
const LONGEST: usize = 400;
/// Terms that are looked for.
const TERMS: usize = 16;

/// A search box, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    pub wanted: Wanted,
    /// Look for people too: only words were typed.
    pub people: bool,
    /// How it was understood, piece by piece, for people.
    pub understood: Vec<String>,
    /// What was not understood, in sentences.
    pub warnings: Vec<String>,
}

/// A piece of what was typed.
struct Piece<'a> {
    minus: bool,
    /// Before the colon, in lower case.
    operator: Option<String>,
    value: &'a str,
    quoted: bool,
}

/// Reads the search box. Dates are days of `zone`, counted from `now`; `accounts` are what `in:` may name.
#[must_use]
pub fn understand(text: &str, now: Timestamp, zone: &TimeZone, accounts: &[Account]) -> Asked {
    let cut = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let text = &text[..cut];
    // The last word may be half typed.
    let typing = !text.ends_with(char::is_whitespace);
    let pieces = pieces(text);
    let last = pieces.len().saturating_sub(1);
    let mut asked = Asked::default();
    let mut narrowed = false;
    for (n, piece) in pieces.iter().enumerate() {
        let open = typing && n == last && !piece.quoted;
        match piece.operator.as_deref() {
            None => asked.word(piece.value, piece.minus, open),
            Some(name) if piece.minus => {
                asked.warnings.push(format!("“-{name}:” cannot be left out; only words can."));
            }
            Some(name) => {
                narrowed |= name != "in";
                asked.operator(name, piece.value, open, now, zone, accounts);
            }
        }
    }
    asked.people = !narrowed && !asked.wanted.all.is_empty();
    asked
}

/// Cuts at spaces outside quotation marks.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (minus, body) = match rest.strip_prefix('-') {
            Some(body) if !body.starts_with(|c: char| c.is_whitespace() || c == '-') && !body.is_empty() => {
                (true, body)
            }
            _ => (false, rest),
        };
        let name =
            body.split_once(':').filter(|(name, value)| is_operator(name, value)).map(|(name, _)| name);
        let body = name.map_or(body, |name| &body[name.len() + 1..]);
        let (value, quoted, after) = match body.strip_prefix(['"', '“', '”', '„']) {
            Some(inner) => match inner.find(['"', '“', '”']) {
                Some(end) => {
                    let mark = inner[end..].chars().next().map_or(0, char::len_utf8);
                    (&inner[..end], true, &inner[end + mark..])
                }
                // Not closed yet: still being typed.
                None => (inner, false, ""),
            },
            None => {
                let end = body.find(char::is_whitespace).unwrap_or(body.len());
                (&body[..end], false, &body[end..])
            }
        };
        pieces.push(Piece { minus, operator: name.map(str::to_lowercase), value, quoted });
        rest = after.trim_start();
    }
    pieces
}

/// "from:anna" is an operator; "https://…", "10:30" and "note:" are words.
fn is_operator(name: &str, value: &str) -> bool {
    (2..=12).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphabetic())
        && !value.is_empty()
        && !value.starts_with(|c: char| c.is_whitespace() || c == '/')
}

impl Asked {
    fn word(&mut self, value: &str, minus: bool, open: bool) {
        let Some(term) = Term::new(value, open && !minus) else {
            return;
        };
        if self.wanted.all.len() + self.wanted.none.len() >= TERMS {
            return;
        }
        if minus {
            self.understood.push(format!("without “{value}”"));
            self.wanted.none.push(term);
        } else {
            self.understood.push(format!("“{value}”"));
            self.wanted.all.push(term);
        }
    }

    fn operator(
        &mut self,
        name: &str,
        value: &str,
        open: bool,
        now: Timestamp,
        zone: &TimeZone,
        accounts: &[Account],
    ) {
        match name {
            "from" => self.from(value),
            "in" => self.within(value, accounts),
            "has" => self.has(value),
            "before" | "until" | "after" | "since" | "on" => match date::days(value, now, zone) {
                Some((first, end)) => self.dates(name, value, first, end),
                None => self.warnings.push(format!(
                    "“{name}:{value}” needs a day, like 2026-11-20, 2026-11, yesterday or 7d."
                )),
            },
            _ => {
                self.warnings.push(format!(
                    "“{name}:” is not known here and was looked for as a word. Known are from: in: has: before: after: on:"
                ));
                self.word(&format!("{name}:{value}"), false, open);
            }
        }
    }

    fn from(&mut self, value: &str) {
        if ["me", "us", "you"].contains(&value.to_lowercase().as_str()) {
            self.wanted.from = Some(Sender::Us);
            self.understood.push("from us".into());
            return;
        }
        let terms: Vec<Term> = value
            .trim_start_matches('@')
            .split_whitespace()
            .filter_map(|word| Term::new(word, true))
            .collect();
        if terms.is_empty() {
            self.warnings.push(format!("“from:{value}” needs a name, a handle or a number."));
            return;
        }
        self.understood.push(format!("from {value}"));
        match &mut self.wanted.from {
            Some(Sender::People(known)) => known.extend(terms),
            other => *other = Some(Sender::People(terms)),
        }
    }

    fn within(&mut self, value: &str, accounts: &[Account]) {
        let asked = index_text(value);
        let channel = match asked.as_str() {
            "instagram" | "insta" | "ig" => Some(Channel::Instagram),
            "messenger" | "facebook" | "fb" => Some(Channel::Messenger),
            "whatsapp" | "wa" => Some(Channel::WhatsApp),
            _ => None,
        };
        let found: Vec<&Account> = match channel {
            Some(channel) => accounts.iter().filter(|a| a.channel == channel).collect(),
            None => accounts.iter().filter(|a| names(a, &asked)).collect(),
        };
        if found.is_empty() {
            self.warnings.push(match channel {
                Some(channel) => format!("No {} account is connected.", channel.name()),
                None => format!("“in:{value}” is neither a channel nor one of your accounts."),
            });
            return;
        }
        self.understood.push(match channel {
            Some(channel) => format!("in {}", channel.name()),
            None => format!("in {}", found.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")),
        });
        self.wanted.accounts.extend(found.into_iter().map(|a| a.id));
        self.wanted.accounts.sort_unstable();
        self.wanted.accounts.dedup();
    }

    fn has(&mut self, value: &str) {
        let kinds: &[&str] = match value.to_lowercase().as_str() {
            "link" | "links" | "url" => &["link"],
            "attachment" | "attachments" | "media" => &["attachment"],
            "photo" | "photos" | "image" | "picture" | "pic" => &["image", "ephemeral_image"],
            "video" | "videos" => &["video"],
            "audio" | "voice" => &["audio", "voice"],
            "file" | "document" | "doc" | "pdf" => &["file", "document"],
            "sticker" => &["sticker", "like_sticker"],
            "location" => &["location"],
            "contact" => &["contacts"],
            "story" => &["story_mention", "story_reply", "story"],
            "reel" => &["reel", "ig_reel"],
            "post" => &["share", "post", "ig_post"],
            _ => {
                self.warnings.push(format!(
                    "“has:{value}” is not known. Known are photo, video, audio, file, link, sticker, location, contact, story, reel, post, attachment."
                ));
                return;
            }
        };
        self.understood.push(format!("with {}", value.to_lowercase()));
        self.wanted.kinds.push(kinds.iter().map(|kind| (*kind).to_owned()).collect());
    }

    fn dates(&mut self, name: &str, value: &str, first: Timestamp, end: Timestamp) {
        let wanted = &mut self.wanted;
        if matches!(name, "after" | "since" | "on") {
            wanted.since = Some(wanted.since.map_or(first, |t| t.max(first)));
        }
        if matches!(name, "before" | "until") {
            wanted.before = Some(wanted.before.map_or(first, |t| t.min(first)));
        }
        if name == "on" {
            wanted.before = Some(wanted.before.map_or(end, |t| t.min(end)));
        }
        self.understood.push(format!("{name} {value}"));
    }
}

/// Whether every word asked for begins a word of the account's name, handle or id.
fn names(account: &Account, asked: &str) -> bool {
    let own = index_text(&format!("{} {} {}", account.name, account.handle, account.meta_id));
    !asked.is_empty() && asked.split(' ').all(|word| own.split(' ').any(|part| part.starts_with(word)))
}

#[cfg(test)]
mod tests;
