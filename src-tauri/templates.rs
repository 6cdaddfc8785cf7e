//! Keeps each account's templates as Meta has them: read once a day, and again when Meta says that one changed.

use crate::{
    access::{AccessBook, AccessError},
    clock::Clock,
    events::Events,
    graph,
    model::{AccountId, DAY, Event, MINUTE},
    store::{
        Store, WriteError, accounts,
        templates::{self, NewTemplate},
    },
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// News of one template often come with news of others: they are read together after this pause.
const GATHER: i64 = 2_000;
/// After a failed reading.
const AGAIN: i64 = 15 * MINUTE;

/// Why the templates could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("this account has no templates")]
    None,
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Graph(#[from] graph::Error),
    #[error(transparent)]
    Read(#[from] sqlx::Error),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What the reading works with; cheap to clone.
#[derive(Clone)]
pub struct Templates {
    pub store: Store,
    pub clock: Clock,
    pub events: Events,
    pub access: Arc<AccessBook>,
}

impl Templates {
    /// Whether this account has templates at all.
    pub async fn possible(&self, account: AccountId) -> bool {
        self.access.of(account).await.is_ok_and(|access| access.has_templates())
    }

    /// Reads an account's templates from Meta, all pages.
    ///
    /// # Errors
    /// When Meta cannot be asked, or the database cannot be written.
    pub async fn refresh(&self, account: AccountId) -> Result<(), TemplateError> {
        let access = self.access.of(account).await?;
        if !access.has_templates() {
            return Err(TemplateError::None);
        }
        let heard = templates::news(&mut *self.store.read().await?, account).await?;
        let told = access.templates().await?;
        let all: Vec<NewTemplate> = told.into_iter().map(new).collect();
        let now = self.clock.now();
        self.store
            .write("take over templates", move |c| {
                Box::pin(async move { templates::replace(c, account, &all, heard, now).await })
            })
            .await?;
        self.events.tell(Event::AccountChanged { account });
        Ok(())
    }

    /// Whether they are older than a day, or than what Meta said of one of them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn are_old(&self, account: AccountId) -> Result<bool, sqlx::Error> {
        let mut conn = self.store.read().await?;
        templates::are_old(&mut conn, account, self.clock.now().plus(-DAY)).await
    }

    /// Reads what is old, now and whenever Meta has news.
    pub async fn follow(self, stop: CancellationToken) {
        let mut events = self.events.listen();
        loop {
            let next = match self.read_old().await {
                Ok(true) => self.clock.now().plus(DAY / 4),
                Ok(false) => self.clock.now().plus(AGAIN),
                Err(error) => {
                    tracing::warn!(%error, "the age of templates could not be read");
                    self.clock.now().plus(AGAIN)
                }
            };
            if !events.account_or(&self.clock, next, GATHER, &stop).await {
                return;
            }
        }
    }

    /// `false` = one could not be read and is tried again later.
    async fn read_old(&self) -> Result<bool, sqlx::Error> {
        let all = {
            let mut conn = self.store.read().await?;
            accounts::list(&mut conn).await?
        };
        let mut good = true;
        for account in all.into_iter().filter(|a| a.connected).map(|a| a.account.id) {
            if !self.possible(account).await || !self.are_old(account).await? {
                continue;
            }
            if let Err(error) = self.refresh(account).await {
                tracing::info!(account = account.0, %error, "templates could not be read");
                good = false;
            }
        }
        Ok(good)
    }
}

fn new(told: graph::TemplateTold) -> NewTemplate {
    let graph::TemplateTold { meta_id, name, language, category, status, reason, parts } = told;
    NewTemplate { meta_id, name, language, category, status, reason, parts }
}
