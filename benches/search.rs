//! Twenty searches from rare to very common, and prefixes of one letter.

use crate::{
    inbox::{Inbox, open},
    table::{Table, ms, percentile},
};
use engine::{model::call, store::fill};
use std::time::{Duration, Instant};

const ROUNDS: usize = 10;

/// Words of the inbox's own sentences, the common ones first.
fn queries() -> Vec<String> {
    let mut chance = fill::Chance(3);
    let mut seen: std::collections::HashMap<String, usize> = Default::default();
    for _ in 0..20_000 {
        for word in fill::sentence(&mut chance).split(|c: char| !c.is_alphanumeric()) {
            if word.chars().count() > 1 {
                *seen.entry(word.to_lowercase()).or_default() += 1;
            }
        }
    }
    let mut words: Vec<_> = seen.into_iter().collect();
    words.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), word.clone()));
    let pick = |n: usize| words[n.min(words.len() - 1)].0.clone();
    let mut queries: Vec<String> =
        [0, 1, 2, 5, 10, 20, 50, 100, 200, 400, 800, words.len() - 1].into_iter().map(pick).collect();
    queries.push(format!("{} {}", pick(0), pick(3)));
    queries.push(format!("\"{} {}\"", pick(1), pick(2)));
    queries.extend(["a", "s", "d", "th", "or", "zz"].map(str::to_owned));
    queries
}

pub async fn measure(table: &mut Table, large: &Inbox) {
    let engine = open(large.folder.path()).await;
    let queries = queries();
    let mut times = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    for round in 0..=ROUNDS {
        for text in &queries {
            let began = Instant::now();
            engine.ask(call::Search { text: text.clone(), after: None, limit: 50 }).await.unwrap();
            // The first round reads the file into the system's cache.
            if round > 0 {
                let took = began.elapsed();
                times.push(took);
                slowest = slowest.max((took, text.clone()));
            }
        }
    }
    engine.stop().await;
    let p95 = percentile(&mut times, 95);
    table.row(
        &format!("search, {} messages, {} queries", large.messages, queries.len()),
        format!("p95 {}, slowest {} for {:?}", ms(p95), ms(slowest.0), slowest.1),
        "p95 under 15 ms",
        Some(p95 < Duration::from_millis(15)),
    );
}
