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

/// Types into a field as a person would.
fn fill(selector: &str, words: &str) {
    let field: web_sys::HtmlInputElement = find(selector).unwrap().unchecked_into();
    field.focus().unwrap();
    field.set_value(words);
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
}

/// Begins a sign-in to Instagram, whose browser never comes back by itself.
async fn sign_in_to_instagram(world: &str) -> Scene {
    let scene = open("/accounts?connect=1", world).await;
    js("window.open = () => null").await;
    appears("[data-test=login-instagram_login]").await.click();
    appears("[data-test=connect-by-sign-in]").await.click();
    // The form of the token has fields of the same names: the address is only in this one.
    appears("[data-test=connect-address]").await;
    fill("[data-test=connect-app-id]", "738204199516043");
    fill("[data-test=connect-app-secret]", "secret");
    assert!(says(".field-about", "Register it first, letter for letter"), "where the address goes is said");
    click("[data-test=connect-sign-in]");
    appears("[data-test=connect-landed]").await;
    scene
}

#[wasm_bindgen_test]
async fn instagram_is_brought_back_by_its_address() {
    let _scene = sign_in_to_instagram("").await;
    assert!(says("[data-test=connect-redirect]", "https://localhost/signed-in"));
    fill("[data-test=connect-landed]", "https://www.instagram.com/");
    click("[data-test=connect-finish]");
    until("why not", || says("[data-test=connect-landed-problem]", "There is no code in this")).await;
    fill("[data-test=connect-landed]", "https://localhost/signed-in?code=AQBx&state=s");
    click("[data-test=connect-finish]");
    appears("[data-test=connect-pick]").await;
}

#[wasm_bindgen_test]
async fn many_accounts_are_grouped_by_business_searched_and_ticked_together() {
    let _scene = sign_in_to_instagram("many").await;
    fill("[data-test=connect-landed]", "?code=AQBx");
    click("[data-test=connect-finish]");
    until("the groups", || all("[data-test=connect-group]").len() == 3).await;
    assert!(says("[data-test=connect-group]", "Alba Group") && says("[data-test=connect-group]", "Your own"));
    assert!(says("[data-test=connect-pick]", "Connected"), "what is connected already is marked");
    fill("[data-test=connect-find]", "zest");
    until("one group", || all("[data-test=connect-group]").len() == 1).await;
    let before = text("[data-test=connect-go]");
    click("[data-test=connect-group] input");
    until("other numbers", || text("[data-test=connect-go]") != before).await;
    fill("[data-test=connect-find]", "nobody");
    until("none", || says(".candidates", "None of them is called that")).await;
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
    until("the notice", || says(".notice", "The sign-in ends in")).await;
    click("[data-test=notice-later]");
    until("it is gone", || !says(".notice", "The sign-in ends in")).await;
    js("pretend.world.accounts[1].health.token_expires_at = Date.now() + 5 * pretend.HOUR; \
        pretend.tell({ event: 'account_changed', account: 2 })")
    .await;
    until("it is back", || says(".notice", "The sign-in ends in")).await;
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
