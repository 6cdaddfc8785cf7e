//! Disconnecting: what goes is counted before, what is left to do is told after, and a kept history says whose it was.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

async fn choose(words: &str) {
    appears(".menu-item").await;
    let line = all(".menu-item").into_iter().find(|i| i.text_content().unwrap().contains(words)).unwrap();
    line.unchecked_into::<web_sys::HtmlElement>().click();
}

/// Opens the question for the account of this id.
async fn ask(account: u32) {
    appears(&format!("[data-account='{account}'] [data-test=account-menu]")).await.click();
    choose("Disconnect").await;
    until("it is counted", || text("[data-test=what-goes]").contains("messages and 12 files")).await;
}

#[wasm_bindgen_test]
async fn a_kept_history_stays_readable_says_so_and_can_be_deleted_later() {
    let _scene = open("/accounts", "").await;
    ask(1).await;
    let waits = text("[data-test=not-leaving]");
    assert_eq!(waits, "1 reply that waits and 2 scheduled replies will not leave.");
    until("what ends at Meta", || all("[data-test=at-meta-part]").len() == 2).await;
    appears("[data-test=disconnect-go]").await.click();
    until("said", || text("[data-test=toast]").contains("its history is kept")).await;
    until("listed as gone", || text("[data-test=former-row]").contains("kept · disconnected")).await;

    appears("[data-test=former-row] .link").await.click();
    appears("[data-test=conversation-row]").await.click();
    appears("[data-test=composer-disconnected]").await;
    assert!(find("[data-test=composer]").is_none(), "nothing can leave");
    until("in the header", || text("[data-test=answering]").contains("Disconnected")).await;
}

#[wasm_bindgen_test]
async fn what_meta_leaves_to_the_person_stays_until_it_is_read() {
    let _scene = open("/accounts", "").await;
    ask(3).await;
    all(".choice.danger input").remove(0).unchecked_into::<web_sys::HtmlElement>().click();
    until("its name", || text("[data-test=disconnect-go]").contains("Disconnect and delete")).await;
    appears("[data-test=disconnect-go]").await.click();
    until("told", || text("[data-test=disconnected]").contains("Deleted from this computer")).await;
    assert!(text(".at-meta-part.by-hand").contains("System users"));
    assert!(text("[data-test=copies]").contains("Backups"));
    appears("[data-test=disconnect-done]").await.click();
    until("closed", || find("[data-test=disconnect]").is_none()).await;
    assert!(find("[data-test=former]").is_none(), "nothing is left of it");
}
