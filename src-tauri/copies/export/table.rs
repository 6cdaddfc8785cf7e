//! Tables of an export. What a spreadsheet would take for a formula is kept from being one.

use crate::{
    model::{Colleague, Content, Conversation, Direction, Label, Message, Origin, Quote, Timestamp},
    store::export::PersonLine,
};
use std::borrow::Cow;

pub const PEOPLE: &[&str] =
    &["id", "account", "channel", "name", "handle", "phone", "meta_id", "bsuid", "first_seen_at", "blocked"];
pub const CONVERSATIONS: &[&str] = &[
    "id",
    "account",
    "channel",
    "person",
    "name",
    "handle",
    "state",
    "assignee",
    "labels",
    "last_at",
    "unread",
    "waiting_since",
    "draft",
    "pinned",
    "blocked",
];
pub const MESSAGES: &[&str] = &[
    "id",
    "conversation",
    "account",
    "channel",
    "name",
    "sent_at",
    "direction",
    "origin",
    "status",
    "kind",
    "text",
    "answers",
    "reactions",
    "files",
    "meta_id",
];
pub const NOTES: &[&str] = &["id", "conversation", "name", "written_at", "author", "text"];
pub const LABELS: &[&str] = &["id", "name", "colour", "conversations"];

/// A table being written.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// A table with these columns; the mark at its beginning lets spreadsheets know that it is UTF-8.
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self(writer(b"\xef\xbb\xbf".to_vec()));
        table.row(columns.iter().map(|column| Cow::Borrowed(*column)));
        table
    }

    /// More rows of a table that was begun before.
    pub fn plain() -> Self {
        Self(writer(Vec::new()))
    }

    /// What was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.0, writer(Vec::new())).into_inner().unwrap_or_default()
    }

    fn row<'a>(&mut self, cells: impl Iterator<Item = Cow<'a, str>>) {
        // Memory refuses nothing.
        let _ = self.0.write_record(cells.map(|cell| tame(&cell).into_owned()));
    }

    pub fn person(&mut self, p: &PersonLine) {
        let optional = |text: &Option<String>| Cow::Owned(text.clone().unwrap_or_default());
        self.row(
            [
                number(p.id.0),
                number(p.account.0),
                p.channel.key().into(),
                p.name.as_str().into(),
                p.handle.as_str().into(),
                optional(&p.phone),
                optional(&p.meta_id),
                optional(&p.bsuid),
                time(p.first_seen_at),
                yes(p.blocked),
            ]
            .into_iter(),
        );
    }

    pub fn conversation(&mut self, c: &Conversation, labels: &[Label], colleagues: &[Colleague]) {
        let names: Vec<&str> =
            labels.iter().filter(|label| c.labels.contains(&label.id)).map(|l| l.name.as_str()).collect();
        let assignee = colleagues.iter().find(|one| Some(one.id) == c.assignee);
        self.row(
            [
                number(c.id.0),
                number(c.account.0),
                c.channel.key().into(),
                number(c.contact.id.0),
                c.contact.name.as_str().into(),
                c.contact.handle.as_str().into(),
                c.state.key().into(),
                assignee.map_or("", |one| one.name.as_str()).into(),
                names.join(", ").into(),
                time(c.last_at),
                c.unread.to_string().into(),
                c.waiting_since.map_or(Cow::Borrowed(""), time),
                c.draft.as_str().into(),
                yes(c.pinned),
                yes(c.blocked),
            ]
            .into_iter(),
        );
    }

    pub fn message(&mut self, of: &Conversation, m: &Message) {
        let reactions: Vec<&str> = m.reactions.iter().map(|r| r.emoji.as_str()).collect();
        let files: Vec<String> = m
            .attachments
            .iter()
            .map(|a| match (&a.file, a.name.as_str()) {
                (Some(hash), "") => hash.clone(),
                (Some(hash), name) => format!("{name} ({hash})"),
                (None, "") => a.kind.clone(),
                (None, name) => name.to_owned(),
            })
            .collect();
        let (kind, text) = said(&m.content);
        self.row(
            [
                number(m.id.0),
                number(m.conversation.0),
                number(of.account.0),
                of.channel.key().into(),
                of.contact.name.as_str().into(),
                time(m.sent_at),
                if m.direction == Direction::Inbound { "inbound" } else { "outbound" }.into(),
                match m.origin {
                    Origin::Person => "person",
                    Origin::Heliograph => "heliograph",
                    Origin::Elsewhere => "elsewhere",
                }
                .into(),
                m.status.key().into(),
                kind,
                text,
                match &m.quote {
                    Some(Quote::Message { text, .. }) => text.as_str().into(),
                    Some(Quote::Story { .. }) => "story".into(),
                    None => "".into(),
                },
                reactions.join(" ").into(),
                files.join("; ").into(),
                m.meta_id.as_ref().map_or("", |id| id.as_str()).into(),
            ]
            .into_iter(),
        );
    }

    pub fn note(&mut self, of: &Conversation, m: &Message) {
        let Content::Note { text, author } = &m.content else { return };
        self.row(
            [
                number(m.id.0),
                number(m.conversation.0),
                of.contact.name.as_str().into(),
                time(m.sent_at),
                author.as_str().into(),
                text.as_str().into(),
            ]
            .into_iter(),
        );
    }

    pub fn label(&mut self, label: &Label) {
        self.row(
            [
                number(label.id.0),
                label.name.as_str().into(),
                label.colour.key().into(),
                label.conversations.to_string().into(),
            ]
            .into_iter(),
        );
    }
}

fn writer(begun: Vec<u8>) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(begun)
}

fn said(content: &Content) -> (Cow<'_, str>, Cow<'_, str>) {
    match content {
        Content::Text { text } => ("text".into(), text.as_str().into()),
        Content::Placeholder { what, text } => (what.as_str().into(), text.as_str().into()),
        Content::Unsent => ("unsent".into(), "".into()),
        Content::Note { text, .. } => ("note".into(), text.as_str().into()),
        // Its own shape, as in the JSON.
        Content::Activity { activity } => {
            ("activity".into(), serde_json::to_string(activity).unwrap_or_default().into())
        }
    }
}

fn number(id: i64) -> Cow<'static, str> {
    id.to_string().into()
}

fn yes(is: bool) -> Cow<'static, str> {
    if is { "yes" } else { "no" }.into()
}

/// "2026-11-25T20:34:05Z".
fn time(at: Timestamp) -> Cow<'static, str> {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()
}

/// A cell that begins like a formula begins with an apostrophe instead (OWASP, CSV injection), after white space too:
/// spreadsheets skip that.
fn tame(cell: &str) -> Cow<'_, str> {
    let first = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            Cow::Owned(format!("'{cell}"))
        }
        _ => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_none() {
        for bad in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u{a0}=cmd|' /C calc'!A0", "＝1"] {
            assert!(tame(bad).starts_with('\''), "{bad:?}");
        }
        for good in ["", "hello", "1+1=2", "a@b.c", "“=”"] {
            assert_eq!(tame(good), good);
        }
    }

    #[test]
    fn a_cell_holds_quotes_commas_and_lines() {
        let mut table = Table::plain();
        table.row(["a \"b\"", "c,d", "e\nf", "=1"].into_iter().map(Cow::Borrowed));
        assert_eq!(String::from_utf8(table.take()).unwrap(), "\"a \"\"b\"\"\",\"c,d\",\"e\nf\",'=1\r\n");
    }
}
