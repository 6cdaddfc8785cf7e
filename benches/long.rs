//! One conversation of a hundred thousand messages: its newest page, a jump into the middle, and the way back to its
//! beginning page by page.

use crate::{
    inbox::{Inbox, NOW, open},
    table::{Table, ms, percentile},
};
use engine::{
    clock::Clock,
    model::{ConversationId, MessageId, Stretch, call},
    store::{Store, fill},
};
use std::time::{Duration, Instant};

const MESSAGES: u32 = 100_000;
const ROUNDS: u32 = 500;
/// Messages of a page, as the window asks.
const PAGE: u32 = 50;

pub async fn measure(table: &mut Table) {
    let long = filled(MESSAGES).await;
    let engine = open(long.folder.path()).await;
    let conversation = ConversationId(1);
    let ask = async |stretch| {
        let began = Instant::now();
        let page = engine.ask(call::ListMessages { conversation, stretch, limit: PAGE }).await.unwrap();
        (page, began.elapsed())
    };
    let (mut newest, mut jumps, mut back): (Vec<Duration>, Vec<Duration>, Vec<Duration>) = Default::default();
    for n in 0..2 * ROUNDS {
        let (_, took) = ask(Stretch::Newest).await;
        let message = MessageId(i64::from(1 + n * 7_919 % MESSAGES));
        let (_, jump) = ask(Stretch::Around(message)).await;
        // The first half only warms up.
        if n >= ROUNDS {
            newest.push(took);
            jumps.push(jump);
        }
    }
    let (mut stretch, mut seen) = (Stretch::Newest, 0);
    loop {
        let (page, took) = ask(stretch).await;
        back.push(took);
        seen += page.rows.len();
        match page.older {
            Some(older) => stretch = Stretch::Before(older),
            None => break,
        }
    }
    assert_eq!(seen, MESSAGES as usize, "every message once");
    engine.stop().await;
    let mut row = |what: &str, times: &mut Vec<Duration>| {
        let p99 = percentile(times, 99);
        let good = Some(p99 < Duration::from_millis(3));
        table.row(
            &format!("{what}, thread of {MESSAGES}"),
            format!("p99 {}", ms(p99)),
            "p99 under 3 ms",
            good,
        );
    };
    row("newest page", &mut newest);
    row("jump to any message", &mut jumps);
    row("each page on the way to the beginning", &mut back);
}

async fn filled(messages: u32) -> Inbox {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
    fill::fill(&store, fill::Size { messages, conversations: 1, now: NOW, batch: 500 }, 7).await.unwrap();
    store.close().await;
    Inbox { folder, messages }
}
