//! Asks as you type. An answer to older words is dropped; the old hits stay, dimmed, until the new are here.

use crate::{clock::after, ipc, live::on_event};
use heliograph_model::{Event, MessageHit, PersonHit, Problem, Query, Timestamp, call::Search};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen_futures::spawn_local;

/// How long the fingers must rest before the engine is asked, in milliseconds.
const REST_MS: u64 = 90;
/// Messages per page.
const PAGE: u32 = 40;

/// What was found for one search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    pub text: String,
    pub people: Vec<PersonHit>,
    pub messages: Vec<MessageHit>,
    pub next: Option<String>,
    /// How the engine read it, piece by piece.
    pub understood: Vec<String>,
    pub warnings: Vec<String>,
    pub since: Option<Timestamp>,
}

/// Where the person was when the page was left.
#[derive(Debug, Clone, Default)]
pub struct Left {
    pub found: Found,
    pub active: usize,
    pub scroll: i32,
}

thread_local! {
    /// So that Back finds the hits as they were.
    static LEFT: RefCell<Option<Left>> = const { RefCell::new(None) };
}

/// The search of a page.
#[derive(Clone, Copy)]
pub struct Finder {
    /// `None` = nothing is searched for.
    pub found: RwSignal<Option<Found>>,
    pub problem: RwSignal<Option<Problem>>,
    /// An answer to the newest words is under way.
    pub busy: RwSignal<bool>,
    /// The next page is under way.
    pub more_busy: RwSignal<bool>,
    wanted: StoredValue<String>,
    generation: StoredValue<u64>,
}

impl Finder {
    /// Nothing asked yet. Asks again when many messages changed.
    #[must_use]
    pub fn start() -> Self {
        let finder = Self {
            found: RwSignal::new(None),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
            more_busy: RwSignal::new(false),
            wanted: StoredValue::new(String::new()),
            generation: StoredValue::new(0),
        };
        on_event(move |event: &Event| {
            let text = finder.wanted.get_value();
            if !text.is_empty() && first_page(&text).stale_after(event) {
                finder.ask(text);
            }
        });
        finder
    }

    /// Takes up what was left, if it belongs to `text`.
    #[must_use]
    pub fn resume(self, text: &str) -> Option<Left> {
        let left =
            LEFT.take().filter(|left| left.found.text.trim() == text.trim() && !text.trim().is_empty())?;
        self.wanted.set_value(left.found.text.clone());
        self.found.set(Some(left.found.clone()));
        Some(left)
    }

    /// Keeps what is on screen for [`Finder::resume`].
    pub fn leave(self, active: usize, scroll: i32) {
        let found = self.found.try_get_untracked().flatten();
        LEFT.set(found.map(|found| Left { found, active, scroll }));
    }

    fn turn(self) -> u64 {
        self.generation
            .try_update_value(|g| {
                *g += 1;
                *g
            })
            .unwrap_or_default()
    }

    fn is_current(self, generation: u64) -> bool {
        self.generation.try_get_value() == Some(generation)
    }

    /// Searches for `text` once the fingers rest.
    pub fn typed(self, text: &str) {
        let text = asked(text);
        if self.wanted.get_value() == text {
            return;
        }
        self.wanted.set_value(text.clone());
        let generation = self.turn();
        if text.is_empty() {
            self.busy.set(false);
            self.problem.set(None);
            self.found.set(None);
            return;
        }
        self.busy.set(true);
        after(REST_MS, move || {
            if self.is_current(generation) {
                self.ask(text);
            }
        });
    }

    /// Asks for the newest words at once.
    pub fn again(self) {
        self.ask(self.wanted.get_value());
    }

    fn ask(self, text: String) {
        let generation = self.turn();
        let _ = self.busy.try_set(true);
        spawn_local(async move {
            let answer = ipc::call(&first_page(&text)).await;
            if !self.is_current(generation) {
                return;
            }
            let _ = self.busy.try_set(false);
            match answer {
                Ok(page) => {
                    let _ = self.problem.try_set(None);
                    let _ = self.found.try_set(Some(Found {
                        text,
                        people: page.people,
                        messages: page.messages,
                        next: page.next,
                        understood: page.understood,
                        warnings: page.warnings,
                        since: page.since,
                    }));
                }
                Err(problem) => {
                    let _ = self.problem.try_set(Some(problem));
                }
            }
        });
    }

    /// Asks for the next page, unless it is under way or there is none.
    pub fn more(self) {
        if self.more_busy.get_untracked() || self.busy.get_untracked() {
            return;
        }
        let Some((text, after)) =
            self.found.with_untracked(|f| f.as_ref().and_then(|f| Some((f.text.clone(), f.next.clone()?))))
        else {
            return;
        };
        let generation = self.generation.get_value();
        self.more_busy.set(true);
        spawn_local(async move {
            let answer = ipc::call(&Search { text, after: Some(after), limit: PAGE }).await;
            let _ = self.more_busy.try_set(false);
            if !self.is_current(generation) {
                return;
            }
            match answer {
                Ok(page) => {
                    let _ = self.found.try_update(|f| {
                        if let Some(found) = f {
                            append(found, page.messages, page.next);
                        }
                    });
                }
                Err(problem) => {
                    let _ = self.problem.try_set(Some(problem));
                }
            }
        });
    }
}

/// What is asked: a blank behind the last word stays, since it says that the word is whole.
fn asked(text: &str) -> String {
    let words = text.trim();
    let whole = !words.is_empty() && text.ends_with(char::is_whitespace);
    format!("{words}{}", if whole { " " } else { "" })
}

fn first_page(text: &str) -> Search {
    Search { text: text.to_owned(), after: None, limit: PAGE }
}

/// Adds a page; a message that came twice is shown once.
fn append(found: &mut Found, messages: Vec<MessageHit>, next: Option<String>) {
    for hit in messages {
        if found.messages.iter().all(|h| h.message != hit.message) {
            found.messages.push(hit);
        }
    }
    found.next = next;
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{
        AccountId, Channel, ContactId, ContactSummary, ConversationId, Direction, MessageId,
    };

    fn hit(id: i64) -> MessageHit {
        MessageHit {
            message: MessageId(id),
            conversation: ConversationId(1),
            account: AccountId(1),
            channel: Channel::Messenger,
            contact: ContactSummary {
                id: ContactId(1),
                name: "Ana".into(),
                handle: String::new(),
                picture: None,
            },
            direction: Direction::Inbound,
            sent_at: Timestamp(id),
            snippet: Vec::new(),
        }
    }

    #[test]
    fn a_blank_behind_the_last_word_makes_it_whole() {
        assert_eq!(asked("  lin"), "lin");
        assert_eq!(asked("linen  "), "linen ");
        assert_eq!(asked("   "), "");
    }

    #[test]
    fn a_message_that_comes_with_two_pages_is_shown_once() {
        let mut found = Found { messages: vec![hit(3), hit(2)], ..Found::default() };
        append(&mut found, vec![hit(2), hit(1)], None);
        let ids: Vec<_> = found.messages.iter().map(|h| h.message.0).collect();
        assert_eq!(ids, [3, 2, 1]);
        assert_eq!(found.next, None);
    }
}
