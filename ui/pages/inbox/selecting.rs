//! Bubbles by keyboard: Up in an empty composer goes to the last message of ours; from there arrows go from one to
//! the next, Tab to what is in it, C copies its words and Esc goes back to the composer.

use super::{failure::copy, keyboard::focus_composer};
use crate::parts::focus;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

const BUBBLES: &str = "[data-test='thread'] [data-test='bubble']";

fn bubbles(css: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(css) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// Selects the last message of ours; false when there is none in sight of the thread.
pub fn select_last_own() -> bool {
    let last = bubbles(&format!("{BUBBLES}.ours")).pop();
    last.is_some_and(|bubble| {
        show(&bubble);
        true
    })
}

fn show(bubble: &HtmlElement) {
    focus(bubble);
    bubble.scroll_into_view_with_bool(false);
}

/// What keys do while a bubble itself has focus; what is inside of it keeps its own.
pub fn keydown(e: &ev::KeyboardEvent) {
    let Some(here) = e.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return };
    if here.get_attribute("data-test").as_deref() != Some("bubble")
        || e.ctrl_key()
        || e.meta_key()
        || e.alt_key()
    {
        return;
    }
    match e.key().as_str() {
        "ArrowUp" | "k" => step(&here, false),
        "ArrowDown" | "j" => step(&here, true),
        "c" => copy(words_of(&here), "Copied"),
        "Escape" => focus_composer(),
        _ => return,
    }
    e.prevent_default();
}

/// To the one before or after; after the newest, to the composer.
fn step(here: &Element, on: bool) {
    let all = bubbles(BUBBLES);
    let Some(at) = all.iter().position(|b| b.is_same_node(Some(here))) else { return };
    let to = if on { at.checked_add(1) } else { at.checked_sub(1) };
    match to.and_then(|to| all.get(to)) {
        Some(bubble) => show(bubble),
        None if on => focus_composer(),
        None => {}
    }
}

fn words_of(bubble: &Element) -> String {
    let Ok(found) = bubble.query_selector_all(".words") else { return String::new() };
    let all = (0..found.length()).filter_map(|i| found.item(i)?.text_content());
    all.collect::<Vec<_>>().join("\n")
}
