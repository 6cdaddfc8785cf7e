//! Keeps the webhook door as the settings wish it: open at their address, or closed. A change takes
//! effect at once; an address that cannot be had is tried again and said in words.

use super::{
    listen::{Limits, serve},
    webhook::{self, Door},
};
use crate::{
    Engine,
    answers::{DoorReport, Take},
    intake::RawDelivery,
    model::{Action, Code, Event, Problem, call},
};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Meta delivers over few connections; a flood from elsewhere must not use up the process's files.
const LIMITS: Limits = Limits { connections: 256, head: Duration::from_secs(20) };
/// Time for a whole body.
const BODY: Duration = Duration::from_secs(10);
/// The pause before an address that was taken is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Follows the wished settings until `stop`.
pub async fn run_door(engine: Engine, stop: CancellationToken) {
    let mut wish = engine.door().wish();
    loop {
        let wanted = {
            let wish = wish.borrow_and_update();
            wish.enabled.then(|| wish.listen.clone())
        };
        let until_changed = async {
            loop {
                if wish.changed().await.is_err() {
                    return;
                }
                let wish = wish.borrow_and_update();
                if wish.enabled.then_some(&wish.listen) != wanted.as_ref() {
                    return;
                }
            }
        };
        let Some(address) = &wanted else {
            tell(&engine, DoorReport::Closed);
            tokio::select! {
                () = stop.cancelled() => return,
                () = until_changed => continue,
            }
        };
        match bind(address).await {
            Ok((listener, at)) => {
                if !at.ip().is_loopback() {
                    tracing::warn!(%at, "the webhook door listens beyond this computer");
                }
                tell(&engine, DoorReport::Listening(at));
                let closing = stop.child_token();
                let served = serve(listener, route(&engine).await, LIMITS, closing.clone());
                tokio::pin!(served);
                tokio::select! {
                    () = &mut served => {}
                    () = until_changed => {
                        closing.cancel();
                        served.await;
                    }
                }
                if stop.is_cancelled() {
                    tell(&engine, DoorReport::Closed);
                    return;
                }
            }
            Err(error) => {
                tell(&engine, DoorReport::Problem(cannot_listen(address, &error)));
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = until_changed => {}
                    () = tokio::time::sleep(AGAIN) => {}
                }
            }
        }
    }
}

async fn bind(address: &str) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let at = listener.local_addr()?;
    Ok((listener, at))
}

/// Notes what the door did, and lets the settings page know.
fn tell(engine: &Engine, report: DoorReport) {
    engine.door().report(report, engine.clock().now());
    engine.tell(Event::DoorChanged);
}

/// The door over an engine.
async fn route(engine: &Engine) -> axum::Router {
    let taker = engine.clone();
    let take: Take = Arc::new(move |body| {
        let engine = taker.clone();
        Box::pin(async move {
            let now = engine.clock().now();
            engine.take(RawDelivery::webhook(body, now)).await
        })
    });
    let path = engine.ask(call::GetWebhookDoor {}).await.map_or_else(|_| "/webhook".into(), |door| door.path);
    webhook::router(
        &path,
        Door { wish: engine.door().wish(), take, report: counting(engine), body_time: BODY },
    )
}

/// Counts deliveries. The settings page hears of it once a second at most: a thousand deliveries a
/// second must not drown the other events.
fn counting(engine: &Engine) -> Box<dyn Fn(DoorReport) + Send + Sync> {
    let engine = engine.clone();
    let told = AtomicI64::new(0);
    Box::new(move |report| {
        let now = engine.clock().now();
        engine.door().report(report, now);
        let last = told.load(Ordering::Relaxed);
        if now.0 - last >= 1_000
            && told.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            engine.tell(Event::DoorChanged);
        }
    })
}

/// Why nobody can knock, in words.
fn cannot_listen(address: &str, error: &io::Error) -> Problem {
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there",
        io::ErrorKind::PermissionDenied => "the system does not allow this port; take one above 1023",
        io::ErrorKind::AddrNotAvailable => "this computer does not have that address",
        io::ErrorKind::InvalidInput => "that is no address",
        _ => "the system refused",
    };
    Problem::new(Code::NotAllowed, format!("The webhook door cannot open at {address}: {why}."))
        .with(Action::OpenSettings)
}
