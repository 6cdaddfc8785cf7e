//! What has to be known to read a delivery: our accounts, and who was deleted. Looked up once, and again when either
//! changed.

use super::{
    Inside, RawDelivery, TakeError,
    meaning::{self, Meaning},
    write::is_kept,
};
use crate::{
    model::{AccountId, Channel, MetaAccountId, Timestamp},
    store::{WriteError, accounts, kin},
    vault::Vault,
};
use memchr::memmem::Finder;
use sqlx::SqliteConnection;
use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError},
};

/// What was looked up last, and how often it was to be forgotten.
#[derive(Default)]
pub(super) struct Cache {
    generation: u64,
    known: Option<Arc<Known>>,
}

/// Our accounts by Meta's id. One id can be two of ours only on different channels. News of a whole WhatsApp
/// business account name it instead of a number: they are told of its first number.
#[derive(Default)]
pub(super) struct Known {
    generation: u64,
    pub by_id: HashMap<MetaAccountId, Vec<(Channel, AccountId)>>,
    /// Every id of ours: none of them is a customer (graph-api a.4).
    pub own: Arc<HashSet<String>>,
    /// Each account's own name at Meta.
    pub of_account: HashMap<AccountId, (Channel, MetaAccountId)>,
    /// People who were deleted, by fingerprint, and when.
    pub deleted: HashMap<String, Timestamp>,
    /// Look for the keys of `by_id`.
    finders: Vec<Finder<'static>>,
}

/// A delivery with what it means.
pub(super) type Read = (RawDelivery, Vec<Meaning>);

impl Known {
    /// Reads a delivery; what is forgotten is taken out of it.
    pub(super) fn read(&self, vault: &Vault, raw: &RawDelivery) -> Read {
        #[cfg(test)]
        assert!(!raw.body.starts_with(super::backlog::UNREADABLE.as_bytes()), "a fault in reading");
        let mut raw = raw.clone();
        let mut meanings = meaning::of(&raw.body, self, raw.received_at);
        self.forget(vault, &mut raw, &mut meanings);
        (raw, meanings)
    }

    /// Reads all of them. A fault of ours in reading one is the batch's, to be tried one by one.
    pub(super) fn read_all(&self, vault: &Vault, batch: &[RawDelivery]) -> Result<Vec<Read>, TakeError> {
        let read = || batch.iter().map(|raw| self.read(vault, raw)).collect::<Vec<_>>();
        catch_unwind(AssertUnwindSafe(read)).map_err(|_| {
            tracing::error!("reading a delivery panicked");
            WriteError::GivenUp.into()
        })
    }

    /// Parts deliveries into those that the journal may keep as they are read here, and those that it may not: what
    /// is for nobody here or only of people who were deleted. Mostly nothing has to be read for that: nobody was
    /// deleted, and the delivery names an account of ours.
    pub(super) fn part(&self, vault: &Vault, batch: &[RawDelivery]) -> (Vec<RawDelivery>, Vec<Read>) {
        let (mut kept, mut not) = (Vec::with_capacity(batch.len()), Vec::new());
        for raw in batch {
            if self.deleted.is_empty() && self.finders.iter().any(|id| id.find(&raw.body).is_some()) {
                kept.push(raw.clone());
                continue;
            }
            let (raw, meanings) = self.read(vault, raw);
            if is_kept(&raw, &meanings) { kept.push(raw) } else { not.push((raw, meanings)) }
        }
        (kept, not)
    }
}

impl Inside {
    /// What is known, looked up where nobody has yet.
    pub(super) async fn known(&self) -> Result<Arc<Known>, TakeError> {
        if let Some(known) = &self.known.read().unwrap_or_else(PoisonError::into_inner).known {
            return Ok(known.clone());
        }
        let known = async { self.load(&mut *self.store.read().await?).await };
        let known = Arc::new(known.await.map_err(|e| TakeError::Read(Arc::new(e)))?);
        let mut cache = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // What was forgotten while it was looked up is looked up again by the next.
        if cache.generation == known.generation {
            cache.known = Some(known.clone());
        }
        Ok(known)
    }

    /// Whether nothing was to be forgotten since.
    pub(super) fn is_current(&self, known: &Known) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).generation == known.generation
    }

    pub(super) fn forget_known(&self) {
        let mut cache = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *cache = Cache { generation: cache.generation + 1, known: None };
    }

    /// Looks it up.
    pub(super) async fn load(&self, conn: &mut SqliteConnection) -> Result<Known, sqlx::Error> {
        let generation = self.known.read().unwrap_or_else(PoisonError::into_inner).generation;
        let own = accounts::list(conn).await?;
        let deleted = kin::deleted(conn).await?.into_iter().collect();
        let mut known = Known { generation, deleted, ..Known::default() };
        let mut ids = HashSet::new();
        for one in own {
            let account = one.account;
            known.of_account.insert(account.id, (account.channel, account.meta_id.clone()));
            ids.insert(account.meta_id.0.clone());
            ids.extend(one.own_ids.iter().cloned());
            // Each id that the business was seen under may name it in a delivery.
            let further = one.own_ids.into_iter().map(MetaAccountId).filter(|id| *id != account.meta_id);
            let whole = Some(one.waba_id).filter(|id| !id.is_empty()).map(MetaAccountId);
            for id in std::iter::once(account.meta_id.clone()).chain(further).chain(whole) {
                let of_id = known.by_id.entry(id).or_default();
                if of_id.iter().all(|(channel, _)| *channel != account.channel) {
                    of_id.push((account.channel, account.id));
                }
            }
        }
        known.own = Arc::new(ids);
        known.finders = known.by_id.keys().map(|id| Finder::new(id.as_str()).into_owned()).collect();
        Ok(known)
    }
}
