//! How the engine answers each call: one file per noun. Every error becomes a `Problem` here, and a
//! request of the model without an answer does not compile.

mod accounts;
mod acting;
mod at_meta;
mod blocking;
mod bulk;
mod bundle;
mod contacts;
mod conversations;
mod copies;
mod deleting;
mod demo;
mod desk_lists;
mod diagnosis;
mod diagnostics;
mod disconnect;
mod door;
mod kin;
mod leaving;
pub(crate) mod lock;
mod media;
mod messages;
mod notes;
mod presence;
mod problems;
mod search;
mod sending;
mod settings;
mod sign_in;
mod speed;
mod status;
mod storage;
mod subscriptions;
mod templates;
pub(crate) mod uploads;

pub use bulk::Bulks;
pub use demo::{DemoAccount, DemoMeta, DemoWorld, Take};
pub use door::{DoorControl, DoorReport, DoorWish};
pub use sign_in::Discoveries;
pub use speed::Speed;

use crate::{
    access::AccessBook,
    clock::Clock,
    config::Config,
    copies::Copier,
    events::Events,
    intake::Intake,
    lock::Lock,
    media::Media,
    model::{Code, Host, Problem, Request, Timestamp, call},
    outbox::Outbox,
    snooze::Snooze,
    store::Store,
    sync::Sync,
    tasks::Tasks,
    templates::Templates,
    vault::Vault,
    views::ViewBook,
};
use serde_json::Value;
use std::sync::{Arc, Mutex, Weak};

/// What an answer may use. Assembled once by the engine; nothing below this module knows it.
pub struct Desk {
    pub store: Store,
    pub clock: Clock,
    pub events: Events,
    pub vault: Vault,
    pub config: Config,
    pub media: Media,
    pub access: Arc<AccessBook>,
    pub intake: Intake,
    pub outbox: Outbox,
    pub sync: Sync,
    pub snooze: Snooze,
    pub views: ViewBook,
    pub bulks: bulk::Bulks,
    pub templates: Templates,
    pub copier: Copier,
    pub door: DoorControl,
    pub lock: Lock,
    pub discoveries: sign_in::Discoveries,
    pub host: Host,
    /// Where the master key lives, in words.
    pub key_home: String,
    /// "Try with demo data", where the host offers it.
    pub demo: Option<Arc<dyn DemoWorld>>,
    pub demo_running: std::sync::atomic::AtomicBool,
    pub tasks: Tasks,
    /// How long calls take.
    pub speed: Speed,
    pub started_at: Timestamp,
    /// The support bundle that was made last.
    pub(crate) bundle: Mutex<Option<bundle::Made>>,
    /// This desk, for work that goes on after an answer.
    pub me: Weak<Desk>,
}

/// How one request is answered.
pub trait Answer: Request {
    /// The reply, or what went wrong in words.
    fn answer(self, desk: &Desk) -> impl Future<Output = Result<Self::Reply, Problem>> + Send;
}

macro_rules! dispatch {
    ($($name:ident),*) => {
        /// Finds the request named `name`, reads it from `with` and answers it.
        pub(crate) async fn dispatch(desk: &Desk, name: &str, with: Value) -> Result<Value, Problem> {
            match name {
                $(<call::$name as Request>::NAME => {
                    let request: call::$name = serde_json::from_value(with).map_err(|e| unreadable(name, &e))?;
                    let begun = std::time::Instant::now();
                    let reply = Box::pin(request.answer(desk)).await;
                    desk.speed.note(<call::$name as Request>::NAME, begun.elapsed());
                    written(&reply?)
                })*
                _ => Err(Problem::new(Code::BadRequest, format!("There is no call named {name:?}."))),
            }
        }
    };
}
crate::model::calls!(dispatch);

fn unreadable(name: &str, error: &serde_json::Error) -> Problem {
    // The error names fields and positions, never a value of a secret: those are strings, and a string where
    // a string belongs is no error.
    Problem::new(Code::BadRequest, format!("The call {name} could not be read: {error}."))
}

fn written<T: serde::Serialize>(reply: &T) -> Result<Value, Problem> {
    serde_json::to_value(reply).map_err(|e| {
        tracing::error!(error = %e, "a reply could not be written");
        Problem::new(Code::Internal, "The answer could not be written. This is a fault of Heliograph.")
    })
}

/// Follows what is connected, and brings a demo world back that was there yesterday.
pub(crate) async fn resume(desk: &Arc<Desk>) -> Result<(), sqlx::Error> {
    desk.sync.resume().await?;
    let demo = {
        let mut conn = desk.store.read().await?;
        crate::store::accounts::list(&mut conn).await?.iter().any(|a| a.account.demo)
    };
    if demo && desk.demo.is_some() {
        let desk = desk.clone();
        desk.tasks.clone().once(async move {
            if let Err(problem) = demo::start(&desk).await {
                tracing::error!(%problem, "the demo world did not come back");
            }
        });
    }
    Ok(())
}
