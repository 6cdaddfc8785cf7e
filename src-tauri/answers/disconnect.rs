//! Disconnecting: the token goes in any case; the history stays or goes, as the person says; Meta's side ends where
//! nothing else needs it.

use super::{
    Answer, Desk, at_meta, deleting,
    problems::{gone, reading, storage},
};
use crate::{
    model::{
        AccountId, Amounts, Code, Deleted, DisconnectPlan, Disconnected, Event, Failure, FormerAccount,
        Problem, call,
    },
    store::{
        accounts::{self, StoredAccount},
        deleting::{Whose, amounts},
        outbox,
    },
};

/// What becomes of replies that had not left.
fn not_left() -> Failure {
    Failure {
        problem: Problem::new(Code::SignInAgain, "The account was disconnected before this could leave."),
        code: None,
        subcode: None,
        trace: None,
    }
}

/// The account, how much there is of it, and the accounts that stay connected.
async fn known(
    desk: &Desk,
    account: AccountId,
) -> Result<(StoredAccount, Amounts, Vec<StoredAccount>), Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let one = accounts::get(&mut conn, account).await.map_err(reading)?.ok_or_else(gone)?;
    let figures = amounts(&mut conn, &Whose::Account(account)).await.map_err(reading)?;
    let mut others = accounts::list(&mut conn).await.map_err(reading)?;
    others.retain(|other| other.account.id != account);
    Ok((one, figures, others))
}

/// Forgets the token; the history stays or goes.
pub(super) async fn disconnect(
    desk: &Desk,
    account: AccountId,
    keep_history: bool,
    ends_at_meta: bool,
) -> Result<Disconnected, Problem> {
    let (one, figures, others) = known(desk, account).await?;
    let mut told = Disconnected { deleted: None, held_back: 0, at_meta: Vec::new() };
    if one.connected {
        // Nothing asks Meta in its name any more, so that a token that ends is no trouble.
        desk.sync.leave(account).await;
        told.at_meta = match ends_at_meta {
            true => at_meta::end(desk, &one, at_meta::look(desk, &one, &others).await).await,
            false if one.account.demo => Vec::new(),
            false => at_meta::leave_alone(at_meta::look(desk, &one, &others).await),
        };
        told.held_back = forget(desk, account).await?;
    }
    if !keep_history {
        wipe(desk, &one, &others).await?;
        let (copies, folder) = deleting::earlier_copies(desk);
        told.deleted = Some(Deleted { amounts: figures, copies, folder });
    }
    desk.events.tell(Event::ManyChanged { account });
    desk.events.tell(Event::AccountChanged { account });
    Ok(told)
}

/// Takes the token away; how many replies will not leave.
async fn forget(desk: &Desk, account: AccountId) -> Result<u64, Problem> {
    // What was answered belongs to the history. Where it cannot be written now, neither can what follows here.
    let _ = desk.intake.caught_up().await;
    let now = desk.clock.now();
    let unsent = desk
        .store
        .write("disconnect an account", move |c| {
            Box::pin(async move {
                let unsent = outbox::fail_all(c, account, &not_left(), now).await?;
                accounts::disconnect(c, account, now).await?;
                Ok(unsent)
            })
        })
        .await
        .map_err(storage)?;
    desk.access.forget(account);
    desk.intake.forget_accounts();
    desk.door.load(&desk.store, &desk.vault).await?;
    let held_back = unsent.len() as u64;
    for reply in unsent {
        let (conversation, message) = (reply.conversation, reply.message);
        desk.events.tell(Event::MessageChanged { conversation, message });
    }
    Ok(held_back)
}

/// Deletes the history of an account that is disconnected, in steps, so that others may write between.
async fn wipe(desk: &Desk, one: &StoredAccount, others: &[StoredAccount]) -> Result<(), Problem> {
    let account = one.account.id;
    let mut ids = one.own_ids.clone();
    // An Instagram account is also known by its Page: what names the Page is not the Instagram account's alone.
    ids.retain(|id| !others.iter().any(|o| o.account.meta_id.as_str() == id || o.own_ids.contains(id)));
    ids.push(one.account.meta_id.0.clone());
    // News of a business account are told of all its numbers.
    if !one.waba_id.is_empty() && others.iter().all(|o| o.waba_id != one.waba_id) {
        ids.push(one.waba_id.clone());
    }
    ids.sort_unstable();
    ids.dedup();
    deleting::erase(desk, Whose::Account(account), ids).await?;
    let files = desk
        .store
        .write("remove an account", move |c| Box::pin(async move { accounts::remove(c, account).await }))
        .await
        .map_err(storage)?;
    deleting::remove_files(desk, &files).await;
    deleting::scrub(desk).await
}

impl Answer for call::PlanDisconnect {
    async fn answer(self, desk: &Desk) -> Result<DisconnectPlan, Problem> {
        let (one, amounts, others) = known(desk, self.account).await?;
        let at_meta = if one.connected {
            at_meta::look(desk, &one, &others).await.into_iter().map(|part| part.told).collect()
        } else {
            Vec::new()
        };
        Ok(DisconnectPlan { amounts, at_meta })
    }
}

impl Answer for call::DisconnectAccount {
    async fn answer(self, desk: &Desk) -> Result<Disconnected, Problem> {
        disconnect(desk, self.account, self.keep_history, self.at_meta).await
    }
}

impl Answer for call::ListFormerAccounts {
    async fn answer(self, desk: &Desk) -> Result<Vec<FormerAccount>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        accounts::former(&mut conn).await.map_err(reading)
    }
}
