//! A person signs in: Instagram by an address and a paste, Facebook in a window, and again in place.

use crate::desk::{Scene, call};
use engine::model::*;
use heliograph_simulator::Consent;
use reqwest::Url;

const ADDRESS: &str = "https://relay.example/signed-in";

/// A browser that says where it was led to, as an address bar does.
async fn landed(url: &str) -> String {
    let quiet = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = quiet.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 302, "{}", answer.text().await.unwrap_or_default());
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn start(scene: &Scene, login: Login, back: ComeBack, account: Option<AccountId>) -> SignInStarted {
    let (id, secret) =
        if login == Login::InstagramLogin { scene.meta.instagram_app() } else { scene.meta.app() };
    let app = account.is_none().then_some(MetaApp { id, secret: SecretText(secret) });
    scene.ask(call::StartSignIn { login, app, back, account }).await
}

fn address() -> ComeBack {
    ComeBack::Address { address: ADDRESS.into() }
}

async fn finish(scene: &Scene, started: &SignInStarted, landed: &str) -> Result<SignInState, Problem> {
    let landed = SecretText(landed.into());
    scene.engine.ask(call::FinishSignIn { sign_in: started.sign_in.clone(), landed }).await
}

async fn found(scene: &Scene, started: &SignInStarted, landed: &str) -> Discovery {
    match finish(scene, started, landed).await {
        Ok(SignInState::Found { discovery }) => discovery,
        other => panic!("{other:?}"),
    }
}

async fn pick_all(scene: &Scene, discovery: Discovery) -> Vec<AccountId> {
    let picked = discovery.candidates.iter().map(|c| c.meta_id.clone()).collect();
    scene.ask(call::ConnectAccounts { discovery: discovery.id, picked }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn instagram_signs_in_by_an_address_and_a_paste_and_its_messages_come() {
    let scene = Scene::new(12, 60).await;
    scene.meta.set_consent(Consent::Continue);
    scene.meta.register_redirect(ADDRESS);
    let started = start(&scene, Login::InstagramLogin, address(), None).await;
    assert_eq!(started.redirect, ADDRESS, "this is what is to be registered");
    let bar = landed(&started.url).await;
    assert!(bar.starts_with(ADDRESS) && bar.ends_with("#_"), "{bar}");

    let discovery = found(&scene, &started, &bar).await;
    let now = scene.engine.clock().now();
    let left = discovery.token_expires_at.map(|end| now.until(end)).unwrap_or_default();
    assert!(left > 59 * DAY, "the hour of the first token has become sixty days: {left}");
    assert!(discovery.scopes.iter().any(|s| s == "instagram_business_manage_messages"));
    let account = pick_all(&scene, discovery).await[0];
    scene.imported(account).await;
    assert!(!scene.conversations().await.is_empty());
    let all = scene.ask(call::ListAccounts {}).await;
    assert!(all[0].health.missing_scopes.is_empty() && all[0].health.token_expires_at.is_some());

    let again = finish(&scene, &started, &bar).await.unwrap_err();
    assert_eq!(again.code, Code::NotAllowed, "a sign-in works once: {again}");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_sign_in_is_refused_and_this_one_waits_on() {
    let scene = Scene::new(6, 12).await;
    scene.meta.set_consent(Consent::Continue);
    let (first, second) = (
        start(&scene, Login::InstagramLogin, address(), None).await,
        start(&scene, Login::InstagramLogin, address(), None).await,
    );
    let bar = landed(&first.url).await;
    for (text, code) in
        [(bar.as_str(), Code::NotAllowed), ("what is this?", Code::BadRequest), ("", Code::BadRequest)]
    {
        assert_eq!(finish(&scene, &second, text).await.unwrap_err().code, code, "{text}");
        let state = scene.ask(call::GetSignIn { sign_in: second.sign_in.clone() }).await;
        assert_eq!(state, SignInState::Waiting);
    }
    // The code alone does too, where a person brings it to the sign-in it belongs to.
    let code = Url::parse(&bar).unwrap().query_pairs().find(|(k, _)| k == "code").unwrap().1.into_owned();
    found(&scene, &first, &code).await;

    let bar = landed(&second.url).await;
    scene.ask(call::CancelSignIn { sign_in: second.sign_in.clone() }).await;
    assert_eq!(finish(&scene, &second, &bar).await.unwrap_err().code, Code::NotAllowed, "it was given up");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_at_the_address_hands_the_return_over_to_this_computer() {
    let scene = Scene::new(6, 12).await;
    scene.meta.set_consent(Consent::Continue);
    let started = start(&scene, Login::InstagramLogin, address(), None).await;
    let bar = Url::parse(&landed(&started.url).await).unwrap();
    let state = bar.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned();
    let port = state.rsplit('.').next().unwrap();
    let port: u16 = port.parse().expect("the page learns the port from the state");
    let handed = format!("http://localhost:{port}/signed-in?{}", bar.query().unwrap());
    assert!(reqwest::get(&handed).await.unwrap().status().is_success());
    scene
        .until("it is found", call::GetSignIn { sign_in: started.sign_in }, |state| {
            matches!(state, SignInState::Found { .. }).then_some(())
        })
        .await;
    assert!(reqwest::get(&handed).await.is_err(), "the port is closed after it");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_door_serves_the_page_for_the_return_address() {
    let scene = Scene::new(6, 12).await;
    scene.open_door().await;
    let at = scene.ask(call::GetWebhookDoor {}).await.listening.unwrap();
    let page = reqwest::get(format!("http://{at}/signed-in?code=AQBx&state=s")).await.unwrap();
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let page = page.text().await.unwrap();
    assert!(
        page.contains("Back to Heliograph") && !page.contains("AQBx"),
        "what came never enters the page's text"
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instagram_leads_back_to_registered_https_addresses_only() {
    let scene = Scene::new(6, 12).await;
    scene.meta.set_consent(Consent::Continue);
    scene.meta.register_redirect(NOBODYS_ADDRESS);
    let (id, secret) = scene.meta.instagram_app();
    let app = Some(MetaApp { id, secret: SecretText(secret) });
    let to = |address: &str| ComeBack::Address { address: address.into() };
    for back in [
        ComeBack::Loopback,
        ComeBack::Window,
        to("http://localhost/"),
        to("https://x.example/?a=b"),
        to("nonsense"),
    ] {
        let ask = call::StartSignIn { login: Login::InstagramLogin, app: app.clone(), back, account: None };
        assert_eq!(scene.engine.ask(ask).await.unwrap_err().code, Code::BadRequest);
    }
    let unregistered = start(&scene, Login::InstagramLogin, address(), None).await;
    let page = reqwest::get(&unregistered.url).await.unwrap().text().await.unwrap();
    assert!(page.contains("Redirect URI not found"), "{page}");
    let started = start(&scene, Login::InstagramLogin, to(NOBODYS_ADDRESS), None).await;
    found(&scene, &started, &landed(&started.url).await).await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_watches_for_metas_last_page_signs_facebook_in() {
    let scene = Scene::new(12, 60).await;
    scene.meta.set_consent(Consent::Continue);
    let started = start(&scene, Login::FacebookPage, ComeBack::Window, None).await;
    let (page, last) = scene.engine.sign_in_page(&started.sign_in).expect("the window is told what to show");
    assert_eq!(page.as_str(), started.url);
    assert!(last.path().ends_with("/connect/login_success.html"), "{last}");
    let bar = landed(page.as_str()).await;
    assert!(
        bar.starts_with(last.as_str()) && bar.contains("#access_token="),
        "the token comes in the fragment"
    );
    let discovery = found(&scene, &started, &bar).await;
    assert_eq!(
        scene.engine.sign_in_page(&started.sign_in),
        None,
        "and the window has nothing to show any more"
    );
    let accounts = pick_all(&scene, discovery).await;
    scene.imported(accounts[0]).await;

    // In place: the app is known, nobody types it again.
    let kept = scene.ask(call::GetKeptApp { account: accounts[0] }).await.expect("the app is kept");
    assert_eq!((kept.id, kept.back.clone()), (scene.meta.app().0, ComeBack::Window));
    let again = start(&scene, Login::FacebookPage, kept.back, Some(accounts[0])).await;
    assert!(again.url.contains("auth_type=rerequest"), "what was declined is asked for again: {}", again.url);
    let discovery = found(&scene, &again, &landed(&again.url).await).await;
    assert!(discovery.candidates.iter().any(|c| c.connected == Some(accounts[0])));
    assert_eq!(pick_all(&scene, discovery).await, accounts, "the same accounts, with their history");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_many_businesses_are_told_apart_and_picked_together() {
    let scene = Scene::new(6, 12).await;
    scene.meta.open_business("Alba Group", 12);
    scene.meta.open_business("Zest Foods", 3);
    scene.meta.set_consent(Consent::Continue);
    let started = start(&scene, Login::FacebookPage, ComeBack::Window, None).await;
    let discovery = found(&scene, &started, &landed(&started.url).await).await;
    let of = |business: &str| {
        let those = discovery.candidates.iter().filter(|c| c.business.as_deref() == Some(business));
        those.map(|c| c.meta_id.clone()).collect::<Vec<_>>()
    };
    assert_eq!((of("Alba Group").len(), of("Zest Foods").len()), (12, 3), "{:?}", discovery.candidates);
    let picked = vec![of("Alba Group")[7].clone(), of("Zest Foods")[1].clone()];
    let accounts = scene.ask(call::ConnectAccounts { discovery: discovery.id.clone(), picked }).await;
    assert_eq!(accounts.len(), 2);
    for account in accounts {
        scene.imported(account).await;
    }
    let names: Vec<_> = scene.ask(call::ListAccounts {}).await.into_iter().map(|a| a.name).collect();
    assert_eq!(names, ["Alba Group 8", "Zest Foods 2"]);

    let again = start(&scene, Login::FacebookPage, ComeBack::Window, None).await;
    let discovery = found(&scene, &again, &landed(&again.url).await).await;
    assert_eq!(discovery.candidates.iter().filter(|c| c.connected.is_some()).count(), 2, "they are marked");
    scene.end().await;
}
