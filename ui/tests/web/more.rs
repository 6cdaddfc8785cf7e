//! Sending more than words: undo, chosen times, what replaces a closed composer, templates, quotes, the outbox.

use crate::scene::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn bubbles_with(words: &str) -> Vec<web_sys::Element> {
    all("[data-test=bubble]").into_iter().filter(|b| b.text_content().unwrap().contains(words)).collect()
}

fn button(css: &str, words: &str) -> Option<web_sys::HtmlElement> {
    use wasm_bindgen::JsCast;
    let found = all(css).into_iter().find(|b| b.text_content().unwrap_or_default().contains(words));
    found.and_then(|b| b.dyn_into().ok())
}

#[wasm_bindgen_test]
async fn a_send_can_be_taken_back_and_its_words_return() {
    let _scene = open("/c/1000", "sending").await;
    appears("[data-test=bubble]").await;
    write("too hasty").await;
    press("Enter");
    until("the offer", || button("[data-test=toast] button", "Undo").is_some()).await;
    button("[data-test=toast] button", "Undo").unwrap().click();
    until("the bubble gone", || bubbles_with("too hasty").is_empty()).await;
    until("the words back", || {
        find("[data-test=composer]").is_some_and(|_| {
            js_sys::eval("document.querySelector('#composer-text').value === 'too hasty'")
                .unwrap()
                .is_truthy()
        })
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_reply_of_a_chosen_time_says_when_and_can_leave_at_once() {
    let _scene = open("/c/1000", "sending").await;
    appears("[data-test=bubble]").await;
    write("in an hour then").await;
    find("[data-test=send-later]").unwrap().click();
    until("the times", || button(".menu-item", "In an hour").is_some()).await;
    button(".menu-item", "In an hour").unwrap().click();
    until("the line", || text("[data-test=scheduled]").contains("Leaves")).await;
    find("[data-test=scheduled-now]").unwrap().click();
    until("it leaves", || find("[data-test=scheduled]").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_closed_window_offers_a_human_agent_after_the_rule_was_read() {
    let _scene = open("/c/1001", "sending").await;
    appears("[data-test=human-agent]").await;
    assert!(find("[data-test=composer]").is_none(), "replaced, not only disabled");
    find("[data-test=human-agent]").unwrap().click();
    appears("[data-test=agent-rule]").await;
    find("[data-test=agent-accept]").unwrap().click();
    appears("[data-test=composer]").await;
    assert!(text(".agent-line").contains("support only"));
}

#[wasm_bindgen_test]
async fn a_template_is_found_filled_in_and_seen_before_it_leaves() {
    let _scene = open("/c/1002", "sending").await;
    appears("[data-test=choose-template]").await;
    find("[data-test=choose-template]").unwrap().click();
    until("the templates", || all("[data-test=template]").len() == 5).await;
    assert!(
        all("[data-test=template]")[0].text_content().unwrap().contains("order ready"),
        "last used first"
    );
    find("[data-test=template][data-name=are_you_there]").unwrap().click();
    until("its preview", || text("[data-test=template-preview]").contains("Shall we go on?")).await;
    find("[data-test=template-send]").unwrap().click();
    until("the bubble", || bubbles_with("Shall we go on?").len() == 1).await;
}

#[wasm_bindgen_test]
async fn the_header_of_a_template_takes_a_file_of_this_computer_instead_of_an_address() {
    let _scene = open("/c/1002", "sending").await;
    appears("[data-test=choose-template]").await;
    find("[data-test=choose-template]").unwrap().click();
    appears("[data-test=template][data-name=summer_sale]").await;
    find("[data-test=template][data-name=summer_sale]").unwrap().click();
    appears("[data-test=header-input]").await;
    js_sys::eval(
        "const held = new DataTransfer();
         held.items.add(new File(['x'], 'sale.png', { type: 'image/png' }));
         const input = document.querySelector('[data-test=header-input]');
         input.files = held.files;
         input.dispatchEvent(new Event('change', { bubbles: true }));",
    )
    .unwrap();
    appears("[data-test=header-file]").await;
    assert!(text("[data-test=header-file]").contains("OK for WhatsApp"));
    let address = || find(".template-field [data-test=file]").unwrap().offset_parent().is_some();
    until("no address is asked for", || !address()).await;
    find("[data-test=remove-header-file]").unwrap().click();
    until("it is asked for again", || find("[data-test=header-file]").is_none() && address()).await;
}

#[wasm_bindgen_test]
async fn a_message_is_quoted_from_its_bar_and_let_go() {
    let _scene = open("/c/1000", "sending").await;
    appears("[data-test=reply-to]").await;
    find("[data-test=reply-to]").unwrap().click();
    appears("[data-test=quote-bar]").await;
    find("[data-test=quote-bar] button").unwrap().click();
    until("no quote", || find("[data-test=quote-bar]").is_none()).await;
}

#[wasm_bindgen_test]
async fn the_outbox_lists_what_failed_with_what_helps() {
    let _scene = open("/", "sending").await;
    appears("#row-1000").await;
    press("g");
    press("o");
    appears("[data-test=outbox]").await;
    appears("[data-test=outbox-row]").await;
    until("the failed one", || find("[data-test=outbox-row][data-status=failed]").is_some()).await;
    assert!(text("[data-test=outbox-row]").contains("code 551/1545041"));
    assert!(find("[data-test=outbox-retry]").is_some());
}
