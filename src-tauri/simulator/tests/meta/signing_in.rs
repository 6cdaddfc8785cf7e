//! The dialogs and the exchanges.

use crate::desk::{Desk, HOUR};
use heliograph_simulator::Consent;
use serde_json::json;
use std::collections::HashMap;
use url::Url;

const BACK: &str = "http://localhost:9999/oauth";

/// Goes through a dialog by form and returns where it leads.
async fn through(desk: &Desk, path: &str, decision: &str) -> Url {
    let url = format!("{}{path}&decision={decision}", desk.sim.origin());
    let answer = desk.http.post(url).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn facebook_signs_in_once_per_code_and_gives_a_page_token_without_end() {
    let desk = Desk::new(3, 3).await;
    let (app, secret) = desk.sim.app();
    let dialog =
        format!("/v26.0/dialog/oauth?client_id={app}&redirect_uri={BACK}&state=s-1&response_type=code");
    let shown = desk.http.get(format!("{}{dialog}", desk.sim.origin())).send().await.unwrap();
    let page = shown.text().await.unwrap();
    assert!(
        page.contains("Continue") && page.contains("pages_messaging") && page.contains("method=\"post\"")
    );

    let denied = query(&through(&desk, &dialog, "cancel").await);
    assert_eq!((denied["error"].as_str(), denied["state"].as_str()), ("access_denied", "s-1"));

    let back = query(&through(&desk, &dialog, "continue").await);
    assert_eq!(back["state"], "s-1");
    let exchange = |secret: &str, back_to: &str, code: &str| {
        format!(
            "/v26.0/oauth/access_token?client_id={app}&redirect_uri={back_to}&client_secret={secret}&code={code}"
        )
    };
    assert_eq!(desk.get("", &exchange("wrong", BACK, &back["code"])).await.status, 400);
    let token = desk.get("", &exchange(&secret, BACK, &back["code"])).await.json;
    assert_eq!(token["token_type"], "bearer");
    assert_eq!(desk.get("", &exchange(&secret, BACK, &back["code"])).await.error().0, 100);
    let value = token["access_token"].as_str().unwrap();
    let long = format!(
        "/v26.0/oauth/access_token?grant_type=fb_exchange_token&client_id={app}&client_secret={secret}&fb_exchange_token={value}"
    );
    let long = desk.get("", &long).await.json["access_token"].as_str().unwrap().to_owned();
    let pages = desk.get(&long, "/v26.0/me/accounts?fields=access_token").await;
    let page = pages.json["data"][0]["access_token"].as_str().unwrap().to_owned();
    let data = desk.get(&page, &format!("/debug_token?input_token={page}")).await.json;
    assert_eq!((data["data"]["expires_at"].as_i64(), data["data"]["type"].as_str()), (Some(0), Some("PAGE")));
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_and_ends() {
    let desk = Desk::new(3, 3).await;
    let (app, secret) = desk.sim.app();
    let dialog = format!("/v26.0/dialog/oauth?client_id={app}&redirect_uri={BACK}&state=x");
    let exchange = |back_to: &str, code: &str| {
        format!(
            "/oauth/access_token?client_id={app}&redirect_uri={back_to}&client_secret={secret}&code={code}"
        )
    };
    let code = query(&through(&desk, &dialog, "continue").await)["code"].clone();
    assert_eq!(desk.get("", &exchange("http://localhost:1/", &code)).await.error(), (100, Some(36008)));
    let code = query(&through(&desk, &dialog, "continue").await)["code"].clone();
    desk.sim.advance(HOUR);
    assert_eq!(desk.get("", &exchange(BACK, &code)).await.error(), (100, Some(36007)));
}

#[tokio::test]
async fn addresses_that_meta_does_not_return_to_are_refused() {
    let desk = Desk::new(3, 3).await;
    let (app, instagram) = (desk.sim.app().0, desk.sim.instagram_app().0);
    let status = async |path: String| {
        desk.http.get(format!("{}{path}", desk.sim.origin())).send().await.unwrap().status().as_u16()
    };
    let facebook = |to: &str, app: &str| format!("/v26.0/dialog/oauth?client_id={app}&redirect_uri={to}");
    assert_eq!(status(facebook(BACK, &app)).await, 200);
    assert_eq!(status(facebook("https://www.facebook.com/connect/login_success.html", &app)).await, 200);
    for to in ["http://127.0.0.1:9999/", "heliograph://back", "http://example.com/", "nonsense"] {
        assert_eq!(status(facebook(to, &app)).await, 400, "{to}");
    }
    assert_eq!(status(facebook(BACK, "1")).await, 400);
    let authorize = |to: &str| format!("/oauth/authorize?client_id={instagram}&redirect_uri={to}");
    assert_eq!(status(authorize("https://localhost:9999/")).await, 200);
    assert_eq!(status(authorize(BACK)).await, 400);
}

#[tokio::test]
async fn instagram_signs_in_for_an_hour_then_sixty_days_then_again() {
    let desk = Desk::new(3, 3).await;
    desk.sim.set_consent(Consent::Continue);
    let (app, secret) = desk.sim.instagram_app();
    let back = "https://localhost:9999/oauth";
    let dialog = format!("{}/oauth/authorize?client_id={app}&redirect_uri={back}&state=s", desk.sim.origin());
    let answer = desk.http.get(dialog).send().await.unwrap();
    let target = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert_eq!(target.fragment(), Some("_"));
    let code = query(&target)["code"].clone();
    let exchange = async |code: &str| {
        let form = [
            ("client_id", app.as_str()),
            ("client_secret", &secret),
            ("grant_type", "authorization_code"),
            ("redirect_uri", back),
            ("code", code),
        ];
        let url = format!("{}/oauth/access_token", desk.sim.origin());
        let answer = desk.http.post(url).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    let (_, first) = exchange(&code).await;
    let short = first["data"][0]["access_token"].as_str().unwrap().to_owned();
    let (status, refused) = exchange(&code).await;
    assert_eq!((status, refused["error_type"].as_str()), (400, Some("OAuthException")));
    assert_eq!(refused["error_message"], "Invalid authorization code");

    let long =
        desk.get(&short, &format!("/access_token?grant_type=ig_exchange_token&client_secret={secret}")).await;
    assert_eq!(long.json["expires_in"], 5_183_944);
    let long = long.json["access_token"].as_str().unwrap().to_owned();
    let refresh = "/refresh_access_token?grant_type=ig_refresh_token";
    assert_eq!(desk.get(&long, refresh).await.error().0, 100, "too young");
    desk.sim.advance(25 * HOUR);
    assert_eq!(desk.get(&short, "/v26.0/me").await.error(), (190, Some(463)));
    let fresh = desk.get(&long, refresh).await.json["access_token"].as_str().unwrap().to_owned();
    assert_eq!(desk.get(&fresh, "/v26.0/me?fields=username").await.json["username"], "saltwind.studio");
    desk.sim.advance(61 * 24 * HOUR);
    assert_eq!(desk.get(&fresh, refresh).await.error(), (190, Some(463)));
}

#[tokio::test]
async fn taking_the_app_away_kills_the_tokens() {
    let desk = Desk::new(3, 3).await;
    let (user, page) = (desk.sim.user_token(), desk.account("messenger").token);
    let permissions = desk.get(&user, "/v26.0/me/permissions").await;
    assert!(
        permissions.json["data"]
            .as_array()
            .unwrap()
            .contains(&json!({ "permission": "pages_messaging", "status": "granted" }))
    );
    desk.http
        .delete(format!("{}/v26.0/me/permissions", desk.sim.origin()))
        .bearer_auth(&user)
        .send()
        .await
        .unwrap();
    assert_eq!(desk.get(&page, "/v26.0/me").await.error(), (190, Some(458)));
}
