//! The inbox without a mouse.

use crate::scene::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn path() -> String {
    web_sys::window().unwrap().location().pathname().unwrap()
}

#[wasm_bindgen_test]
async fn j_k_and_arrows_walk_enter_writes_esc_returns() {
    let _scene = open("/", "").await;
    appears("#row-1000").await;
    press("j");
    until("the first thread", || path() == "/c/1000").await;
    press("j");
    press("ArrowDown");
    until("the third", || path() == "/c/1002").await;
    press("k");
    until("the second", || path() == "/c/1001").await;
    appears("[data-test=composer]").await;
    press("Enter");
    until("the caret", || document().active_element().is_some_and(|e| e.id() == "composer-text")).await;
    press("j");
    assert_eq!(path(), "/c/1001", "letters are letters while typing");
    press("Escape");
    until("the list", || document().active_element().is_some_and(|e| e.id() == "conversation-list")).await;
    assert_eq!(
        find("#conversation-list").unwrap().get_attribute("aria-activedescendant").as_deref(),
        Some("row-1001")
    );
}

#[wasm_bindgen_test]
async fn a_sequence_goes_places_and_slash_searches() {
    let _scene = open("/", "").await;
    appears("#row-1000").await;
    press("g");
    press("w");
    until("waiting", || {
        find("[data-test=filter-waiting]")
            .is_some_and(|t| t.get_attribute("aria-pressed").as_deref() == Some("true"))
    })
    .await;
    press("g");
    press("a");
    until("accounts", || path() == "/accounts").await;
    press("/");
    until("search", || path() == "/search").await;
}

#[wasm_bindgen_test]
async fn what_is_marked_unread_stays_unread() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    press("u");
    until("unread", || {
        js_sys::eval("pretend.world.conversations.get(1001).unread === 1").unwrap().is_truthy()
    })
    .await;
    until("on the row", || find("#row-1001.unread").is_some()).await;
    press("u");
    until("read", || find("#row-1001").is_some() && find("#row-1001.unread").is_none()).await;
}
