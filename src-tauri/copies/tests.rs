//! Backups that are cut, changed or opened with other words; restores that are interrupted; daily copies by the clock.

use super::*;
use crate::{
    model::{AccountId, Channel, ConversationId, DAY, HOUR, Login, MINUTE, Timestamp},
    store::tests as scene,
    vault::{MasterKey, Secret},
};
use sha2::Digest;
use std::{fs, time::Duration};

const NOW: Timestamp = Timestamp(1_795_639_645_000);
const WORDS: &str = "correct horse battery";

/// A data folder with its open database, as one machine has it.
struct Machine {
    folder: tempfile::TempDir,
    store: Store,
    clock: Clock,
    copier: Copier,
    vault: Vault,
}

impl Machine {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::over(folder, MasterKey::random()).await
    }

    async fn over(folder: tempfile::TempDir, key: MasterKey) -> Self {
        let clock = Clock::manual(NOW);
        let store = Store::open(folder.path(), clock.clone()).await.unwrap();
        let vault = Vault::new(&key);
        let copier =
            Copier::new(folder.path(), store.clone(), vault.clone(), clock.clone(), Events::default());
        Self { folder, store, clock, copier, vault }
    }

    /// An account with a token, a thread, and a file.
    async fn filled() -> Self {
        let machine = Self::new().await;
        let account = scene::connect(&machine.store, Channel::Messenger, "682498302938465").await;
        let arrivals = (0..40)
            .map(|n| scene::text(account, &(n % 4).to_string(), &format!("m_{n}"), n, "some words to keep"))
            .collect();
        scene::take(&machine.store, arrivals).await;
        let token = machine.vault.seal("account 1", "token", &Secret::new("EAAG")).unwrap();
        let witness = machine.vault.witness().unwrap();
        machine
            .store
            .write("seal", move |c| {
                Box::pin(async move {
                    crate::store::secrets::put(c, "account 1", "token", &token).await?;
                    crate::store::secrets::put(c, "vault", "witness", &witness).await
                })
            })
            .await
            .unwrap();
        let content = b"a small file";
        let hash = hex::encode(sha2::Sha256::digest(content));
        let file = crate::media::path(&machine.folder.path().join("media"), &hash).unwrap();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
        machine
    }

    async fn backup(&self) -> PathBuf {
        let to = self.folder.path().join("away.age");
        let wish = Wish { passphrase: Secret::new(WORDS), media: true, tokens: true };
        self.copier.backup(to.clone(), wish).unwrap().await.unwrap();
        to
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    async fn restore(&self, file: &Path, words: &str) -> Result<(), CopyError> {
        let source = Source::Backup { file: file.to_owned(), passphrase: Secret::new(words) };
        self.copier.restore(source).unwrap().await
    }

    fn daily(&self) -> Vec<i64> {
        let copies = folder::list(self.folder.path(), CopyKind::Daily);
        copies.iter().map(|copy| (copy.made_at.0 - NOW.0) / HOUR).collect()
    }
}

#[tokio::test]
async fn a_backup_opens_on_another_machine_with_another_key_and_its_secrets_too() {
    let old = Machine::filled().await;
    let file = old.backup().await;
    assert!(matches!(old.copier.copying().unwrap().state, CopyState::Done { .. }));
    let bytes = fs::read(&file).unwrap();
    for open in [&b"EAAG"[..], b"some words to keep", b"SQLite format 3"] {
        assert!(!bytes.windows(open.len()).any(|w| w == open), "nothing stands openly in the file");
    }

    let new = Machine::new().await;
    scene::connect(&new.store, Channel::WhatsApp, "1").await;
    new.restore(&file, WORDS).await.unwrap();
    let CopyState::Ready { about } = new.copier.copying().unwrap().state else { panic!("not ready") };
    assert_eq!((about.messages, about.conversations, about.accounts), (40, 4, 1));
    assert_eq!(about.media_files, Some(1));
    assert!(!new.copier.restart().is_cancelled());
    new.copier.finish_restore().unwrap();
    assert!(new.copier.restart().is_cancelled());

    let Machine { folder, store, vault, copier, .. } = new;
    drop(copier);
    store.close().await;
    let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
    let mut conn = store.read().await.unwrap();
    let sealed = crate::store::secrets::get(&mut conn, "account 1", "token").await.unwrap().unwrap();
    assert_eq!(vault.open("account 1", "token", &sealed).unwrap().reveal(), "EAAG");
    drop(conn);
    assert_eq!(crate::store::storage::figures(&store).await.unwrap().messages, 40);
    assert_eq!(crate::media::files(&folder.path().join("media")).unwrap().len(), 1);
    store.close().await;
    // What was there before is kept, whole.
    let aside = &folder::list(folder.path(), CopyKind::Aside)[0];
    let before = Store::open(&folder.path().join(&aside.name), Clock::manual(NOW)).await.unwrap();
    assert_eq!(crate::store::storage::figures(&before).await.unwrap().messages, 0);
    before.close().await;
}

#[tokio::test]
async fn a_wrong_passphrase_a_cut_a_changed_byte_and_another_file_are_told_apart_and_change_nothing() {
    let old = Machine::filled().await;
    let file = old.backup().await;
    let new = Machine::new().await;
    let before = new.names();
    let whole = fs::read(&file).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let broken = elsewhere.path().join("away.age");

    let error = new.restore(&file, "wrong horse").await.unwrap_err();
    assert!(matches!(error, CopyError::WrongPassphrase), "{error}");
    for cut in [whole.len() - 1, whole.len() / 2, whole.len() - 64 * 1024 - 20, 300] {
        fs::write(&broken, &whole[..cut]).unwrap();
        let error = new.restore(&broken, WORDS).await.unwrap_err();
        assert!(matches!(error, CopyError::Damaged), "{cut}: {error}");
    }
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&broken, &changed).unwrap();
    assert!(matches!(new.restore(&broken, WORDS).await.unwrap_err(), CopyError::Damaged));
    fs::write(&broken, b"a letter to a friend").unwrap();
    assert!(matches!(new.restore(&broken, WORDS).await.unwrap_err(), CopyError::NotABackup(_)));
    fs::remove_file(&broken).unwrap();
    assert!(matches!(new.restore(&broken, WORDS).await.unwrap_err(), CopyError::Gone));
    assert_eq!(new.names(), before, "nothing is left of any of them");
    assert!(new.copier.finish_restore().is_err(), "nothing is ready");
}

#[tokio::test]
async fn a_restore_that_was_interrupted_before_the_word_is_forgotten_and_after_it_is_finished() {
    let old = Machine::filled().await;
    let file = old.backup().await;
    let key = MasterKey::random();
    let new = Machine::over(tempfile::tempdir().unwrap(), key.clone()).await;
    scene::connect(&new.store, Channel::WhatsApp, "1").await;
    new.restore(&file, WORDS).await.unwrap();
    let Machine { folder, store, copier, .. } = new;
    drop(copier);
    store.close().await;
    let count = async |folder: &Path| {
        let store = Store::open(folder, Clock::manual(NOW)).await.unwrap();
        let messages = crate::store::storage::figures(&store).await.unwrap().messages;
        store.close().await;
        messages
    };
    assert_eq!(count(folder.path()).await, 0, "without the word the data stays");
    assert!(!folder.path().join(swap::READY).exists(), "and the rest is cleared away");

    // Interrupted at each step of the exchange.
    for step in 0..3 {
        let new = Machine::over(tempfile::tempdir().unwrap(), key.clone()).await;
        scene::connect(&new.store, Channel::WhatsApp, "1").await;
        new.restore(&file, WORDS).await.unwrap();
        new.copier.finish_restore().unwrap();
        let Machine { folder, store, copier, .. } = new;
        drop(copier);
        store.close().await;
        let data = folder.path();
        let aside = data.join(folder::name(CopyKind::Aside, NOW));
        fs::create_dir_all(&aside).unwrap();
        fs::create_dir_all(data.join("media")).unwrap();
        let steps: [&dyn Fn(); 2] =
            [&|| fs::rename(data.join("media"), aside.join("media")).unwrap(), &|| {
                fs::rename(data.join("heliograph.db"), aside.join("heliograph.db")).unwrap()
            }];
        steps.iter().take(step).for_each(|step| step());
        assert_eq!(count(data).await, 40, "after step {step}");
        assert!(aside.join("heliograph.db").exists());
        assert!(!data.join(swap::READY).exists());
    }
}

#[tokio::test]
async fn a_backup_without_tokens_holds_none_and_each_account_says_so() {
    let old = Machine::filled().await;
    let to = old.folder.path().join("away.age");
    let wish = Wish { passphrase: Secret::new(WORDS), media: false, tokens: false };
    old.copier.backup(to.clone(), wish).unwrap().await.unwrap();
    let new = Machine::new().await;
    new.restore(&to, WORDS).await.unwrap();
    let CopyState::Ready { about } = new.copier.copying().unwrap().state else { panic!("not ready") };
    assert!(!about.tokens);
    assert_eq!(about.media_files, None);
    let ready = new.folder.path().join(swap::READY).join(swap::DATABASE);
    let mut conn = crate::store::copying::open(&ready).await.unwrap();
    assert!(crate::store::secrets::get(&mut conn, "account 1", "token").await.unwrap().is_none());
    let account = crate::store::accounts::get(&mut conn, AccountId(1)).await.unwrap().unwrap();
    assert_eq!(account.account.health.problem.unwrap().code, Code::SignInAgain);
    assert_eq!(account.account.login, Login::FacebookPage);
}

#[tokio::test]
async fn a_stopped_backup_leaves_nothing_and_another_can_begin() {
    let machine = Machine::filled().await;
    let before = machine.names();
    let to = machine.folder.path().join("away.age");
    let wish = Wish { passphrase: Secret::new(WORDS), media: true, tokens: true };
    let work = machine.copier.backup(to.clone(), wish.clone()).unwrap();
    let second = machine.copier.backup(to.clone(), wish.clone());
    assert_eq!(second.err().unwrap().code, Code::Blocked, "one at a time");
    machine.copier.stop();
    work.await.unwrap();
    assert_eq!(machine.copier.copying(), None);
    let mut after = machine.names();
    after.retain(|name| name != "copies");
    assert_eq!(after, before);
    assert!(folder::list(machine.folder.path(), CopyKind::Daily).is_empty());
    machine.copier.backup(to, wish).unwrap().await.unwrap();
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_told_in_words() {
    let machine = Machine::filled().await;
    let wish = Wish { passphrase: Secret::new(WORDS), media: true, tokens: true };
    let nowhere = machine.folder.path().join("no such folder").join("away.age");
    let error = machine.copier.backup(nowhere, wish).unwrap().await.unwrap_err();
    assert!(matches!(error, CopyError::Unwritable { .. }), "{error}");
    assert!(error.to_string().contains("Choose another place"), "{error}");
}

#[tokio::test]
async fn daily_copies_go_when_their_days_are_over_and_the_newest_stays() {
    let machine = Machine::filled().await;
    for _ in 0..10 {
        machine.clock.advance(DAY + HOUR);
        daily::make(&machine.copier, 7).await.unwrap();
    }
    assert_eq!(machine.daily(), [250, 225, 200, 175, 150, 125, 100], "hours since the beginning");
    machine.clock.advance(400 * DAY);
    assert_eq!(daily::due_at(&machine.copier, 7), Some(NOW.plus(250 * HOUR + DAY)));
    assert_eq!(daily::due_at(&machine.copier, 0), None, "they can be off");
}

#[tokio::test]
async fn the_first_copy_is_made_some_minutes_after_the_start_and_the_next_a_day_later() {
    let machine = Machine::filled().await;
    let tasks = Tasks::default();
    let mut events = machine.copier.0.events.listen();
    tasks.keep("daily copies", {
        let copier = machine.copier.clone();
        move |stop| daily::follow(copier.clone(), stop)
    });
    assert!(machine.daily().is_empty(), "the start is left alone");
    // The follower may not sleep yet: the clock moves on until it has heard it.
    while machine.daily().is_empty() {
        machine.clock.advance(10 * MINUTE);
        tokio::select! {
            _ = events.next() => {}
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
    }
    let made = folder::list(machine.folder.path(), CopyKind::Daily)[0].made_at;
    assert_eq!(daily::due_at(&machine.copier, 7), Some(made.plus(DAY)));
    tasks.stop().await;
}

#[tokio::test]
async fn a_daily_copy_is_restored_with_the_files_that_are_there_still() {
    let machine = Machine::filled().await;
    let account = AccountId(1);
    machine.copier.make_daily().await.unwrap();
    scene::take(&machine.store, vec![scene::text(account, "9", "m_99", 99, "after the copy")]).await;
    let name = folder::list(machine.folder.path(), CopyKind::Daily)[0].name.clone();
    machine.copier.restore(Source::Daily { name }).unwrap().await.unwrap();
    let CopyState::Ready { about } = machine.copier.copying().unwrap().state else { panic!("not ready") };
    assert_eq!(about.messages, 40);
    // The person thinks better of it.
    machine.copier.stop();
    assert!(!machine.folder.path().join(swap::READY).exists());
    assert!(machine.copier.finish_restore().is_err());
}

#[tokio::test]
async fn a_failed_daily_copy_is_shown_and_earlier_ones_stay() {
    let machine = Machine::filled().await;
    machine.copier.make_daily().await.unwrap();
    let made = machine.daily();
    // A file stands where the folder should be.
    let folder = machine.folder.path().join("copies");
    let away = machine.folder.path().join("moved");
    fs::rename(&folder, &away).unwrap();
    fs::write(&folder, b"in the way").unwrap();
    machine.clock.advance(2 * DAY);
    machine.copier.make_daily().await.unwrap_err();
    let page = machine.copier.page().await.unwrap();
    assert!(page.daily_problem.is_some());
    assert_eq!(page.next_daily_at, Some(machine.clock.now().plus(HOUR)), "tried again in an hour");
    assert!(machine.copier.trouble().unwrap().message.contains("daily copy was not made"));
    fs::remove_file(&folder).unwrap();
    fs::rename(&away, &folder).unwrap();
    assert_eq!(machine.daily(), made, "what was made stays");
    machine.copier.make_daily().await.unwrap();
    assert!(machine.copier.trouble().is_none());
}

#[tokio::test]
async fn too_little_room_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let error = folder::room(folder.path(), u64::MAX).unwrap_err();
    assert!(matches!(error, CopyError::NoRoom { .. }), "{error}");
    folder::room(folder.path(), 1).unwrap();
}

#[tokio::test]
async fn examining_says_whole_or_names_the_fault_and_keeps_it() {
    let machine = Machine::filled().await;
    let stop = CancellationToken::new();
    machine.copier.examine(&stop).await;
    let page = machine.copier.page().await.unwrap();
    assert_eq!(page.examined.unwrap().faults, Vec::<String>::new());
    assert!(machine.copier.trouble().is_none());
    crate::store::examine::tests::dangle(machine.store.file()).await;
    machine.copier.examine(&stop).await;
    let page = machine.copier.page().await.unwrap();
    let faults = page.examined.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("refer")), "{faults:?}");
    assert_eq!(machine.copier.trouble().unwrap().action, Some(Action::OpenSettings));
}

#[tokio::test]
async fn an_export_holds_every_message_once_in_both_forms() {
    let machine = Machine::filled().await;
    let to = machine.folder.path().join("all.zip");
    machine.copier.export(to.clone(), Extent { only: None, media: true }).unwrap().await.unwrap();
    let mut zip = zip::ZipArchive::new(fs::File::open(&to).unwrap()).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut text).unwrap();
        text
    };
    assert_eq!(text("messages.jsonl").lines().count(), 40);
    let table = text("messages.csv");
    let mut rows = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(rows.headers().unwrap().len(), 15);
    assert_eq!(
        rows.records().filter(|row| row.as_ref().unwrap().get(10) == Some("some words to keep")).count(),
        40
    );
    assert_eq!(text("conversations.jsonl").lines().count(), 4);
    assert!(text("README.txt").contains("shape 1"));
    let about: serde_json::Value = serde_json::from_str(&text("heliograph.json")).unwrap();
    assert_eq!(about["messages"], 40);
    assert!(!text("accounts.jsonl").contains("EAAG"), "no token leaves");

    let one = machine.folder.path().join("one.zip");
    let only = Some(ConversationId(1));
    machine.copier.export(one.clone(), Extent { only, media: false }).unwrap().await.unwrap();
    let mut zip = zip::ZipArchive::new(fs::File::open(&one).unwrap()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("messages.jsonl").unwrap(), &mut text).unwrap();
    assert_eq!(text.lines().count(), 10);
    let mut people = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("people.jsonl").unwrap(), &mut people).unwrap();
    assert_eq!(people.lines().count(), 1, "only who takes part");
    let gone = machine.copier.export(one, Extent { only: Some(ConversationId(99)), media: false }).unwrap();
    assert!(matches!(gone.await.unwrap_err(), CopyError::Gone));
}
