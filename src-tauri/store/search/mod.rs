//! Finding messages and people by their words. The index is fed in bulk behind the writer, and caught up
//! with before a search answers: it is never stale, and no delivery waits for it.

mod feed;
mod find;
mod rewrite;
mod term;

pub use feed::feed;
pub(super) use feed::{FEED_PEOPLE, feed_again, feed_message, feed_people, words_of};
#[cfg(test)]
pub(super) use find::page_sql;
pub use find::{Found, Sender, Wanted, ids, messages, people};
pub use rewrite::{Index, rewrite};
pub use term::{Term, snippet};

/// First character of the index's own words, which no text can contain: it is no letter.
const OWN: char = '\u{e000}';

/// The word by which a conversation's messages are found.
fn of_conversation(conversation: i64) -> String {
    format!("{OWN}{conversation}")
}

/// The word for what a message carries: "image", "link", …
fn of_kind(kind: &str) -> String {
    format!("{OWN}{}", super::words::index_text(kind).replace(' ', ""))
}
