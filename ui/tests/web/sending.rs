//! A reply from the press of Enter to its tick, and every way it can go wrong without losing a word.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

fn bubbles_with(words: &str) -> Vec<web_sys::Element> {
    all("[data-test=bubble]").into_iter().filter(|b| b.text_content().unwrap().contains(words)).collect()
}

fn status(words: &str) -> String {
    bubbles_with(words).first().and_then(|b| b.get_attribute("data-status")).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn the_bubble_is_there_before_any_answer_and_becomes_the_real_one() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    write("on its way").await;
    set_slow(300);
    press("Enter");
    frame().await;
    assert_eq!(status("on its way"), "queued", "within the next frame");
    let node = bubbles_with("on its way").remove(0);
    assert_eq!(composer().await.value(), "");
    assert_eq!(document().active_element().unwrap().id(), "composer-text", "focus stays");
    set_slow(0);
    until("Meta's id", || status("on its way") == "sent").await;
    assert_eq!(bubbles_with("on its way").len(), 1, "one message is one bubble");
    assert!(bubbles_with("on its way")[0] == node, "the bubble was not made anew");
    until("the draft forgotten", || {
        js_sys::eval("pretend.world.conversations.get(1001).draft === ''").unwrap().is_truthy()
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_refused_reply_goes_back_into_the_box_with_the_reason() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    write("please refuse this").await;
    press("Enter");
    until("the reason", || text(".composer-refused").contains("window of this conversation has closed"))
        .await;
    assert_eq!(composer().await.value(), "please refuse this");
    assert!(bubbles_with("please refuse").is_empty());
    until("kept as draft", || {
        js_sys::eval("pretend.world.conversations.get(1001).draft !== ''").unwrap().is_truthy()
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_text_over_the_limit_leaves_as_parts_in_order() {
    let _scene = open("/c/1000", "").await;
    appears("[data-test=bubble]").await;
    write(&"Größe passt? ".repeat(100)).await;
    until("the offer", || text("[data-test=send]").contains("Send as 2 messages")).await;
    assert!(text(".counter").contains("bytes over"));
    press("Enter");
    until("both", || bubbles_with("Größe").len() == 2).await;
    let bytes = "pretend.world.messages.get(1000).slice(-2).every((m) => new TextEncoder().encode(m.content.text).length <= 1000)";
    until("both at the engine", || {
        js_sys::eval("pretend.log.filter((c) => c === 'SendText').length === 2").unwrap().is_truthy()
    })
    .await;
    assert_eq!(world(bytes).await, "true");
}

#[wasm_bindgen_test]
async fn a_draft_is_kept_on_a_pause_and_comes_back() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    write("half a thought").await;
    until("kept", || {
        js_sys::eval("pretend.world.conversations.get(1001).draft === 'half a thought'").unwrap().is_truthy()
    })
    .await;
    until("on the row", || text("#row-1001").contains("half a thought")).await;
    find("#row-1002").unwrap().click();
    until("another box", || {
        find("[data-test=composer]").is_some() && text(".thread-names h2") != "Ana Lucía Fernández"
    })
    .await;
    assert_eq!(composer().await.value(), "");
    find("#row-1001").unwrap().click();
    until("the first box", || text(".thread-names h2") == "Ana Lucía Fernández").await;
    assert_eq!(composer().await.value(), "half a thought");
}

#[wasm_bindgen_test]
async fn shift_enter_and_composition_never_send() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    write("にほん").await;
    press_with("Enter", false, true);
    let composing = "(() => { const e = new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }); document.activeElement.dispatchEvent(e); return e.defaultPrevented })()";
    assert_eq!(js(composing).await.as_bool(), Some(false));
    frame().await;
    assert!(bubbles_with("にほん").is_empty());
    assert_eq!(world("pretend.log.includes('SendText')").await, "false");
}

#[wasm_bindgen_test]
async fn the_menus_in_the_box_open_and_keep_the_focus() {
    let _scene = open("/c/1000", "").await;
    appears("[data-test=bubble]").await;
    write("until tomorrow").await;
    for menu in ["send-later", "send-menu"] {
        appears(&format!("[data-test={menu}]")).await.click();
        appears(".menu").await;
        frame().await;
        assert!(find(".menu [role^=menuitem]:focus").is_some(), "{menu} lost the focus to the words");
        press("Escape");
        until("it closed", || find(".menu").is_none()).await;
    }
}

#[wasm_bindgen_test]
async fn what_leaves_at_once_stands_above_what_waits_for_its_time() {
    let _scene = open("/c/1000", "").await;
    appears("[data-test=bubble]").await;
    write("the later one").await;
    appears("[data-test=send-later]").await.click();
    until("times", || all("[role=menuitem]").len() > 2).await;
    all("[role=menuitem]")[1].clone().unchecked_into::<web_sys::HtmlElement>().click();
    appears("[data-test=scheduled]").await;
    write("the one for today").await;
    press("Enter");
    until("its bubble", || bubbles_with("the one for today").len() == 1).await;
    let last = all("[data-test=bubble]").pop().unwrap();
    assert!(last.text_content().unwrap().contains("the later one"));
    let today = all(".day-line").into_iter().filter(|d| d.text_content().unwrap().contains("Today")).count();
    assert_eq!(today, 1, "a day is named once");
}

#[wasm_bindgen_test]
async fn a_refused_reply_resolves_nothing_and_a_taken_one_does() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    let state = "pretend.world.conversations.get(1001).state";
    write("please refuse this").await;
    press_with("Enter", true, true);
    until("the reason", || text(".composer-refused").contains("window of this conversation has closed"))
        .await;
    assert_eq!(world(state).await, "\"open\"");
    write("and this one leaves").await;
    press_with("Enter", true, true);
    until("resolved", || js_sys::eval(&format!("{state} === 'resolved'")).unwrap().is_truthy()).await;
}
