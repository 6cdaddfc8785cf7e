//! The blanks of a template: where they stand, what is filled in, and texts that hold them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a header's place is told by, in the order in which it is asked for.
pub const PLACE: [&str; 4] = ["name", "address", "latitude", "longitude"];

/// Where a blank stands. As text ("body.name"), so that it can be a key in JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Blank {
    /// The address of a header's file, where none of this computer is chosen.
    File,
    /// One of [`PLACE`].
    Place(String),
    Header(String),
    Body(String),
    /// The end of a button's address, or the code it copies; by the button's place.
    Button(usize),
}

impl From<Blank> for String {
    fn from(blank: Blank) -> Self {
        match blank {
            Blank::File => "file".into(),
            Blank::Place(part) => format!("place.{part}"),
            Blank::Header(name) => format!("header.{name}"),
            Blank::Body(name) => format!("body.{name}"),
            Blank::Button(place) => format!("button.{place}"),
        }
    }
}

impl From<String> for Blank {
    fn from(text: String) -> Self {
        match text.split_once('.') {
            Some(("header", name)) => Self::Header(name.into()),
            Some(("place", part)) => Self::Place(part.into()),
            Some(("button", place)) => Self::Button(place.parse().unwrap_or(usize::MAX)),
            Some((_, name)) => Self::Body(name.into()),
            None => Self::File,
        }
    }
}

/// What is filled in.
pub type Filled = BTreeMap<Blank, String>;

/// A place in words: its name and its address.
pub(crate) fn place(filled: &Filled) -> String {
    let part =
        |name: &str| filled.get(&Blank::Place(name.into())).map(|v| v.trim()).filter(|v| !v.is_empty());
    [part("name"), part("address")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The names in `{{name}}`, in order, each once.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    pieces(text, |piece| {
        if let Piece::Blank(name) = piece
            && !found.iter().any(|n| n == name)
        {
            found.push(name.to_owned());
        }
    });
    found
}

pub(crate) fn fill<'a>(text: &str, value: impl Fn(&str) -> Option<&'a String>) -> String {
    let mut out = String::with_capacity(text.len());
    pieces(text, |piece| match piece {
        Piece::Words(words) => out.push_str(words),
        Piece::Blank(name) => match value(name).filter(|v| !v.trim().is_empty()) {
            Some(value) => out.push_str(value.trim()),
            None => {
                out.push_str("{{");
                out.push_str(name);
                out.push_str("}}");
            }
        },
    });
    out
}

enum Piece<'a> {
    Words(&'a str),
    Blank(&'a str),
}

/// Cuts a text at its blanks; braces that are none stay words.
fn pieces<'a>(text: &'a str, mut take: impl FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let inside = &rest[start + 2..];
        let name = inside.find("}}").map(|end| inside[..end].trim());
        let is_name = |n: &&str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_');
        match name.filter(is_name) {
            Some(name) => {
                take(Piece::Words(&rest[..start]));
                take(Piece::Blank(name));
                rest = inside.split_once("}}").map_or("", |(_, rest)| rest);
            }
            None => {
                take(Piece::Words(&rest[..start + 2]));
                rest = inside;
            }
        }
    }
    take(Piece::Words(rest));
}
