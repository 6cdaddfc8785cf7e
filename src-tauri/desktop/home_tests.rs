//! The key's home over many starts. No test here has a keychain.

use super::*;

fn used(data: &Path) {
    std::fs::write(data.join("heliograph.db"), b"data").unwrap();
}

#[test]
fn data_sealed_by_a_keychain_that_is_gone_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let home = Home::Keychain { entry: "master key of a test that never was".into() };
    note(data.path(), &home).unwrap();
    used(data.path());
    let missing = fetch(data.path(), Given::Nothing, false).unwrap_err();
    assert!(matches!(missing, Missing::KeychainGone(_)), "{missing:?}");
    assert_eq!(noted(data.path()), Some(home), "nothing was replaced");
}

#[test]
fn a_passphrase_is_asked_for_again_at_the_next_start() {
    let data = tempfile::tempdir().unwrap();
    let words = || Given::Passphrase(Secret::new("correct horse"));
    let (first, home) = fetch(data.path(), words(), false).unwrap();
    note(data.path(), &home).unwrap();
    used(data.path());
    assert!(matches!(fetch(data.path(), Given::Nothing, false), Err(Missing::WantsPassphrase)));
    let (again, _) = fetch(data.path(), words(), false).unwrap();
    assert_eq!(first.key.to_text(), again.key.to_text());
}

#[test]
fn a_chosen_key_file_is_found_again_and_its_loss_is_said() {
    let data = tempfile::tempdir().unwrap();
    let file = new_file(data.path());
    let (_, home) = fetch(data.path(), Given::File(file.clone()), false).unwrap();
    note(data.path(), &home).unwrap();
    used(data.path());
    fetch(data.path(), Given::Nothing, false).expect("it is found by the note");
    std::fs::remove_file(&file).unwrap();
    let missing = fetch(data.path(), Given::Nothing, false).unwrap_err();
    assert!(matches!(missing, Missing::Problem(key::KeyProblem::FileGone(_))), "{missing:?}");
    assert!(!file.exists(), "no new key beside old data");
}

#[test]
fn data_of_unknown_origin_asks_for_its_key() {
    let data = tempfile::tempdir().unwrap();
    used(data.path());
    assert!(matches!(fetch(data.path(), Given::Nothing, false), Err(Missing::Unknown)));
}

#[test]
fn the_demo_needs_no_keychain() {
    let data = tempfile::tempdir().unwrap();
    let (_, home) = fetch(data.path(), Given::Nothing, true).unwrap();
    assert!(matches!(home, Home::File { .. }));
}
