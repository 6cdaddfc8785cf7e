//! The support bundle and the log: a world full of canaries, and none of them gets out.

use crate::{
    desk::{Scene, call},
    send::{somebody_asks, status},
};
use engine::model::*;
use std::{collections::BTreeSet, io::Read as _};

/// Every name, word, id and secret of this world.
async fn canaries(scene: &Scene) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let folder = scene.folder.path().display().to_string();
    all.insert(folder);
    for sim in scene.meta.accounts() {
        all.extend([sim.token, sim.meta_id]);
    }
    let (app, secret) = scene.meta.app();
    all.extend([app, secret]);
    for account in scene.ask(call::ListAccounts {}).await {
        all.extend([
            account.name,
            account.handle.trim_start_matches(['@', '+']).to_owned(),
            account.meta_id.0,
        ]);
    }
    for row in scene.conversations().await {
        let person = scene.ask(call::GetContact { conversation: row.id }).await;
        all.extend([row.contact.name, row.contact.handle, person.meta_id]);
        all.extend(person.phone);
        for message in scene.thread(row.id).await {
            all.insert(message.content.text().to_owned());
            all.extend(message.meta_id.map(|id| id.0));
        }
    }
    all.extend(PLANTED.map(str::to_owned));
    // What is short stands in many words.
    all.retain(|canary| canary.chars().count() >= 6);
    all
}

const PLANTED: [&str; 9] = [
    "Kanari asks whether +49 151 23456789 is right",
    "Kanari is answered at kanari@example.org",
    "a draft about Kanari",
    "a note about Kanari",
    "Kanari label",
    "Kanari colleague",
    "Kanari view",
    "Kanari app secret",
    "a passphrase for Kanari",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_in_any_file_of_the_bundle_nor_in_the_log() {
    let scene = Scene::new(12, 60).await;
    for channel in Channel::ALL {
        let account = scene.connect(channel).await;
        scene.imported(account).await;
    }
    scene.open_door().await;
    let [asks, answer, draft, note, label, colleague, view, secret, passphrase] = PLANTED;
    let conversation = somebody_asks(&scene, Channel::WhatsApp, asks).await.id;
    let reply =
        call::SendText { conversation, text: answer.into(), key: "canary".into(), manner: Manner::default() };
    scene.ask(reply).await;
    let left = [DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read];
    status(&scene, conversation, answer, &left).await;
    scene.ask(call::SaveDraft { conversation, text: draft.into() }).await;
    scene.ask(call::AddNote { conversation, text: note.into() }).await;
    scene.ask(call::SaveLabel { label: None, name: label.into(), colour: Colour::ALL[0] }).await;
    scene.ask(call::SaveColleague { colleague: None, name: colleague.into() }).await;
    let kept =
        call::SaveView { view: None, name: view.into(), filter: Filter::default(), sort: Sort::Newest };
    scene.ask(kept).await;
    scene.ask(call::SetAppSecret { name: secret.into(), secret: SecretText(secret.into()) }).await;
    let words = SecretText(passphrase.into());
    scene.ask(call::SetLock { kind: LockKind::Passphrase, words, current: None }).await;
    // What goes wrong is logged: bodies that are no bodies, calls that are no calls, an account that lost its token.
    scene
        .deliver(&format!(r#"{{"object":"page","entry":[{{"id":"{asks}","messaging":"{answer}"}}]}}"#))
        .await;
    let _ = scene.engine.call("SendText", serde_json::json!({ "conversation": answer })).await;
    scene.meta.fault("190_463", None, None);
    let account =
        scene.ask(call::ListAccounts {}).await.into_iter().find(|a| a.channel == Channel::Messenger);
    scene.ask(call::PollNow { account: account.unwrap().id }).await;
    scene
        .until("the account is in trouble", call::ListAccounts {}, |all| {
            all.iter().any(|a| a.health.problem.is_some()).then_some(())
        })
        .await;

    let told = scene.ask(call::GetDiagnostics {}).await;
    assert!(told.attention().any(|(group, _)| matches!(group.topic, Topic::Account { .. })));
    let bundle = scene.ask(call::MakeBundle {}).await;
    let canaries = canaries(&scene).await;
    assert!(canaries.len() > 60, "a world of canaries: {canaries:?}");
    for file in &bundle.files {
        assert!(!file.text.is_empty(), "{} says something", file.name);
        let text = file.text.to_lowercase();
        for canary in &canaries {
            assert!(!text.contains(&canary.to_lowercase()), "{canary:?} is in {}:\n{}", file.name, file.text);
        }
        assert!(!text.contains("kanari"), "{}:\n{}", file.name, file.text);
    }
    for line in engine::log::lines() {
        let planted = PLANTED.iter().find(|canary| line.text.contains(**canary));
        assert_eq!(planted, None, "{line:?}");
        assert!(!line.text.contains("Kanari"), "{line:?}");
    }

    // What is saved is what was read.
    let (name, packed) = scene.engine.bundle(&bundle.id).expect("it is kept for saving");
    assert_eq!((name.as_str(), packed.len() as u64), (bundle.name.as_str(), bundle.bytes));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(packed)).unwrap();
    assert_eq!(zip.len(), bundle.files.len());
    for file in &bundle.files {
        let mut text = String::new();
        zip.by_name(&file.name).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, file.text);
    }
    assert_eq!(scene.engine.bundle("another"), None);
    scene.end().await;
}
