//! Backups from one machine to another, and what must not go wrong on the way: a wrong passphrase, a cut file, a full
//! disk, a kill in the middle, a reply that would leave twice.

use crate::{
    desk::{PATIENCE, Scene, call, list, open},
    disk::SmallDisk,
    restart::{BEARER, Server},
    send::somebody_asks,
};
use engine::{model::*, vault::MasterKey};
use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
    time::Instant,
};

const WORDS: &str = "correct horse battery staple";

/// Waits until the work under way has ended, and says how.
async fn ended(scene: &Scene) -> CopyState {
    scene
        .until("the work has ended", call::GetCopying {}, |copying| {
            let state = copying.as_ref()?.state.clone();
            state.has_ended().then_some(state)
        })
        .await
}

/// Makes a backup and answers its file.
async fn back_up(scene: &Scene) -> PathBuf {
    let passphrase = SecretText(WORDS.into());
    scene.ask(call::StartBackup { to: None, passphrase, media: true, tokens: true }).await;
    match ended(scene).await {
        CopyState::Done { file, .. } => PathBuf::from(file),
        other => panic!("no backup was made: {other:?}"),
    }
}

/// Puts a backup where a browser would have brought it.
fn bring(scene: &Scene, backup: &Path) -> RestoreFrom {
    let folder = scene.folder.path().join("backups");
    fs::create_dir_all(&folder).unwrap();
    let name = backup.file_name().unwrap().to_str().unwrap().to_owned();
    fs::copy(backup, folder.join(&name)).unwrap();
    RestoreFrom::Kept { name }
}

/// Restores on `scene`'s machine, and opens it again with its own key.
async fn restore(scene: Scene, from: RestoreFrom, origin: &str) -> (Scene, BackupAbout) {
    scene.ask(call::StartRestore { from, passphrase: SecretText(WORDS.into()) }).await;
    let CopyState::Ready { about } = ended(&scene).await else { panic!("it is not ready") };
    let restart = scene.engine.copier().restart();
    scene.ask(call::FinishRestore {}).await;
    restart.cancelled().await;
    let Scene { meta, engine, folder, key } = scene;
    engine.stop().await;
    let engine = open(folder.path(), &key, origin).await.expect("it opens with the key of this machine");
    (Scene { meta, engine, folder, key }, about)
}

/// Everything a person would miss: threads, labels, drafts, notes, settings, what a search finds. Names, pictures and
/// files still come in meanwhile, on both machines.
async fn all_of_it(scene: &Scene) -> Vec<String> {
    let mut all = Vec::new();
    for conversation in scene.conversations().await {
        let Conversation { id, contact, draft, labels, state, .. } = &conversation;
        all.push(format!("{id} {:?} {draft:?} {labels:?} {state:?}", contact.id));
        for message in scene.thread(*id).await {
            let Message { id, meta_id, content, sent_at, .. } = message;
            all.push(format!("{id} {meta_id:?} {content:?} {sent_at:?}"));
        }
        all.push(format!("{:?}", scene.ask(call::ListNotes { conversation: *id }).await));
    }
    for words in ["order", "the", "thank"] {
        let found = scene.ask(call::Search { text: words.into(), after: None, limit: 50 }).await;
        all.push(format!(
            "{words}: {:?}",
            found.messages.iter().map(|hit| hit.message).collect::<BTreeSet<_>>()
        ));
    }
    all.push(format!("{:?}", scene.ask(call::ListLabels {}).await));
    all.push(format!("{:?}", scene.ask(call::GetSettings {}).await));
    all
}

fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in fs::read_dir(folder.join("media")).unwrap().flatten() {
        if part.file_name().len() == 2 {
            for file in fs::read_dir(part.path()).unwrap().flatten() {
                found.insert(format!(
                    "{}{}",
                    part.file_name().to_string_lossy(),
                    file.file_name().to_string_lossy()
                ));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_brings_everything_to_another_machine_and_sends_nothing_twice() {
    let old = Scene::new(12, 120).await;
    let account = old.connect(Channel::Messenger).await;
    old.imported(account).await;
    old.open_door().await;
    let asked = somebody_asks(&old, Channel::Messenger, "When do you open?").await.id;
    let draft = old.conversations().await.iter().find(|c| c.id != asked).unwrap().id;
    old.ask(call::SaveDraft { conversation: draft, text: "Half a thought".into() }).await;
    old.ask(call::AddNote { conversation: asked, text: "Mornings only".into() }).await;
    let label = old.ask(call::SaveLabel { label: None, name: "Refund".into(), colour: Colour::Red }).await;
    let labelled = Act::Label { label, on: true };
    old.ask(call::ActOn { conversations: vec![asked], act: labelled, undo: false }).await;
    old.settings(|s| s.storage.journal_days = 77).await;
    // It waits for its time while the backup is made.
    let send_at = Some(old.engine.clock().now().plus(HOUR));
    let manner = Manner { send_at, ..Manner::default() };
    let text = "At nine".to_owned();
    old.ask(call::SendText { conversation: asked, text, key: "k".into(), manner }).await;
    let before = all_of_it(&old).await;
    let had = files(old.folder.path());
    let backup = back_up(&old).await;

    let new = Scene::new(6, 12).await;
    let whatsapp = new.connect(Channel::WhatsApp).await;
    let from = bring(&new, &backup);
    let (new, about) = restore(new, from, &old.meta.origin()).await;
    assert_eq!(about.held, 1);
    assert!(about.tokens);
    let same: Vec<String> = all_of_it(&new).await;
    for (was, is) in before.iter().zip(&same) {
        // The waiting reply is the one thing that differs, by its place and state.
        assert!(was == is || was.contains("At nine") || is.contains("At nine"), "{was}\nis\n{is}");
    }
    assert_eq!(before.len(), same.len());
    assert!(files(new.folder.path()).is_superset(&had), "every file is there");
    assert_eq!(new.ask(call::GetSettings {}).await.storage.journal_days, 77);
    assert!(new.ask(call::ListAccounts {}).await.iter().all(|a| a.channel == Channel::Messenger));
    assert_ne!(whatsapp.0, 0);

    // Held, and said so; asking Meta for news on this machine sends nothing.
    let held = new.thread(asked).await.into_iter().find(|m| m.content.text() == "At nine").unwrap();
    assert_eq!(held.status, DeliveryStatus::Unsure);
    assert!(held.failure.unwrap().problem.message.contains("Look before you send it again"));
    let restored_at = new.engine.clock().now();
    new.ask(call::PollNow { account }).await;
    new.until("the account was read", call::ListAccounts {}, |accounts| {
        let read = accounts.iter().find(|a| a.id == account)?.health.last_poll_at?;
        (read >= restored_at).then_some(())
    })
    .await;
    assert!(!old.meta.sends().iter().any(|s| s.text == "At nine"), "the copy sends nothing");

    // What was on this machine before is kept aside.
    let aside = new.ask(call::GetCopies {}).await.aside;
    assert_eq!(aside.len(), 1);
    new.ask(call::RemoveCopy { kind: CopyKind::Aside, name: aside[0].name.clone() }).await;
    assert!(new.ask(call::GetCopies {}).await.aside.is_empty());
    new.end().await;
    old.end().await;
}

/// The headless command, with a passphrase on standard input.
fn command(arguments: &[&str], data: &Path, key: &MasterKey, words: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_heliograph-server"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("HELIOGRAPH_KEY", key.to_text().reveal())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that refuses at once does not read.
    let _ = writeln!(child.stdin.take().unwrap(), "{words}");
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

/// A folder with an inbox that nobody has open, and how many messages are in it.
async fn closed(people: u32, messages: u32) -> (Arc<tempfile::TempDir>, MasterKey, u64) {
    let scene = Scene::new(people, messages).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let count = scene.ask(call::GetStorage {}).await.messages;
    let (folder, key) = (scene.folder.clone(), scene.key.clone());
    scene.end().await;
    (folder, key, count)
}

/// Messages in a folder that nobody has open.
async fn messages_in(folder: &Path, key: &MasterKey) -> u64 {
    let engine = open(folder, key, "http://127.0.0.1:9").await.expect("it opens");
    let count = engine.ask(call::GetStorage {}).await.unwrap().messages;
    engine.stop().await;
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_back_up_refuse_what_is_wrong_and_restore() {
    let (old, key, count) = closed(8, 80).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("inbox.age");
    let out = file.to_str().unwrap();
    let short = command(&["backup", "--out", out], old.path(), &key, "short");
    assert_eq!(short.status.code(), Some(2), "{}", said(&short));
    let made = command(&["backup", "--out", out], old.path(), &key, WORDS);
    assert!(made.status.success(), "{}", said(&made));

    let new = tempfile::tempdir().unwrap();
    let other = MasterKey::random();
    let restore = |file: &str, words: &str| command(&["restore", "--in", file], new.path(), &other, words);
    let wrong = restore(out, "wrong horse battery");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("passphrase does not open"), "{}", said(&wrong));
    let whole = fs::read(&file).unwrap();
    let cut = away.path().join("cut.age");
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let damaged = restore(cut.to_str().unwrap(), WORDS);
    assert!(said(&damaged).contains("damaged or was cut off"), "{}", said(&damaged));
    assert!(!new.path().join("heliograph.db").exists(), "nothing was restored");
    let good = restore(out, WORDS);
    assert!(said(&good).contains(&format!("Restored {count} messages")), "{}", said(&good));
    assert_eq!(messages_in(new.path(), &other).await, count);

    let zip = away.path().join("all.zip");
    let exported = command(&["export", "--out", zip.to_str().unwrap()], new.path(), &other, "");
    assert!(exported.status.success(), "{}", said(&exported));
    assert_eq!(&fs::read(&zip).unwrap()[..4], b"PK\x03\x04");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_killed_in_the_middle_leaves_one_inbox_or_the_other_whole() {
    let (old, key, count) = closed(20, 400).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("inbox.age");
    let made = command(&["backup", "--out", file.to_str().unwrap()], old.path(), &key, WORDS);
    assert!(made.status.success(), "{}", said(&made));
    let (new, other, before) = closed(4, 8).await;
    assert_ne!(before, count);
    let mut child = Command::new(env!("CARGO_BIN_EXE_heliograph-server"))
        .args(["restore", "--in"])
        .arg(&file)
        .arg("--data")
        .arg(new.path())
        .env("HELIOGRAPH_KEY", other.to_text().reveal())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{WORDS}").unwrap();
    // Killed as soon as it has begun to lay something down; on a fast machine it may be further by then.
    let deadline = Instant::now() + PATIENCE;
    while !new.path().join("restoring").exists() && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "it never began");
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
    let found = messages_in(new.path(), &other).await;
    assert!(found == before || found == count, "{found} is neither {before} nor {count}");
    assert!(!new.path().join("restoring").exists(), "and nothing half done is left");
    // Done again, it succeeds.
    let good = command(&["restore", "--in", file.to_str().unwrap()], new.path(), &other, WORDS);
    assert!(good.status.success(), "{}", said(&good));
    assert_eq!(messages_in(new.path(), &other).await, count);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_without_room_is_told_and_left_as_it_was() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("left out: this user may not mount a small disk");
        return;
    };
    let (old, key, count) = closed(8, 80).await;
    // All but the last hundred kilobytes are taken.
    fs::write(disk.path().join("filler"), vec![7_u8; 8_280_000]).unwrap();
    let file = disk.path().join("inbox.age");
    let refused = command(&["backup", "--out", file.to_str().unwrap()], old.path(), &key, WORDS);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("too little room"), "{}", said(&refused));
    let names: Vec<_> = fs::read_dir(disk.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(names, ["filler"], "nothing half written is left");
    assert_eq!(messages_in(old.path(), &key).await, count, "and the inbox is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_opens_with_what_was_restored_from_a_browser() {
    let (old, key, count) = closed(8, 80).await;
    let away = tempfile::tempdir().unwrap();
    let file = away.path().join("inbox.age");
    let made = command(&["backup", "--out", file.to_str().unwrap()], old.path(), &key, WORDS);
    assert!(made.status.success(), "{}", said(&made));

    let new = tempfile::tempdir().unwrap();
    let other = MasterKey::random();
    let token = new.path().join("token");
    fs::write(&token, BEARER).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let server = Server::start(new.path(), &other);
    #[allow(clippy::disallowed_methods, reason = "a script has no client of ours")]
    let client = reqwest::Client::new();
    let call = async |name: &str, with: serde_json::Value| {
        let body = serde_json::json!({ "call": name, "with": with }).to_string();
        let request = client.post(format!("{}/call", server.origin)).bearer_auth(BEARER);
        let answer = request.header("content-type", "application/json").body(body).send().await;
        let answer = answer.map_err(drop)?;
        let good = answer.status().is_success();
        let value = answer.json::<serde_json::Value>().await.map_err(drop)?;
        if good {
            return Ok(value);
        }
        eprintln!("{name}: {value}");
        Err(())
    };
    let until = async |what: &str, name: &str, found: &dyn Fn(&serde_json::Value) -> bool| {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(value) = call(name, serde_json::json!({})).await
                && found(&value)
            {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };

    let brought = client
        .post(format!("{}/copies?name=inbox.age", server.origin))
        .bearer_auth(BEARER)
        .body(fs::read(&file).unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(brought.status(), 200);
    let kept: CopyFile = serde_json::from_str(&brought.text().await.unwrap()).unwrap();
    let fetched = client
        .get(format!("{}/copies/{}", server.origin, kept.name))
        .bearer_auth(BEARER)
        .send()
        .await
        .unwrap();
    assert_eq!(fetched.bytes().await.unwrap(), fs::read(&file).unwrap(), "it can be fetched again");
    for odd in ["heliograph.db", "..%2Fheliograph.db", "heliograph-backup-2026-01-01-000000.age"] {
        let none = client.get(format!("{}/copies/{odd}", server.origin)).bearer_auth(BEARER).send().await;
        assert_eq!(none.unwrap().status(), 404, "{odd}");
    }
    let elsewhere = serde_json::json!({ "to": "/tmp/x", "passphrase": WORDS, "media": true, "tokens": true });
    assert!(call("StartBackup", elsewhere).await.is_err(), "a browser chooses no places on this computer");

    let from = serde_json::json!({ "from": { "from": "kept", "name": kept.name }, "passphrase": WORDS });
    call("StartRestore", from).await.unwrap();
    until("it is ready", "GetCopying", &|copying| copying["state"]["state"] == "ready").await;
    call("FinishRestore", serde_json::json!({})).await.unwrap();
    until("it is open again", "GetStorage", &|storage| storage["messages"] == count).await;
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_goes_on_while_a_backup_is_made() {
    let scene = Scene::new(20, 400).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let passphrase = SecretText(WORDS.into());
    scene.ask(call::StartBackup { to: None, passphrase, media: true, tokens: true }).await;
    somebody_asks(&scene, Channel::Messenger, "While you copy").await;
    scene.conversation_saying("While you copy").await;
    assert!(matches!(ended(&scene).await, CopyState::Done { .. }));
    assert!(!scene.ask(list(Filter::default())).await.rows.is_empty());
    assert_eq!(scene.ask(call::GetCopies {}).await.backups.len(), 1);
    scene.end().await;
}
