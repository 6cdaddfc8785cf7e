//! An act on all of a list: step by step behind the writer, so that deliveries come between; to be stopped at any
//! step, and undone for exactly those it touched.

use super::{
    Answer, Desk, acting,
    problems::{gone, reading},
};
use crate::{
    model::{AccountId, Act, Bulk, BulkId, BulkState, ConversationId, Event, Inverse, Problem, call},
    store::conversations,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Conversations of one write: some milliseconds of work.
const STEP: usize = 50;
/// Bulks remembered, so that they can be asked after and undone.
const KEPT: usize = 20;

/// The bulks of this run.
#[derive(Debug, Default)]
pub struct Bulks(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    last: i64,
    all: BTreeMap<BulkId, Kept>,
}

#[derive(Debug)]
struct Kept {
    bulk: Bulk,
    stop: bool,
    undo: Vec<Inverse>,
}

/// What one bulk does: acts in order, each with its conversations.
struct Plan {
    steps: Vec<Inverse>,
    undo: bool,
}

impl Bulks {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, act: Act, total: u32) -> BulkId {
        let mut inside = self.lock();
        inside.last += 1;
        let id = BulkId(inside.last);
        let bulk = Bulk { act, total, done: 0, changed: 0, state: BulkState::Running };
        inside.all.insert(id, Kept { bulk, stop: false, undo: Vec::new() });
        while inside.all.len() > KEPT {
            inside.all.pop_first();
        }
        id
    }

    /// Changes what is kept of a bulk; `None` = it is forgotten.
    fn with<T>(&self, id: BulkId, change: impl FnOnce(&mut Kept) -> T) -> Option<T> {
        self.lock().all.get_mut(&id).map(change)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Begins `plan` and returns while it goes on.
fn start(desk: &Desk, act: Act, plan: Plan) -> BulkId {
    let total = plan.steps.iter().map(|step| step.conversations.len()).sum();
    let id = desk.bulks.begin(act, count(total));
    if let Some(me) = desk.me.upgrade() {
        desk.tasks.once(async move {
            let state = run(&me, id, plan).await;
            me.bulks.with(id, |kept| kept.bulk.state = state);
            me.events.tell(Event::BulkChanged { bulk: id });
        });
    }
    id
}

async fn run(desk: &Desk, id: BulkId, plan: Plan) -> BulkState {
    let stopping = desk.tasks.stopping();
    for Inverse { act, conversations } in plan.steps {
        for part in conversations.chunks(STEP) {
            let stop = desk.bulks.with(id, |kept| kept.stop).unwrap_or(true);
            if stop || stopping.is_cancelled() {
                return BulkState::Stopped;
            }
            let done = match acting::act(desk, part.to_vec(), act.clone(), plan.undo, true).await {
                Ok(done) => done,
                Err(problem) => return BulkState::Failed { problem },
            };
            let accounts: BTreeSet<AccountId> = done.changed.iter().map(|(account, _)| *account).collect();
            desk.bulks.with(id, |kept| {
                kept.bulk.done += count(part.len());
                kept.bulk.changed += count(done.changed.len());
                join(&mut kept.undo, done.undo);
            });
            for account in accounts {
                desk.events.tell(Event::ManyChanged { account });
            }
            desk.events.tell(Event::BulkChanged { bulk: id });
        }
    }
    BulkState::Done
}

/// Adds to the acts that undo; the same act is one.
fn join(undo: &mut Vec<Inverse>, more: Vec<Inverse>) {
    for one in more {
        match undo.iter_mut().find(|known| known.act == one.act) {
            Some(known) => known.conversations.extend(one.conversations),
            None => undo.push(one),
        }
    }
}

impl Answer for call::ActOnAll {
    async fn answer(self, desk: &Desk) -> Result<BulkId, Problem> {
        let now = desk.clock.now();
        acting::check(&self.act, now)?;
        let mut conn = desk.store.read().await.map_err(reading)?;
        let found =
            conversations::matching(&mut conn, &self.filter, self.sort, now).await.map_err(reading)?;
        drop(conn);
        let conversations: Vec<ConversationId> = found.into_iter().map(ConversationId).collect();
        let steps = vec![Inverse { act: self.act.clone(), conversations }];
        Ok(start(desk, self.act, Plan { steps, undo: false }))
    }
}

impl Answer for call::GetBulk {
    async fn answer(self, desk: &Desk) -> Result<Bulk, Problem> {
        desk.bulks.with(self.bulk, |kept| kept.bulk.clone()).ok_or_else(gone)
    }
}

impl Answer for call::StopBulk {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        desk.bulks.with(self.bulk, |kept| kept.stop = true).ok_or_else(gone)
    }
}

impl Answer for call::UndoBulk {
    async fn answer(self, desk: &Desk) -> Result<BulkId, Problem> {
        let (act, steps) = desk
            .bulks
            .with(self.bulk, |kept| {
                kept.stop = true;
                (kept.bulk.act.clone(), std::mem::take(&mut kept.undo))
            })
            .ok_or_else(gone)?;
        Ok(start(desk, act, Plan { steps, undo: true }))
    }
}
