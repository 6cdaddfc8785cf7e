//! The same inbox in a browser. Nothing is answered to a stranger, and no other site's page can ask
//! in the person's name.

use super::{
    copies, files,
    gate::{Gate, TurnedAway, Visitor},
    media, pages,
};
use crate::{
    Engine,
    model::{Code, ConversationId, Problem, call::Envelope},
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, MatchedPath, Path, Query, Request, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Redirect, Response,
        sse::{self, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::Value;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The largest call, in bytes; a draft or a reply is far smaller.
const LARGEST_CALL: usize = 1024 * 1024;
/// How often a quiet event stream says that it is alive: below the usual patience of proxies.
const ALIVE: Duration = Duration::from_secs(20);

/// What the page may do: nothing but what it came with. The same on the desktop, with its protocols.
pub const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

#[derive(Clone)]
struct Web {
    engine: Engine,
    gate: Arc<Gate>,
    stop: CancellationToken,
}

impl Web {
    /// The engine as it answers `visitor`: the app lock stands before people, not before programs.
    fn engine_for(&self, visitor: Visitor) -> Engine {
        match visitor {
            Visitor::Browser => self.engine.clone(),
            Visitor::Program => self.engine.past_the_lock(),
        }
    }
}

/// What a locked browser still reaches, besides the interface itself: the engine judges each call and event.
const WHILE_LOCKED: [&str; 2] = ["/call", "/events"];

/// The inbox over `engine` for those whom `gate` admits. Event streams end at `stop`.
pub fn router(engine: Engine, gate: Arc<Gate>, stop: CancellationToken) -> Router {
    let web = Web { engine, gate, stop };
    Router::new()
        .route("/call", post(call).layer(DefaultBodyLimit::max(LARGEST_CALL)))
        .route("/events", get(events))
        .route("/media/{hash}", get(file))
        .route("/bundle/{id}", get(bundle))
        .route("/upload", post(upload).layer(DefaultBodyLimit::disable()))
        .route("/copies", post(bring_copy).layer(DefaultBodyLimit::disable()))
        .route("/copies/{name}", get(fetch_copy))
        .route("/link", post(link))
        .fallback(interface)
        .layer(middleware::from_fn_with_state(web.clone(), admit))
        // Above the gate: it is how one gets in.
        .route("/open", get(open))
        .layer(middleware::map_response(safe))
        .with_state(web)
}

/// Headers that every answer carries.
async fn safe(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut say = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    say(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::X_FRAME_OPTIONS, "DENY");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::CACHE_CONTROL, "no-store");
    say(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    say(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

async fn admit(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let now = web.engine.clock().now();
    match web.gate.admit(request.method(), request.uri(), request.headers(), now) {
        Ok(visitor) => {
            let route = request.extensions().get::<MatchedPath>();
            let closed = route.is_some_and(|route| !WHILE_LOCKED.contains(&route.as_str()));
            if closed && web.engine_for(visitor).is_shut() {
                return (StatusCode::LOCKED, Json(crate::answers::lock::locked())).into_response();
            }
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(why) => turned_away(why, request.headers()),
    }
}

fn turned_away(why: TurnedAway, headers: &HeaderMap) -> Response {
    if wants_page(headers) {
        return pages::turned_away(why);
    }
    let (status, message) = match why {
        TurnedAway::WrongHost => {
            (StatusCode::MISDIRECTED_REQUEST, "This name is not one of Heliograph's. Start it with --name.")
        }
        TurnedAway::OtherSite => {
            (StatusCode::FORBIDDEN, "Another site's page may not ask Heliograph anything.")
        }
        TurnedAway::Unknown => {
            (StatusCode::UNAUTHORIZED, "Open Heliograph with a fresh link, or give a bearer token.")
        }
    };
    (status, Json(Problem::new(Code::NotAllowed, message))).into_response()
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains("text/html"))
}

#[derive(Deserialize)]
struct Opened {
    #[serde(default)]
    key: String,
}

/// Exchanges a one-time link for a cookie.
async fn open(State(web): State<Web>, Query(opened): Query<Opened>, request: Request) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    // A preview that only asks for the head must not use up the link.
    if method != axum::http::Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if web.gate.host(uri, headers).is_none() {
        return turned_away(TurnedAway::WrongHost, headers);
    }
    let now = web.engine.clock().now();
    let Some(cookie) = web.gate.open(&opened.key, now) else {
        return match web.gate.admit(method, uri, headers, now) {
            // The link was reloaded by the browser that used it.
            Ok(Visitor::Browser) => Redirect::to("/").into_response(),
            _ => pages::turned_away(TurnedAway::Unknown),
        };
    };
    // A strict cookie does not travel along a redirect that another site began (a link in web mail):
    // there, our own page goes on.
    let from_elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let onward = if from_elsewhere { pages::onward() } else { Redirect::to("/").into_response() };
    ([(header::SET_COOKIE, cookie)], onward).into_response()
}

/// A new one-time link, for a program that has the token (`heliograph-server link`).
async fn link(State(web): State<Web>, visitor: axum::Extension<Visitor>) -> Response {
    match visitor.0 {
        Visitor::Program => Json(web.gate.link()).into_response(),
        Visitor::Browser => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn call(
    State(web): State<Web>,
    visitor: axum::Extension<Visitor>,
    envelope: Result<Json<Envelope<Value>>, JsonRejection>,
) -> Response {
    let envelope = match envelope {
        Ok(Json(envelope)) => envelope,
        Err(rejection) => {
            let problem = Problem::new(
                Code::BadRequest,
                r#"A call is JSON with the header content-type: application/json, such as {"call":"GetStatus","with":{}}."#,
            );
            return (rejection.status(), Json(problem)).into_response();
        }
    };
    match web.engine_for(visitor.0).call(&envelope.call, envelope.with).await {
        Ok(reply) => Json(reply).into_response(),
        Err(problem) => (status_of(problem.code), Json(problem)).into_response(),
    }
}

/// The HTTP status of a problem. 401 stays for the visitor's own key.
#[must_use]
pub const fn status_of(code: Code) -> StatusCode {
    match code {
        Code::BadRequest => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::SignInAgain | Code::WindowClosed | Code::Overtaken | Code::Unreachable => StatusCode::CONFLICT,
        Code::NotAllowed | Code::Blocked => StatusCode::FORBIDDEN,
        Code::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Offline => StatusCode::SERVICE_UNAVAILABLE,
        Code::MetaFailed => StatusCode::BAD_GATEWAY,
        Code::Storage => StatusCode::INSUFFICIENT_STORAGE,
        Code::Locked => StatusCode::LOCKED,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Facts as they happen; a reader that lagged is told to start over. A locked browser hears of the lock alone.
async fn events(
    State(web): State<Web>,
    visitor: axum::Extension<Visitor>,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let engine = web.engine_for(visitor.0);
    let facts = stream::unfold((engine.events(), engine), |(mut listener, engine)| async move {
        let event = loop {
            let event = listener.next().await?;
            if engine.may_hear(&event) {
                break event;
            }
        };
        let line = sse::Event::default().json_data(&event).unwrap_or_default();
        Some((Ok(line), (listener, engine)))
    });
    Sse::new(facts.take_until(web.stop.cancelled_owned())).keep_alive(KeepAlive::new().interval(ALIVE))
}

#[derive(Deserialize)]
struct Saved {
    /// To be saved under this name.
    name: Option<String>,
}

async fn file(
    State(web): State<Web>,
    visitor: axum::Extension<Visitor>,
    Path(hash): Path<String>,
    Query(saved): Query<Saved>,
    headers: HeaderMap,
) -> Response {
    let range = headers.get(header::RANGE).and_then(|r| r.to_str().ok());
    media::stream(&web.engine_for(visitor.0), &hash, media::Asked { range, name: saved.name.as_deref() })
        .await
}

/// The support bundle that was made last, to be saved.
async fn bundle(
    State(web): State<Web>,
    visitor: axum::Extension<Visitor>,
    Path(id): Path<String>,
) -> Response {
    let Some((name, packed)) = web.engine_for(visitor.0).bundle(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let named = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, named)], packed)
        .into_response()
}

#[derive(Deserialize)]
struct Uploading {
    conversation: i64,
    #[serde(default)]
    name: String,
    /// Recorded in the composer.
    #[serde(default)]
    voice: bool,
}

/// A file for the composer of a conversation; its size is limited while it comes.
async fn upload(
    State(web): State<Web>,
    visitor: axum::Extension<Visitor>,
    Query(what): Query<Uploading>,
    request: Request,
) -> Response {
    let content = request.into_body().into_data_stream();
    let conversation = ConversationId(what.conversation);
    match web.engine_for(visitor.0).upload(conversation, &what.name, what.voice, content).await {
        Ok(upload) => Json(upload).into_response(),
        Err(problem) => (status_of(problem.code), Json(problem)).into_response(),
    }
}

async fn fetch_copy(State(web): State<Web>, Path(name): Path<String>) -> Response {
    copies::fetch(&web.engine, &name).await
}

/// A backup made elsewhere, to be restored here.
async fn bring_copy(State(web): State<Web>, Query(saved): Query<Saved>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    copies::bring(&web.engine, saved.name.as_deref().unwrap_or_default(), &head.headers, body).await
}

async fn interface(request: Request) -> Response {
    files::answer(request.method(), request.uri().path(), request.headers())
}
