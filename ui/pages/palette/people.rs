//! People whose name begins with what is typed; an answer to older letters is dropped.

use super::entries::Entry;
use crate::{clock::after, ipc};
use heliograph_model::call::Search;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How long the fingers must rest before the engine is asked, in milliseconds.
const REST_MS: u64 = 90;
/// More would push the commands out of sight.
const MOST: usize = 6;

/// Lines for the people that fit `text`, a moment behind it.
#[must_use]
pub fn people(text: RwSignal<String>) -> RwSignal<Vec<Entry>> {
    let found = RwSignal::new(Vec::new());
    let turn = StoredValue::new(0_u64);
    Effect::new(move |_| {
        let words = text.get().trim().to_owned();
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        // An operator is for the search page.
        if words.is_empty() || words.contains(':') {
            if found.with_untracked(|f| !f.is_empty()) {
                found.set(Vec::new());
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
                    // Somebody who cannot be found now is no failure of a command.
                    let people = answer.map(|page| page.people).unwrap_or_default();
                    let _ = found.try_set(people.iter().take(MOST).map(Entry::person).collect());
                }
            });
        });
    });
    found
}
