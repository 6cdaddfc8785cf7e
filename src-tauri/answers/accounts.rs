//! Accounts: discovered, connected, checked.

use super::{
    Answer, Desk,
    problems::{access, gone, graph_problem, reading, sealing, storage},
};
use crate::{
    access::{APP_ID, APP_SECRET, COME_BACK, TOKEN},
    graph::{Reached, login::App},
    model::{Account, AccountId, Channel, Code, ComeBack, Event, Health, Import, ImportState, Problem, call},
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

/// How an account is signed in with a person's own app.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    pub app: App,
    /// `None` = the token was pasted.
    pub back: Option<ComeBack>,
}

impl SignedIn {
    /// What is kept of it, by what it is sealed for.
    fn secrets(&self) -> Vec<(&'static str, Secret)> {
        let mut kept =
            vec![(APP_SECRET, self.app.secret.clone()), (APP_ID, Secret::new(self.app.id.clone()))];
        if let Some(Ok(back)) = self.back.as_ref().map(serde_json::to_string) {
            kept.push((COME_BACK, Secret::new(back)));
        }
        kept
    }
}

/// Connects what a token reached, or gives a known account its new token; then news begin.
pub(super) async fn connect(
    desk: &Desk,
    reached: &Reached,
    signed_in: Option<&SignedIn>,
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
            // Its true age is not known; so much is sure.
            renewed_at: Some(now),
            inspected_at: Some(now),
            ..Health::default()
        },
        import: Import { state: import, ..Import::default() },
    };
    let vault = desk.vault.clone();
    let mut kept = signed_in.map(SignedIn::secrets).unwrap_or_default();
    kept.push((TOKEN, reached.token.clone()));
    let account = desk
        .store
        .write("connect an account", move |c| {
            Box::pin(async move {
                let (id, _) = accounts::insert(c, &new, now).await?;
                let owner = accounts::owner(id);
                // Sealed for the row it belongs to, in the same transaction: no account without its token.
                for (purpose, secret) in kept {
                    match vault.seal(&owner, purpose, &secret) {
                        Ok(sealed) => secrets::put(c, &owner, purpose, &sealed).await?,
                        Err(e) => return Ok(Err(e)),
                    }
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

/// The app an account was signed in with.
pub(super) async fn kept_app(desk: &Desk, account: AccountId) -> Result<Option<SignedIn>, Problem> {
    let owner = accounts::owner(account);
    let mut conn = desk.store.read().await.map_err(reading)?;
    let mut found = Vec::new();
    for purpose in [APP_ID, APP_SECRET, COME_BACK] {
        let sealed = secrets::get(&mut conn, &owner, purpose).await.map_err(reading)?;
        found.push(sealed.map(|s| desk.vault.open(&owner, purpose, &s)).transpose().map_err(sealing)?);
    }
    let [Some(id), Some(secret), back] = found.as_slice() else { return Ok(None) };
    let app = App { id: id.reveal().to_owned(), secret: secret.clone() };
    let back = back.as_ref().and_then(|back| serde_json::from_str(back.reveal()).ok());
    Ok(Some(SignedIn { app, back }))
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
            connected.push(connect(desk, reached, waiting.signed_in.as_ref(), None).await?);
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
        // What waited because Meta wanted to see the person first goes at once.
        desk.outbox.resume(self.account);
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
