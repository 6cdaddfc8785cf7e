//! Accounts: discovered, connected, checked.

use super::{
    Answer, Desk,
    problems::{access, gone, graph_problem, reading, sealing, storage},
};
use crate::{
    access::{APP_SECRET, TOKEN},
    graph::Reached,
    model::{Account, AccountId, Channel, Code, Event, Health, Import, ImportState, Problem, call},
    store::{
        accounts::{self, NewAccount},
        secrets,
    },
    vault::Secret,
};

/// Every connected account.
pub(super) async fn all(desk: &Desk) -> Result<Vec<Account>, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    Ok(accounts::list(&mut conn).await.map_err(reading)?.into_iter().map(|a| view(desk, a.account)).collect())
}

/// The account with what is only true now.
fn view(desk: &Desk, mut account: Account) -> Account {
    account.health.next_poll_at = desk.sync.health().next_poll_at(account.id);
    account
}

pub(super) async fn one(desk: &Desk, account: AccountId) -> Result<Account, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let found = accounts::get(&mut conn, account).await.map_err(reading)?.filter(|a| a.connected);
    found.map(|a| view(desk, a.account)).ok_or_else(gone)
}

/// Connects what a token reached, or gives a known account its new token; then news begin.
pub(super) async fn connect(
    desk: &Desk,
    reached: &Reached,
    app_secret: Option<&Secret>,
    origin: Option<&str>,
) -> Result<AccountId, Problem> {
    let now = desk.clock.now();
    let import = match reached.channel {
        Channel::WhatsApp => ImportState::NotPossible,
        Channel::Instagram | Channel::Messenger => ImportState::Waiting,
    };
    let new = NewAccount {
        channel: reached.channel,
        login: reached.login,
        meta_id: reached.meta_id.clone(),
        page_id: reached.page_id.clone().unwrap_or_default(),
        waba_id: reached.waba_id.clone().unwrap_or_default(),
        own_ids: Vec::new(),
        name: reached.name.clone(),
        handle: reached.handle.clone(),
        demo: origin.is_some(),
        origin: origin.unwrap_or_default().to_owned(),
        health: Health {
            scopes: reached.scopes.clone(),
            missing_scopes: reached.missing_scopes.clone(),
            token_expires_at: reached.expires_at,
            data_access_expires_at: reached.data_access_expires_at,
            ..Health::default()
        },
        import: Import { state: import, ..Import::default() },
    };
    let (vault, token, app_secret) = (desk.vault.clone(), reached.token.clone(), app_secret.cloned());
    let account = desk
        .store
        .write("connect an account", move |c| {
            Box::pin(async move {
                let (id, _) = accounts::insert(c, &new, now).await?;
                let owner = accounts::owner(id);
                // Sealed for the row it belongs to, in the same transaction: no account without its token.
                let sealed = vault.seal(&owner, TOKEN, &token).and_then(|token| {
                    let secret = app_secret.map(|s| vault.seal(&owner, APP_SECRET, &s)).transpose()?;
                    Ok((token, secret))
                });
                let (token, app_secret) = match sealed {
                    Ok(sealed) => sealed,
                    Err(e) => return Ok(Err(e)),
                };
                secrets::put(c, &owner, TOKEN, &token).await?;
                if let Some(secret) = &app_secret {
                    secrets::put(c, &owner, APP_SECRET, secret).await?;
                }
                Ok(Ok(id))
            })
        })
        .await
        .map_err(storage)?
        .map_err(sealing)?;
    desk.access.forget(account);
    desk.intake.forget_accounts();
    desk.door.load(&desk.store, &desk.vault).await?;
    desk.sync.follow(account, reached.picture_url.clone());
    desk.outbox.resume(account);
    desk.events.tell(Event::AccountChanged { account });
    Ok(account)
}

impl Answer for call::ListAccounts {
    async fn answer(self, desk: &Desk) -> Result<Vec<Account>, Problem> {
        all(desk).await
    }
}

impl Answer for call::ConnectAccounts {
    async fn answer(self, desk: &Desk) -> Result<Vec<AccountId>, Problem> {
        let Some(waiting) = desk.discoveries.get(&self.discovery, desk.clock.now()) else {
            return Err(Problem::new(
                Code::NotFound,
                "This list of accounts is too old. Paste the token or sign in again.",
            ));
        };
        let picked: Vec<&Reached> =
            waiting.found.accounts.iter().filter(|r| self.picked.contains(&r.meta_id)).collect();
        if picked.is_empty() {
            return Err(Problem::new(Code::BadRequest, "Pick at least one account."));
        }
        let mut connected = Vec::new();
        for reached in picked {
            connected.push(connect(desk, reached, waiting.app_secret.as_ref(), None).await?);
        }
        desk.discoveries.forget(&self.discovery);
        Ok(connected)
    }
}

impl Answer for call::CheckAccount {
    async fn answer(self, desk: &Desk) -> Result<Account, Problem> {
        let opened = desk.access.of(self.account).await.map_err(|e| access(&e))?;
        match opened.inspect().await {
            Ok(token) => desk.sync.health().inspected(self.account, &token).await.map_err(storage)?,
            Err(e) => {
                desk.sync.health().failed(self.account, &e).await;
                return Err(graph_problem(&e));
            }
        }
        desk.sync.poll_now(self.account);
        one(desk, self.account).await
    }
}

impl Answer for call::PollNow {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        one(desk, self.account).await?;
        desk.sync.poll_now(self.account);
        Ok(())
    }
}

impl Answer for call::PauseImport {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        one(desk, self.account).await?;
        desk.sync.pause_import(self.account, self.paused).await.map_err(storage)
    }
}
