//! Backing up, restoring, exporting: what a person is asked, what they see on the way, and what is said when it is bad.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

fn click(css: &str) {
    find(css).unwrap().click();
}

fn fill(css: &str, words: &str) {
    let input: web_sys::HtmlInputElement = find(css).unwrap().dyn_into().unwrap();
    input.set_value(words);
    let options = web_sys::EventInit::new();
    options.set_bubbles(true);
    input.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &options).unwrap()).unwrap();
}

#[wasm_bindgen_test]
async fn a_backup_wants_a_good_passphrase_twice_and_is_done_when_it_was_read_again() {
    let _scene = open("/settings", "").await;
    appears("[data-test=back-up]").await;
    click("[data-test=back-up]");
    appears("[data-test=backup-dialog]").await;
    until("its size", || text("[data-test=backup-size]").contains("About")).await;
    fill("[data-test=backup-words]", "short");
    click("[data-test=backup-go]");
    until("the fault", || text("[data-test=backup-dialog]").contains("At least 8 characters")).await;
    fill("[data-test=backup-words]", "correct horse");
    fill("[data-test=backup-again]", "correct house");
    until("the other fault", || text("[data-test=backup-dialog]").contains("not the same")).await;
    fill("[data-test=backup-again]", "correct horse");
    click("[data-test=backup-go]");
    until("the dialog gone", || find("[data-test=backup-dialog]").is_none()).await;
    appears("[data-test=copied]").await;
    assert!(text("[data-test=copied]").contains("Backup is whole"));
    appears("[data-test=fetch-copy]").await;
    click("[data-test=copying-away]");
    until("it taken note of", || find("[data-test=copied]").is_none()).await;
    assert!(text("[data-test=copy-files]").contains("Backup"), "the file stays in the list");
}

#[wasm_bindgen_test]
async fn a_backup_under_way_can_be_stopped() {
    let _scene = open("/settings", "").await;
    appears("[data-test=export]").await;
    click("[data-test=export]");
    appears("[data-test=export-go]").await;
    assert!(text("[data-test=export-dialog]").contains("not sealed"));
    click("[data-test=export-go]");
    appears("[data-test=stop-copying]").await;
    click("[data-test=stop-copying]");
    until("it gone", || find("[data-test=copying]").is_none() && find("[data-test=copied]").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_restore_says_what_is_in_the_copy_before_anything_is_replaced() {
    let _scene = open("/settings", "copies").await;
    appears("[data-test=restore]").await;
    click("[data-test=restore]");
    appears("[data-test=restore-choice]").await;
    assert_eq!(all("[data-test=restore-choice]").len(), 8, "a backup and seven daily copies; no export");
    find("[data-test=restore-choice] input").unwrap().click();
    appears("[data-test=restore-words]").await;
    fill("[data-test=restore-words]", "wrong");
    until("it can be pressed", || find("[data-test=restore-verify]:not(:disabled)").is_some()).await;
    click("[data-test=restore-verify]");
    appears("[data-test=restore-problem]").await;
    assert!(text("[data-test=restore-problem]").contains("passphrase does not open"));
    fill("[data-test=restore-words]", "correct horse");
    click("[data-test=restore-verify]");
    appears("[data-test=restore-sure]").await;
    let says = text("[data-test=restore-sure]");
    for words in [
        "messages in 312 conversations",
        "2 replies waited",
        "4 files are neither",
        "kept aside",
        "both receive",
    ] {
        assert!(says.contains(words), "{words} in {says}");
    }
    assert!(!world("window.pretend.log.join()").await.contains("FinishRestore"), "nothing is replaced yet");
    click("[data-test=restore-go]");
    until("the inbox", || find("[data-test=restore-dialog]").is_none()).await;
    assert!(world("window.pretend.log.join()").await.contains("FinishRestore"));
}

#[wasm_bindgen_test]
async fn a_daily_copy_needs_no_passphrase_and_a_person_may_think_better_of_it() {
    let _scene = open("/settings", "").await;
    appears("[data-test=restore]").await;
    click("[data-test=restore]");
    appears("[data-test=restore-choice]").await;
    find("[data-test=restore-choice] input").unwrap().click();
    until("it can be pressed", || find("[data-test=restore-verify]:not(:disabled)").is_some()).await;
    assert!(find("[data-test=restore-words]").is_none());
    click("[data-test=restore-verify]");
    appears("[data-test=restore-cancel]").await;
    click("[data-test=restore-cancel]");
    until("the dialog gone", || find("[data-test=restore-dialog]").is_none()).await;
    assert!(!world("window.pretend.log.join()").await.contains("FinishRestore"));
    assert!(find("[data-test=restore-ready]").is_none());
}

#[wasm_bindgen_test]
async fn a_failed_daily_copy_and_a_damaged_database_are_told_with_the_way_out() {
    let scene = open("/settings", "full").await;
    appears("[data-test=daily-problem]").await;
    assert!(text("[data-test=daily-problem]").contains("too little room"));
    assert!(text("[data-test=daily-says]").contains("7 copies"));
    click("[data-test=daily-now]");
    until("it mended", || find("[data-test=daily-problem]").is_none()).await;
    drop(scene);
    let _scene = open("/settings", "damaged").await;
    appears("[data-test=damaged]").await;
    assert!(text("[data-test=state-says]").contains("it is damaged"));
    assert!(text("[data-test=damaged]").contains("Restore the newest good copy"));
}

#[wasm_bindgen_test]
async fn a_first_start_offers_to_restore() {
    let _scene = open("/", "empty").await;
    appears("[data-test=first-restore]").await;
    click("[data-test=first-restore]");
    appears("[data-test=restore-pick]").await;
}
