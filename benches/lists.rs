//! What the window asks all day: first pages of the list, the same narrowed by label, colleague and saved view, a page
//! of a thread, the counts. Both inboxes are asked in turns, so that whatever else the machine does strikes both.

use crate::{
    inbox::{Inbox, open},
    table::{Table, ms, percentile},
};
use engine::{
    Engine,
    model::{Channel, ConversationId, Filter, Show, Sort, Stretch, View, call},
};
use std::time::{Duration, Instant};

/// Measurements of each kind of page, after as many that only warm up.
const ROUNDS: usize = 2_000;
const SORTS: [Sort; 3] = [Sort::Newest, Sort::WaitingLongest, Sort::EndingSoonest];

/// An open inbox and what its pages took.
struct Asked {
    engine: Engine,
    opened: Duration,
    conversations: i64,
    view: View,
    list: Vec<Duration>,
    narrowed: Vec<Duration>,
    thread: Vec<Duration>,
    counts: Vec<Duration>,
}

impl Asked {
    async fn open(inbox: &Inbox) -> Self {
        let began = Instant::now();
        let engine = open(inbox.folder.path()).await;
        let opened = began.elapsed();
        let view = engine.ask(call::ListViews {}).await.unwrap().swap_remove(0);
        Self {
            engine,
            opened,
            conversations: i64::from(inbox.messages / 20),
            view,
            list: Vec::new(),
            narrowed: Vec::new(),
            thread: Vec::new(),
            counts: Vec::new(),
        }
    }

    async fn round(&mut self, n: usize) {
        let show = Show::ALL[(n / 2) % Show::ALL.len()];
        let channel = [None, Some(Channel::Messenger)][n % 2];
        let sort = SORTS[(n / 10) % SORTS.len()];
        let everything = Filter { channel, show, ..Filter::default() };
        self.list.push(self.page(everything.clone(), sort).await);

        let View { filter, sort: viewed, .. } = self.view.clone();
        let (narrow, sort) = match n % 4 {
            0 => (Filter { label: filter.label, ..everything }, sort),
            1 => (Filter { assignee: filter.assignee, ..everything }, sort),
            2 => (Filter { label: filter.label, assignee: filter.assignee, ..everything }, sort),
            _ => (filter, viewed),
        };
        self.narrowed.push(self.page(narrow, sort).await);

        let conversation = ConversationId(1 + (i64::try_from(n).unwrap() * 7919) % self.conversations);
        let began = Instant::now();
        let stretch = Stretch::Newest;
        self.engine.ask(call::ListMessages { conversation, stretch, limit: 50 }).await.unwrap();
        self.thread.push(began.elapsed());

        let began = Instant::now();
        self.engine.ask(call::CountConversations {}).await.unwrap();
        self.counts.push(began.elapsed());
    }

    async fn page(&self, filter: Filter, sort: Sort) -> Duration {
        let began = Instant::now();
        self.engine.ask(call::ListConversations { filter, sort, after: None, limit: 50 }).await.unwrap();
        began.elapsed()
    }
}

pub async fn measure(table: &mut Table, small: &Inbox, large: &Inbox) {
    let mut few = Asked::open(small).await;
    let mut many = Asked::open(large).await;
    for n in 0..2 * ROUNDS {
        few.round(n).await;
        many.round(n).await;
    }
    for (what, few, many) in [
        ("first page of conversations", &mut few.list, &mut many.list),
        ("the same by label, colleague, saved view", &mut few.narrowed, &mut many.narrowed),
        ("a page of a thread", &mut few.thread, &mut many.thread),
        ("unread counts", &mut few.counts, &mut many.counts),
    ] {
        let (few, many) = (percentile(&mut few[ROUNDS..], 99), percentile(&mut many[ROUNDS..], 99));
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        table.row(
            &format!("{what}, {} messages", large.messages),
            format!("p99 {}, {ratio:.2} × the figure at {}", ms(many), small.messages),
            "p99 under 3 ms, at most 1.5 ×",
            Some(many < Duration::from_millis(3) && ratio <= 1.5),
        );
    }
    table.row(
        &format!("opening the engine, {} messages", large.messages),
        format!("{} ({} at {})", ms(many.opened), ms(few.opened), small.messages),
        "part of the 200 ms over an empty window",
        Some(many.opened < Duration::from_millis(200)),
    );
    few.engine.stop().await;
    many.engine.stop().await;
}
