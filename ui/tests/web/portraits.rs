//! A portrait of each kind's bubble, in light and dark: its structure in words, its colours as tokens, and WCAG's
//! contrast of everything that is to be read or seen. The portraits are the files in `portraits/`. After a change
//! that is meant, renew them, look at what git says has changed, and keep them:
//!
//! ```sh
//! HELIOGRAPH_RENEW=1 cargo xtask test --only views
//! ```

use crate::{scene::*, specimens};
use heliograph_ui::parts::Icon;
use std::{collections::BTreeMap, fmt::Write as _};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const PORTRAIT: &str = include_str!("portrait.js");
/// What must be seen from where it was last drawn.
const KEPT: [(&str, &str); 5] = [
    ("words", include_str!("portraits/words.txt")),
    ("files", include_str!("portraits/files.txt")),
    ("cards", include_str!("portraits/cards.txt")),
    ("sending", include_str!("portraits/sending.txt")),
    ("happenings", include_str!("portraits/happenings.txt")),
];

/// The thread with one group of specimens in it and nothing else.
async fn thread_of(group: &[specimens::Specimen]) -> Scene {
    let scene = open("/accounts", "kinds").await;
    appears("[data-test=account-row]").await;
    let messages: Vec<_> = group.iter().map(|s| &s.message).collect();
    let messages = serde_json::to_string(&messages).unwrap();
    let thread = specimens::THREAD;
    js(&format!(
        "pretend.world.messages.set({thread}, {messages}); history.pushState(null, '', '/c/{thread}'); \
         dispatchEvent(new PopStateEvent('popstate')); \
         document.querySelector('[data-scene]').append(Object.assign(document.createElement('style'), \
         {{ textContent: '* {{ transition: none !important; animation: none !important; }}' }}))"
    ))
    .await;
    let lines = "[data-test=thread] :is([data-test=bubble], [data-test=activity])";
    until("every specimen", || all(lines).len() == group.len()).await;
    scene
}

/// Draws one group, tells the runner, and compares.
async fn as_it_was_drawn(name: &str) {
    let (_, group) = specimens::all().into_iter().find(|(n, _)| *n == name).unwrap();
    let _scene = thread_of(&group).await;
    js(PORTRAIT).await;
    let icons: BTreeMap<_, _> = Icon::ALL.iter().map(|icon| (icon.path(), format!("{icon:?}"))).collect();
    let icons = serde_json::to_string(&icons).unwrap();
    let drawn = js(&format!(
        "JSON.stringify([...document.querySelectorAll('[data-test=thread] :is([data-test=bubble], \
         [data-test=activity])')].map((line) => portrait(line, {icons})))"
    ))
    .await;
    let drawn: Vec<serde_json::Value> = serde_json::from_str(&drawn.as_string().unwrap()).unwrap();
    let (mut text, mut faults) = (String::new(), String::new());
    for (specimen, one) in group.iter().zip(&drawn) {
        // What happened between bubbles has no id.
        if let Some(id) = one["id"].as_str() {
            assert_eq!(
                id,
                specimen.message.id.to_string(),
                "the thread has another order: {}",
                specimen.name
            );
        }
        let _ = writeln!(text, "{}\n{}\n", specimen.name, one["text"].as_str().unwrap());
        for fault in one["faults"].as_array().unwrap() {
            let _ = writeln!(faults, "{}: {}", specimen.name, fault.as_str().unwrap());
        }
    }
    let all = js("window.portraits ??= {}").await;
    js_sys::Reflect::set(&all, &name.into(), &JsValue::from_str(&text)).unwrap();
    assert!(faults.is_empty(), "too little contrast\n{faults}");
    let kept = KEPT.iter().find(|(n, _)| *n == name).unwrap().1;
    assert!(kept == text, "the portraits of {name} have changed:\n{}", changes(kept, &text));
}

/// The specimens that differ: what was, and what is.
fn changes(was: &str, is: &str) -> String {
    let parted = |text: &str| -> Vec<(String, Vec<String>)> {
        let parts = text.split("\n\n").filter_map(|part| part.trim_end().split_once('\n'));
        parts.map(|(name, rest)| (name.to_owned(), rest.lines().map(str::to_owned).collect())).collect()
    };
    let (was, is) = (parted(was), parted(is));
    let none = Vec::new();
    let of = |all: &[(String, Vec<String>)], name: &str| {
        all.iter().find(|(n, _)| n == name).map_or(none.clone(), |(_, lines)| lines.clone())
    };
    let names: Vec<&String> = was.iter().chain(&is).map(|(name, _)| name).collect();
    let mut said: Vec<&String> = Vec::new();
    let mut out = String::new();
    for name in names {
        let (old, new) = (of(&was, name), of(&is, name));
        if old == new || said.contains(&name) {
            continue;
        }
        said.push(name);
        let _ = writeln!(out, "{name}");
        let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let rest = (&old[same..], &new[same..]);
        let end = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| a == b).count();
        for (sign, lines) in [("-", &old), ("+", &new)] {
            for line in &lines[same..lines.len() - end] {
                let _ = writeln!(out, "{sign}{line}");
            }
        }
    }
    out
}

#[wasm_bindgen_test]
async fn words_look_as_they_were_drawn() {
    as_it_was_drawn("words").await;
}

#[wasm_bindgen_test]
async fn files_look_as_they_were_drawn() {
    as_it_was_drawn("files").await;
}

#[wasm_bindgen_test]
async fn cards_look_as_they_were_drawn() {
    as_it_was_drawn("cards").await;
}

#[wasm_bindgen_test]
async fn what_becomes_of_a_reply_looks_as_it_was_drawn() {
    as_it_was_drawn("sending").await;
}

#[wasm_bindgen_test]
async fn what_happens_looks_as_it_was_drawn() {
    as_it_was_drawn("happenings").await;
}

#[wasm_bindgen_test]
fn every_group_has_its_file() {
    let groups: Vec<_> = specimens::all().into_iter().map(|(name, _)| name).collect();
    assert_eq!(groups, KEPT.map(|(name, _)| name));
}
