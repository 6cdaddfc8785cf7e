//! Marks the words that were found in the bubble that is lit, where the web view can mark text (CSS highlights);
//! elsewhere the bubble's own light must do.

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Node;

/// The name in the style sheet.
const NAME: &str = "found";

/// Marks `words` in what is lit; no words take the marks away.
pub fn mark(words: &str) {
    let ranges = Array::new();
    let wanted = terms(words);
    if !wanted.is_empty()
        && let Ok(places) = document().query_selector_all(".line.lit .words")
    {
        for i in 0..places.length() {
            if let Some(place) = places.item(i) {
                walk(&place, &wanted, &ranges);
            }
        }
    }
    // A web view without highlights has none to set.
    let _ = highlight(&ranges);
}

fn highlight(ranges: &Array) -> Result<(), JsValue> {
    let global = js_sys::global();
    let registry = Reflect::get(&Reflect::get(&global, &"CSS".into())?, &"highlights".into())?;
    let maker: Function = Reflect::get(&global, &"Highlight".into())?.dyn_into()?;
    let made = Reflect::construct(&maker, ranges)?;
    let set: Function = Reflect::get(&registry, &"set".into())?.dyn_into()?;
    set.call2(&registry, &NAME.into(), &made).map(drop)
}

fn walk(node: &Node, wanted: &[Vec<char>], ranges: &Array) {
    if node.node_type() == Node::TEXT_NODE {
        let text = node.text_content().unwrap_or_default();
        for (from, to) in places(&text, wanted) {
            if let Ok(range) = range(node, from, to) {
                ranges.push(&range);
            }
        }
        return;
    }
    let children = node.child_nodes();
    for i in 0..children.length() {
        if let Some(child) = children.item(i) {
            walk(&child, wanted, ranges);
        }
    }
}

fn range(node: &Node, from: u32, to: u32) -> Result<Object, JsValue> {
    let maker: Function = Reflect::get(&js_sys::global(), &"Range".into())?.dyn_into()?;
    let range: Object = Reflect::construct(&maker, &Array::new())?.unchecked_into();
    for (name, at) in [("setStart", from), ("setEnd", to)] {
        let set: Function = Reflect::get(&range, &name.into())?.dyn_into()?;
        set.call2(&range, node, &at.into())?;
    }
    Ok(range)
}

/// What is looked for, in lower case: words without operators, left-outs and quotation marks.
fn terms(words: &str) -> Vec<Vec<char>> {
    words
        .split_whitespace()
        .filter(|w| !w.starts_with('-') && !w.contains(':'))
        .map(|w| w.trim_matches(['"', '“', '”']).chars().flat_map(char::to_lowercase).collect())
        .filter(|w: &Vec<char>| !w.is_empty())
        .collect()
}

/// Where one of them stands, as the web counts: in UTF-16 units.
fn places(text: &str, wanted: &[Vec<char>]) -> Vec<(u32, u32)> {
    let chars: Vec<char> = text.chars().collect();
    let folded = |c: char| c.to_lowercase().next().unwrap_or(c);
    let units = |range: &[char]| range.iter().map(|c| c.len_utf16()).sum::<usize>();
    let mut found = Vec::new();
    let (mut at, mut unit) = (0, 0);
    while at < chars.len() {
        let here = wanted.iter().find(|w| {
            chars.len() - at >= w.len() && w.iter().zip(&chars[at..]).all(|(w, c)| *w == folded(*c))
        });
        let step = here.map_or(1, Vec::len);
        let end = unit + units(&chars[at..at + step]);
        if here.is_some() {
            found.push((u32::try_from(unit).unwrap_or(0), u32::try_from(end).unwrap_or(0)));
        }
        (at, unit) = (at + step, end);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_and_counted_as_the_web_counts() {
        let found = |text: &str, words: &str| places(text, &terms(words));
        assert_eq!(found("Lamp and LAMP", "lamp"), [(0, 4), (9, 13)]);
        assert_eq!(found("👍 lamp", "lamp"), [(3, 7)], "an emoji is two units");
        assert_eq!(found("Über uns", "über"), [(0, 4)]);
        assert_eq!(found("lamp", "from:me -lamp \"lam\""), [(0, 3)]);
        assert!(found("lamp", "").is_empty());
    }
}
