//! The demo world: a Meta made up by the host, whose accounts are connected like real ones. It lives
//! in memory, so each start connects it anew under the same ids.

use super::{Answer, Desk, accounts, disconnect};
use crate::{
    graph::{Reached, login::App},
    intake::TakeError,
    model::{Account, Code, Event, ImportState, Problem, call},
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Hands a raw, already verified delivery to the engine; answers after the commit.
pub type Take = Arc<dyn Fn(Bytes) -> BoxFuture<'static, Result<(), TakeError>> + Send + Sync>;

/// A made-up Meta that the host can start.
pub trait DemoWorld: Send + Sync {
    /// Starts it, or answers what runs already. Its webhooks go to `take`.
    fn start(&self, take: Take) -> BoxFuture<'_, Result<DemoMeta, Problem>>;
    /// Its accounts are connected now: deliveries find them. `first` = this database has not seen it before.
    fn connected(&self, first: bool) -> BoxFuture<'_, ()>;
    /// Its past is read: what is to go wrong for people to see goes wrong now.
    fn settled(&self) -> BoxFuture<'_, ()>;
    /// Stops it.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// Where the demo's Meta is and what it offers.
pub struct DemoMeta {
    /// "http://127.0.0.1:8080": all of Meta's hosts at once.
    pub origin: String,
    pub accounts: Vec<DemoAccount>,
}

/// One account of the demo with its token.
pub struct DemoAccount {
    pub reached: Reached,
    /// The app that its token was made for.
    pub app: App,
}

/// Starts the demo world and connects its accounts.
pub(crate) async fn start(desk: &Desk) -> Result<(), Problem> {
    let Some(world) = &desk.demo else {
        return Err(Problem::new(Code::NotFound, "This installation has no demo world."));
    };
    let intake = desk.intake.clone();
    let clock = desk.clock.clone();
    let take: Take = Arc::new(move |body| {
        let (intake, now) = (intake.clone(), clock.now());
        Box::pin(async move { intake.take(crate::intake::RawDelivery::webhook(body, now)).await })
    });
    let first = accounts::all(desk).await?.iter().all(|a| !a.demo);
    let meta = world.start(take).await?;
    desk.media.allow_demo(&meta.origin);
    for account in &meta.accounts {
        let signed_in = accounts::SignedIn { app: account.app.clone(), back: None };
        accounts::connect(desk, &account.reached, Some(&signed_in), Some(&meta.origin)).await?;
    }
    world.connected(first).await;
    if first {
        desk.tasks.once(settle(desk.me.clone(), desk.tasks.stopping()));
    }
    desk.demo_running.store(true, Ordering::SeqCst);
    desk.events.tell(Event::StatusChanged);
    Ok(())
}

/// Waits until the past of all demo accounts is read, then lets go wrong what a demo shows of that.
async fn settle(desk: Weak<Desk>, stop: CancellationToken) {
    loop {
        let Some(desk) = desk.upgrade() else { return };
        let Ok(all) = accounts::all(&desk).await else { return };
        let demo: Vec<_> = all.iter().filter(|a| a.demo).collect();
        let read = |a: &&Account| matches!(a.import.state, ImportState::Done | ImportState::NotPossible);
        if demo.is_empty() {
            return;
        }
        if demo.iter().all(read) {
            if let Some(world) = &desk.demo {
                world.settled().await;
            }
            for account in demo {
                desk.sync.poll_now(account.id);
            }
            return;
        }
        drop(desk);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// How often it is looked whether the past is read.
const LOOK: Duration = Duration::from_secs(1);

impl Answer for call::StartDemo {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        start(desk).await
    }
}

impl Answer for call::LeaveDemo {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        for account in accounts::all(desk).await?.into_iter().filter(|a| a.demo) {
            disconnect::disconnect(desk, account.id, false, false).await?;
        }
        if let Some(world) = &desk.demo {
            world.stop().await;
        }
        desk.demo_running.store(false, Ordering::SeqCst);
        desk.events.tell(Event::StatusChanged);
        Ok(())
    }
}
