//! Taking messages in, a batch at a time: look everything up, decide in memory, write everything down. Few
//! statements whatever the size, since each costs a trip to SQLite's thread. The result does not depend on
//! the order of arrival: what a known message can still learn is only ever more exact, later or further.

use super::Answers;
use super::{Arrival, Taken, batch::Batch, change, echo::link_echoes, meta_hash};
use crate::model::{
    AccountId, ConversationId, DeliveryStatus, Direction, JournalId, MessageId, State, Timestamp,
};
use crate::store::{Trip, people::People, row};
use sqlx::{FromRow, SqliteConnection};
use std::collections::HashMap;

/// Takes all of `arrivals` in; the results stand in their order. A known message changes nothing but what it
/// makes more exact: a finer time, a further status, the thread's id, that it is live. An echo of a reply
/// of ours that has no id yet (its answer was lost, or is still on its way) becomes that reply's id.
///
/// # Errors
/// When the database cannot be written; the caller's transaction is then to be undone.
pub async fn take(conn: &mut SqliteConnection, arrivals: &[Arrival]) -> Result<Vec<Taken>, sqlx::Error> {
    let seen = look_up(conn, arrivals.iter()).await?;
    let mut trip = Trip::default();
    let taken = take_seen(conn, &mut trip, arrivals, seen).await?;
    trip.go(conn).await?;
    Ok(taken)
}

/// The same for those that [`look_up`] saw, in the order in which it saw them. What is to be written is left in `trip`;
/// until that goes, `conn` is only read.
///
/// # Errors
/// As [`take`].
pub async fn take_seen(
    conn: &mut SqliteConnection,
    trip: &mut Trip,
    arrivals: &[Arrival],
    seen: Seen,
) -> Result<Vec<Taken>, sqlx::Error> {
    let (mut messages, places) = fold(arrivals);
    let mut people = People::default();
    let changes_wait = seen.changes_wait;
    let mut next = seen.tell(&mut messages, &places, &mut people)?;
    for message in &mut messages {
        message.slot = people.place(message.first.account, &message.first.person, message.first.recorded_at);
        if let Some(thread) = &message.thread {
            people.learn_thread(message.slot, thread);
        }
    }
    people.settle(conn, trip).await?;
    link_echoes(conn, &mut messages, &people).await?;
    let mut batch = Batch::default();
    for message in &mut messages {
        message.decide(&people, &mut next, &mut batch);
    }
    people.write(trip)?;
    batch.write(conn, trip).await?;
    if changes_wait && !messages.is_empty() {
        trip.go(conn).await?;
        let fresh = messages.iter().filter(|m| m.taken.fresh);
        let unsent =
            change::catch_up(conn, fresh.map(|m| (m.first.account, m.taken.message, &m.first.meta_id)))
                .await?;
        for message in messages.iter_mut().filter(|m| unsent.contains(&m.taken.message)) {
            (message.taken.unsent, message.taken.live) = (true, false);
        }
    }
    let mut told = vec![false; messages.len()];
    Ok(places
        .into_iter()
        .map(|n| {
            let message = &messages[n];
            let first = !std::mem::replace(&mut told[n], true);
            Taken {
                fresh: first && message.taken.fresh,
                changed: first && message.taken.changed,
                live: first && message.taken.live,
                ..message.taken
            }
        })
        .collect())
}

/// A message of Meta's with all that the batch says of it.
pub(super) struct Incoming<'a> {
    pub first: &'a Arrival,
    hash: i64,
    pub sent_at: Timestamp,
    live: bool,
    status: DeliveryStatus,
    thread: Option<&'a str>,
    pub known: Option<Known>,
    early: Option<(DeliveryStatus, Option<String>)>,
    pub slot: usize,
    taken: Taken,
}

/// The row that is there already.
pub(super) struct Known {
    message: MessageId,
    pub conversation: ConversationId,
    sent_at: Timestamp,
    /// `false` = the time is ours.
    meta_time: bool,
    live: i64,
    read_through: i64,
    status: DeliveryStatus,
    /// It is a reply of ours that had no id: give it this one.
    pub linked: bool,
    unsent: bool,
    /// Only a list has told of it so far.
    listed: bool,
}

/// Messages once each, and for every arrival the place of its message.
fn fold(arrivals: &[Arrival]) -> (Vec<Incoming<'_>>, Vec<usize>) {
    let mut messages: Vec<Incoming<'_>> = Vec::with_capacity(arrivals.len());
    let mut seen: HashMap<(AccountId, &str), usize> = HashMap::with_capacity(arrivals.len());
    let places = arrivals
        .iter()
        .map(|arrival| {
            let live = arrival.live && arrival.direction == Direction::Inbound && arrival.content.is_said();
            let thread = arrival.thread.as_ref().map(|t| t.as_str());
            let n = *seen.entry((arrival.account, arrival.meta_id.as_str())).or_insert_with(|| {
                messages.push(Incoming {
                    first: arrival,
                    hash: meta_hash(arrival.account, &arrival.meta_id),
                    sent_at: arrival.sent_at,
                    live,
                    status: arrival.status,
                    thread,
                    known: None,
                    early: None,
                    slot: 0,
                    taken: Taken {
                        account: arrival.account,
                        conversation: ConversationId(0),
                        message: MessageId(0),
                        fresh: false,
                        changed: false,
                        direction: arrival.direction,
                        live: false,
                        unsent: false,
                        listed: false,
                        silent: false,
                        sends_wait: false,
                        sent_at: arrival.sent_at,
                    },
                });
                messages.len() - 1
            });
            let message = &mut messages[n];
            message.live |= live;
            message.thread = message.thread.or(thread);
            message.sent_at = finer(message.sent_at, arrival.sent_at);
            message.status = further(message.status, arrival.status);
            n
        })
        .collect();
    (messages, places)
}

/// The Conversations API tells seconds and webhooks milliseconds of the same moment: the later of two times
/// within one second is the more exact. Times that differ by more are two opinions; the first stays.
fn finer(known: Timestamp, told: Timestamp) -> Timestamp {
    if known.0.div_euclid(1000) == told.0.div_euclid(1000) { known.max(told) } else { known }
}

/// The further of two statuses; a message that arrives by itself never un-fails one that failed.
fn further(known: DeliveryStatus, told: DeliveryStatus) -> DeliveryStatus {
    if row::rank(told) > row::rank(known) { told } else { known }
}

/// The last id given to messages.
struct NextMessage(i64);

/// What was known before a batch is taken: lists as JSON, so that it is one row.
#[derive(Debug, FromRow)]
pub struct Seen {
    known: String,
    early: String,
    changes_wait: bool,
    last_message: i64,
    last_contact: i64,
    last_conversation: i64,
    last_delivery: i64,
    persons: String,
}

/// One trip: which messages, people and early statuses are known, and which ids come next.
///
/// # Errors
/// When the database cannot be read.
pub async fn look_up(
    conn: &mut SqliteConnection,
    arrivals: impl Iterator<Item = &Arrival> + Clone,
) -> Result<Seen, sqlx::Error> {
    let ids: Vec<(i64, AccountId, &str)> = (arrivals.clone())
        .map(|a| (meta_hash(a.account, &a.meta_id), a.account, a.meta_id.as_str()))
        .collect();
    let persons = People::keys(arrivals.map(|a| (a.account, &a.person)));
    sqlx::query_as(LOOK_UP).bind(row::json(&ids)?).bind(row::json(&persons)?).fetch_one(conn).await
}

impl Seen {
    /// The ids of the next deliveries in the journal.
    pub fn next_deliveries(&self) -> impl Iterator<Item = JournalId> + use<> {
        (self.last_delivery + 1..).map(JournalId)
    }

    /// Tells each message and `people` what is known; `places` are those of [`fold`].
    fn tell(
        self,
        messages: &mut [Incoming<'_>],
        places: &[usize],
        people: &mut People,
    ) -> Result<NextMessage, sqlx::Error> {
        for (n, unsent, listed, row) in row::read_json::<Vec<(usize, u8, u8, KnownRow)>>(&self.known)? {
            let known = Known { unsent: unsent != 0, listed: listed != 0, ..Known::new(row)? };
            at(messages, places, n)?.known = Some(known);
        }
        for (n, status, failure) in row::read_json::<Vec<(usize, String, Option<String>)>>(&self.early)? {
            at(messages, places, n)?.early = Some((row::status(&status)?, failure));
        }
        people.known(self.last_contact, self.last_conversation, row::read_json(&self.persons)?);
        Ok(NextMessage(self.last_message))
    }
}

const LOOK_UP: &str = "
    SELECT
        (SELECT json_group_array(json_array(j.key, m.form = 'unsent', m.origin <> 'heliograph' AND m.form = 'bubble'
                AND (coalesce((SELECT source FROM journal WHERE id = m.journal), 'poll') = 'poll'
                    OR EXISTS (SELECT 1 FROM attachments t WHERE t.message = m.id AND t.kind = 'media_placeholder')),
                json_array(m.id, m.conversation, m.sent_at, m.meta_time, m.live, m.status, v.read_through)))
            FROM json_each($1) j
            CROSS JOIN messages m
                ON m.meta_hash = j.value ->> 0 AND m.account = j.value ->> 1 AND m.meta_id = j.value ->> 2
            CROSS JOIN conversations v ON v.id = m.conversation) AS known,
        (SELECT json_group_array(json_array(j.key, e.status, e.failure))
            FROM json_each($1) j
            CROSS JOIN early_statuses e ON e.account = j.value ->> 1 AND e.meta_id = j.value ->> 2) AS early,
        EXISTS (SELECT 1 FROM early_changes) AS changes_wait,
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) AS last_message,
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'contacts'), 0) AS last_contact,
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'conversations'), 0) AS last_conversation,
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0) AS last_delivery,
        (SELECT json_group_array(json_array(c.id, c.account, c.person, c.bsuid, c.phone, c.name, c.handle,
                json_array(v.id, v.thread_id, v.delivered_up_to, v.read_up_to, v.state, EXISTS (SELECT 1 FROM outbox
                    WHERE conversation = v.id AND state IN ('queued', 'sending', 'unsure')))))
            FROM json_each($2) j
            CROSS JOIN contacts c ON c.id = CASE j.value ->> 1
                WHEN 'p' THEN (SELECT id FROM contacts WHERE account = j.value ->> 0 AND person = j.value ->> 2)
                WHEN 'b' THEN (SELECT id FROM contacts WHERE account = j.value ->> 0 AND bsuid = j.value ->> 2)
                ELSE (SELECT id FROM contacts WHERE account = j.value ->> 0 AND phone = j.value ->> 2) END
            CROSS JOIN conversations v ON v.contact = c.id) AS persons";

/// The message of the `n`th arrival.
fn at<'m, 'a>(
    messages: &'m mut [Incoming<'a>],
    places: &[usize],
    n: usize,
) -> Result<&'m mut Incoming<'a>, sqlx::Error> {
    places.get(n).and_then(|place| messages.get_mut(*place)).ok_or(sqlx::Error::RowNotFound)
}

/// A known message as it is looked up: its id, its conversation, when it was sent, whether that is Meta's time, live,
/// status, and how far its conversation was read.
pub(super) type KnownRow = (MessageId, ConversationId, Timestamp, u8, i64, String, i64);

impl Known {
    pub(super) fn new(row: KnownRow) -> Result<Self, sqlx::Error> {
        let (message, conversation, sent_at, meta_time, live, status, read_through) = row;
        Ok(Self {
            message,
            conversation,
            sent_at,
            meta_time: meta_time != 0,
            live,
            status: row::status(&status)?,
            read_through,
            linked: false,
            unsent: false,
            listed: false,
        })
    }
}

impl Incoming<'_> {
    fn decide(&mut self, people: &People, next: &mut NextMessage, batch: &mut Batch) {
        let first = self.first;
        if let Some((status, _)) = &self.early {
            self.status = further(self.status, *status);
            batch.early.push((first.account.0, first.meta_id.0.clone()));
        }
        if first.direction == Direction::Outbound {
            self.status = further(self.status, people.watermark(self.slot, self.sent_at));
        }
        let failure = self.early.as_ref().and_then(|(_, failure)| failure.clone());
        if let Some(known) = &self.known {
            let sent_at = if known.meta_time { finer(known.sent_at, self.sent_at) } else { self.sent_at };
            let status = further(known.status, self.status);
            let live = match (known.live, self.live) {
                (0, true) if known.message.0 > known.read_through => 1,
                (0, true) => 2,
                (live, _) => live,
            };
            self.taken.conversation = people.now(known.conversation);
            self.taken.message = known.message;
            self.taken.sent_at = sent_at;
            self.taken.unsent = known.unsent;
            self.taken.listed = known.listed;
            self.taken.live = live == 1 && known.live == 0;
            self.taken.changed =
                known.linked || sent_at != known.sent_at || status != known.status || live != known.live;
            if known.linked {
                batch.linked.push(serde_json::json!([
                    known.message,
                    first.meta_id,
                    self.hash,
                    first.journal
                ]));
            }
            if self.taken.changed || !known.meta_time {
                batch.updates.push(serde_json::json!([known.message, sent_at, status.key(), live, failure]));
            }
        } else {
            next.0 += 1;
            let columns = row::content_columns(&first.content);
            let (quotes, story) = match &first.answers {
                Some(Answers::Message(mid)) => (Some(meta_hash(first.account, mid)), None),
                Some(Answers::Story { link, ends_at }) => (None, Some((link.as_deref(), *ends_at))),
                None => (None, None),
            };
            self.taken.conversation = people.conversation(self.slot);
            self.taken.message = MessageId(next.0);
            self.taken.sent_at = self.sent_at;
            self.taken.fresh = true;
            self.taken.changed = true;
            self.taken.live = self.live;
            batch.inserts.push(serde_json::json!([
                next.0,
                first.account,
                self.taken.conversation,
                first.meta_id,
                self.hash,
                row::direction_key(first.direction),
                row::origin_key(first.origin),
                columns.kind,
                row::clean(columns.what),
                row::clean(columns.text),
                self.sent_at,
                first.recorded_at,
                self.status.key(),
                i64::from(self.live),
                failure,
                first.journal,
                columns.form,
                quotes,
                row::rare(&first.content, &first.detail, story),
            ]));
            batch.attachments.extend(first.attachments.iter().map(|file| {
                serde_json::json!([
                    next.0,
                    file.kind,
                    row::clean(&file.name),
                    file.mime,
                    file.url,
                    file.meta_id,
                    file.state.key(),
                    file.link,
                    file.link_ends_at,
                    row::maybe_to_json(file.card.as_ref()),
                    file.length_ms,
                ])
            }));
        }
        let state = people.state(self.slot);
        self.taken.silent = state == State::Spam;
        self.taken.sends_wait = people.sends_wait(self.slot);
        if self.taken.live {
            batch.wrote(self.taken.conversation, state, self.taken.sent_at, first.recorded_at);
        }
        if self.taken.changed {
            let moved = batch.touched.entry(self.taken.conversation).or_default();
            if first.direction == Direction::Inbound && first.opens_for > 0 {
                *moved = (*moved).max(Some(self.taken.sent_at.plus(first.opens_for)));
            }
        }
    }
}
