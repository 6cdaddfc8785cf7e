//! Import through the writer against raw prepared inserts of the same rows with the same pragmas.

use crate::{inbox::NOW, table::Table};
use engine::{
    clock::Clock,
    store::{Store, fill, messages},
};
use std::time::{Duration, Instant};

const ROWS: u32 = 100_000;
/// Messages of one page of an import: 25 threads of 20.
const PAGE: usize = 500;

pub async fn measure(table: &mut Table) {
    let size = fill::Size { messages: ROWS, conversations: ROWS / 20, now: NOW, batch: PAGE };
    let through = through_the_writer(size).await;
    let raw = raw(size).await;
    let share = raw.as_secs_f64() / through.as_secs_f64();
    let speed = |time: Duration| format!("{:.0}/s", f64::from(ROWS) / time.as_secs_f64());
    table.row(
        &format!("import of {ROWS} messages through the writer"),
        format!("{}, raw inserts {}: {share:.2} of it", speed(through), speed(raw)),
        "at least half of raw prepared inserts",
        Some(share >= 0.5),
    );
}

async fn through_the_writer(size: fill::Size) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
    let accounts = fill::connect(&store, NOW).await.unwrap();
    let pages: Vec<Vec<messages::Arrival>> =
        fill::arrivals(&accounts, size, 7).collect::<Vec<_>>().chunks(PAGE).map(<[_]>::to_vec).collect();
    let began = Instant::now();
    for page in pages {
        store
            .write("import", move |conn| Box::pin(async move { messages::take(conn, &page).await.map(drop) }))
            .await
            .unwrap();
    }
    let took = began.elapsed();
    store.close().await;
    took
}

/// The same rows by a prepared statement each, committed page by page; no looking up, no list kept.
async fn raw(size: fill::Size) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
    let accounts = fill::connect(&store, NOW).await.unwrap();
    let rows: Vec<messages::Arrival> = fill::arrivals(&accounts, size, 7).collect();
    let took = fill::raw_inserts(&store, &rows, PAGE).await.unwrap();
    store.close().await;
    took
}
