//! Writes what deliveries mean, many callers at once, in one transaction.

use super::{
    RawDelivery, files,
    meaning::{self, Meaning, Receipt},
    windows,
};
use crate::{
    graph::delivery,
    model::{AccountEvent, AccountId, MessageId, MetaMessageId, Timestamp},
    store::{
        account_events, accounts, gaps,
        journal::{self, Delivery},
        messages::{self, Arrival, Change, Outcome, Taken},
        outbox,
    },
};
use serde_json::json;
use sqlx::SqliteConnection;

/// What a batch made of the database.
#[derive(Default)]
pub(super) struct Told {
    pub taken: Vec<Taken>,
    pub changed: Vec<(Change, Option<bool>)>,
    /// Sends that were to leave unless somebody wrote.
    pub overtaken: Vec<outbox::Settled>,
    /// Files that nothing shows any more.
    pub orphans: Vec<String>,
    /// Accounts that Meta has news of.
    pub news: Vec<AccountId>,
}

/// Writes a batch of deliveries and what they mean.
pub(super) async fn write_batch(
    conn: &mut SqliteConnection,
    batch: &[(RawDelivery, Vec<Meaning>)],
    now: Timestamp,
) -> Result<Told, sqlx::Error> {
    // What is for nobody here is counted and not kept (graph-api d.2).
    let is_foreign = |meanings: &[Meaning]| {
        !meanings.is_empty() && meanings.iter().all(|m| matches!(m, Meaning::Foreign(..)))
    };
    let raws: Vec<Delivery<'_>> = batch
        .iter()
        .filter(|(_, meanings)| !is_foreign(meanings))
        .map(|(raw, _)| Delivery { source: raw.source.key(), received_at: raw.received_at, body: &raw.body })
        .collect();
    let mut journal = journal::append_all(conn, &raws).await?.into_iter();
    let mut told = Told::default();
    let mut arrivals: Vec<Arrival> = Vec::new();
    let (mut changes, mut receipts, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    let mut heard: Vec<AccountId> = Vec::new();
    for (raw, meanings) in batch {
        let row = if is_foreign(meanings) { None } else { journal.next() };
        for meaning in meanings {
            match meaning {
                Meaning::Arrival(arrival) => {
                    heard.push(arrival.account);
                    let mut arrival = Arrival { journal: row, recorded_at: now, ..(**arrival).clone() };
                    files::expire(&mut arrival, now);
                    arrivals.push(arrival);
                }
                Meaning::Change(change) => {
                    heard.push(change.account);
                    changes.push(change);
                }
                Meaning::Receipt(receipt) => {
                    heard.push(receipt.account());
                    receipts.push(receipt);
                }
                Meaning::News(news) => {
                    heard.push(news.account);
                    if account_events::add(conn, news).await? {
                        if news.grave {
                            let alert = AccountEvent {
                                at: news.at,
                                name: news.name.clone(),
                                words: news.words.clone(),
                                grave: true,
                            };
                            accounts::patch_health(conn, news.account, &json!({ "alert": alert })).await?;
                        }
                        told.news.push(news.account);
                    }
                }
                Meaning::Heard(account) => heard.push(*account),
                Meaning::Foreign(channel, meta_id) => foreign.push((*channel, meta_id, raw.received_at)),
            }
        }
    }
    heard.sort_unstable();
    heard.dedup();
    told.taken = messages::take_with(conn, &arrivals, |taken, trip| {
        gaps::count_by_webhook(trip, taken.iter().filter(|t| t.fresh).map(|t| (t.account, t.sent_at)))?;
        accounts::heard(trip, &heard, now)
    })
    .await?;
    told.overtaken = windows::follow(conn, &arrivals, &told.taken, now).await?;
    forget_unsent(conn, &arrivals, &told.taken).await?;
    // What a list could only name or did not tell at all, a webhook that comes later makes whole.
    for (arrival, taken) in arrivals.iter().zip(&told.taken).filter(|(a, t)| t.listed && a.is_rich()) {
        if let Some(row) = arrival.journal {
            let healed = messages::heal(conn, taken.message, arrival, &mut told.orphans).await?;
            told.changed.extend(healed.map(|change| (change, None)));
            journal::tells(conn, row, taken.message).await?;
        }
    }
    gaps::count_foreign(conn, &foreign).await?;
    for change in changes {
        let meaning::Change { account, meta_id, alter, at, person, opens_until } = change;
        let altered =
            messages::alter(conn, *account, meta_id, alter, *at, person.as_ref(), *opens_until).await?;
        match altered.message {
            Some(message) if altered.unsent => forget(conn, message, meta_id).await?,
            None if altered.unsent => {
                let without = |body: &[u8]| delivery::without(body, meta_id.as_str());
                journal::forget_unseen(conn, meta_id, without).await?;
            }
            _ => {}
        }
        told.changed.extend(altered.change.map(|changed| (changed, None)));
        told.orphans.extend(altered.orphans);
    }
    for receipt in receipts {
        let settles = receipt.settles();
        let changes = take_receipt(conn, receipt, now).await?;
        told.changed.extend(changes.into_iter().map(|c| (c, settles)));
    }
    Ok(told)
}

/// How far messages of ours got.
async fn take_receipt(
    conn: &mut SqliteConnection,
    receipt: &Receipt,
    now: Timestamp,
) -> Result<Vec<Change>, sqlx::Error> {
    match receipt {
        Receipt::UpTo { account, person, status, at } => {
            messages::watermark(conn, *account, person, *status, *at).await
        }
        Receipt::UpToMessage { account, meta_id, status, sent_by } => {
            if let Some(at) = sent_by {
                messages::sent_by(conn, *account, meta_id, *at).await?;
            }
            messages::watermark_at(conn, *account, meta_id, *status, now).await
        }
        Receipt::One { account, meta_id, key, status, failure } => {
            // A lost answer is settled by the report that gives our own key back; an emoji that had been taken may be
            // refused after all.
            if let Some(key) = key
                && let Some(row) = outbox::by_key(conn, key).await?
            {
                if let (true, Some(failure)) = (row.is_act, failure) {
                    return Ok(messages::refuse_act(conn, row.outbox, failure, now)
                        .await?
                        .into_iter()
                        .collect());
                }
                if !row.done {
                    let at = row.attempted_at.unwrap_or(now);
                    let sent = Outcome::Sent { meta_id: meta_id.clone(), at };
                    messages::settle(conn, row.outbox, &sent, now).await?;
                }
            }
            let changed = messages::status(conn, *account, meta_id, *status, failure.as_ref(), now).await?;
            if let Some(change) = &changed {
                windows::refused(conn, change, failure.as_ref(), now).await?;
            }
            Ok(changed.into_iter().collect())
        }
    }
}

/// What was taken back is not kept by the deliveries that bring it again, or too late.
pub(super) async fn forget_unsent(
    conn: &mut SqliteConnection,
    arrivals: &[Arrival],
    taken: &[Taken],
) -> Result<(), sqlx::Error> {
    for (arrival, taken) in arrivals.iter().zip(taken).filter(|(_, taken)| taken.unsent) {
        forget(conn, taken.message, &arrival.meta_id).await?;
    }
    Ok(())
}

/// Takes an unsent message out of the journal.
pub(super) async fn forget(
    conn: &mut SqliteConnection,
    message: MessageId,
    meta_id: &MetaMessageId,
) -> Result<(), sqlx::Error> {
    journal::forget(conn, message, meta_id, |body| delivery::without(body, meta_id.as_str())).await
}
