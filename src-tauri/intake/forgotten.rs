//! People who were deleted: what Meta has of them from before is not taken in again, whichever way it comes. Nobody's
//! id is kept for that, only a fingerprint.

use super::{Known, RawDelivery, meaning::Meaning};
use crate::{
    graph::delivery::{Left, without_ids},
    model::{AccountId, MetaPersonId, Timestamp},
    store::contacts::Person,
    vault::Vault,
};
use bytes::Bytes;

impl Known {
    /// Whether the person was deleted after that moment.
    pub(super) fn is_forgotten(
        &self,
        vault: &Vault,
        account: AccountId,
        person: &Person,
        at: Timestamp,
    ) -> bool {
        // Nearly always nobody was deleted: then nothing is computed.
        if self.deleted.is_empty() {
            return false;
        }
        let Some((channel, meta_id)) = self.of_account.get(&account) else { return false };
        ids(person).any(|id| {
            let print = vault.fingerprint_of_person(*channel, meta_id, &MetaPersonId(id.to_owned()));
            self.deleted.get(&print).is_some_and(|deleted| at <= *deleted)
        })
    }

    /// Takes what is forgotten out of a delivery, and of its body, which is kept.
    pub(super) fn forget(&self, vault: &Vault, raw: &mut RawDelivery, meanings: &mut [Meaning]) {
        if self.deleted.is_empty() {
            return;
        }
        let mut gone: Vec<String> = Vec::new();
        for meaning in meanings.iter_mut() {
            let (account, person, at) = match meaning {
                Meaning::Arrival(a) => (a.account, Some(&a.person), a.sent_at),
                Meaning::Change(c) => (c.account, c.person.as_ref(), c.at),
                _ => continue,
            };
            let Some(person) = person.filter(|p| self.is_forgotten(vault, account, p, at)) else { continue };
            gone.extend(ids(person).map(str::to_owned));
            *meaning = Meaning::Heard(account);
        }
        if gone.is_empty() {
            return;
        }
        match without_ids(&raw.body, &gone) {
            Left::Whole => {}
            Left::Rest(body) => (raw.body, raw.cut) = (body.into(), true),
            Left::Nothing => (raw.body, raw.cut) = (Bytes::new(), true),
        }
    }
}

fn ids(person: &Person) -> impl Iterator<Item = &str> {
    let ids =
        [person.person.as_ref().map(MetaPersonId::as_str), person.bsuid.as_deref(), person.phone.as_deref()];
    ids.into_iter().flatten()
}
