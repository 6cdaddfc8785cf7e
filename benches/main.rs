//! `cargo xtask bench`: the figures of benches/README.md, measured on this machine.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

mod door;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    if std::env::args().nth(1).as_deref() == Some("door") {
        let figures = runtime.block_on(door::measure(20_000));
        for (what, figure) in door::rows(&figures) {
            println!("{what:<40} {figure}");
        }
        return;
    }
    runtime.block_on(async {
        use engine::model::*;
        use engine::store::{Store, fill};
        let n: u32 = std::env::args()
            .nth(1)
            .and_then(|a| a.parse().ok())
            .unwrap_or(100_000);
        let dir = std::path::PathBuf::from(std::env::var("HELIOGRAPH_BENCH").unwrap_or("/tmp/hb".into()))
            .join(n.to_string());
        let t = std::time::Instant::now();
        let now = Timestamp(1_780_000_000_000);
        let fresh = !dir.exists();
        let store = Store::open(&dir, engine::clock::Clock::manual(now))
            .await
            .unwrap();
        println!("open {:?}", t.elapsed());
        if fresh {
            let t = std::time::Instant::now();
            fill::fill(
                &store,
                fill::Size {
                    messages: n,
                    conversations: n / 20,
                    now,
                    batch: 500,
                },
                7,
            )
            .await
            .unwrap();
            println!("fill {:?}", t.elapsed());
        }
        store.close().await;
    });
}
