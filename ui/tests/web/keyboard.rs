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
    // Seeing it marks it as read: only then it can be marked as unread again.
    until("seen", || js_sys::eval("pretend.world.conversations.get(1001).unread === 0").unwrap().is_truthy())
        .await;
    until("on the row", || find("#row-1001").is_some() && find("#row-1001.unread").is_none()).await;
    press("u");
    until("unread", || {
        js_sys::eval("pretend.world.conversations.get(1001).unread === 1").unwrap().is_truthy()
    })
    .await;
    until("on the row", || find("#row-1001.unread").is_some()).await;
    press("u");
    until("read", || find("#row-1001").is_some() && find("#row-1001.unread").is_none()).await;
}

#[wasm_bindgen_test]
async fn up_in_an_empty_composer_goes_to_the_last_of_ours_and_esc_comes_back() {
    let _scene = open("/c/1000", "").await;
    appears("[data-test=bubble].ours").await;
    composer().await.focus().unwrap();
    press("ArrowUp");
    let ours = all("[data-test=bubble].ours");
    let last = ours.last().unwrap();
    until("the last of ours", || document().active_element().is_some_and(|e| e.is_same_node(Some(last))))
        .await;
    press("ArrowUp");
    until("the one before", || {
        document().active_element().is_some_and(|e| e.has_attribute("data-id") && !e.is_same_node(Some(last)))
    })
    .await;
    press("Escape");
    until("back", || document().active_element().is_some_and(|e| e.id() == "composer-text")).await;
    write("words").await;
    press("ArrowUp");
    frame().await;
    assert_eq!(document().active_element().unwrap().id(), "composer-text", "the caret's own key");
}

#[wasm_bindgen_test]
async fn a_key_is_chosen_refused_while_another_has_it_and_given_back() {
    let _scene = open("/settings", "").await;
    let list = appears("[data-test=keys-list]").await;
    list.set_attribute("open", "").unwrap();
    let key = appears("[data-test=key-Unread]").await;
    let listen = || {
        key.focus().unwrap();
        key.click();
    };
    listen();
    until("it listens", || key.text_content().unwrap().contains("Press a key")).await;
    press("j");
    until("taken", || text(".key-trouble").contains("“Next conversation”")).await;
    listen();
    frame().await;
    press("y");
    until("chosen", || key.text_content().unwrap() == "Y").await;
    find("[data-test=keys-reset]").unwrap().click();
    until("as it was", || key.text_content().unwrap() == "U").await;
    find("[data-test=letters]").unwrap().click();
    until("off", || key.text_content().unwrap() == "No key").await;
    // The window keeps what was chosen: the scenes that follow press letters.
    find("[data-test=letters]").unwrap().click();
    until("on again", || key.text_content().unwrap() == "U").await;
}
