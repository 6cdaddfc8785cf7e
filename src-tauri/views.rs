//! Saved views, counted without scanning after every event: each conversation is looked at once, and from then on
//! only those that changed. A bit for each view says which conversations are in it.

use crate::{
    clock::Clock,
    events::Listener,
    model::{ConversationId, Event, Facts, Sort, Timestamp, View},
    store::{Store, conversations, views},
};
use std::collections::{BTreeSet, HashMap};
use tokio::sync::Mutex;

/// Views of a desk at most: one bit each.
pub const MOST: usize = 64;

/// The counts; asked through [`ViewBook::list`].
pub struct ViewBook {
    store: Store,
    clock: Clock,
    inside: Mutex<Inside>,
}

struct Inside {
    events: Listener,
    views: Vec<View>,
    /// Which views a conversation is in; those in none are not kept.
    bits: HashMap<ConversationId, u64>,
    /// Ends of windows of conversations in views that only show open ones.
    ends: BTreeSet<(Timestamp, ConversationId)>,
    /// Everything is to be looked at again.
    stale: bool,
}

impl ViewBook {
    /// Counts nothing until it is asked. `events` must be heard from the engine's beginning.
    #[must_use]
    pub fn new(store: &Store, clock: &Clock, events: Listener) -> Self {
        let inside =
            Inside { events, views: Vec::new(), bits: HashMap::new(), ends: BTreeSet::new(), stale: true };
        Self { store: store.clone(), clock: clock.clone(), inside: Mutex::new(inside) }
    }

    /// The views in their order, each with its count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list(&self) -> Result<Vec<View>, sqlx::Error> {
        let mut inside = self.inside.lock().await;
        let mut changed = Vec::new();
        while let Some(event) = inside.events.waiting() {
            match event {
                Event::ConversationChanged { conversation, .. } => changed.push(conversation),
                Event::StartOver | Event::ManyChanged { .. } | Event::DeskChanged => inside.stale = true,
                _ => {}
            }
        }
        let now = self.clock.now();
        if inside.stale {
            let mut conn = self.store.read().await?;
            let views = views::list(&mut conn).await?;
            let all = if views.is_empty() { Vec::new() } else { conversations::facts(&mut conn).await? };
            inside.begin(views);
            for (conversation, facts) in all {
                inside.look(conversation, &facts, now);
            }
            inside.stale = false;
        } else if !inside.views.is_empty() && !changed.is_empty() {
            changed.sort_unstable();
            changed.dedup();
            let mut conn = self.store.read().await?;
            let found = conversations::facts_of(&mut conn, &changed).await?;
            for conversation in changed {
                inside.forget(conversation);
            }
            for (conversation, facts) in found {
                inside.look(conversation, &facts, now);
            }
        }
        inside.close(now);
        Ok(inside.views.clone())
    }
}

impl Inside {
    fn begin(&mut self, views: Vec<View>) {
        self.views = views;
        self.views.truncate(MOST);
        self.bits.clear();
        self.ends.clear();
    }

    /// Counts a conversation that is counted nowhere yet.
    fn look(&mut self, conversation: ConversationId, facts: &Facts, now: Timestamp) {
        let mut bits = 0;
        for (n, view) in self.views.iter_mut().enumerate() {
            if view.filter.holds(facts, view.sort, now) {
                bits |= 1 << n;
                view.conversations += 1;
                if view.sort == Sort::EndingSoonest {
                    self.ends.extend(facts.window_closes_at.map(|end| (end, conversation)));
                }
            }
        }
        if bits != 0 {
            self.bits.insert(conversation, bits);
        }
    }

    fn forget(&mut self, conversation: ConversationId) {
        self.take(conversation, |_| true);
    }

    /// Takes a conversation out of those views that `which` picks.
    fn take(&mut self, conversation: ConversationId, which: impl Fn(&View) -> bool) {
        let Some(bits) = self.bits.get_mut(&conversation) else { return };
        for (n, view) in self.views.iter_mut().enumerate() {
            if *bits & (1 << n) != 0 && which(view) {
                *bits &= !(1 << n);
                view.conversations = view.conversations.saturating_sub(1);
            }
        }
        if *bits == 0 {
            self.bits.remove(&conversation);
        }
    }

    /// Windows that have closed by the clock, without an event. An end that a later message moved on is left in
    /// the set; its conversation is then looked at by its bits, which say that the later end stands.
    fn close(&mut self, now: Timestamp) {
        while let Some((end, conversation)) = self.ends.first().copied() {
            if end > now {
                return;
            }
            self.ends.pop_first();
            if !self.ends.iter().any(|(_, later)| *later == conversation) {
                self.take(conversation, |view| view.sort == Sort::EndingSoonest);
            }
        }
    }
}
