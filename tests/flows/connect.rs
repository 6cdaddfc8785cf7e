//! A person connects an account: by a pasted token, or by signing in with their own Meta app.

use crate::desk::{Scene, call};
use engine::model::*;
use heliograph_simulator::Consent;

/// A browser of the person: follows where it is led.
fn browser() -> reqwest::Client {
    reqwest::Client::builder().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_with_ones_own_app_lists_what_the_token_reaches_and_the_person_picks() {
    let scene = Scene::new(12, 60).await;
    scene.meta.set_consent(Consent::Continue);
    let (id, secret) = scene.meta.app();
    let started = scene
        .ask(call::StartSignIn {
            login: Login::FacebookPage,
            app: Some(MetaApp { id, secret: SecretText(secret) }),
            back: ComeBack::Loopback,
            account: None,
        })
        .await;
    let page = browser().get(&started.url).send().await.unwrap();
    assert!(page.status().is_success(), "the person is told to go back");
    let discovery = scene
        .until("the sign-in has found accounts", call::GetSignIn { sign_in: started.sign_in }, |state| {
            match state {
                SignInState::Found { discovery } => Some(discovery.clone()),
                SignInState::Waiting => None,
                SignInState::Failed { problem } => panic!("{problem}"),
            }
        })
        .await;
    let channels: Vec<_> = discovery.candidates.iter().map(|c| c.channel).collect();
    assert!(channels.contains(&Channel::Messenger) && channels.contains(&Channel::Instagram), "{channels:?}");
    let picked = discovery.candidates.iter().map(|c| c.meta_id.clone()).collect();
    let connected = scene.ask(call::ConnectAccounts { discovery: discovery.id, picked }).await;
    assert_eq!(connected.len(), discovery.candidates.len());
    for account in connected {
        scene.imported(account).await;
    }
    assert!(!scene.conversations().await.is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_sign_in_says_so_and_connects_nothing() {
    let scene = Scene::new(6, 12).await;
    scene.meta.set_consent(Consent::Cancel);
    let (id, secret) = scene.meta.app();
    let started = scene
        .ask(call::StartSignIn {
            login: Login::FacebookPage,
            app: Some(MetaApp { id, secret: SecretText(secret) }),
            back: ComeBack::Loopback,
            account: None,
        })
        .await;
    browser().get(&started.url).send().await.unwrap();
    let problem = scene
        .until("the sign-in has failed", call::GetSignIn { sign_in: started.sign_in }, |state| match state {
            SignInState::Failed { problem } => Some(problem.clone()),
            _ => None,
        })
        .await;
    assert_eq!(problem.code, Code::NotAllowed);
    assert!(scene.ask(call::ListAccounts {}).await.is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_with_anothers_state_is_refused_and_the_sign_in_goes_on_waiting() {
    let scene = Scene::new(6, 12).await;
    let (id, secret) = scene.meta.app();
    let started = scene
        .ask(call::StartSignIn {
            login: Login::FacebookPage,
            app: Some(MetaApp { id, secret: SecretText(secret) }),
            back: ComeBack::Loopback,
            account: None,
        })
        .await;
    let url = reqwest::Url::parse(&started.url).unwrap();
    let redirect = url.query_pairs().find(|(k, _)| k == "redirect_uri").unwrap().1.into_owned();
    let forged = browser().get(format!("{redirect}?code=stolen&state=guessed")).send().await.unwrap();
    assert_eq!(forged.status(), 404);
    let state = scene.ask(call::GetSignIn { sign_in: started.sign_in }).await;
    assert_eq!(state, SignInState::Waiting);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_meta_does_not_know_is_explained() {
    let scene = Scene::new(6, 12).await;
    for (token, code) in
        [("EAAnonsense", Code::SignInAgain), ("two words", Code::BadRequest), ("", Code::BadRequest)]
    {
        let problem = scene
            .engine
            .ask(call::DiscoverAccounts {
                login: Login::FacebookPage,
                token: SecretText(token.into()),
                app: None,
            })
            .await
            .unwrap_err();
        assert_eq!(problem.code, code, "{problem}");
    }
    scene.end().await;
}
