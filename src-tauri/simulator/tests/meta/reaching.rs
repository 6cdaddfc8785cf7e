//! What each token reaches, and how it is found out.

use crate::desk::{Desk, HOUR};

#[tokio::test]
async fn tokens_reach_their_own_accounts_only() {
    let desk = Desk::new(30, 60).await;
    let (page, instagram, whatsapp) =
        (desk.account("messenger"), desk.account("instagram"), desk.account("whatsapp"));
    let error = async |token: &str, path: &str| desk.get(token, path).await.error();
    assert_eq!(error("", "/v26.0/me").await.0, 2500);
    assert_eq!(error("EAAnonsense", "/v26.0/me").await, (190, None));
    assert_eq!(error(&page.token, "/graph.instagram.com/v26.0/me").await, (190, None));
    assert_eq!(error(&instagram.token, "/graph.facebook.com/v26.0/me").await, (190, None));
    assert_eq!(error(&page.token, &format!("/{}", whatsapp.meta_id)).await, (100, Some(33)));
    assert_eq!(error(&whatsapp.token, &format!("/{}/conversations", page.meta_id)).await, (100, Some(33)));
    assert_eq!(error(&desk.sim.user_token(), &format!("/{}/conversations", page.meta_id)).await.0, 210);
    assert_eq!(error(&page.token, &format!("/{}/conversations", instagram.meta_id)).await.0, 3);
    desk.sim.drop_scope("messenger", "pages_messaging");
    assert_eq!(error(&page.token, "/me/conversations").await.0, 200);
    assert_eq!(desk.get(&page.token, "/me/conversations?platform=instagram").await.status, 200);
    desk.sim.expire_token("messenger", 460);
    assert_eq!(error(&page.token, "/me").await, (190, Some(460)));
    desk.sim.advance(40 * 24 * HOUR);
    assert_eq!(error(&instagram.token, "/me").await, (190, Some(463)));
}

#[tokio::test]
async fn a_proof_is_checked_when_given() {
    use hmac::{Hmac, KeyInit, Mac};
    let desk = Desk::new(3, 3).await;
    let token = desk.account("messenger").token;
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(desk.sim.app().1.as_bytes()).unwrap();
    mac.update(token.as_bytes());
    let proof = hex::encode(mac.finalize().into_bytes());
    assert_eq!(desk.get(&token, &format!("/me?appsecret_proof={proof}")).await.status, 200);
    assert_eq!(desk.get(&token, "/me?appsecret_proof=00").await.error().0, 104);
    desk.sim.fault("require_proof", None, None);
    assert_eq!(desk.get(&token, "/me").await.error().0, 104);
}

#[tokio::test]
async fn discovery_finds_the_page_and_the_phone_number() {
    let desk = Desk::new(3, 3).await;
    let (page, instagram, whatsapp) =
        (desk.account("messenger"), desk.account("instagram"), desk.account("whatsapp"));
    let fields = "id,name,access_token,tasks,instagram_business_account{id,username}";
    let pages = desk.get(&desk.sim.user_token(), &format!("/v26.0/me/accounts?fields={fields}")).await;
    let found = &pages.json["data"][0];
    assert_eq!(found["id"], page.meta_id.as_str());
    assert_eq!(found["access_token"], page.token.as_str());
    assert_eq!(found["instagram_business_account"]["id"], instagram.meta_id.as_str());

    let me = desk.get(&instagram.token, "/v26.0/me?fields=id,user_id,username").await;
    assert_eq!(me.json["user_id"], instagram.meta_id.as_str());
    assert_ne!(me.json["id"], instagram.meta_id.as_str());

    let business = desk.get(&whatsapp.token, "/v26.0/me/businesses").await.json["data"][0]["id"].clone();
    let path = format!("/v26.0/{}/owned_whatsapp_business_accounts", business.as_str().unwrap());
    let waba = desk.get(&whatsapp.token, &path).await.json["data"][0]["id"].clone();
    assert_eq!(waba.as_str(), whatsapp.waba.as_deref());
    let numbers =
        desk.get(&whatsapp.token, &format!("/v26.0/{}/phone_numbers", waba.as_str().unwrap())).await;
    assert_eq!(numbers.json["data"][0]["id"], whatsapp.meta_id.as_str());
    let token = desk.get(&whatsapp.token, &format!("/debug_token?input_token={}", whatsapp.token)).await;
    let granular = token.json["data"]["granular_scopes"].as_array().unwrap().clone();
    assert!(
        granular.iter().any(|g| g["scope"] == "whatsapp_business_messaging" && g["target_ids"][0] == waba)
    );
}

#[tokio::test]
async fn a_page_token_tells_that_it_ends_within_three_days() {
    let desk = Desk::new(3, 3).await;
    let token = desk.account("messenger").token;
    let app = desk.sim.app();
    let asked = format!("/debug_token?input_token={token}&access_token={}%7C{}", app.0, app.1);
    let data = desk.get("", &asked).await.json["data"].clone();
    let left = data["expires_at"].as_i64().unwrap() * 1000 - desk.sim.now();
    assert!(data["is_valid"].as_bool().unwrap() && (0..72 * HOUR).contains(&left));
    desk.sim.advance(72 * HOUR);
    let data = desk.get("", &asked).await.json["data"].clone();
    assert_eq!((data["is_valid"].as_bool(), data["error"]["subcode"].as_i64()), (Some(false), Some(463)));
}
