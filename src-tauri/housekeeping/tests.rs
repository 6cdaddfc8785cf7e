//! What is past its time goes, over a clock that only the test moves.

use super::*;
use crate::{
    config::Hosts,
    model::{Settings, Timestamp},
    store::{journal::Delivery, storage},
};

struct Scene {
    store: Store,
    media: Media,
    events: Events,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// Twelve hundred deliveries of the last five days.
    async fn new(days: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::open(folder.path().join("media"), &Hosts::default()).await.unwrap();
        let clock = Clock::manual(Timestamp(100 * DAY));
        let store = Store::in_memory().await.unwrap();
        let scene = Self { store, media, events: Events::default(), clock, _folder: folder };
        scene.choose(days).await;
        let fill = scene.store.write("fill", |conn| {
            Box::pin(async move {
                let deliveries: Vec<_> = (0..1_200)
                    .map(|n| Delivery {
                        source: "webhook",
                        received_at: Timestamp(95 * DAY + i64::from(n) * HOUR / 10),
                        body: b"{}",
                    })
                    .collect();
                journal::append_all(conn, &deliveries).await.map(drop)
            })
        });
        fill.await.unwrap();
        scene
    }

    async fn choose(&self, days: u32) {
        let mut chosen = Settings::default();
        chosen.storage.journal_days = days;
        let set =
            self.store.write("choose", move |c| Box::pin(async move { settings::set(c, &chosen).await }));
        set.await.unwrap();
        self.events.tell(Event::SettingsChanged);
    }

    async fn left(&self) -> u64 {
        storage::figures(&self.store).await.unwrap().journal_rows
    }

    /// Nothing tells of it: it is looked until it is so.
    async fn until_left(&self, rows: u64) {
        let looking = async {
            while self.left().await != rows {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), looking).await.expect("they go");
    }
}

#[tokio::test]
async fn deliveries_go_when_their_days_are_over() {
    let scene = Scene::new(4).await;
    clear(&scene.store, &scene.media, &scene.events, &scene.clock).await.unwrap();
    assert_eq!(scene.left().await, 1_200 - 240);
    let figures = storage::figures(&scene.store).await.unwrap();
    assert_eq!((figures.journal_bytes, figures.journal_since), (2 * 960, Some(Timestamp(96 * DAY))));
}

#[tokio::test]
async fn fewer_days_take_effect_at_once_and_others_with_the_hours() {
    let scene = Scene::new(30).await;
    let stop = CancellationToken::new();
    let (store, media, events, clock) =
        (scene.store.clone(), scene.media.clone(), scene.events.clone(), scene.clock.clone());
    let working = tokio::spawn(clear_out(store, media, events, clock, stop.clone()));
    tokio::task::yield_now().await;
    assert_eq!(scene.left().await, 1_200);
    scene.choose(3).await;
    scene.until_left(1_200 - 480).await;
    // The round that just worked may still be at the files: the clock goes on until the next one has come.
    let passing = async {
        while scene.left().await > 0 {
            scene.clock.advance(DAY);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), passing).await.expect("they go");
    stop.cancel();
    working.await.unwrap();
}
