//! The only file that knows how the engine is reached: the desktop's bridge, HTTP in a browser, or a
//! pretend engine in tests. Everything else says [`call`] and [`listen`].

mod copies;
mod opening;

pub use copies::{bring_copy, choose_backup, choose_place, copy_url};
pub use opening::{may_open, open_alone, open_link, open_sign_in};

use heliograph_model::{Code, ConversationId, Event, Problem, Request, Upload};
use js_sys::{Function, Object, Promise, Reflect};
use serde::de::DeserializeOwned;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{EventSource, MessageEvent, RequestInit, Response};

/// What reaches us unasked.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    Event(Event),
    /// The engine answers (again), or does not.
    Reachable(bool),
    /// The browser's cookie is not, or no longer, good.
    LinkUsed,
}

type Sink = Rc<dyn Fn(News)>;

thread_local! {
    static SINK: RefCell<Option<Sink>> = const { RefCell::new(None) };
}

/// Where the engine is.
enum Reach {
    Pretend(JsValue),
    Desktop(JsValue),
    Browser,
}

fn reach() -> Reach {
    let global = js_sys::global();
    let named = |name: &str| Reflect::get(&global, &name.into()).ok().filter(|v| v.is_object());
    if let Some(pretend) = named("__PRETEND_ENGINE__") {
        Reach::Pretend(pretend)
    } else if let Some(desktop) = named("__TAURI_INTERNALS__") {
        Reach::Desktop(desktop)
    } else {
        Reach::Browser
    }
}

/// Whether the desktop app shows us.
#[must_use]
pub fn on_desktop() -> bool {
    matches!(reach(), Reach::Desktop(_))
}

/// A request as it goes to the engine: which call, and its JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    name: &'static str,
    with: String,
}

/// Asks or tells the engine.
///
/// # Errors
/// The engine's own problem, or `Offline`/`Internal` when no readable answer came.
pub async fn call<R: Request>(request: &R) -> Result<R::Reply, Problem> {
    read(&ask(say(request)?).await?)
}

/// The request as it goes to the engine.
///
/// # Errors
/// `Internal` where it cannot be written as JSON.
pub fn say<R: Request>(request: &R) -> Result<Said, Problem> {
    Ok(Said { name: R::NAME, with: serde_json::to_string(request).map_err(unreadable)? })
}

/// A reply from its JSON.
///
/// # Errors
/// `Internal` where it is not what was asked for.
pub fn read<T: DeserializeOwned>(reply: &str) -> Result<T, Problem> {
    serde_json::from_str(reply).map_err(unreadable)
}

/// The JSON of the reply.
///
/// # Errors
/// As [`call`].
pub async fn ask(said: Said) -> Result<String, Problem> {
    call_text(said.name, &said.with).await
}

async fn call_text(name: &'static str, with: &str) -> Result<String, Problem> {
    match reach() {
        Reach::Pretend(engine) => {
            let with = js_sys::JSON::parse(with).map_err(|_| unreadable("request"))?;
            settle(invoke(&engine, "call", &[name.into(), with])).await
        }
        Reach::Desktop(tauri) => {
            let envelope = format!(r#"{{"envelope":{{"call":"{name}","with":{with}}}}}"#);
            let envelope = js_sys::JSON::parse(&envelope).map_err(|_| unreadable("request"))?;
            settle(invoke(&tauri, "invoke", &["call".into(), envelope])).await
        }
        Reach::Browser => {
            let body = format!(r#"{{"call":"{name}","with":{with}}}"#);
            send_to("/call", body.into(), "application/json").await
        }
    }
}

/// Calls `object.name(args…)`.
fn invoke(object: &JsValue, name: &str, args: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    let list = js_sys::Array::new();
    for arg in args {
        list.push(arg);
    }
    function.apply(object, &list)
}

/// Waits for a promise; a rejection is a Problem, as an object or as its JSON.
async fn settle(started: Result<JsValue, JsValue>) -> Result<String, Problem> {
    let settled = match started {
        Ok(value) => JsFuture::from(Promise::resolve(&value)).await,
        Err(thrown) => Err(thrown),
    };
    match settled {
        Ok(value) if value.is_undefined() => Ok("null".into()),
        Ok(value) => stringify(&value).ok_or_else(|| unreadable("reply")),
        Err(thrown) => Err(problem_of(&thrown)),
    }
}

fn stringify(value: &JsValue) -> Option<String> {
    js_sys::JSON::stringify(value).ok().and_then(|s| s.as_string())
}

fn problem_of(thrown: &JsValue) -> Problem {
    let text = thrown.as_string().or_else(|| stringify(thrown)).unwrap_or_default();
    serde_json::from_str(&text)
        .unwrap_or_else(|_| Problem::new(Code::Internal, "The app did not understand its own engine."))
}

async fn send_to(path: &str, body: JsValue, kind: &'static str) -> Result<String, Problem> {
    let window = web_sys::window().ok_or_else(unreachable_engine)?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&body);
    let headers = Object::new();
    let _ = Reflect::set(&headers, &"content-type".into(), &kind.into());
    init.set_headers(&headers);
    let response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await;
    let response: Response = response.ok().and_then(|r| r.dyn_into().ok()).ok_or_else(unreachable_engine)?;
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|t| t.as_string()),
        Err(_) => None,
    }
    .ok_or_else(unreachable_engine)?;
    if response.ok() {
        return Ok(text);
    }
    if response.status() == 401 {
        tell(News::LinkUsed);
    }
    Err(serde_json::from_str(&text).unwrap_or_else(|_| {
        Problem::new(Code::Internal, format!("The engine answered {} without saying why.", response.status()))
    }))
}

/// Brings a file into the composer of a conversation; `voice` = it was recorded there.
///
/// # Errors
/// The engine's own problem, or `Offline`/`Internal` when no readable answer came.
pub async fn upload(
    conversation: ConversationId,
    name: &str,
    voice: bool,
    content: &web_sys::Blob,
) -> Result<Upload, Problem> {
    let escaped = String::from(js_sys::encode_uri_component(name));
    let reply = match reach() {
        Reach::Pretend(engine) => {
            let n = JsValue::from_f64(conversation.0 as f64);
            settle(invoke(&engine, "upload", &[n, name.into(), voice.into(), content.into()])).await?
        }
        Reach::Desktop(tauri) => {
            let bytes = JsFuture::from(content.array_buffer()).await.map_err(|_| unreadable("file"))?;
            let bytes = js_sys::Uint8Array::new(&bytes);
            let headers = Object::new();
            for (key, value) in
                [("conversation", conversation.to_string()), ("name", escaped), ("voice", voice.to_string())]
            {
                let _ = Reflect::set(&headers, &key.into(), &value.into());
            }
            let options = Object::new();
            let _ = Reflect::set(&options, &"headers".into(), &headers);
            settle(invoke(&tauri, "invoke", &["upload".into(), bytes.into(), options.into()])).await?
        }
        Reach::Browser => {
            let to = format!("/upload?conversation={conversation}&name={escaped}&voice={voice}");
            send_to(&to, content.into(), "application/octet-stream").await?
        }
    };
    serde_json::from_str(&reply).map_err(unreadable)
}

fn unreadable(_: impl std::fmt::Display) -> Problem {
    Problem::new(Code::Internal, "The engine's answer could not be read. Is another version running?")
}

fn unreachable_engine() -> Problem {
    Problem::new(Code::Offline, "Heliograph's engine does not answer. Nothing was changed.")
}

fn tell(news: News) {
    let sink = SINK.with_borrow(Clone::clone);
    if let Some(sink) = sink {
        sink(news);
    }
}

/// Hears everything the engine tells, from now on. One listener; the last wins.
pub fn listen(sink: impl Fn(News) + 'static) {
    SINK.set(Some(Rc::new(sink)));
    match reach() {
        Reach::Pretend(engine) => {
            let heard = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| tell_json(stringify(&event)));
            let _ = invoke(&engine, "listen", &[heard.into_js_value()]);
        }
        Reach::Desktop(tauri) => listen_on_desktop(&tauri),
        Reach::Browser => listen_in_browser(false),
    }
}

fn tell_json(json: Option<String>) {
    // An event of a newer engine says only that something changed: asking again is always right.
    let event = json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or(Event::StartOver);
    tell(News::Event(event));
}

fn listen_on_desktop(tauri: &JsValue) {
    let heard = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
        tell_json(Reflect::get(&event, &"payload".into()).ok().and_then(|p| stringify(&p)));
    });
    let Ok(handler) = invoke(tauri, "transformCallback", &[heard.into_js_value()]) else {
        return;
    };
    let Ok(args) = js_sys::JSON::parse(r#"{"event":"heliograph","target":{"kind":"Any"}}"#) else {
        return;
    };
    let _ = Reflect::set(&args, &"handler".into(), &handler);
    let _ = invoke(tauri, "invoke", &["plugin:event|listen".into(), args]);
}

/// Opens the event stream; when it is cut, opens it again and says to start over.
fn listen_in_browser(again: bool) {
    let Ok(source) = EventSource::new("/events") else {
        return;
    };
    let opened_before = Rc::new(std::cell::Cell::new(again));
    let opened = Closure::<dyn Fn()>::new(move || {
        tell(News::Reachable(true));
        if opened_before.replace(true) {
            tell(News::Event(Event::StartOver));
        }
    });
    let heard = Closure::<dyn Fn(MessageEvent)>::new(|e: MessageEvent| tell_json(e.data().as_string()));
    let cut = source.clone();
    let lost = Closure::<dyn Fn()>::new(move || {
        tell(News::Reachable(false));
        if cut.ready_state() == EventSource::CLOSED {
            cut.set_onerror(None);
            crate::clock::after(2_000, || listen_in_browser(true));
        }
    });
    source.set_onopen(Some(opened.into_js_value().unchecked_ref()));
    source.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
    source.set_onerror(Some(lost.into_js_value().unchecked_ref()));
}

/// Where the media store serves the file of this content hash.
#[must_use]
pub fn media_url(hash: &str) -> String {
    match reach() {
        Reach::Pretend(engine) => {
            invoke(&engine, "media", &[hash.into()]).ok().and_then(|url| url.as_string()).unwrap_or_default()
        }
        Reach::Desktop(_) if on_windows() => format!("http://media.localhost/{hash}"),
        Reach::Desktop(_) => format!("media://localhost/{hash}"),
        Reach::Browser => format!("/media/{hash}"),
    }
}

fn on_windows() -> bool {
    web_sys::window().and_then(|w| w.navigator().user_agent().ok()).is_some_and(|a| a.contains("Windows"))
}

/// Whether the command key is Cmd.
#[must_use]
pub fn on_mac() -> bool {
    web_sys::window().and_then(|w| w.navigator().platform().ok()).is_some_and(|p| p.starts_with("Mac"))
}

/// Tells the desktop what is on screen, so that it keeps quiet about it.
pub fn tell_view(conversation: Option<ConversationId>, visible: bool) {
    let conversation = conversation.map_or("null".to_owned(), |c| c.to_string());
    hint("view", &format!(r#"{{"conversation":{conversation},"visible":{visible}}}"#));
}

/// A desktop command whose answer nobody waits for.
fn hint(command: &'static str, args: &str) {
    if let Reach::Desktop(tauri) = reach()
        && let Ok(args) = js_sys::JSON::parse(args)
    {
        let started = invoke(&tauri, "invoke", &[command.into(), args]);
        spawn_local(async move {
            let _ = settle(started).await;
        });
    }
}

/// On the desktop: asks where to keep the file of this content hash, and keeps it there; `false` when the person
/// thought better of it.
///
/// # Errors
/// When it could not be written; outside the desktop always.
pub async fn save_file(hash: &str, name: &str) -> Result<bool, Problem> {
    let Reach::Desktop(tauri) = reach() else {
        return Err(Problem::new(Code::NotAllowed, "Only the desktop app saves files by itself."));
    };
    let args = serde_json::json!({ "file": hash, "name": name }).to_string();
    let args = js_sys::JSON::parse(&args).map_err(|_| unreadable("request"))?;
    let answer = settle(invoke(&tauri, "invoke", &["save_file".into(), args])).await?;
    serde_json::from_str(&answer).map_err(unreadable)
}

/// Saves the support bundle of this id: the desktop asks where to, a browser downloads it. `false` when the person
/// thought better of it.
///
/// # Errors
/// When it could not be written.
pub async fn save_bundle(id: &str) -> Result<bool, Problem> {
    match reach() {
        Reach::Desktop(tauri) => {
            let args = serde_json::json!({ "id": id }).to_string();
            let args = js_sys::JSON::parse(&args).map_err(|_| unreadable("request"))?;
            read(&settle(invoke(&tauri, "invoke", &["save_bundle".into(), args])).await?)
        }
        Reach::Browser => {
            if let Some(window) = web_sys::window() {
                // It is an attachment: the page stays.
                let _ = window.location().assign(&format!("/bundle/{id}"));
            }
            Ok(false)
        }
        Reach::Pretend(_) => Ok(true),
    }
}
