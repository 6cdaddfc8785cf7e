//! Signing in, signing in again, what Meta tells by webhook, and what is said before a sign-in ends.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

fn click(selector: &str) {
    find(selector).unwrap_or_else(|| panic!("no {selector}")).click();
}

fn says(selector: &str, words: &str) -> bool {
    all(selector).iter().any(|e| e.text_content().unwrap_or_default().contains(words))
}

#[wasm_bindgen_test]
async fn each_fault_has_words_and_a_button_of_its_own() {
    let _scene = open("/accounts", "").await;
    appears("[data-test=account-row]").await;
    for (fault, title, button) in [
        ("password_changed", "The password was changed", "reconnect"),
        ("checkpoint", "Facebook wants to check who you are", "open-facebook"),
        ("missing_scope", "A permission is missing", "reconnect"),
        ("data_ended", "Access to personal data has ended", "reconnect"),
        ("revoked", "The app was removed", "reconnect"),
        ("expired", "The sign-in has expired", "reconnect"),
    ] {
        js(&format!(
            "Object.assign(pretend.world.accounts[0].health, {{ fault: '{fault}', problem_since: Date.now(), \
             problem: {{ code: 'sign_in_again', message: 'As Meta said it.', action: null }} }}); \
             pretend.tell({{ event: 'account_changed', account: 1 }})"
        ))
        .await;
        until(title, || says("[data-account='1'] [data-test=standing]", title)).await;
        until(button, || find(&format!("[data-account='1'] [data-test={button}]")).is_some()).await;
    }
}

#[wasm_bindgen_test]
async fn reconnecting_needs_no_secret_when_the_app_is_kept() {
    let _scene = open("/accounts", "sick").await;
    appears("[data-account='1'] [data-test=reconnect]").await;
    click("[data-account='1'] [data-test=reconnect]");
    appears("[data-test=connect-by-sign-in]").await;
    click("[data-test=connect-by-sign-in]");
    appears("[data-test=connect-kept]").await;
    assert!(find("[data-test=connect-app-secret]").is_none());
    js("window.open = () => null").await;
    click("[data-test=connect-sign-in]");
    appears("[data-test=connect-cancel]").await;
}

#[wasm_bindgen_test]
async fn an_end_is_said_in_the_inbox_and_can_be_put_off_until_the_last_day() {
    let _scene = open("/", "ending").await;
    appears("#row-1000").await;
    until("the notice", || says(".notice", "the sign-in ends in")).await;
    click("[data-test=notice-later]");
    until("it is gone", || !says(".notice", "the sign-in ends in")).await;
    js("pretend.world.accounts[1].health.token_expires_at = Date.now() + 5 * pretend.HOUR; \
        pretend.tell({ event: 'account_changed', account: 2 })")
    .await;
    until("it is back", || says(".notice", "the sign-in ends in")).await;
}

#[wasm_bindgen_test]
async fn missing_webhook_fields_are_named_and_mended_with_one_button() {
    let _scene = open("/accounts", "").await;
    appears("[data-account='1'] [data-test=account-menu]").await;
    click("[data-account='1'] [data-test=account-menu]");
    until("the menu", || says(".menu-item", "Webhooks of this account")).await;
    let item =
        all(".menu-item").into_iter().find(|i| i.text_content().unwrap().contains("Webhooks of")).unwrap();
    item.unchecked_into::<web_sys::HtmlElement>().click();
    appears("[data-test=level-account] [data-test=field].bad").await;
    assert_eq!(all("[data-test=level-account] [data-test=field].bad").len(), 2);
    assert!(says("[data-test=level-account]", "Edited messages"), "a field is explained");
    click("[data-test=subscriptions-mend]");
    until("all there", || all("[data-test=field].bad").is_empty()).await;
    assert!(find("[data-test=subscriptions-mend]").is_none());
    click("[data-test=unsubscribe]");
    until("silence", || says("[data-test=level-account]", "nothing comes by webhook")).await;
}
