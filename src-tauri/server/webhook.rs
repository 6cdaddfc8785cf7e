//! Meta's deliveries. A body is stored only when its signature is right, and acknowledged only when
//! it is stored: 200 after the commit (in a burst that of the raw body, see `intake`), 503 when there was none, so that
//! Meta delivers again.

use super::pages;
use crate::{
    answers::{DoorReport, DoorWish, Take},
    graph::signature,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, SemaphorePermit, watch},
    time::timeout,
};

/// The largest delivery read, in bytes (graph-api d: batches of up to 1000 changes).
pub const LARGEST: usize = 3 * 1024 * 1024;
/// A challenge is a short number; more is not Meta's.
const LONGEST_CHALLENGE: usize = 256;
/// Bytes of bodies that may be in memory at once before a signature proved anything.
const IN_FLIGHT: usize = 48 * 1024 * 1024;

/// What the door needs; shared by all requests.
pub struct Door {
    /// Verify token and app secrets, as they are at this moment.
    pub wish: watch::Receiver<DoorWish>,
    /// Stores a delivery whose signature was right.
    pub take: Take,
    /// Counts what came.
    pub report: Box<dyn Fn(DoorReport) + Send + Sync>,
    /// Time for a whole body.
    pub body_time: Duration,
}

struct Shared {
    door: Door,
    memory: Semaphore,
}

/// The route Meta calls: the handshake and the deliveries at `path`.
pub fn router(path: &str, door: Door) -> Router {
    let shared = Arc::new(Shared { door, memory: Semaphore::new(IN_FLIGHT) });
    Router::new()
        .route(path, get(handshake).post(deliver))
        .with_state(shared)
        .route(SIGNED_IN, get(pages::signed_in))
}

/// Where the door's public address can be registered as the return address of a sign-in.
const SIGNED_IN: &str = "/signed-in";

/// Meta's question when the address is entered in its dashboard (graph-api d).
#[derive(Deserialize)]
struct Handshake {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    word: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

async fn handshake(State(shared): State<Arc<Shared>>, Query(asked): Query<Handshake>) -> Response {
    let challenge = asked.challenge.as_deref().filter(|c| c.len() <= LONGEST_CHALLENGE);
    let expected = &shared.door.wish.borrow().verify_token;
    match signature::handshake(expected, asked.mode.as_deref(), asked.word.as_deref(), challenge) {
        Some(echo) => ([(header::X_CONTENT_TYPE_OPTIONS, "nosniff")], echo.to_owned()).into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

/// Why a delivery is not taken.
enum Refusal {
    Unsigned,
    TooLarge,
    TooSlow,
    Broken,
    /// For now: no memory or no commit.
    NotNow,
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Unsigned => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

async fn deliver(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match judge(&shared, request).await {
        Ok(()) => {
            (shared.door.report)(DoorReport::Accepted);
            StatusCode::OK.into_response()
        }
        Err(refusal) => {
            if !matches!(refusal, Refusal::NotNow) {
                (shared.door.report)(DoorReport::Refused);
            }
            // What is left of a refused body is not worth reading: the connection ends.
            (refusal.status(), [(header::CONNECTION, "close")]).into_response()
        }
    }
}

async fn judge(shared: &Shared, request: Request) -> Result<(), Refusal> {
    let (head, body) = request.into_parts();
    let signature = signature_of(&head.headers).ok_or(Refusal::Unsigned)?;
    if announced(&head.headers).is_some_and(|length| length > LARGEST) {
        return Err(Refusal::TooLarge);
    }
    let (body, _memory) =
        timeout(shared.door.body_time, read(shared, body)).await.map_err(|_| Refusal::TooSlow)??;
    if !signature::is_signed(&shared.door.wish.borrow().secrets, &body, Some(signature)) {
        return Err(Refusal::Unsigned);
    }
    (shared.door.take)(body).await.map_err(|error| {
        tracing::error!(%error, "a delivery was not stored and is answered 503");
        Refusal::NotNow
    })
}

fn signature_of(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-hub-signature-256")?.to_str().ok()
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body as it arrives, up to the limit; what it takes from the common memory is given back
/// with the permit.
async fn read(shared: &Shared, body: Body) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Refusal> {
    let mut chunks = body.into_data_stream();
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    let mut held: Option<SemaphorePermit<'_>> = None;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::Broken)?;
        if first.len() + whole.len() + chunk.len() > LARGEST {
            return Err(Refusal::TooLarge);
        }
        let size = u32::try_from(chunk.len()).map_err(|_| Refusal::TooLarge)?;
        let more = shared.memory.try_acquire_many(size).map_err(|_| Refusal::NotNow)?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        // A body in one piece, the usual case, is passed on without a copy.
        if first.is_empty() && whole.is_empty() {
            first = chunk;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&chunk);
        }
    }
    Ok((if whole.is_empty() { first } else { whole.freeze() }, held))
}
