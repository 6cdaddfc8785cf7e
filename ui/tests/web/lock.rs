//! The app lock in the window: what is locked is gone from the page, and comes back as it was left.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlTextAreaElement;

fn body() -> String {
    document().body().unwrap().text_content().unwrap_or_default()
}

async fn set_pin() {
    js(r#"__PRETEND_ENGINE__.call("SetLock", { kind: "pin", words: "2468", current: null })"#).await;
}

async fn type_into(selector: &str, words: &str) {
    let field = appears(selector).await;
    field.focus().unwrap();
    js_sys::Reflect::set(&field, &"value".into(), &words.into()).unwrap();
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
}

async fn unlock(pin: &str) {
    type_into("[data-test=unlock-words]", pin).await;
    press("Enter");
}

#[wasm_bindgen_test]
async fn what_is_locked_is_gone_from_the_page_and_comes_back_as_it_was() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    set_pin().await;
    write("Half a thought").await;
    let list = find("#conversation-list").unwrap();
    until("it can be scrolled", || list.scroll_height() > list.client_height() + 1_000).await;
    list.set_scroll_top(640);
    frame().await;
    let top = list.scroll_top();
    let name = world("pretend.world.conversations.get(1001).contact.name").await.replace('"', "");
    press_with("l", true, false);
    appears("[data-test=locked]").await;
    assert!(find("[data-test=bubble]").is_none() && find("[data-test=conversation-row]").is_none());
    assert!(find("#composer-text").is_none() && find(".rail").is_none());
    assert!(!name.is_empty() && !body().contains(&name), "nobody's name is left in the page");
    until("the title says so", || document().title() == "Heliograph, locked").await;
    until("the caret is in the field", || {
        document()
            .active_element()
            .is_some_and(|e| e.get_attribute("data-test").as_deref() == Some("unlock-words"))
    })
    .await;
    // Keys of the inbox do nothing here.
    document().active_element().unwrap().unchecked_into::<web_sys::HtmlElement>().blur().unwrap();
    press("?");
    frame().await;
    assert!(find("dialog[open]").is_none());

    unlock("2468").await;
    appears("[data-test=bubble]").await;
    assert!(find("[data-test=locked]").is_none());
    let area: HtmlTextAreaElement = composer().await;
    assert_eq!(area.value(), "Half a thought");
    until("focus is back", || document().active_element().is_some_and(|e| e.id() == "composer-text")).await;
    assert_eq!(world("pretend.world.conversations.get(1001).draft").await, "\"Half a thought\"");
    let stands = || (find("#conversation-list").unwrap().scroll_top() - top).abs() <= 2;
    until("the list stands where it stood", stands).await;
}

#[wasm_bindgen_test]
async fn a_locked_start_shows_nothing_and_wrong_tries_are_told_to_wait() {
    let _scene = open("/", "locked").await;
    appears("[data-test=locked]").await;
    assert!(find(".rail").is_none() && find("[data-test=conversation-row]").is_none());
    for _ in 0..3 {
        unlock("0000").await;
        until("it says so", || body().contains("That is not the PIN.")).await;
        until("the field is empty again", || {
            find("[data-test=unlock-words]")
                .is_some_and(|f| f.unchecked_into::<web_sys::HtmlInputElement>().value().is_empty())
        })
        .await;
    }
    unlock("0000").await;
    until("it waits", || body().contains("The next one is in")).await;
    let field = find("[data-test=unlock-words]").unwrap().unchecked_into::<web_sys::HtmlInputElement>();
    assert!(field.disabled());
    js("pretend.endWait()").await;
    until("it may be tried again", || {
        !find("[data-test=unlock-words]").is_some_and(|f| f.has_attribute("disabled"))
    })
    .await;
    unlock("2468").await;
    appears("[data-test=conversation-row]").await;
}

#[wasm_bindgen_test]
async fn a_pin_is_set_in_the_settings_and_said_to_be_weak() {
    let _scene = open("/settings", "").await;
    assert!(find(".rail [aria-label=Lock]").is_none(), "no lock, no button");
    appears("[data-test=lock-set]").await.click();
    appears("[data-test=lock-kind-pin]").await.click();
    until("it says that it is weak", || text("[data-test=lock-form]").contains("quick and weak")).await;
    type_into("[data-test=lock-words]", "24").await;
    until("too short", || text("[data-test=lock-form]").contains("4 to 12 digits")).await;
    type_into("[data-test=lock-words]", "2468").await;
    type_into("[data-test=lock-again]", "2469").await;
    until("not the same", || text("[data-test=lock-form]").contains("not the same")).await;
    type_into("[data-test=lock-again]", "2468").await;
    until("ready", || !find("[data-test=lock-save]").unwrap().has_attribute("disabled")).await;
    find("[data-test=lock-save]").unwrap().click();
    until("it is on", || text("[data-test=lock-state]") == "On, with a PIN").await;
    appears(".rail [aria-label=Lock]").await.click();
    appears("[data-test=locked]").await;
    unlock("2468").await;
    appears("[data-test=lock-remove]").await.click();
    type_into("[data-test=lock-current]", "2468").await;
    press("Enter");
    until("it is off", || text("[data-test=lock-state]") == "Off").await;
}
