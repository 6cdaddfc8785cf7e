//! Says what webhook bodies mean, one JSON line each: for people who wonder, and for scripts that
//! compare. Counts are taken before any account is looked up and before anything stored is known.

use super::{Delivery, Diagnostic, Item, Kind, Verb, decode};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    path::PathBuf,
};

/// A body, explained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The file it came from; absent for standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    pub object: String,
    /// How many of each kind: inbound, outbound, reaction, receipt, …
    pub counts: BTreeMap<&'static str, usize>,
    pub items: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Diagnostic>,
}

impl Kind {
    /// The name it is counted under.
    #[must_use]
    pub const fn counted_as(&self) -> &'static str {
        match self {
            Self::Message(m) if m.from_us => "outbound",
            Self::Message(_) => "inbound",
            Self::History(_) => "history",
            Self::Reaction(_) => "reaction",
            Self::Receipt(_) => "receipt",
            Self::Delete { .. } => "delete",
            Self::Edit(_) => "edit",
            Self::Postback(_) => "postback",
            Self::Referral { .. } => "referral",
            Self::Optin(_) => "optin",
            // Taken away, whatever it was.
            Self::Comment(c) if matches!(c.verb, Verb::Remove) => "delete",
            Self::Comment(_) => "comment",
            Self::Mention(_) => "mention",
            Self::Insight { .. } => "insight",
            Self::Event(_) => "event",
            Self::Duplicate { .. } => "duplicate",
            Self::Ignored { .. } => "ignored",
        }
    }
}

/// Explains one body.
#[must_use]
pub fn explain(body: &[u8]) -> Explanation {
    let Delivery { object, items, problems } = decode(body);
    let mut counts = BTreeMap::new();
    for item in &items {
        *counts.entry(item.kind.counted_as()).or_default() += 1;
    }
    Explanation { file: None, object, counts, items, problems }
}

/// Explains each of `files`, or standard input when there is none; "-" is standard input too.
///
/// # Errors
/// When a file cannot be read or the line cannot be written; those before it are explained.
pub fn run(files: &[PathBuf], to: &mut impl Write) -> io::Result<()> {
    let stdin = [PathBuf::from("-")];
    for file in if files.is_empty() { &stdin[..] } else { files } {
        let (body, name) = if file.as_os_str() == "-" {
            let mut body = Vec::new();
            io::stdin().lock().read_to_end(&mut body)?;
            (body, None)
        } else {
            let name = file.display().to_string();
            let body = std::fs::read(file).map_err(|e| io::Error::new(e.kind(), format!("{name}: {e}")))?;
            (body, Some(name))
        };
        let line = serde_json::to_string(&Explanation { file: name, ..explain(&body) })?;
        writeln!(to, "{line}")?;
    }
    Ok(())
}
