//! The scene of a view test: the app in a page of its own size, the pretend engine behind it, and ways to
//! wait for what must appear. A test waits for a state, never for a time.

use heliograph_ui::app;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit};

const WORDS: &str = include_str!("../pretend/words.js");
const WORKING: &str = include_str!("../pretend/working.js");
const WORLD: &str = include_str!("../pretend/world.js");
const SAMPLES: &str = include_str!("../pretend/samples.js");
const KINDS: &str = include_str!("../pretend/kinds.js");
const COPIES: &str = include_str!("../pretend/copies.js");
const SENDING: &str = include_str!("../pretend/sending.js");
const SIGN_IN: &str = include_str!("../pretend/sign_in.js");
const SAFETY: &str = include_str!("../pretend/safety.js");
const LEAVING: &str = include_str!("../pretend/leaving.js");
const PEOPLE: &str = include_str!("../pretend/people.js");
const STATES: &str = include_str!("../pretend/states.js");
const ENGINE: &str = include_str!("../pretend/engine.js");
/// Longest wait for something that must appear.
const PATIENCE_MS: f64 = 15_000.0;
/// And at least as many frames: a machine that stood still for a while gave the page no time.
const PATIENCE_FRAMES: u32 = 120;

/// The mounted app. Dropping it takes the page apart, so that a test that failed leaves nothing behind.
pub struct Scene {
    home: HtmlElement,
    app: Option<Box<dyn std::any::Any>>,
}

/// The app at `path`, over a world named by `option` (see `engine.js`).
pub async fn open(path: &str, option: &str) -> Scene {
    for old in all("[data-scene]") {
        old.remove();
    }
    let document = document();
    let window = web_sys::window().unwrap();
    for storage in [window.local_storage().unwrap().unwrap(), window.session_storage().unwrap().unwrap()] {
        storage.clear().unwrap();
        storage.set_item("pretend", option).unwrap();
    }
    pretend_engine().await;
    window.history().unwrap().replace_state_with_url(&JsValue::NULL, "", Some(path)).unwrap();
    let home: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    home.set_attribute("data-scene", "").unwrap();
    home.set_attribute("id", "app").unwrap();
    home.set_attribute("style", "position:fixed;inset:0;width:1440px;height:900px;background:Canvas")
        .unwrap();
    document.body().unwrap().append_child(&home).unwrap();
    let app = Some(app::mount_into(home.clone()));
    Scene { home, app }
}

impl Drop for Scene {
    fn drop(&mut self) {
        drop(self.app.take());
        self.home.remove();
    }
}

/// Links the modules in the order of their imports, anew for each scene: a test page serves no files.
async fn pretend_engine() {
    let modules = [
        ("words", WORDS),
        ("working", WORKING),
        ("world", WORLD),
        ("samples", SAMPLES),
        ("kinds", KINDS),
        ("sending", SENDING),
        ("sign_in", SIGN_IN),
        ("safety", SAFETY),
        ("copies", COPIES),
        ("leaving", LEAVING),
        ("people", PEOPLE),
        ("states", STATES),
        ("engine", ENGINE),
    ];
    let modules = serde_json::to_string(&modules).unwrap();
    let link = r#"(async () => {
        const urls = {};
        for (const [name, text] of MODULES) {
            const linked = text.replace(/from "\.\/(\w+)\.js"/g, (_, other) => `from "${urls[other]}"`);
            urls[name] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
        }
        await import(urls.engine);
    })()"#;
    js(&link.replace("MODULES", &modules)).await;
}

pub fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// Runs script in the page; its last value, awaited.
pub async fn js(script: &str) -> JsValue {
    let value = js_sys::eval(script).unwrap();
    JsFuture::from(Promise::resolve(&value)).await.unwrap()
}

pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).unwrap().map(JsCast::unchecked_into)
}

pub fn all(selector: &str) -> Vec<Element> {
    let found = document().query_selector_all(selector).unwrap();
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

pub fn text(selector: &str) -> String {
    find(selector).and_then(|e| e.text_content()).unwrap_or_default()
}

/// Waits until `yes` says so.
pub async fn until(what: &str, yes: impl Fn() -> bool) {
    let performance = web_sys::window().unwrap().performance().unwrap();
    let end = performance.now() + PATIENCE_MS;
    let mut frames = 0;
    while !yes() {
        assert!(performance.now() < end || frames < PATIENCE_FRAMES, "never happened: {what}");
        frame().await;
        frames += 1;
    }
}

/// The element, once it is there.
pub async fn appears(selector: &str) -> HtmlElement {
    until(selector, || find(selector).is_some()).await;
    find(selector).unwrap()
}

/// The next painted frame.
pub async fn frame() {
    let promise = Promise::new(&mut |done: Function, _| {
        web_sys::window().unwrap().request_animation_frame(&done).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Presses a key on what has focus.
pub fn press(key: &str) {
    press_with(key, false, false);
}

pub fn press_with(key: &str, ctrl: bool, shift: bool) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    let code = if key.len() == 1 { format!("Key{}", key.to_uppercase()) } else { key.to_owned() };
    init.set_code(&code);
    init.set_ctrl_key(ctrl);
    init.set_shift_key(shift);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    let target = document().active_element().unwrap_or_else(|| document().body().unwrap().into());
    target.dispatch_event(&event).unwrap();
}

/// The composer.
pub async fn composer() -> HtmlTextAreaElement {
    appears("[data-test=composer]").await.unchecked_into()
}

/// Types into the composer as a person would: the text, then the event.
pub async fn write(words: &str) {
    let area = composer().await;
    area.focus().unwrap();
    area.set_value(words);
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    area.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
}

/// A value of the pretend world, as JSON text.
pub async fn world(expression: &str) -> String {
    let value = js(&format!("JSON.stringify({expression})")).await;
    value.as_string().unwrap_or_default()
}

/// Every answer of the pretend engine takes this long from now on.
pub fn set_slow(ms: u32) {
    let pretend = Reflect::get(&js_sys::global(), &"pretend".into()).unwrap();
    Reflect::set(&pretend, &"slow".into(), &ms.into()).unwrap();
}
