//! Each account's opened access to Meta: its token, its host, its pacing. Opened once and shared by
//! everything that calls, so that all calls of an account count against one budget.

use crate::{
    clock::Clock,
    config::Hosts,
    graph::{self, Graph},
    model::AccountId,
    store::{Store, accounts, secrets},
    vault::{SealError, Vault},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What an account's token is sealed for.
pub const TOKEN: &str = "token";
/// What an account's app secret is sealed for.
pub const APP_SECRET: &str = "app secret";
/// What the id of that app is sealed for.
pub const APP_ID: &str = "app id";
/// What the way back of an account's sign-in is sealed for.
pub const COME_BACK: &str = "come back";

/// Why an account cannot be reached at all.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("the account is not connected")]
    Gone,
    /// Forgotten with a lost key: somebody must connect it again.
    #[error("its token was forgotten with a lost key")]
    NoToken,
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    #[error(transparent)]
    Graph(#[from] graph::Error),
}

/// All accounts' access.
pub struct AccessBook {
    store: Store,
    vault: Vault,
    hosts: Hosts,
    clock: Clock,
    /// By origin; `None` is Meta itself or whatever stands in its place for all accounts.
    graphs: Mutex<HashMap<Option<String>, Graph>>,
    open: Mutex<HashMap<AccountId, Arc<graph::Account>>>,
}

impl AccessBook {
    /// An empty book.
    #[must_use]
    pub fn new(store: Store, vault: Vault, hosts: Hosts, clock: Clock) -> Self {
        Self { store, vault, hosts, clock, graphs: Mutex::default(), open: Mutex::default() }
    }

    /// The client for `origin`, or for Meta.
    ///
    /// # Errors
    /// When secure connections cannot be set up.
    pub fn graph(&self, origin: Option<&str>) -> Result<Graph, graph::Error> {
        let mut graphs = self.graphs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(graph) = graphs.get(&origin.map(str::to_owned)) {
            return Ok(graph.clone());
        }
        let hosts = origin.map_or_else(|| self.hosts.clone(), Hosts::all_at);
        let graph = Graph::new(hosts)?.with_clock(self.clock.clone());
        graphs.insert(origin.map(str::to_owned), graph.clone());
        Ok(graph)
    }

    /// The access of `account`, opening its token on first use.
    ///
    /// # Errors
    /// When it is gone, its token does not open, or the database cannot be read.
    pub async fn of(&self, account: AccountId) -> Result<Arc<graph::Account>, AccessError> {
        if let Some(open) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&account) {
            return Ok(open.clone());
        }
        let mut conn = self.store.read().await?;
        let line =
            accounts::get(&mut conn, account).await?.filter(|a| a.connected).ok_or(AccessError::Gone)?;
        let owner = accounts::owner(account);
        let token = secrets::get(&mut conn, &owner, TOKEN).await?.ok_or(AccessError::NoToken)?;
        let app_secret = secrets::get(&mut conn, &owner, APP_SECRET).await?;
        let app_id = secrets::get(&mut conn, &owner, APP_ID).await?;
        drop(conn);
        let access = graph::Access {
            channel: line.account.channel,
            login: line.account.login,
            meta_id: line.account.meta_id,
            page_id: Some(line.page_id).filter(|id| !id.is_empty()),
            waba_id: Some(line.waba_id).filter(|id| !id.is_empty()),
            own_ids: line.own_ids,
            token: self.vault.open(&owner, TOKEN, &token)?,
            app_secret: app_secret.map(|s| self.vault.open(&owner, APP_SECRET, &s)).transpose()?,
            app_id: app_id
                .map(|id| self.vault.open(&owner, APP_ID, &id))
                .transpose()?
                .map(|id| id.reveal().to_owned()),
        };
        let origin = Some(line.origin.as_str()).filter(|o| !o.is_empty());
        let opened = Arc::new(self.graph(origin)?.as_account(access));
        // Two callers may race here; the first stays, so that pacing is shared.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(open.entry(account).or_insert(opened).clone())
    }

    /// Forgets the opened access: the token changed or the account left.
    pub fn forget(&self, account: AccountId) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}
