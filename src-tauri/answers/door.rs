//! The webhook door as the engine sees it: what is wished, and what the listener reports. The
//! listener itself stands in `server/webhook.rs` and follows the wish.

use super::{Answer, Desk, problems::storage};
use crate::{
    access::APP_SECRET,
    model::{Code, Problem, Timestamp, WebhookDoor, call},
    store::{secrets, settings},
    vault::{Secret, Vault},
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// The path Meta calls.
pub const PATH: &str = "/webhook";
/// Loopback: a tunnel or a relay leads here.
const LISTEN: &str = "127.0.0.1:8787";

/// What the listener should do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoorWish {
    pub enabled: bool,
    pub listen: String,
    /// Meta repeats it in the handshake.
    pub verify_token: String,
    /// Any of them may have signed a delivery.
    pub secrets: Vec<Secret>,
}

/// What the listener tells.
#[derive(Debug, Clone)]
pub enum DoorReport {
    Listening(SocketAddr),
    Closed,
    Problem(Problem),
    Accepted,
    Refused,
}

/// Shared by the answers and the listener; cheap to clone.
#[derive(Clone)]
pub struct DoorControl(Arc<Shared>);

struct Shared {
    wish: watch::Sender<DoorWish>,
    state: Mutex<State>,
    accepted: AtomicU64,
    refused: AtomicU64,
}

#[derive(Default, Clone)]
struct State {
    listening: Option<SocketAddr>,
    problem: Option<Problem>,
    names: Vec<String>,
    last: Option<Timestamp>,
}

/// The stored part of the wish.
#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    enabled: bool,
    listen: String,
    verify_token: String,
}

impl Default for Kept {
    fn default() -> Self {
        Self { enabled: false, listen: LISTEN.into(), verify_token: hex::encode(rand::random::<[u8; 16]>()) }
    }
}

impl Default for DoorControl {
    fn default() -> Self {
        Self(Arc::new(Shared {
            wish: watch::channel(DoorWish::default()).0,
            state: Mutex::default(),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }))
    }
}

impl DoorControl {
    /// Follows what is wished, from now on.
    #[must_use]
    pub fn wish(&self) -> watch::Receiver<DoorWish> {
        self.0.wish.subscribe()
    }

    /// Takes note of what the listener did.
    pub fn report(&self, report: DoorReport, now: Timestamp) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        match report {
            DoorReport::Listening(at) => (state.listening, state.problem) = (Some(at), None),
            DoorReport::Closed => (state.listening, state.problem) = (None, None),
            DoorReport::Problem(problem) => (state.listening, state.problem) = (None, Some(problem)),
            DoorReport::Accepted => {
                state.last = Some(now);
                self.0.accepted.fetch_add(1, Ordering::Relaxed);
            }
            DoorReport::Refused => {
                self.0.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// When something last came through the door.
    #[must_use]
    pub fn last_delivery(&self) -> Option<Timestamp> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Whether any delivery can be found to be genuine.
    pub(super) fn knows_a_secret(&self) -> bool {
        !self.0.wish.borrow().secrets.is_empty()
    }

    pub(super) fn view(&self) -> WebhookDoor {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let wish = self.0.wish.borrow();
        WebhookDoor {
            enabled: wish.enabled,
            listen: wish.listen.clone(),
            listening: state.listening.map(|at| at.to_string()),
            path: PATH.into(),
            verify_token: wish.verify_token.clone(),
            secrets: state.names,
            problem: state.problem,
            last_delivery_at: state.last,
            accepted: self.0.accepted.load(Ordering::Relaxed),
            refused: self.0.refused.load(Ordering::Relaxed),
        }
    }

    /// Reads the wish from the store; called at start and after each change.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub(crate) async fn load(&self, store: &crate::store::Store, vault: &Vault) -> Result<(), Problem> {
        let (kept, sealed) = store
            .write("read the door", |conn| {
                Box::pin(async move {
                    let kept = match settings::value::<Kept>(conn, "door").await? {
                        Some(kept) => kept,
                        // The verify token is made once and stays, since it is pasted into Meta's dashboard.
                        None => {
                            let fresh = Kept::default();
                            settings::set_value(conn, "door", &fresh).await?;
                            fresh
                        }
                    };
                    let mut sealed = Vec::new();
                    for owner in secrets::owners(conn, APP_SECRET).await? {
                        if let Some(secret) = secrets::get(conn, &owner, APP_SECRET).await? {
                            sealed.push((owner, secret));
                        }
                    }
                    Ok((kept, sealed))
                })
            })
            .await
            .map_err(storage)?;
        let mut opened: Vec<Secret> = Vec::new();
        let mut names = Vec::new();
        for (owner, value) in sealed {
            match vault.open(&owner, APP_SECRET, &value) {
                Ok(secret) => {
                    if let Some(name) = owner.strip_prefix("app ") {
                        names.push(name.to_owned());
                    }
                    if !opened.contains(&secret) {
                        opened.push(secret);
                    }
                }
                Err(e) => {
                    tracing::error!(owner, error = %e, "an app secret does not open; webhooks it signs are refused")
                }
            }
        }
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).names = names;
        let wish = DoorWish {
            enabled: kept.enabled,
            listen: kept.listen,
            verify_token: kept.verify_token,
            secrets: opened,
        };
        self.0.wish.send_if_modified(|old| {
            let changed = *old != wish;
            *old = wish;
            changed
        });
        Ok(())
    }
}

impl Answer for call::GetWebhookDoor {
    async fn answer(self, desk: &Desk) -> Result<WebhookDoor, Problem> {
        Ok(desk.door.view())
    }
}

impl Answer for call::SetWebhookDoor {
    async fn answer(self, desk: &Desk) -> Result<WebhookDoor, Problem> {
        let listen = self.listen.trim().to_owned();
        if listen.parse::<SocketAddr>().is_err() {
            return Err(Problem::new(
                Code::BadRequest,
                "Write the address as an IP and a port, for example 127.0.0.1:8787.",
            ));
        }
        let verify_token = desk.door.wish().borrow().verify_token.clone();
        let kept = Kept { enabled: self.enabled, listen, verify_token };
        desk.store
            .write("set the door", move |conn| {
                Box::pin(async move { settings::set_value(conn, "door", &kept).await })
            })
            .await
            .map_err(storage)?;
        desk.door.load(&desk.store, &desk.vault).await?;
        Ok(desk.door.view())
    }
}

impl Answer for call::SetAppSecret {
    async fn answer(self, desk: &Desk) -> Result<WebhookDoor, Problem> {
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.len() > 60 || name.chars().any(char::is_control) {
            return Err(Problem::new(
                Code::BadRequest,
                "Give the app secret a short name, such as the app's own.",
            ));
        }
        let owner = format!("app {name}");
        let secret = self.secret.0.trim();
        let sealed = if secret.is_empty() {
            None
        } else {
            Some(
                desk.vault
                    .seal(&owner, APP_SECRET, &Secret::new(secret))
                    .map_err(super::problems::sealing)?,
            )
        };
        desk.store
            .write("set an app secret", move |conn| {
                Box::pin(async move {
                    match &sealed {
                        Some(sealed) => secrets::put(conn, &owner, APP_SECRET, sealed).await,
                        None => secrets::remove(conn, &owner, APP_SECRET).await.map(drop),
                    }
                })
            })
            .await
            .map_err(storage)?;
        desk.door.load(&desk.store, &desk.vault).await?;
        Ok(desk.door.view())
    }
}
