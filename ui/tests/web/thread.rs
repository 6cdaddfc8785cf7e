//! The thread: what it shows, and that nothing in sight jumps.

use crate::scene::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

fn first_in_sight() -> (String, f64) {
    let edge = find("[data-test=thread]").unwrap().get_bounding_client_rect().top();
    let bubble =
        all("[data-test=bubble]").into_iter().find(|b| b.get_bounding_client_rect().bottom() > edge + 40.0);
    let bubble = bubble.unwrap();
    (bubble.get_attribute("data-id").unwrap(), bubble.get_bounding_client_rect().top())
}

fn top_of(id: &str) -> f64 {
    find(&format!("[data-id='{id}']")).unwrap().get_bounding_client_rect().top()
}

async fn scroller() -> HtmlElement {
    appears("[data-test=bubble]").await;
    find("[data-test=thread]").unwrap()
}

#[wasm_bindgen_test]
async fn a_thread_opens_at_its_end_and_pages_up_without_a_jump() {
    let _scene = open("/c/1000", "").await;
    let scroller = scroller().await;
    assert_eq!(scroller.scroll_top(), 0);
    for _ in 0..8 {
        scroller.set_scroll_top(scroller.scroll_top() - 900);
        let (id, top) = first_in_sight();
        let n = all("[data-test=bubble]").len();
        for _ in 0..6 {
            frame().await;
        }
        assert!(
            (top_of(&id) - top).abs() < 2.0,
            "jumped when {n} became {}",
            all("[data-test=bubble]").len()
        );
    }
    assert!(all("[data-test=bubble]").len() > 100);
}

#[wasm_bindgen_test]
async fn a_message_that_comes_while_reading_above_is_counted_and_moves_nothing() {
    let _scene = open("/c/1000", "").await;
    let scroller = scroller().await;
    scroller.set_scroll_top(-1_500);
    appears("[data-test=jump-newest]").await;
    let (id, top) = first_in_sight();
    js("pretend.receive(1000, 'one'); pretend.receive(1000, 'two'); 0").await;
    until("counted", || text("[data-test=jump-newest]").contains("2 new messages")).await;
    until("nothing has moved", || (top_of(&id) - top).abs() < 2.0).await;
    find("[data-test=jump-newest]").unwrap().click();
    until("at the end", || scroller.scroll_top() == 0 && find("[data-test=jump-newest]").is_none()).await;
}

#[wasm_bindgen_test]
async fn an_address_with_a_message_opens_there_and_lights_it() {
    let scene = open("/c/1000", "").await;
    scroller().await;
    let id = world("pretend.world.messages.get(1000)[120].id").await;
    drop(scene);
    let _scene = open(&format!("/c/1000?m={id}"), "").await;
    let bubble = appears(&format!("[data-id='{id}'].lit")).await;
    let (b, s) =
        (bubble.get_bounding_client_rect(), find("[data-test=thread]").unwrap().get_bounding_client_rect());
    assert!(b.top() > s.top() + 100.0 && b.bottom() < s.bottom() - 100.0, "in the middle");
}

#[wasm_bindgen_test]
async fn a_closed_window_explains_itself_in_place_of_the_composer() {
    let _scene = open("/c/1050", "").await;
    let closed = appears("[data-test=composer-closed]").await;
    assert!(find("[data-test=composer]").is_none());
    assert!(closed.text_content().unwrap().contains("24 hours"));
    js("pretend.receive(1050, 'I am back'); 0").await;
    appears("[data-test=composer]").await;
}

#[wasm_bindgen_test]
async fn a_failed_reply_says_why_with_metas_code_and_offers_what_helps() {
    let _scene = open("/c/1003", "").await;
    appears("[data-status=failed]").await;
    let words = text(".after.bad");
    assert!(words.contains("cannot receive messages") && words.contains("code 551/1545041"), "{words}");
    find("[data-test=retry]").unwrap().click();
    until("sent at the second attempt", || find("[data-status=failed]").is_none()).await;
}

#[wasm_bindgen_test]
async fn an_unsure_reply_is_checked_before_it_may_go_again() {
    let _scene = open("/c/1011", "").await;
    appears("[data-status=unsure]").await;
    find("[data-test=retry]").unwrap().click();
    assert!(appears("dialog[open]").await.text_content().unwrap().contains("twice"));
    assert_eq!(world("pretend.log.filter((c) => c === 'RetryMessage').length").await, "0");
    find("dialog[open] .button").unwrap().click();
    find("[data-test=check]").unwrap().click();
    until("found at Meta", || find("[data-status=unsure]").is_none()).await;
}

#[wasm_bindgen_test]
async fn an_address_with_a_message_that_is_gone_opens_the_end_and_still_pages() {
    let _scene = open("/c/1000?m=1", "").await;
    let scroller = scroller().await;
    assert_eq!(scroller.scroll_top(), 0);
    let n = all("[data-test=bubble]").len();
    scroller.set_scroll_top(-scroller.scroll_height());
    until("older messages", || all("[data-test=bubble]").len() > n).await;
}

#[wasm_bindgen_test]
async fn what_is_taken_back_returns_to_the_box_only_once_it_cannot_leave_any_more() {
    let _scene = open("/c/1003", "").await;
    appears("[data-status=failed]").await;
    set_slow(200);
    find("[data-test=discard]").unwrap().click();
    frame().await;
    assert_eq!(composer().await.value(), "", "the engine has not let go of it yet");
    set_slow(0);
    until("gone from the thread", || find("[data-status=failed]").is_none()).await;
    let area = composer().await;
    until("back in the box", || area.value().contains("replacement")).await;
}
