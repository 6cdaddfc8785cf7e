//! The key is lost for good: its secrets are forgotten, the history stays, and connecting again is enough.

use crate::{
    desk::{Scene, call, open},
    send::{seen, somebody_asks, status},
};
use engine::{OpenError, clock::Clock, forget_secrets, model::*, vault::MasterKey};
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_history_outlives_its_key_and_what_waits_leaves_after_reconnecting() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let asked = somebody_asks(&scene, Channel::Messenger, "Is my order on its way?").await;
    scene.ask(call::SaveDraft { conversation: asked.id, text: "Half a thought".into() }).await;
    let before = scene.everything(account).await;
    let Scene { engine, meta, folder, key: lost } = scene;
    engine.stop().await;

    let fits = forget_secrets(folder.path(), &lost, Clock::system()).await;
    assert!(matches!(fits, Err(OpenError::KeyFits)), "a key that opens them is not lost: {fits:?}");
    let key = MasterKey::random();
    assert_eq!(forget_secrets(folder.path(), &key, Clock::system()).await.unwrap(), 1);
    let old = open(folder.path(), &lost, &meta.origin()).await.err();
    assert!(matches!(old, Some(OpenError::WrongKey)), "the old key opens nothing any more");

    let engine = open(folder.path(), &key, &meta.origin()).await.expect("the new key opens it");
    let scene = Scene { engine, meta, folder, key };
    assert_eq!(scene.everything(account).await, before);
    assert_eq!(scene.ask(call::GetConversation { conversation: asked.id }).await.draft, "Half a thought");
    let sick = scene.ask(call::ListAccounts {}).await[0].health.problem.clone().expect("it says what to do");
    assert_eq!((sick.code, sick.action), (Code::SignInAgain, Some(Action::Reconnect)));
    assert!(scene.ask(call::GetWebhookDoor {}).await.secrets.is_empty(), "app secrets went as well");

    let reply = "It left this morning.";
    let send = call::SendText {
        conversation: asked.id,
        text: reply.into(),
        key: "order".into(),
        manner: Manner::default(),
    };
    scene.ask(send).await;
    // Tried once, it waits: it does not fail.
    scene
        .until("the reply waits", call::ListOutbox {}, |rows| {
            rows.iter()
                .any(|r| r.failure.as_ref().is_some_and(|f| f.problem.code == Code::SignInAgain))
                .then_some(())
        })
        .await;
    assert_eq!(seen(&scene, reply), 0);
    scene.reconnect(Channel::Messenger).await;
    let left = [DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read];
    status(&scene, asked.id, reply, &left).await;
    assert_eq!(seen(&scene, reply), 1);
    scene
        .until("the account is well", call::ListAccounts {}, |all| {
            all[0].health.problem.is_none().then_some(())
        })
        .await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_forgets_only_when_told_that_it_is_for_good() {
    let scene = Scene::new(6, 12).await;
    scene.connect(Channel::Messenger).await;
    let Scene { engine, meta, folder, .. } = scene;
    engine.stop().await;
    let forget = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heliograph-server"));
        command.env_remove("HELIOGRAPH_KEY").args(["secrets", "forget", "--data"]).arg(folder.path());
        command.args(more).output().unwrap()
    };
    let asked = forget(&[]);
    assert_eq!(asked.status.code(), Some(2));
    assert!(!folder.path().join("heliograph.key").exists(), "asking made nothing");
    let done = forget(&["--for-good"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let again = forget(&["--for-good"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing needs to be forgotten"));
    let text = std::fs::read_to_string(folder.path().join("heliograph.key")).unwrap();
    let key = MasterKey::from_text(&text).unwrap();
    let engine = open(folder.path(), &key, &meta.origin()).await.expect("the new key file opens it");
    Scene { engine, meta, folder, key }.end().await;
}
