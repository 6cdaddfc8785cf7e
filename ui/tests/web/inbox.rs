//! The list: rows, filters, order, and that nothing moves under the pointer.

use crate::scene::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn ids() -> Vec<String> {
    all("[data-test=conversation-row]").iter().filter_map(|r| r.get_attribute("data-id")).collect()
}

fn pointer(kind: &str) {
    let event = web_sys::PointerEvent::new(kind).unwrap();
    find("#conversation-list").unwrap().dispatch_event(&event).unwrap();
}

#[wasm_bindgen_test]
async fn a_row_says_who_when_what_and_what_needs_attention() {
    let _scene = open("/", "").await;
    let row = appears("#row-1002").await;
    assert!(row.query_selector(".chip.close").unwrap().is_some(), "its window closes within the hour");
    let row = find("#row-1004").unwrap();
    assert!(row.text_content().unwrap().contains("Draft:"));
    let row = find("#row-1003").unwrap();
    assert!(row.text_content().unwrap().contains("A reply was not sent"), "not by colour alone");
    assert_eq!(find("#row-1000").unwrap().get_attribute("role").as_deref(), Some("option"));
}

#[wasm_bindgen_test]
async fn filters_narrow_the_list_and_can_be_cleared() {
    let _scene = open("/", "").await;
    appears("#row-1000").await;
    find("[data-test=filter-failed]").unwrap().click();
    until("two rows", || ids().len() == 2).await;
    find("[data-test=filter-instagram]").unwrap().click();
    until("nothing matches", || text(".empty").contains("Nothing matches: failed · Instagram")).await;
    find(".empty .button").unwrap().click();
    until("all rows again", || ids().len() > 8).await;
}

#[wasm_bindgen_test]
async fn a_row_with_news_goes_to_the_top_but_never_under_the_pointer() {
    let _scene = open("/", "").await;
    appears("#row-1006").await;
    pointer("pointerenter");
    js("pretend.receive(1006, 'while you point'); pretend.receive(1008, 'me too'); 0").await;
    until("the words in place", || text("#row-1006").contains("while you point")).await;
    until("the pill", || text("[data-test=fresh]").contains("2 new")).await;
    assert_eq!(ids()[0], "1000", "nothing moved");
    pointer("pointerleave");
    until("the move", || ids()[0] == "1008" && ids()[1] == "1006").await;
    assert!(find("[data-test=fresh]").is_none());
}

#[wasm_bindgen_test]
async fn twenty_thousand_conversations_keep_the_page_small() {
    let _scene = open("/", "large").await;
    appears("#row-1000").await;
    let list = find("#conversation-list").unwrap();
    for _ in 0..12 {
        list.set_scroll_top(list.scroll_height());
        let before = list.scroll_height();
        until("the next page", || list.scroll_height() > before).await;
        assert!(ids().len() < 60, "{} rows in the page", ids().len());
    }
}

#[wasm_bindgen_test]
async fn nothing_connected_offers_two_ways_in() {
    let _scene = open("/", "empty").await;
    appears("[data-test=first-start]").await;
    assert!(find("[data-test=demo-button]").is_some());
}
