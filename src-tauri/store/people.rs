//! Whom a batch of arrivals is from: contacts found by any of their ids, made where unknown, and made one
//! where a delivery shows that two were the same person (WhatsApp: a number first, a business-scoped id later).

use super::{Trip, contacts::Person, conversations, kin, row, search};
use crate::model::{AccountId, ContactId, ConversationId, DeliveryStatus, MetaPersonId, State, Timestamp};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// The kinds of ids, as the look-up names them.
const KINDS: [&str; 3] = ["p", "b", "f"];

/// The people of one batch.
#[derive(Default)]
pub(super) struct People {
    slots: Vec<Slot>,
    by_id: HashMap<(AccountId, usize, String), usize>,
    last_contact: i64,
    last_conversation: i64,
    merges: Vec<(usize, usize)>,
    /// Conversations that are another one now.
    moved: Vec<(ConversationId, ConversationId)>,
}

struct Slot {
    /// Another slot turned out to be the same person.
    same_as: Option<usize>,
    /// Not in the database yet; the ids are already given.
    new: bool,
    changed: bool,
    thread_changed: bool,
    contact: ContactId,
    conversation: ConversationId,
    account: AccountId,
    ids: [Option<String>; 3],
    name: String,
    handle: String,
    thread: Option<String>,
    first_seen_at: Timestamp,
    delivered_up_to: i64,
    read_up_to: i64,
    state: State,
    /// Something of ours waits to leave.
    sends_wait: bool,
}

/// A person as the look-up tells them: contact, account, ids, name, handle.
#[derive(Deserialize)]
pub(super) struct PersonRow(
    ContactId,
    AccountId,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    Talk,
);

/// Their conversation: thread, watermarks, state, whether something of ours waits to leave.
#[derive(Deserialize)]
struct Talk(ConversationId, Option<String>, i64, i64, String, u8);

fn ids_of(person: &Person) -> [Option<&str>; 3] {
    let ids =
        [person.person.as_ref().map(MetaPersonId::as_str), person.bsuid.as_deref(), person.phone.as_deref()];
    ids.map(|id| id.filter(|id| !id.is_empty()))
}

impl People {
    /// The arguments of the look-up: account, kind, id.
    pub(super) fn keys<'a>(
        persons: impl Iterator<Item = (AccountId, &'a Person)>,
    ) -> Vec<(AccountId, &'static str, &'a str)> {
        let mut keys: Vec<_> = persons
            .flat_map(|(account, person)| {
                KINDS
                    .into_iter()
                    .zip(ids_of(person))
                    .filter_map(move |(kind, id)| id.map(|id| (account, kind, id)))
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// What the look-up found: the last ids given so far, and who is known.
    pub(super) fn known(&mut self, last_contact: i64, last_conversation: i64, found: Vec<PersonRow>) {
        (self.last_contact, self.last_conversation) = (last_contact, last_conversation);
        for row in found {
            let PersonRow(contact, account, person, bsuid, phone, name, handle, talk) = row;
            let Talk(conversation, thread, delivered_up_to, read_up_to, state, sends_wait) = talk;
            if self.slots.iter().any(|slot| slot.contact == contact) {
                continue;
            }
            self.push(Slot {
                same_as: None,
                new: false,
                changed: false,
                thread_changed: false,
                contact,
                account,
                ids: [person, bsuid, phone],
                name,
                handle,
                conversation,
                thread,
                delivered_up_to,
                read_up_to,
                state: State::from_key(&state).unwrap_or_default(),
                sends_wait: sends_wait != 0,
                first_seen_at: Timestamp::default(),
            });
        }
    }

    fn push(&mut self, slot: Slot) -> usize {
        let n = self.slots.len();
        for (kind, id) in slot.ids.iter().enumerate() {
            if let Some(id) = id {
                self.by_id.insert((slot.account, kind, id.clone()), n);
            }
        }
        self.slots.push(slot);
        n
    }

    /// The slot that stands for `n` now.
    fn root(&self, mut n: usize) -> usize {
        while let Some(other) = self.slots[n].same_as {
            n = other;
        }
        n
    }

    /// The slot of `person`, made if need be.
    pub(super) fn place(&mut self, account: AccountId, person: &Person, at: Timestamp) -> usize {
        let ids = ids_of(person);
        let mut found: Option<usize> = None;
        for (kind, id) in ids.iter().enumerate() {
            let Some(id) = id else { continue };
            let Some(&n) = self.by_id.get(&(account, kind, (*id).to_owned())) else {
                continue;
            };
            let n = self.root(n);
            found = Some(match found {
                None => n,
                Some(other) if other == n => n,
                Some(other) => self.unite(other, n),
            });
        }
        let n = found.unwrap_or_else(|| {
            self.last_contact += 1;
            self.last_conversation += 1;
            self.push(Slot {
                same_as: None,
                new: true,
                changed: false,
                thread_changed: false,
                contact: ContactId(self.last_contact),
                conversation: ConversationId(self.last_conversation),
                account,
                ids: [None, None, None],
                name: String::new(),
                handle: String::new(),
                thread: None,
                first_seen_at: at,
                delivered_up_to: 0,
                read_up_to: 0,
                state: State::Open,
                sends_wait: false,
            })
        });
        for (kind, id) in ids.iter().enumerate() {
            if let Some(id) = id
                && self.slots[n].ids[kind].is_none()
            {
                self.slots[n].ids[kind] = Some((*id).to_owned());
                self.slots[n].changed = true;
                self.by_id.insert((account, kind, (*id).to_owned()), n);
            }
        }
        let slot = &mut self.slots[n];
        for (known, told) in [(&mut slot.name, &person.name), (&mut slot.handle, &person.handle)] {
            if !told.is_empty() && known != told {
                *known = row::clean(told);
                slot.changed = true;
            }
        }
        n
    }

    /// Two slots are one person: the older one stays.
    fn unite(&mut self, a: usize, b: usize) -> usize {
        let (keep, drop) = if self.slots[a].contact <= self.slots[b].contact { (a, b) } else { (b, a) };
        let ids = self.slots[drop].ids.clone();
        let (name, handle) = (self.slots[drop].name.clone(), self.slots[drop].handle.clone());
        let thread = self.slots[drop].thread.clone();
        let both_new = self.slots[drop].new;
        self.slots[drop].same_as = Some(keep);
        if !both_new {
            self.merges.push((keep, drop));
        }
        let slot = &mut self.slots[keep];
        slot.changed = true;
        for (mine, other) in slot.ids.iter_mut().zip(ids) {
            if mine.is_none() {
                *mine = other;
            }
        }
        if slot.name.is_empty() {
            slot.name = name;
        }
        if slot.handle.is_empty() {
            slot.handle = handle;
        }
        if slot.thread.is_none() && thread.is_some() {
            slot.thread = thread;
            slot.thread_changed = true;
        }
        keep
    }

    /// The conversation's thread id, learnt once.
    pub(super) fn learn_thread(&mut self, slot: usize, thread: &str) {
        let n = self.root(slot);
        let slot = &mut self.slots[n];
        if slot.thread.is_none() {
            slot.thread = Some(thread.to_owned());
            slot.thread_changed = true;
        }
    }

    pub(super) fn conversation(&self, slot: usize) -> ConversationId {
        self.slots[self.root(slot)].conversation
    }

    /// Where the messages of `conversation` are after merging.
    pub(super) fn now(&self, conversation: ConversationId) -> ConversationId {
        let moved = |at: ConversationId| self.moved.iter().find(|(from, _)| *from == at).map(|(_, to)| *to);
        std::iter::successors(Some(conversation), |at| moved(*at)).last().unwrap_or(conversation)
    }

    pub(super) fn conversation_if_known(&self, slot: usize) -> Option<ConversationId> {
        let slot = &self.slots[self.root(slot)];
        (!slot.new).then_some(slot.conversation)
    }

    /// Where their conversation stands.
    pub(super) fn state(&self, slot: usize) -> State {
        self.slots[self.root(slot)].state
    }

    /// Whether something of ours waited to leave in their conversation.
    pub(super) fn sends_wait(&self, slot: usize) -> bool {
        self.slots[self.root(slot)].sends_wait
    }

    /// How far Meta said that the person got or read what we sent.
    pub(super) fn watermark(&self, slot: usize, sent_at: Timestamp) -> DeliveryStatus {
        let slot = &self.slots[self.root(slot)];
        if sent_at.0 <= slot.read_up_to {
            DeliveryStatus::Read
        } else if sent_at.0 <= slot.delivered_up_to {
            DeliveryStatus::Delivered
        } else {
            DeliveryStatus::Sent
        }
    }

    /// Makes one of those who turned out to be one, before anything is decided by their conversations.
    pub(super) async fn settle(
        &mut self,
        conn: &mut SqliteConnection,
        trip: &mut Trip,
    ) -> Result<(), sqlx::Error> {
        if !self.merges.is_empty() {
            trip.go(conn).await?;
        }
        for (keep, drop) in std::mem::take(&mut self.merges) {
            let keep = self.root(keep);
            merge(conn, &self.slots[keep], &self.slots[drop]).await?;
            self.moved.push((self.slots[drop].conversation, self.slots[keep].conversation));
            let (delivered, read) = (self.slots[drop].delivered_up_to, self.slots[drop].read_up_to);
            let sends_wait = self.slots[drop].sends_wait;
            let slot = &mut self.slots[keep];
            slot.sends_wait |= sends_wait;
            slot.delivered_up_to = slot.delivered_up_to.max(delivered);
            slot.read_up_to = slot.read_up_to.max(read);
        }
        Ok(())
    }

    /// Writes who is new and what was learnt.
    pub(super) fn write(&self, trip: &mut Trip) -> Result<(), sqlx::Error> {
        let mut new = Vec::new();
        let mut changed = Vec::new();
        let mut threads = Vec::new();
        let mut words = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.same_as.is_none()) {
            let line = serde_json::json!([
                slot.contact,
                slot.account,
                slot.ids[0],
                slot.ids[1],
                slot.ids[2],
                slot.name,
                slot.handle,
                slot.first_seen_at,
                slot.conversation,
                slot.thread
            ]);
            if slot.new || slot.changed {
                let phone = slot.ids[2].as_deref();
                words.push((slot.contact, search::words_of(&slot.name, &slot.handle, phone)));
            }
            if slot.new {
                new.push(line);
            } else {
                if slot.changed {
                    changed.push(line);
                }
                if slot.thread_changed {
                    threads.push((slot.conversation, slot.thread.clone()));
                }
            }
        }
        trip.rows(INSERT, &new)?;
        trip.rows(UPDATE, &changed)?;
        trip.rows(search::FEED_PEOPLE, &words)?;
        trip.rows(THREADS, &threads)
    }
}

const INSERT: &str = "
    INSERT INTO contacts (id, account, person, bsuid, phone, name, handle, first_seen_at)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    FROM json_each($1);
    INSERT INTO conversations (id, account, contact, thread_id, last_at)
    SELECT value ->> 8, value ->> 1, value ->> 0, value ->> 9, value ->> 7 FROM json_each($1)";

const UPDATE: &str = "
    UPDATE contacts AS c SET person = t.value ->> 2, bsuid = t.value ->> 3, phone = t.value ->> 4,
        name = t.value ->> 5, handle = t.value ->> 6
    FROM json_each($1) AS t WHERE c.id = t.value ->> 0";

const THREADS: &str = "
    UPDATE conversations AS v SET thread_id = t.value ->> 1
    FROM json_each($1) AS t WHERE v.id = t.value ->> 0";

/// Moves everything of `drop` to `keep` and removes it.
async fn merge(conn: &mut SqliteConnection, keep: &Slot, drop: &Slot) -> Result<(), sqlx::Error> {
    kin::inherit(conn, keep.contact, drop.contact).await?;
    sqlx::query(
        "UPDATE messages SET conversation = $1 WHERE conversation = $2;
         UPDATE uploads SET conversation = $1 WHERE conversation = $2;
         UPDATE outbox SET conversation = $1 WHERE conversation = $2;
         UPDATE conversations AS v SET
             draft = CASE WHEN v.draft = '' THEN o.draft ELSE v.draft END,
             note_draft = CASE WHEN v.note_draft = '' THEN o.note_draft ELSE v.note_draft END,
             assignee = coalesce(v.assignee, o.assignee),
             pinned_at = coalesce(v.pinned_at, o.pinned_at),
             read_through = max(v.read_through, o.read_through),
             delivered_up_to = max(v.delivered_up_to, o.delivered_up_to),
             read_up_to = max(v.read_up_to, o.read_up_to),
             window_closes_at = coalesce(max(v.window_closes_at, o.window_closes_at), v.window_closes_at, o.window_closes_at)
         FROM conversations o WHERE v.id = $1 AND o.id = $2;
         INSERT OR IGNORE INTO labelled (label, conversation, account, state, last_at, waiting_since, window_closes_at)
         SELECT l.label, v.id, v.account, v.state, v.last_at, v.waiting_since, v.window_closes_at
         FROM labelled l JOIN conversations v ON v.id = $1 WHERE l.conversation = $2;
         UPDATE contacts AS c SET
             blocked_at = coalesce(c.blocked_at, o.blocked_at),
             picture = coalesce(c.picture, o.picture),
             first_seen_at = min(c.first_seen_at, o.first_seen_at),
             profile_read_at = coalesce(c.profile_read_at, o.profile_read_at)
         FROM contacts o WHERE c.id = $3 AND o.id = $4;
         DELETE FROM contacts WHERE id = $4",
    )
    .bind(keep.conversation.0)
    .bind(drop.conversation.0)
    .bind(keep.contact.0)
    .bind(drop.contact.0)
    .execute(&mut *conn)
    .await?;
    search::feed_again(conn, keep.conversation.0).await?;
    conversations::recount(conn, &[(keep.conversation, None)]).await
}
