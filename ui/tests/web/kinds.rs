//! Every kind of message once: what a person sees of it, and does with it.

use crate::scene::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// The thread that holds every kind.
async fn every_kind() -> Scene {
    let scene = open("/c/900", "kinds").await;
    until("every kind", || all("[data-test=bubble]").len() > 40).await;
    scene
}

/// The bubble that says this.
fn bubble(words: &str) -> HtmlElement {
    let says = |b: &Element| b.text_content().unwrap_or_default().contains(words);
    let found = all("[data-test=bubble]").into_iter().find(says);
    found.unwrap_or_else(|| panic!("no bubble says {words}")).unchecked_into()
}

fn says(words: &str) -> bool {
    text("[data-test=thread]").contains(words)
}

async fn type_words(area: &HtmlInputElement, words: &str) {
    area.set_value(words);
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    area.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    frame().await;
}

#[wasm_bindgen_test]
async fn only_what_meta_does_not_pass_on_is_left_to_be_read_raw() {
    let _scene = every_kind().await;
    let raw: Vec<Element> = all("[data-test=bubble]")
        .into_iter()
        .filter(|b| b.text_content().unwrap_or_default().contains("Show raw"))
        .collect();
    assert_eq!(raw.len(), 1);
    assert!(raw[0].text_content().unwrap().contains("Message that Meta does not pass on"));
    let button: HtmlElement = raw[0].query_selector("button").unwrap().unwrap().unchecked_into();
    button.click();
    until("the raw delivery", || says("\"object\"")).await;
}

#[wasm_bindgen_test]
async fn pictures_have_their_room_before_they_are_loaded() {
    let _scene = every_kind().await;
    let one = all(".pictures.one");
    let (first, room) = (one[0].clone(), one[0].get_bounding_client_rect());
    assert!((room.width() / room.height() - 1.5).abs() < 0.02, "{} by {}", room.width(), room.height());
    let image: web_sys::HtmlElement = first.query_selector("img").unwrap().unwrap().unchecked_into();
    image.set_attribute("src", "").unwrap();
    frame().await;
    assert_eq!(first.get_bounding_client_rect().height(), room.height(), "nothing jumps");
    assert_eq!(all("[data-test=pictures]").len(), 2, "several are a grid");
    let waiting = find(".picture.skeleton").unwrap();
    assert_eq!(waiting.get_attribute("aria-label").unwrap(), "Photo, being fetched");
}

#[wasm_bindgen_test]
async fn a_file_that_is_not_here_says_why_and_what_helps() {
    let _scene = every_kind().await;
    let said = |state: &str| text(&format!("[data-test=missing][data-state={state}]"));
    assert!(said("expired").contains("Meta’s link to this photo has ended"));
    assert!(
        said("refused").contains("invoice.pdf.exe") && said("refused").contains("not what it was said to be")
    );
    assert!(said("too_large").contains("84.0 MB") && said("too_large").contains("Change what is kept"));
    assert!(said("evicted").contains("removed to save space"));
    find("[data-test=fetch-again]").unwrap().click();
    until("it is fetched", || find("[data-test=missing][data-state=evicted]").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_voice_is_moved_with_the_arrows_and_heard_faster() {
    let _scene = every_kind().await;
    let slider = find("[data-test=sound] [role=slider]").unwrap();
    slider.focus().unwrap();
    press("ArrowRight");
    until("five seconds on", || slider.get_attribute("aria-valuetext").as_deref() == Some("0:05")).await;
    press("End");
    until("at its end", || slider.get_attribute("aria-valuetext").as_deref() == Some("0:12")).await;
    press("Home");
    until("at its beginning", || slider.get_attribute("aria-valuenow").as_deref() == Some("0")).await;
    let speed = find("[data-test=sound-speed]").unwrap();
    speed.click();
    until("faster", || speed.text_content().as_deref() == Some("1.5×")).await;
    let play = find("[data-test=sound-play]").unwrap();
    assert_eq!(play.get_attribute("aria-label").unwrap(), "Play voice message");
}

#[wasm_bindgen_test]
async fn a_voice_that_the_engine_could_not_decode_is_drawn_by_the_browser() {
    let _scene = every_kind().await;
    let drawn = || {
        let song = all("[data-test=sound]")
            .into_iter()
            .find(|s| s.text_content().unwrap().contains("Lamp, switched on"));
        song.and_then(|s| s.query_selector(".wave path").unwrap()?.get_attribute("d")).unwrap_or_default()
    };
    until("a peak as high as there is room", || drawn().contains("2.0V26.0")).await;
    assert!(!drawn().starts_with("M2 2.0"), "it begins softly");
}

#[wasm_bindgen_test]
async fn cards_say_what_is_on_them() {
    let _scene = every_kind().await;
    let place = text("[data-test=place]");
    assert!(
        place.contains("Livraria Lello")
            && place.contains("41.14961, -8.61099")
            && place.contains("Open in maps")
    );
    let order = text("[data-test=order]");
    assert!(order.contains("3 ×") && order.contains("168.50 EUR") && order.contains("wrap the small ones"));
    let card = text("[data-test=contact-card]");
    assert!(card.contains("Inês Carvalho") && card.contains("+351 912 345 678"));
    assert_eq!(all("[data-test=panels]")[0].query_selector_all(".panel").unwrap().length(), 3);
    assert!(all("[data-test=panels] button, [data-test=panels] a").is_empty(), "its buttons do nothing here");
    assert!(text("[data-test=referral]").contains("Came through an ad"));
    assert!(bubble("Answered form").text_content().unwrap().contains("Saturday morning"));
}

#[wasm_bindgen_test]
async fn a_story_is_open_until_its_day_is_over() {
    let _scene = every_kind().await;
    assert!(bubble("Where is this one from?").text_content().unwrap().contains("Open story"));
    assert!(bubble("And this one?").text_content().unwrap().contains("Story expired"));
    let mentions: Vec<String> = all("[data-test=link-card]")
        .iter()
        .filter_map(|c| c.text_content().filter(|t| t.contains("Mentioned you")))
        .collect();
    assert_eq!(mentions, ["Mentioned you in a storyOpen story", "Mentioned you in a storyStory expired"]);
    assert!(text("[data-test=link-card].ended").contains("Meta’s link has ended"));
}

#[wasm_bindgen_test]
async fn a_quote_goes_to_its_message_and_lights_it() {
    let _scene = every_kind().await;
    let answer = bubble("We make it ourselves");
    let quote: HtmlElement =
        answer.query_selector("button[data-test=quote]").unwrap().unwrap().unchecked_into();
    quote.click();
    let lit = appears("[data-test=bubble].lit").await;
    assert!(lit.text_content().unwrap().contains("I saw your lamp in the ad"));
    let lost = bubble("As I wrote last year");
    assert!(lost.text_content().unwrap().contains("not kept here"));
    assert!(lost.query_selector("button[data-test=quote]").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn reactions_notes_and_marks_have_words_for_those_who_cannot_see_them() {
    let _scene = every_kind().await;
    let words: Vec<String> =
        all("[data-test=reaction]").iter().filter_map(|r| r.get_attribute("aria-label")).collect();
    assert_eq!(words, ["They reacted with ❤️", "You and they reacted with 👍"]);
    let note = bubble("offer her the same discount");
    assert!(
        note.class_name().contains("private") && note.text_content().unwrap().contains("Private note · Mira")
    );
    assert!(note.get_attribute("aria-label").unwrap().starts_with("Private note of Mira"));
    assert!(bubble("The address is").text_content().unwrap().contains("edited"));
    assert!(bubble("Parcels leave").text_content().unwrap().contains("Forwarded"));
    assert!(bubble("robot of another app").text_content().unwrap().contains("only overheard"));
    assert!(bubble("Somebody in the group").text_content().unwrap().contains("Tomás Ribeiro"));
    assert!(says("Message unsent"));
    let nameless = all("[data-test=thread] button").into_iter().find(|b| {
        let alt = b.query_selector("img[alt]").unwrap().and_then(|i| i.get_attribute("alt"));
        b.text_content().unwrap_or_default().trim().is_empty()
            && b.get_attribute("aria-label").or(alt).unwrap_or_default().is_empty()
    });
    assert!(nameless.is_none(), "a button without a name: {}", nameless.unwrap().outer_html());
}

#[wasm_bindgen_test]
async fn what_happens_within_a_minute_is_folded_and_opens() {
    let _scene = every_kind().await;
    assert!(
        says("Missed call") && says("They tapped Get started") && says("Another app answers now: Shop robot")
    );
    assert!(!says("Assigned to Mira"));
    find("[data-test=activity-more]").unwrap().click();
    until("all three", || says("Assigned to Mira") && says("Label added: VIP") && says("Snoozed until"))
        .await;
}

#[wasm_bindgen_test]
async fn a_picture_opens_large_and_focus_comes_back() {
    let _scene = every_kind().await;
    let picture: HtmlElement = all("[data-test=picture]")[1].clone().unchecked_into();
    picture.focus().unwrap();
    picture.click();
    let shown =
        || find("[data-test=viewer-picture]").and_then(|i| i.get_attribute("data-file")).unwrap_or_default();
    appears("[data-test=viewer-picture]").await;
    let first = shown();
    assert_eq!(text("[data-test=viewer-count]"), "2 of 9");
    press("ArrowRight");
    until("the next one", || shown() != first && text("[data-test=viewer-count]") == "3 of 9").await;
    press("ArrowLeft");
    until("back again", || shown() == first).await;
    press("+");
    appears(".viewer-stage.large").await;
    press("0");
    until("as large as the window", || find(".viewer-stage.large").is_none()).await;
    let close = all("dialog.viewer [aria-label=Close]")[0].clone().unchecked_into::<HtmlElement>();
    close.click();
    until("shut", || find("dialog.viewer").is_none()).await;
    assert!(document().active_element().is_some_and(|e| picture.is_same_node(Some(&e))));
}

#[wasm_bindgen_test]
async fn words_are_found_in_the_thread_hit_by_hit() {
    let _scene = every_kind().await;
    composer().await.focus().unwrap();
    press_with("f", true, false);
    let field: HtmlInputElement = appears("[data-test=find-words]").await.unchecked_into();
    until("focus", || document().active_element().is_some_and(|e| e.has_attribute("data-test"))).await;
    type_words(&field, "somebody").await;
    until("two", || text("[data-test=find-count]") == "1 of 2").await;
    until("the newest is lit", || text("[data-test=bubble].lit").contains("somebody else answers")).await;
    press("Enter");
    until("the older one", || text("[data-test=bubble].lit").contains("Somebody in the group")).await;
    assert_eq!(text("[data-test=find-count]"), "2 of 2");
    type_words(&field, "zzyzx").await;
    until("said so", || text("[data-test=find-count]") == "Nothing found").await;
    press("Escape");
    until("shut", || find("[data-test=find-bar]").is_none()).await;
    until("back in the composer", || document().active_element().is_some_and(|e| e.id() == "composer-text"))
        .await;
}
