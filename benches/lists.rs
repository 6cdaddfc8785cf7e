//! What the window asks all day: first pages of the list, a page of a thread, the counts.

use crate::{
    inbox::{Inbox, open},
    table::{Table, ms, percentile},
};
use engine::{
    Engine,
    model::{Channel, ConversationId, Filter, Show, Sort, Stretch, call},
};
use std::time::{Duration, Instant};

/// Measurements of each kind of page.
const ROUNDS: usize = 400;

struct Figures {
    list: Duration,
    thread: Duration,
    counts: Duration,
}

async fn figures(engine: &Engine, conversations: i64) -> Figures {
    let shows = Show::ALL;
    let sorts = [Sort::Newest, Sort::WaitingLongest, Sort::EndingSoonest];
    let channels = [None, Some(Channel::Messenger)];
    let (mut list, mut thread, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..ROUNDS {
        let filter =
            Filter { channel: channels[n % 2], show: shows[(n / 2) % shows.len()], ..Filter::default() };
        let sort = sorts[(n / 10) % sorts.len()];
        let began = Instant::now();
        engine.ask(call::ListConversations { filter, sort, after: None, limit: 50 }).await.unwrap();
        list.push(began.elapsed());

        let conversation = ConversationId(1 + (i64::try_from(n).unwrap() * 7919) % conversations);
        let began = Instant::now();
        engine.ask(call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 }).await.unwrap();
        thread.push(began.elapsed());

        let began = Instant::now();
        engine.ask(call::CountConversations {}).await.unwrap();
        counts.push(began.elapsed());
    }
    Figures {
        list: percentile(&mut list, 99),
        thread: percentile(&mut thread, 99),
        counts: percentile(&mut counts, 99),
    }
}

pub async fn measure(table: &mut Table, small: &Inbox, large: &Inbox) {
    let mut both = Vec::new();
    for inbox in [small, large] {
        let began = Instant::now();
        let engine = open(inbox.folder.path()).await;
        let opened = began.elapsed();
        figures(&engine, i64::from(inbox.messages / 20)).await;
        both.push((figures(&engine, i64::from(inbox.messages / 20)).await, opened));
        engine.stop().await;
    }
    let (few, many) = (&both[0], &both[1]);
    for (what, few, many) in [
        ("first page of conversations", few.0.list, many.0.list),
        ("a page of a thread", few.0.thread, many.0.thread),
        ("unread counts", few.0.counts, many.0.counts),
    ] {
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
        format!("{} ({} at {})", ms(many.1), ms(few.1), small.messages),
        "part of the 200 ms over an empty window",
        Some(many.1 < Duration::from_millis(200)),
    );
}
