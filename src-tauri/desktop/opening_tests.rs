//! Starts that cannot go on explain themselves, and change nothing.

use super::*;
use crate::{desktop::Options, model::SecretText};

fn shell(data: &Path) -> Shell {
    Shell::new(Options::default(), data.to_owned())
}

async fn locked(shell: &Shell, given: Given) -> Arc<Lock> {
    match open(shell, given).await {
        Stage::Locked(lock) => lock,
        Stage::Open(_) => panic!("it must not open"),
        Stage::Opening => panic!("it ended"),
    }
}

async fn opened(shell: &Shell, given: Given) {
    match open(shell, given).await {
        Stage::Open(engine) => engine.stop().await,
        Stage::Locked(lock) => panic!("it opens, not: {lock:?}"),
        Stage::Opening => panic!("it ended"),
    }
}

fn words(text: &str) -> Given {
    given(Choice::NewPassphrase { words: SecretText(text.into()), anew: false }, Path::new("")).unwrap()
}

/// Every file with its content, but those that SQLite keeps beside a database.
fn everything(data: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(data)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| {
            p.is_file() && !["db-wal", "db-shm"].iter().any(|x| p.extension().is_some_and(|e| e == *x))
        })
        .map(|p| (p.clone(), std::fs::read(&p).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keychain_gone_at_start_explains_itself() {
    let data = tempfile::tempdir().unwrap();
    let key = data.path().join("elsewhere.key");
    opened(&shell(data.path()), Given::File(key.clone())).await;
    // As if it had been sealed by a keychain that has it no longer.
    home::note(data.path(), &home::Home::Keychain { entry: "master key of a test that never was".into() })
        .unwrap();
    let before = everything(data.path());
    let lock = locked(&shell(data.path()), Given::Nothing).await;
    assert!(lock.text.iter().any(|t| t.contains("keychain")), "{lock:?}");
    assert!(lock.problem.is_some() && lock.offers.contains(&Offer::Retry), "{lock:?}");
    assert!(!lock.offers.contains(&Offer::MakeKeyFile), "a new key would open nothing");
    assert_eq!(everything(data.path()), before, "nothing was overwritten");
    // Whoever has the key can use it.
    assert!(lock.offers.contains(&Offer::PickKeyFile));
    opened(&shell(data.path()), Given::File(key)).await;
    opened(&shell(data.path()), Given::Nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_passphrase_is_said_and_the_right_one_opens() {
    let data = tempfile::tempdir().unwrap();
    opened(&shell(data.path()), words("correct horse battery")).await;
    let asked = locked(&shell(data.path()), Given::Nothing).await;
    assert!(asked.offers.contains(&Offer::Passphrase), "{asked:?}");
    let wrong = locked(&shell(data.path()), words("wrong horse battery")).await;
    assert!(wrong.offers.contains(&Offer::Passphrase), "{wrong:?}");
    assert!(wrong.text.iter().any(|t| t.contains("not the one")), "{wrong:?}");
    opened(&shell(data.path()), words("correct horse battery")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_another_program_uses_says_so() {
    let data = tempfile::tempdir().unwrap();
    let key = || Given::File(data.path().join("a.key"));
    let Stage::Open(first) = open(&shell(data.path()), key()).await else { panic!("it opens") };
    let lock = locked(&shell(data.path()), key()).await;
    assert!(lock.problem.is_some() && lock.offers.contains(&Offer::Retry), "{lock:?}");
    first.stop().await;
}

#[test]
fn a_short_passphrase_is_not_taken() {
    let short = Choice::NewPassphrase { words: SecretText("horse".into()), anew: false };
    assert!(given(short, Path::new("")).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_lost_for_good_is_replaced_only_when_the_person_agreed() {
    let data = tempfile::tempdir().unwrap();
    opened(&shell(data.path()), words("correct horse battery")).await;
    let shell = shell(data.path());
    let asked = locked(&shell, Given::Nothing).await;
    assert!(asked.offers.contains(&Offer::ForgetSecrets), "{asked:?}");
    let before = everything(data.path());
    let told = forgetting();
    assert!(told.anew && told.offers.contains(&Offer::ForgetForGood), "{told:?}");
    assert_eq!(everything(data.path()), before, "asking changes nothing");
    // In a file: the machine of a test has no keychain.
    opened(&shell, given(Choice::MakeKeyFile { anew: true }, data.path()).unwrap()).await;
    opened(&shell, Given::Nothing).await;
    let wrong = locked(&shell, words("correct horse battery")).await;
    assert_eq!(wrong.offers.first(), Some(&Offer::Retry), "the old passphrase opens nothing: {wrong:?}");
}
