//! What tokens reach, and how a sign-in's code becomes one.

use super::{graph, script::Script};
use crate::{
    graph::{Fate, login::App},
    model::{Channel, Login},
    vault::Secret,
};
use serde_json::{Value, json};

fn app() -> App {
    App { id: "15".into(), secret: Secret::new("app-secret") }
}

fn token() -> Secret {
    Secret::new("EAAB-user")
}

fn debug(kind: &str, scopes: &[&str], expires_at: i64) -> Value {
    json!({"data": {"app_id": "15", "type": kind, "is_valid": true, "expires_at": expires_at,
        "issued_at": 1_795_000_000, "data_access_expires_at": 1_800_000_000, "scopes": scopes}})
}

const MESSENGER: &[&str] = &["pages_messaging", "pages_manage_metadata", "pages_read_engagement"];

#[tokio::test]
async fn a_persons_token_reaches_pages_and_their_instagram_accounts_with_the_pages_own_tokens() {
    let script = Script::start().await;
    script
        .on("/v26.0/debug_token", debug("USER", MESSENGER, 1_800_184_000))
        .on(
            "/v26.0/me/accounts",
            json!({"data": [
            {"id": "68", "name": "Jasper's Market", "access_token": "EAAB-page", "tasks": ["MESSAGING"],
             "picture": {"data": {"url": "https://x.fbcdn.net/p"}},
             "instagram_business_account": {"id": "17", "username": "jaspersmarket", "name": "Jasper's"}},
            {"id": "69", "name": "Only ads", "access_token": "EAAB-2", "tasks": ["ADVERTISE"]}]}),
        )
        .on("/v26.0/me/businesses", json!({"data": [{"id": "b"}]}))
        .on(
            "/v26.0/b/owned_pages",
            json!({"data": [{"id": "68", "name": "again"}, {"id": "70", "name": "Owned"}]}),
        )
        .fail("/v26.0/b/client_pages", 403, json!({"error": {"message": "no", "code": 200}}));
    let found = graph(&script).discover(Login::FacebookPage, &token(), None).await.unwrap();
    let told: Vec<_> =
        found.accounts.iter().map(|r| (r.channel, r.meta_id.as_str(), r.token.reveal())).collect();
    assert_eq!(
        told,
        [
            (Channel::Messenger, "68", "EAAB-page"),
            (Channel::Instagram, "17", "EAAB-page"),
            (Channel::Messenger, "69", "EAAB-2"),
            (Channel::Messenger, "70", "EAAB-user"),
        ]
    );
    let instagram = &found.accounts[1];
    assert_eq!((instagram.handle.as_str(), instagram.page_id.as_deref()), ("@jaspersmarket", Some("68")));
    assert!(instagram.caution().unwrap().contains("instagram_basic"));
    assert_eq!(found.accounts[0].caution(), None);
    assert_eq!(found.accounts[0].picture_url.as_deref(), Some("https://x.fbcdn.net/p"));
    assert_eq!(found.accounts[0].expires_at, None, "a Page token taken with one that lasts has no end");
    assert!(found.accounts[2].caution().unwrap().contains("may not write"));
}

#[tokio::test]
async fn a_pages_own_token_reaches_that_page() {
    let script = Script::start().await;
    script
        .on("/v26.0/debug_token", debug("PAGE", MESSENGER, 0))
        .on("/v26.0/me", json!({"id": "68", "name": "Jasper's"}));
    let found = graph(&script).discover(Login::FacebookPage, &token(), Some(&app())).await.unwrap();
    assert_eq!(found.accounts.len(), 1);
    assert_eq!((found.accounts[0].name.as_str(), found.expires_at), ("Jasper's", None));
    assert_eq!(script.asked()[0].headers["authorization"], "Bearer 15|app-secret", "asked as the app");
    assert!(script.asked()[1].query.contains_key("appsecret_proof"));
}

#[tokio::test]
async fn without_inspection_a_pages_token_is_known_by_what_it_refuses() {
    let script = Script::start().await;
    let refusal = "(#100) Tried accessing nonexisting field (accounts) on node type (Page)";
    script
        .fail("/v26.0/debug_token", 400, json!({"error": {"message": "no", "code": 100}}))
        .fail("/v26.0/me/accounts", 400, json!({"error": {"message": refusal, "code": 100}}))
        .on("/v26.0/me", json!({"id": 68, "name": "Jasper's"}));
    let found = graph(&script).discover(Login::FacebookPage, &token(), None).await.unwrap();
    assert_eq!(found.accounts[0].meta_id.as_str(), "68");
    assert_eq!(found.accounts[0].caution(), None, "unknown scopes are not missing ones");
}

#[tokio::test]
async fn a_short_lived_token_is_traded_for_one_that_lasts() {
    let script = Script::start().await;
    let mut short = debug("USER", MESSENGER, 1_795_005_000);
    short["data"]["issued_at"] = json!(1_795_000_000);
    script
        .on("/v26.0/debug_token", short)
        .on("/v26.0/oauth/access_token", json!({"access_token": "EAAB-long", "expires_in": 5_183_944}))
        .on(
            "/v26.0/me/accounts",
            json!({"data": [{"id": "68", "name": "Jasper's", "access_token": "EAAB-page"}]}),
        )
        .on("/v26.0/me/businesses", json!({"data": []}));
    let found = graph(&script).discover(Login::FacebookPage, &token(), Some(&app())).await.unwrap();
    let pages = script.asked().into_iter().find(|a| a.path.ends_with("/me/accounts")).unwrap();
    assert_eq!(pages.headers["authorization"], "Bearer EAAB-long");
    assert_eq!(found.accounts[0].expires_at, None);
}

#[tokio::test]
async fn a_dead_token_says_so() {
    let script = Script::start().await;
    let dead =
        json!({"data": {"is_valid": false, "error": {"code": 190, "message": "expired", "subcode": 463}}});
    script.on("/v26.0/debug_token", dead);
    for app in [None, Some(&app())] {
        let error = graph(&script).discover(Login::FacebookPage, &token(), app).await.unwrap_err();
        assert_eq!(error.fate(), Fate::SignInAgain, "{error}");
    }
    script.on("/v26.0/me", json!({"error": {"message": "x", "code": 190}}));
    let error = graph(&script).discover(Login::InstagramLogin, &token(), None).await.unwrap_err();
    assert_eq!(error.fate(), Fate::SignInAgain, "{error}");
}

#[tokio::test]
async fn an_instagram_login_is_one_account_under_its_professional_id() {
    let script = Script::start().await;
    script.on("/refresh_access_token", json!({"access_token": "IGAA-new", "expires_in": 5_183_944})).on(
        "/v26.0/me",
        json!({"id": "app-scoped", "user_id": 17, "username": "jaspersmarket", "name": "Jasper's"}),
    );
    let found = graph(&script).discover(Login::InstagramLogin, &Secret::new("IGAA-old"), None).await.unwrap();
    let one = &found.accounts[0];
    assert_eq!(
        (one.meta_id.as_str(), one.handle.as_str(), one.token.reveal()),
        ("17", "@jaspersmarket", "IGAA-new")
    );
    assert!(one.expires_at.is_some());
}

#[tokio::test]
async fn a_system_user_reaches_the_numbers_it_is_granted_or_its_businesses_have() {
    let script = Script::start().await;
    let mut seen = debug("SYSTEM_USER", &["whatsapp_business_messaging"], 0);
    seen["data"]["granular_scopes"] =
        json!([{"scope": "whatsapp_business_management", "target_ids": ["10"]}]);
    script
        .on("/v26.0/debug_token", seen)
        .on("/v26.0/debug_token", debug("SYSTEM_USER", &[], 0))
        .on(
            "/v26.0/10/phone_numbers",
            json!({"data": [
            {"id": "106", "display_phone_number": "+1 555-078-3881", "verified_name": "Jasper's"}]}),
        )
        .on("/v26.0/me/businesses", json!({"data": [{"id": "b"}]}))
        .on("/v26.0/b/owned_whatsapp_business_accounts", json!({"data": [{"id": "10"}]}))
        .on("/v26.0/b/client_whatsapp_business_accounts", json!({"data": []}));
    for way in ["granted", "by business"] {
        let found = graph(&script).discover(Login::WhatsAppCloud, &token(), None).await.unwrap();
        let one = &found.accounts[0];
        assert_eq!((one.meta_id.as_str(), one.waba_id.as_deref()), ("106", Some("10")), "{way}");
        assert_eq!(one.handle, "+1 555-078-3881");
    }
}

#[tokio::test]
async fn codes_become_tokens_and_secrets_stay_out_of_addresses() {
    let script = Script::start().await;
    script
        .on("/v26.0/oauth/access_token", json!({"access_token": "short", "token_type": "bearer"}))
        .on("/v26.0/oauth/access_token", json!({"access_token": "long", "expires_in": 5_183_944}));
    let code = Secret::new("AQBx#_");
    let token = graph(&script)
        .exchange_code(Login::FacebookPage, &app(), "http://localhost:1/", &code)
        .await
        .unwrap();
    assert_eq!(token.token.reveal(), "long");
    assert!(script.asked().iter().all(|a| a.query.is_empty()), "secrets travel in bodies");
    assert!(script.asked()[0].body.contains("code=AQBx&") || script.asked()[0].body.ends_with("code=AQBx"));

    let script = Script::start().await;
    script.on("/oauth/access_token", json!({"data": [{"access_token": "IG-short", "user_id": "1"}]})).fail(
        "/access_token",
        400,
        json!({"error": {"message": "x", "code": 100}}),
    );
    let token = graph(&script)
        .exchange_code(Login::InstagramLogin, &app(), "https://r.example/", &code)
        .await
        .unwrap();
    assert_eq!(token.token.reveal(), "IG-short", "a token that does not last is better than none");

    let script = Script::start().await;
    let used = json!({"error_type": "OAuthException", "code": 400, "error_message": "This code was used"});
    script.fail("/oauth/access_token", 400, used);
    let error = graph(&script)
        .exchange_code(Login::InstagramLogin, &app(), "https://r.example/", &code)
        .await
        .unwrap_err();
    assert!(error.problem().message.contains("This code was used"), "{}", error.problem());
}
