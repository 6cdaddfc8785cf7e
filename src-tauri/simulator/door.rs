//! The door: every request passes here, meets the faults that are on, and gets Meta's headers. The one place
//! that may wait, trickle or drop the connection.

use crate::call::{Call, Reply, respond};
use crate::clock;
use crate::error::GraphError;
use crate::faults::{self, Kind};
use crate::subscriptions::Handshake;
use crate::wire::Wire;
use crate::world::World;
use crate::{Shared, control, oauth, routes};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Response};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// The largest body this Meta reads.
const BODY_LIMIT: usize = 30 << 20;
/// The oldest version alive (graph-api 0).
const OLDEST: u32 = 21;
const NEWEST: u32 = 26;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).with_state(shared)
}

/// What was done for a call and how the answer travels.
#[derive(Debug)]
pub(crate) struct Answer {
    pub reply: Reply,
    pub way: Way,
    /// Something that must be settled before the answer leaves.
    pub first: Option<oneshot::Receiver<()>>,
    /// A webhook that must prove itself first.
    pub handshake: Option<Handshake>,
}

/// How an answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Whole,
    /// Half of it.
    Cut,
    /// In pieces, over so many milliseconds.
    Slowly(u64),
    /// The connection dies instead.
    Never,
}

impl<R: Into<Reply>> From<R> for Answer {
    fn from(reply: R) -> Self {
        Self { reply: reply.into(), way: Way::Whole, first: None, handshake: None }
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Reply::text(413, "Request entity too large").into_response();
    };
    let call = Call::read(parts.method, &parts.uri, &parts.headers, body);
    if call.path.first().is_some_and(|p| p == "_sim") {
        return control::serve(&shared, &call).await.into_response();
    }
    if let Some(reply) = beside_graph(&shared, &call) {
        return reply.into_response();
    }
    let (answer, headers) = shared.world().answer(&call);
    if let Some(first) = answer.first {
        let _ = tokio::time::timeout(Duration::from_secs(5), first).await;
    }
    if let Some(handshake) = answer.handshake {
        return handshake.finish(&shared).await.into_response();
    }
    let mut response = match answer.way {
        Way::Whole => answer.reply.into_response(),
        Way::Cut => cut(answer.reply),
        Way::Slowly(ms) => slowly(answer.reply, ms),
        Way::Never => {
            wire.cut();
            answer.reply.into_response()
        }
    };
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Pages and files: everything that is not the Graph API.
fn beside_graph(shared: &Shared, call: &Call) -> Option<Reply> {
    let get = call.method == Method::GET;
    match call.parts().as_slice() {
        ["cdn", kind, id] if get => {
            let mut world = shared.world();
            Some(world.media_fault(call).unwrap_or_else(|| world.fetch(kind, id, &call.params)))
        }
        ["whatsapp_business", "attachments"] if get => {
            let mut world = shared.world();
            let file = |world: &World| world.whatsapp_file(&call.params, call.bearer.as_deref());
            Some(world.media_fault(call).unwrap_or_else(|| file(&world)))
        }
        ["dialog", "oauth"] | ["oauth", "authorize"] => Some(oauth::dialog(&mut shared.world(), call)),
        ["connect", "login_success.html"] => Some(Reply::html(200, "<html><body>Success</body></html>")),
        [] if get && call.params.is_empty() => Some(crate::page::front(&shared.world())),
        ["favicon.ico"] => Some(Reply::text(404, "")),
        _ => None,
    }
}

fn cut(reply: Reply) -> Response<Body> {
    let Reply::Json(status, value) = reply else {
        return reply.into_response();
    };
    let text = crate::escape::meta(&value);
    let half = text.len() / 2;
    respond(status, "application/json; charset=UTF-8", Body::from(text[..half].to_owned()))
}

fn slowly(reply: Reply, ms: u64) -> Response<Body> {
    const PIECES: usize = 10;
    let Reply::Json(status, value) = reply else {
        return reply.into_response();
    };
    let text = crate::escape::meta(&value).into_bytes();
    let size = text.len().div_ceil(PIECES).max(1);
    let pieces: Vec<Bytes> = text.chunks(size).map(Bytes::copy_from_slice).collect();
    let pause = Duration::from_millis(ms / PIECES as u64);
    let stream = futures_util::stream::unfold(pieces.into_iter(), move |mut pieces| async move {
        tokio::time::sleep(pause).await;
        pieces.next().map(|piece| (Ok::<_, std::convert::Infallible>(piece), pieces))
    });
    respond(status, "application/json; charset=UTF-8", Body::from_stream(stream))
}

type Headers = Vec<(&'static str, String)>;

impl World {
    /// Answers a Graph call: faults first, then the truth.
    pub fn answer(&mut self, call: &Call) -> (Answer, Headers) {
        let version = served_version(call.version.as_deref());
        let trace = self.trace();
        let mut headers: Headers = vec![("x-fb-trace-id", trace.clone())];
        let version = match version {
            Ok(version) => version,
            Err(error) => return (Reply::Json(error.status, error.body(&trace)).into(), headers),
        };
        headers.push(("facebook-api-version", version));
        let words = self.words_of(call);
        let outcome = match self.fault_before(&words) {
            Some(answer) => answer,
            None => routes::route(self, call),
        };
        let mut answer = match outcome {
            Ok(answer) => {
                let percent = self.faults.strike(&words, |k| matches!(k, Kind::Usage(_)));
                let percent = percent.and_then(|s| if let Kind::Usage(p) = s.kind { Some(p) } else { None });
                let touched =
                    self.account_touched(call).map(|a| (self.usage_id(a), self.accounts[a].channel));
                let of = touched.as_ref().map(|(id, channel)| (id.as_str(), *channel));
                headers.extend(self.usage.headers(of, percent));
                answer
            }
            Err(error) => {
                let with_200 = self.faults.strike(&words, |k| k == Kind::ErrorWith200).is_some();
                let status = if with_200 { 200 } else { error.status };
                Reply::Json(status, error.body(&trace)).into()
            }
        };
        if answer.way == Way::Whole {
            let struck = self.faults.strike(&words, |k| matches!(k, Kind::TruncatedJson | Kind::SlowBody));
            answer.way = match struck {
                Some(s) if s.kind == Kind::SlowBody => Way::Slowly(s.ms.unwrap_or(5000)),
                Some(_) => Way::Cut,
                None => Way::Whole,
            };
        }
        (answer, headers)
    }

    fn fault_before(&mut self, words: &str) -> Option<Result<Answer, GraphError>> {
        let struck = self
            .faults
            .strike(words, |k| matches!(k, Kind::Refuse(_) | Kind::Html502 | Kind::ErrorWith200))?;
        Some(match struck.kind {
            Kind::Refuse(name) => Err(faults::refusal(name, &clock::iso(self.now()))),
            Kind::ErrorWith200 => {
                let error = faults::refusal("80002", "");
                Ok(Reply::Json(200, error.body(&self.trace())).into())
            }
            _ => Ok(bad_gateway().into()),
        })
    }

    /// What faults are matched against: method, path, and the accounts' ids that the token or path name.
    fn words_of(&self, call: &Call) -> String {
        match self.account_touched(call) {
            Some(account) => {
                let account = &self.accounts[account];
                format!("{} {} {}", call.words(), account.id, account.channel.word())
            }
            None => call.words(),
        }
    }

    fn usage_id(&self, account: usize) -> String {
        let account = &self.accounts[account];
        account.waba.clone().unwrap_or_else(|| account.id.clone())
    }

    /// A trace id as Meta gives.
    pub fn trace(&mut self) -> String {
        self.logins.minted += 1;
        format!("A{}", crate::ids::seal(self.seed ^ 0x7ace, &crate::ids::pair(self.logins.minted, 1), 16))
    }
}

/// What a gateway says when nobody is behind it.
pub(crate) fn bad_gateway() -> Reply {
    Reply::html(
        502,
        "<!DOCTYPE html><html><head><title>Facebook | Error</title></head><body><h1>Sorry, something went \
         wrong.</h1><p>We're working on it and we'll get it fixed as soon as we can.</p></body></html>",
    )
}

/// The version that serves a call: expired ones are served by the oldest alive.
fn served_version(asked: Option<&str>) -> Result<String, GraphError> {
    let Some(asked) = asked else {
        return Ok(format!("v{NEWEST}.0"));
    };
    let major = asked.trim_start_matches('v').split('.').next().and_then(|m| m.parse::<u32>().ok());
    match major {
        Some(major) if (1..=NEWEST).contains(&major) => Ok(format!("v{}.0", major.max(OLDEST))),
        _ => Err(GraphError::new(2500, format!("Unknown path components: /{asked}"))),
    }
}
