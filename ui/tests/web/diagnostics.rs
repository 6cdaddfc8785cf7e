//! The diagnostics page, and the support bundle that is read before it is saved.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

#[wasm_bindgen_test]
async fn what_needs_attention_stands_first_and_follows_what_happens() {
    let _scene = open("/", "").await;
    appears("#row-1000").await;
    press("g");
    press("y");
    appears("[data-test=diagnostics]").await;
    until("one thing", || text("[data-test=diagnostics-summary]") == "1 thing needs attention:").await;
    assert!(all(".figure-line.attention").len() == 1 && all(".figure-line.good").len() > 1);
    js("pretend.mend()").await;
    until("it is mended", || text("[data-test=diagnostics-summary]") == "Nothing needs attention.").await;
}

#[wasm_bindgen_test]
async fn every_file_of_the_bundle_is_read_before_it_is_saved() {
    let _scene = open("/diagnostics", "").await;
    appears("[data-test=bundle-open]").await.click();
    until("the first file", || text("[data-test=bundle-text]").contains("A support bundle")).await;
    assert_eq!(all("[data-test=bundle-file]").len(), 2);
    all("[data-test=bundle-file]")[1].clone().unchecked_into::<HtmlElement>().click();
    until("the second file", || text("[data-test=bundle-text]").contains("INFO engine")).await;
    assert!(!find("[data-test=bundle-save]").unwrap().has_attribute("disabled"));
}
