//! Whom a batch of arrivals is from: contacts found by any of their ids, made where unknown, and made one
//! where a delivery shows that two were the same person (WhatsApp: a number first, a business-scoped id later).

mod writing;

use super::{
    Trip,
    contacts::{Moved, Person},
    row,
};
use crate::model::{AccountId, ContactId, ConversationId, DeliveryStatus, State, Timestamp};
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

impl People {
    /// The arguments of the look-up: account, kind, id.
    pub(super) fn keys<'a>(
        persons: impl Iterator<Item = (AccountId, &'a Person)>,
    ) -> Vec<(AccountId, &'static str, &'a str)> {
        let mut keys: Vec<_> = persons
            .flat_map(|(account, person)| person.all_ids().map(move |(kind, id)| (account, KINDS[kind], id)))
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
        let mut found: Option<usize> = None;
        for (kind, id) in person.all_ids() {
            let Some(&n) = self.by_id.get(&(account, kind, id.to_owned())) else {
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
        match &person.moved_to {
            Some(moved) => self.rename(n, moved),
            None => {
                for (kind, id) in person.all_ids() {
                    if self.slots[n].ids[kind].is_none() {
                        self.give(n, kind, id);
                    }
                }
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

    fn give(&mut self, n: usize, kind: usize, id: &str) {
        let slot = &mut self.slots[n];
        slot.ids[kind] = Some(id.to_owned());
        slot.changed = true;
        self.by_id.insert((slot.account, kind, id.to_owned()), n);
    }

    /// What is written to them goes to the new ids: the old ones reach nobody, or somebody else.
    fn rename(&mut self, n: usize, moved: &Moved) {
        let slot = &self.slots[n];
        let new_number = moved.phone.is_some() && slot.ids[2] != moved.phone;
        for (kind, id) in [(1, &moved.bsuid), (2, &moved.phone)] {
            let slot = &mut self.slots[n];
            if (id.is_some() || new_number)
                && let Some(old) = slot.ids[kind].take()
            {
                self.by_id.remove(&(slot.account, kind, old));
            }
            if let Some(id) = id {
                self.give(n, kind, id);
            }
        }
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
            writing::merge(conn, &self.slots[keep], &self.slots[drop]).await?;
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
}
