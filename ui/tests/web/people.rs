//! One person on several channels: suggested, confirmed, taken apart, joined by hand, deleted.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

async fn choose(words: &str) {
    appears("[data-test=person-menu]").await.click();
    appears(".menu-item").await;
    let line = all(".menu-item").into_iter().find(|i| i.text_content().unwrap().contains(words)).unwrap();
    line.unchecked_into::<web_sys::HtmlElement>().click();
}

#[wasm_bindgen_test]
async fn a_suggestion_is_confirmed_shows_both_channels_and_is_taken_apart() {
    let _scene = open("/c/1000", "").await;
    appears("[data-test=suggestion]").await;
    assert!(text("[data-test=suggestion]").contains("ending in 1074"), "it says why");
    assert!(find("[data-test=other-conversation]").is_none());
    appears("[data-test=confirm-kin]").await.click();
    appears("[data-test=other-conversation]").await;
    assert!(text("[data-test=other-conversations]").contains("left"), "with its window");
    assert!(text("[data-test=merge]").contains("ending in 1074"));
    until("no suggestion", || find("[data-test=suggestion]").is_none()).await;
    appears("[data-test=separate]").await.click();
    appears("[data-test=suggestion]").await;
    until("alone again", || find("[data-test=other-conversation]").is_none()).await;
}

#[wasm_bindgen_test]
async fn not_the_same_is_remembered_and_can_be_undone() {
    let _scene = open("/c/1002", "").await;
    appears("[data-test=deny-kin]").await.click();
    until("gone", || find("[data-test=suggestion]").is_none()).await;
    until("the offer", || text("[data-test=toast]").contains("not be suggested again")).await;
    appears("[data-test=toast] button").await.click();
    appears("[data-test=suggestion]").await;
}

#[wasm_bindgen_test]
async fn a_person_is_deleted_after_a_plain_question() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=person] .person-name").await;
    choose("Delete this person").await;
    until("counted", || text("[data-test=delete-what]").contains("1 conversation with")).await;
    appears("[data-test=delete-person-go]").await.click();
    until("said", || text("[data-test=toast]").contains("deleted from this computer")).await;
    until("gone from the list", || find("#row-1001").is_none() && find("#row-1000").is_some()).await;
}

#[wasm_bindgen_test]
async fn the_profile_says_its_age_and_is_asked_for_again() {
    let _scene = open("/c/1001", "").await;
    until("its age", || text("[data-test=profile-line]").contains("Profile read 1 d ago")).await;
    choose("Read the profile again").await;
    until("said", || text("[data-test=toast]").contains("The profile is read")).await;
    choose("Same person as").await;
    appears("[data-test=kin-search]").await;
}
