//! Deliveries of every kind: decoded alone, and taken in by the intake beside as many of plain words.

use crate::{door, table::Table};
use engine::{
    Engine,
    graph::delivery,
    intake::RawDelivery,
    model::{Login, call},
};
use heliograph_simulator::{Content, Simulator};
use std::time::{Duration, Instant};

/// Deliveries of each sort.
const DELIVERIES: usize = 6_000;
/// Callers at the same time.
const AT_ONCE: usize = 32;

pub async fn measure(table: &mut Table) {
    let kinds: Vec<Content> = [
        "text",
        "image",
        "images",
        "video",
        "audio",
        "file",
        "sticker",
        "post",
        "reel",
        "card",
        "place",
        "quick_reply",
        "button",
        "unsupported",
    ]
    .iter()
    .filter_map(|kind| Content::of(kind, ""))
    .collect();
    let mixed = bodies(|n| kinds[n % kinds.len()].clone()).await;
    let began = Instant::now();
    let items: usize = mixed.iter().map(|body| delivery::decode(body).items.len()).sum();
    let decoded = began.elapsed();
    assert_eq!(items, mixed.len(), "each says one thing");
    table.row(
        "decoding deliveries of every kind, one core",
        format!("{}, {:.1} µs each", speed(decoded), decoded.as_secs_f64() * 1e6 / DELIVERIES as f64),
        "a small part of a commit",
        None,
    );
    let plain = bodies(|n| Content::Text(format!("Is number {n} still there?"))).await;
    let (plain, mixed) = (stored(plain).await, stored(mixed).await);
    let share = plain.as_secs_f64() / mixed.as_secs_f64();
    table.row(
        "taking in deliveries of every kind, durable",
        format!("{}, plain words {}: {share:.2} of it", speed(mixed), speed(plain)),
        "at least half of plain words",
        Some(share >= 0.5),
    );
}

fn speed(time: Duration) -> String {
    format!("{:.0}/s", DELIVERIES as f64 / time.as_secs_f64())
}

/// What the Page's webhook says of so many messages of people.
async fn bodies(content: impl Fn(usize) -> Content) -> Vec<bytes::Bytes> {
    let meta = world().await;
    let page = page(&meta);
    let people: Vec<String> = (0..300).map(|_| meta.say(&page, None, "Hello").person).collect();
    for n in 0..DELIVERIES - people.len() {
        meta.say_content(&page, Some(&people[n % people.len()]), content(n));
    }
    let bodies = meta.bodies(&page, "").into_iter().map(|b| b.body).collect();
    meta.stop().await;
    bodies
}

async fn world() -> Simulator {
    let options = heliograph_simulator::Options { people: 0, messages: 0, ..Default::default() };
    heliograph_simulator::start(options).await.unwrap()
}

fn page(meta: &Simulator) -> String {
    let page = meta.accounts().into_iter().find(|a| a.login == Login::FacebookPage.key());
    page.unwrap().meta_id
}

/// How long the engine takes to commit them all, many callers at once, with Meta out of reach.
async fn stored(bodies: Vec<bytes::Bytes>) -> Duration {
    let meta = world().await;
    let folder = tempfile::tempdir().unwrap();
    let engine: Engine = door::engine_over(&folder, &meta).await;
    meta.stop().await;
    let wanted = bodies.len();
    let began = Instant::now();
    let callers: Vec<_> = bodies
        .chunks(bodies.len().div_ceil(AT_ONCE))
        .map(|part| {
            let (engine, part) = (engine.clone(), part.to_vec());
            tokio::spawn(async move {
                for body in part {
                    let now = engine.clock().now();
                    engine.take(RawDelivery::webhook(body, now)).await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    engine.caught_up().await.unwrap();
    let took = began.elapsed();
    let kept = engine.ask(call::GetStorage {}).await.unwrap().messages;
    assert!(usize::try_from(kept).unwrap() >= wanted, "{kept} of {wanted} are there");
    engine.stop().await;
    took
}
