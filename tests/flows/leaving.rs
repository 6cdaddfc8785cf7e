//! A person disconnects an account: told beforehand what goes, here and at Meta's side, and afterwards what went.

use crate::desk::{Scene, call, list};
use engine::model::*;
use futures_util::stream;
use heliograph_simulator::Content;

/// Connects the Page and its Instagram account by one sign-in.
async fn connect_by_one_sign_in(scene: &Scene) -> Vec<Account> {
    let (id, secret) = scene.meta.app();
    let discovery = scene
        .ask(call::DiscoverAccounts {
            login: Login::FacebookPage,
            token: SecretText(scene.meta.user_token()),
            app: Some(MetaApp { id, secret: SecretText(secret) }),
        })
        .await;
    let picked = discovery.candidates.iter().map(|c| c.meta_id.clone()).collect();
    scene.ask(call::ConnectAccounts { discovery: discovery.id, picked }).await;
    let accounts = scene.ask(call::ListAccounts {}).await;
    for account in &accounts {
        scene.imported(account.id).await;
    }
    accounts
}

fn fate(at_meta: &[AtMeta], part: MetaPart) -> (MetaFate, &str) {
    let found = at_meta.iter().find(|at| at.part == part).expect("it is told");
    (found.fate, &found.words)
}

async fn leave(scene: &Scene, account: AccountId, keep_history: bool) -> Disconnected {
    scene.ask(call::DisconnectAccount { account, keep_history, at_meta: true }).await
}

/// Everything in the data folder that holds `needle`, whatever its case.
pub fn files_with(scene: &Scene, needle: &str) -> Vec<String> {
    let needle = needle.to_lowercase().into_bytes();
    let mut found = Vec::new();
    let mut folders = vec![scene.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap_or_default().to_ascii_lowercase();
            if bytes.windows(needle.len()).any(|part| part == needle) {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_says_what_goes_and_a_kept_history_is_taken_up_again() {
    let scene = Scene::new(24, 120).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    scene.ask(call::Subscribe { account }).await;
    let said = scene.meta.say(&sim, None, "Is the lantern mended?");
    let conversation = scene.conversation_saying("Is the lantern mended?").await.id;
    let send_at = Some(scene.engine.clock().now().plus(HOUR));
    let manner = Manner { send_at, ..Manner::default() };
    let text = "Tomorrow at noon".to_owned();
    scene.ask(call::SendText { conversation, text, key: "later".into(), manner }).await;
    scene.ask(call::SaveDraft { conversation, text: "Half a thought".into() }).await;

    let plan = scene.ask(call::PlanDisconnect { account }).await;
    let truth = scene.meta.truth(&sim).len() as u64;
    assert_eq!(plan.amounts.messages, truth + 1, "all of Meta's and the one that waits");
    assert_eq!((plan.amounts.scheduled, plan.amounts.unsent, plan.amounts.drafts), (1, 0, 1));
    assert_eq!(fate(&plan.at_meta, MetaPart::Webhooks).0, MetaFate::Ends);
    assert_eq!(fate(&plan.at_meta, MetaPart::Permission).0, MetaFate::Ends);
    assert!(!scene.meta.subscribed(&sim).is_empty() && scene.meta.is_permitted(), "nothing is done yet");

    let before = scene.conversations().await.len();
    assert_eq!(before as u64, plan.amounts.conversations);
    let told = leave(&scene, account, true).await;
    assert_eq!((told.held_back, &told.deleted), (1, &None));
    assert!(told.at_meta.iter().all(|at| at.fate == MetaFate::Ends), "{:?}", told.at_meta);
    assert!(scene.meta.subscribed(&sim).is_empty() && !scene.meta.is_permitted(), "Meta did it");
    assert!(scene.ask(call::ListAccounts {}).await.is_empty());
    let former = scene.ask(call::ListFormerAccounts {}).await;
    assert_eq!(
        former.iter().map(|f| (f.id, f.conversations)).collect::<Vec<_>>(),
        [(account, before as u64)]
    );
    assert_eq!(scene.conversations().await.len(), before, "the history stays readable");
    let search = call::Search { text: "lantern".into(), after: None, limit: 10 };
    assert_eq!(scene.ask(search).await.messages.len(), 1, "and searchable");

    // Nobody listens while they write; after the sign-in it is read all the same.
    scene.meta.say(&sim, Some(&said.person), "I came by and nobody was there");
    scene.meta.renew_tokens();
    scene.reconnect(Channel::Messenger).await;
    let accounts = scene.ask(call::ListAccounts {}).await;
    assert_eq!(accounts[0].id, account, "it goes on where it was");
    // Lists tell whole seconds: it may stand before the reply that did not leave.
    let thread = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("what was missed is read", thread, |page| {
            page.rows.iter().any(|m| m.content.text() == "I came by and nobody was there").then_some(())
        })
        .await;
    let found = scene.ask(call::GetConversation { conversation }).await;
    assert_eq!((found.draft.as_str(), found.failed), ("Half a thought", 1));
    assert!(scene.ask(call::ListFormerAccounts {}).await.is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_account_needs_stays_at_meta_until_the_last_one_leaves() {
    let scene = Scene::new(12, 36).await;
    let accounts = connect_by_one_sign_in(&scene).await;
    assert_eq!(accounts.len(), 2);
    let (first, second) = (&accounts[0], &accounts[1]);
    let plan = scene.ask(call::PlanDisconnect { account: first.id }).await;
    for part in [MetaPart::Webhooks, MetaPart::Permission] {
        let (fate, words) = fate(&plan.at_meta, part);
        assert_eq!(fate, MetaFate::Stays);
        assert!(words.contains(second.channel.name()), "it says whose sake it is: {words}");
    }
    let told = leave(&scene, first.id, true).await;
    assert!(told.at_meta.iter().all(|at| at.fate == MetaFate::Stays));
    assert!(scene.meta.is_permitted(), "the other account goes on");
    scene.ask(call::CheckAccount { account: second.id }).await;
    let told = leave(&scene, second.id, true).await;
    assert!(told.at_meta.iter().all(|at| at.fate == MetaFate::Ends), "{:?}", told.at_meta);
    assert!(!scene.meta.is_permitted());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_meta_has_no_call_for_or_refuses_is_said_and_the_account_is_gone_here_all_the_same() {
    let scene = Scene::new(12, 36).await;
    let instagram = scene.connect(Channel::Instagram).await;
    let told = leave(&scene, instagram, true).await;
    let (sent, words) = fate(&told.at_meta, MetaPart::Permission);
    assert_eq!(sent, MetaFate::ByHand);
    assert!(words.contains("Website permissions"), "{words}");

    let whatsapp = scene.connect(Channel::WhatsApp).await;
    let plan = scene.ask(call::PlanDisconnect { account: whatsapp }).await;
    assert!(fate(&plan.at_meta, MetaPart::Permission).1.contains("System users"));
    let left = call::DisconnectAccount { account: whatsapp, keep_history: true, at_meta: false };
    let told = scene.ask(left).await;
    assert_eq!(fate(&told.at_meta, MetaPart::Webhooks).0, MetaFate::Stays, "the person wished so");

    let messenger = scene.connect(Channel::Messenger).await;
    scene.meta.fault("10", Some(1), Some("DELETE permissions"));
    let told = leave(&scene, messenger, true).await;
    let (sent, words) = fate(&told.at_meta, MetaPart::Permission);
    assert_eq!(sent, MetaFate::Refused);
    assert!(words.contains("did not take the permission back") && words.contains("Business integrations"));
    assert!(scene.meta.is_permitted());
    assert!(scene.ask(call::ListAccounts {}).await.is_empty(), "gone here all the same");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_history_is_in_no_file_and_what_another_account_shows_stays() {
    let scene = Scene::new(16, 80).await;
    let accounts = connect_by_one_sign_in(&scene).await;
    let (messenger, instagram) = (
        accounts.iter().find(|a| a.channel == Channel::Messenger).unwrap().id,
        accounts.iter().find(|a| a.channel == Channel::Instagram).unwrap().id,
    );
    scene.open_door().await;
    let (page, insta) = (scene.sim(Channel::Messenger).meta_id, scene.sim(Channel::Instagram).meta_id);
    let said = scene.meta.say(&page, None, "Zanzibarite is what I am looking for");
    let conversation = scene.conversation_saying("Zanzibarite is what I am looking for").await.id;
    scene.meta.say(&insta, None, "Quartzite is what I am looking for");
    let other = scene.conversation_saying("Quartzite is what I am looking for").await.id;
    // Meta's photos are all the same: one file for both conversations. What is chosen here is another.
    scene.meta.say_content(&page, Some(&said.person), Content::Image);
    let pieces = [Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"PK\x03\x04 zanzibarite in a file"))];
    scene.engine.upload(conversation, "stones.zip", false, stream::iter(pieces)).await.unwrap();
    scene.ask(call::SaveDraft { conversation, text: "A zanzibarite draft".into() }).await;
    scene.ask(call::AddNote { conversation, text: "Ask about zanzibarite".into() }).await;
    let text = "Zanzibarite comes on Monday".to_owned();
    let send_at = Some(scene.engine.clock().now().plus(HOUR));
    let manner = Manner { send_at, ..Manner::default() };
    scene.ask(call::SendText { conversation, text, key: "later".into(), manner }).await;
    let search = |text: &str| call::Search { text: text.into(), after: None, limit: 10 };
    assert!(scene.ask(search("zanzibarite")).await.messages.len() >= 2);
    let plan = scene.ask(call::PlanDisconnect { account: messenger }).await;
    assert_eq!(plan.amounts.notes, 1);

    leave(&scene, messenger, true).await;
    assert!(!files_with(&scene, "zanzibarite").is_empty(), "kept");
    let told = leave(&scene, messenger, false).await;
    assert!(told.deleted.expect("it went").amounts.messages > 2);
    for needle in ["zanzibarite", &said.person] {
        assert_eq!(files_with(&scene, needle), Vec::<String>::new(), "{needle} is nowhere");
    }
    assert!(scene.ask(call::ListFormerAccounts {}).await.is_empty());
    assert!(scene.ask(search("zanzibarite")).await.messages.is_empty());
    assert_eq!(scene.ask(search("quartzite")).await.messages.len(), 1, "the other account is untouched");
    let rows = scene.ask(list(Filter::default())).await.rows;
    assert!(rows.iter().all(|c| c.account == instagram) && rows.iter().any(|c| c.id == other));
    scene.end().await;
}
