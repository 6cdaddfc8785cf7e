//! Working the inbox by keys and pointer: each act is seen, said, and undone.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

/// Whether the first conversations' neighbour 1001 is so, in the pretend world.
fn is(so: &str) -> bool {
    js_sys::eval(&format!("pretend.world.conversations.get(1001).{so}")).unwrap().is_truthy()
}

fn value(element: &web_sys::HtmlElement) -> String {
    js_sys::Reflect::get(element, &"value".into()).unwrap().as_string().unwrap_or_default()
}

/// Puts words into a field as a person would: the text, then the event.
async fn type_into(selector: &str, words: &str) {
    let field = appears(selector).await;
    field.focus().unwrap();
    js_sys::Reflect::set(&field, &"value".into(), &words.into()).unwrap();
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
}

/// Presses the line of the open menu that begins so.
async fn choose(words: &str) {
    appears(".menu-item").await;
    let lines = all(".menu-item");
    let line = lines.into_iter().find(|i| i.text_content().unwrap().trim().starts_with(words)).unwrap();
    line.unchecked_into::<web_sys::HtmlElement>().click();
}

/// Takes what the picker stands on.
async fn take() {
    appears("[data-test=picker] input").await.focus().unwrap();
    press("Enter");
}

fn ids() -> Vec<String> {
    all("[data-test=conversation-row]").iter().filter_map(|r| r.get_attribute("data-id")).collect()
}

#[wasm_bindgen_test]
async fn e_resolves_and_z_takes_it_back() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    press("e");
    until("resolved", || is("state === 'resolved'")).await;
    until("said", || text("[data-test=toast]").contains("Resolved")).await;
    until("in the header", || text("[data-test=stands]").contains("Resolved")).await;
    press("z");
    until("back", || is("state === 'open'")).await;
}

#[wasm_bindgen_test]
async fn the_pickers_take_words_and_enter() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=bubble]").await;
    press("h");
    appears("[data-test=picker]").await;
    until("times", || all("[data-test=pick]").len() >= 5).await;
    type_into("[data-test=picker] input", "until they").await;
    until("one choice", || all("[data-test=pick]").len() == 1).await;
    take().await;
    until("snoozed", || is("state === 'snoozed'")).await;
    press("a");
    appears("[data-test=picker]").await;
    type_into("[data-test=picker] input", "mia").await;
    take().await;
    until("assigned", || is("assignee === 2")).await;
    appears("#row-1001 [data-test=row-assignee]").await;
    press("l");
    appears("[data-test=picker]").await;
    type_into("[data-test=picker] input", "Urgent").await;
    until("offers to make it", || text("[data-test=pick]").contains("Create “Urgent”")).await;
    take().await;
    until("labelled", || is("labels.length > 0")).await;
    appears("#row-1001 [data-test=row-labels]").await;
}

#[wasm_bindgen_test]
async fn a_selection_is_counted_before_it_is_worked_and_undone() {
    let _scene = open("/", "").await;
    appears("#row-1000").await;
    press("j");
    press("x");
    appears("[data-test=selection]").await;
    press("j");
    press("x");
    until("two", || text("[data-test=selection-count]") == "2 selected").await;
    press("*");
    appears("[data-test=select-all]").await.click();
    until("all", || text("[data-test=selection-count]").starts_with("All ")).await;
    find("[data-test=bulk-resolve]").unwrap().click();
    until("asked", || text("[data-test=ask-all-words]").starts_with("Resolve ")).await;
    find("[data-test=ask-all-go]").unwrap().click();
    until("done", || text("[data-test=toast]").contains("Resolved: ")).await;
    until("nothing is left", || ids().len() <= 1).await;
    press("z");
    until("all are back", || ids().len() > 8).await;
}

#[wasm_bindgen_test]
async fn a_note_and_a_reply_never_become_each_other() {
    let _scene = open("/c/1001", "").await;
    appears("[data-test=composer]").await;
    type_into("[data-test=composer]", "for the customer").await;
    find("[data-test=write-note]").unwrap().click();
    let note = appears("[data-test=note]").await;
    assert_eq!(value(&note), "", "the reply did not come along");
    type_into("[data-test=note]", "for us").await;
    find("[data-test=write-reply]").unwrap().click();
    let reply = appears("[data-test=composer]").await;
    assert_eq!(value(&reply), "for the customer");
    find("[data-test=write-note]").unwrap().click();
    until("the note was kept", || find("[data-test=note]").is_some_and(|n| value(&n) == "for us")).await;
    appears("[data-test=add-note]:not([disabled])").await.click();
    until("in the pane", || text(".person-notes").contains("for us")).await;
    assert!(js_sys::eval("!pretend.log.includes('SendText')").unwrap().is_truthy(), "nothing left the desk");
}

#[wasm_bindgen_test]
async fn a_view_is_saved_stands_in_the_rail_and_counts() {
    let _scene = open("/", "").await;
    appears("#row-1000").await;
    find("[data-test=lists]").unwrap().click();
    choose("Mine").await;
    until("mine", || text(".list-name-words") == "Mine").await;
    find("[data-test=lists]").unwrap().click();
    choose("Save or edit").await;
    appears("[data-test=views]").await;
    type_into("[data-test=view-name]", "On my table").await;
    appears("[data-test=save-view]:not([disabled])").await.click();
    until("in the rail", || text("[data-test=rail-view]").contains("On my table")).await;
}
