//! Writes what deliveries mean, many callers at once, in one transaction.

use super::{
    RawDelivery, files,
    known::Read,
    meaning::{self, Meaning, Receipt},
    windows,
};
use crate::{
    graph::delivery,
    model::{
        AccountEvent, AccountId, Channel, JournalId, MessageId, MetaAccountId, MetaMessageId, Timestamp,
    },
    store::{
        Trip,
        account_events::{self, NewEvent},
        accounts, backlog, deleting, gaps,
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

/// A batch, sorted by what is to be done.
#[derive(Default)]
struct Sorted<'b> {
    kept: Vec<(JournalId, Delivery<'b>)>,
    /// Those that the journal had already, and what is left of such that it may not keep as they are.
    backlog: Vec<JournalId>,
    left: Vec<(JournalId, Option<Vec<u8>>)>,
    arrivals: Vec<Arrival>,
    changes: Vec<&'b meaning::Change>,
    receipts: Vec<&'b Receipt>,
    news: Vec<&'b NewEvent>,
    foreign: Vec<(Channel, &'b MetaAccountId, Timestamp)>,
    /// Accounts that webhooks reach.
    heard: Vec<AccountId>,
}

/// Writes a batch of deliveries and what they mean. Plain messages, nearly all that comes, take two trips to SQLite's
/// thread: one looks, one writes everything and commits.
pub(super) async fn write_batch(
    conn: &mut SqliteConnection,
    mut trip: Trip,
    batch: &[Read],
    now: Timestamp,
) -> Result<(Told, Trip), sqlx::Error> {
    let seen = messages::look_up(conn, batch.iter().flat_map(|(_, meanings)| arrivals_of(meanings))).await?;
    let sorted = sort(batch, seen.next_deliveries(), now);
    journal::keep(&mut trip, &sorted.kept)?;
    backlog::taken(&mut trip, &sorted.backlog)?;
    let taken = messages::take_seen(conn, &mut trip, &sorted.arrivals, seen).await?;
    gaps::count_by_webhook(&mut trip, taken.iter().filter(|t| t.fresh).map(|t| (t.account, t.sent_at)))?;
    accounts::heard(&mut trip, &sorted.heard, now)?;
    let mut told = Told { taken, ..Told::default() };
    if sorted.has_sequel(&told.taken) {
        trip.go(conn).await?;
        follow(conn, &sorted, &mut told, now).await?;
    }
    Ok((told, trip))
}

/// Those that are for us stand in the journal under the next of `ids`.
fn sort(batch: &[Read], mut ids: impl Iterator<Item = JournalId>, now: Timestamp) -> Sorted<'_> {
    let mut sorted = Sorted::default();
    for (raw, meanings) in batch {
        let is_kept = is_kept(raw, meanings);
        let row = if raw.row.is_some() || !is_kept { raw.row } else { ids.next() };
        match (raw.row, row) {
            (Some(had), _) => {
                sorted.backlog.push(had);
                if !is_kept || raw.cut {
                    sorted.left.push((had, is_kept.then(|| raw.body.to_vec())));
                }
            }
            (None, Some(next)) => sorted.kept.push((next, raw.to_keep())),
            (None, None) => {}
        }
        for meaning in meanings {
            match meaning {
                Meaning::Arrival(arrival) => {
                    sorted.heard.push(arrival.account);
                    let mut arrival = Arrival { journal: row, recorded_at: now, ..(**arrival).clone() };
                    files::expire(&mut arrival, now);
                    sorted.arrivals.push(arrival);
                }
                Meaning::Change(change) => {
                    sorted.heard.push(change.account);
                    sorted.changes.push(change);
                }
                Meaning::Receipt(receipt) => {
                    sorted.heard.push(receipt.account());
                    sorted.receipts.push(receipt);
                }
                Meaning::News(news) => {
                    sorted.heard.push(news.account);
                    sorted.news.push(news);
                }
                Meaning::Heard(account) => sorted.heard.push(*account),
                Meaning::Foreign(channel, meta_id) => {
                    sorted.foreign.push((*channel, meta_id, raw.received_at));
                }
            }
        }
    }
    sorted.heard.sort_unstable();
    sorted.heard.dedup();
    sorted
}

fn arrivals_of(meanings: &[Meaning]) -> impl Iterator<Item = &Arrival> + Clone {
    meanings.iter().filter_map(|meaning| match meaning {
        Meaning::Arrival(arrival) => Some(&**arrival),
        _ => None,
    })
}

/// Whether the journal may keep it. What is for nobody here is counted and not kept (graph-api d.2); a body of which
/// nothing may be kept is empty: it spoke only of people who were deleted.
pub(super) fn is_kept(raw: &RawDelivery, meanings: &[Meaning]) -> bool {
    let is_foreign = !meanings.is_empty() && meanings.iter().all(|m| matches!(m, Meaning::Foreign(..)));
    !raw.body.is_empty() && !is_foreign
}

impl Sorted<'_> {
    /// Whether [`follow`] has anything to do.
    fn has_sequel(&self, taken: &[Taken]) -> bool {
        let only_messages = self.changes.is_empty()
            && self.receipts.is_empty()
            && self.news.is_empty()
            && self.left.is_empty()
            && self.foreign.is_empty();
        let has_sequel = |(arrival, taken): (&Arrival, &Taken)| {
            windows::concerns(arrival, taken) || taken.unsent || makes_whole(arrival, taken)
        };
        !only_messages || self.arrivals.iter().zip(taken).any(has_sequel)
    }
}

/// What a list could only name or did not tell at all, a webhook that comes later makes whole.
fn makes_whole(arrival: &Arrival, taken: &Taken) -> bool {
    taken.listed && arrival.is_rich()
}

/// Everything that must find the messages of the batch already written.
async fn follow(
    conn: &mut SqliteConnection,
    sorted: &Sorted<'_>,
    told: &mut Told,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    deleting::rewrite_journal(conn, &sorted.left).await?;
    told.overtaken = windows::follow(conn, &sorted.arrivals, &told.taken, now).await?;
    forget_unsent(conn, &sorted.arrivals, &told.taken).await?;
    for (arrival, taken) in sorted.arrivals.iter().zip(&told.taken).filter(|(a, t)| makes_whole(a, t)) {
        if let Some(row) = arrival.journal {
            let healed = messages::heal(conn, taken.message, arrival, &mut told.orphans).await?;
            told.changed.extend(healed.map(|change| (change, None)));
            journal::tells(conn, row, taken.message).await?;
        }
    }
    for news in &sorted.news {
        note(conn, news, told).await?;
    }
    gaps::count_foreign(conn, &sorted.foreign).await?;
    for change in &sorted.changes {
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
    for receipt in &sorted.receipts {
        let settles = receipt.settles();
        let changes = take_receipt(conn, receipt, now).await?;
        told.changed.extend(changes.into_iter().map(|c| (c, settles)));
    }
    Ok(())
}

/// News of an account as a whole; what was told before is no news.
async fn note(conn: &mut SqliteConnection, news: &NewEvent, told: &mut Told) -> Result<(), sqlx::Error> {
    if !account_events::add(conn, news).await? {
        return Ok(());
    }
    if news.grave {
        let (name, words) = (news.name.clone(), news.words.clone());
        let alert = AccountEvent { at: news.at, name, words, grave: true };
        accounts::patch_health(conn, news.account, &json!({ "alert": alert })).await?;
    }
    told.news.push(news.account);
    Ok(())
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
                messages::sent_by(conn, *account, meta_id, *at, now).await?;
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
