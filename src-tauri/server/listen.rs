//! One way to listen: HTTP/1.1 with a limit on connections, a time-out on headers, and a soft stop.
//! A slow or greedy client costs one connection, never the listener.

use axum::Router;
use hyper_util::{rt::TokioIo, rt::TokioTimer, service::TowerToHyperService};
use std::{sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// How long running requests may go on after the stop.
const GRACE: Duration = Duration::from_secs(5);
/// The pause when the system has no more file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// What a listener grants its clients.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more wait in the system's queue.
    pub connections: usize,
    /// Time for a request's head, which is also how long a connection may idle.
    pub head: Duration,
}

/// Serves `app` on `listener` until `stop`; returns when the running requests ended or their grace did.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(limits.connections));
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
            accepted = accept(&listener, &room) => accepted,
        };
        match accepted {
            Some((stream, permit)) => {
                open.spawn(connection(stream, app.clone(), limits, stop.clone(), permit));
            }
            None => tokio::time::sleep(BREATH).await,
        }
    }
    drop(listener);
    let all_ended = async { while open.join_next().await.is_some() {} };
    // Those that did not end in time are dropped with the set.
    let _ = tokio::time::timeout(GRACE, all_ended).await;
}

/// The next client there is room for; `None` when the system could not accept it.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    app: Router,
    limits: Limits,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    // Answers are small and someone waits for each.
    let _ = stream.set_nodelay(true);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    tokio::pin!(connection);
    // How a connection ends is the client's affair: an error here is a client that went away.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
    drop(permit);
}
