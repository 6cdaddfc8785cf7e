//! People whose name begins with what is typed; an answer to older letters is dropped.

use super::entries::Entry;
use crate::{clock::after, ipc};
use heliograph_model::{PersonHit, call::Search};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How long the fingers must rest before the engine is asked, in milliseconds.
const REST_MS: u64 = 90;
/// More would push the commands out of sight.
const MOST: usize = 6;

/// Lines for the people that fit `text`.
#[must_use]
pub fn people(text: RwSignal<String>) -> Signal<Vec<Entry>> {
    // An operator is for the search page.
    let found = named(text, |words| !words.contains(':'));
    Signal::derive(move || found.with(|hits| hits.iter().flatten().take(MOST).map(Entry::person).collect()))
}

/// The people that fit `text`, a moment behind it; `None` = nobody is looked for, since it is empty or nothing that
/// `asks` for people.
#[must_use]
pub fn named(text: RwSignal<String>, asks: fn(&str) -> bool) -> RwSignal<Option<Vec<PersonHit>>> {
    let found = RwSignal::new(None);
    let turn = StoredValue::new(0_u64);
    Effect::new(move |_| {
        let words = text.get().trim().to_owned();
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        if words.is_empty() || !asks(&words) {
            if found.with_untracked(Option::is_some) {
                found.set(None);
            }
            return;
        }
        after(REST_MS, move || {
            if turn.try_get_value() != Some(mine) {
                return;
            }
            spawn_local(async move {
                let answer = ipc::call(&Search { text: words, after: None, limit: 1 }).await;
                if turn.try_get_value() == Some(mine) {
                    // Somebody who cannot be found now is nobody's failure: typing on asks again.
                    let _ = found.try_set(Some(answer.map(|page| page.people).unwrap_or_default()));
                }
            });
        });
    });
    found
}
