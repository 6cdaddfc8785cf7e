//! An inbox of believable conversations in a folder of its own.

use engine::{
    Engine, Opening,
    clock::Clock,
    config::{Config, Hosts},
    model::{Host, Timestamp},
    store::{Store, fill},
    vault::MasterKey,
};
use std::path::Path;

/// A filled folder; gone with the value.
pub struct Inbox {
    pub folder: tempfile::TempDir,
    pub messages: u32,
}

/// Every digit of the key.
const KEY: &str = "7";

/// The moment at which a filled inbox ends.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Fills a new folder: twenty messages to a conversation.
pub async fn fill(messages: u32) -> Inbox {
    let folder = tempfile::tempdir().unwrap();
    fill_into(folder.path(), messages).await;
    Inbox { folder, messages }
}

/// Fills this folder, and leaves the key that [`open`] opens it with.
pub async fn fill_into(folder: &Path, messages: u32) {
    std::fs::create_dir_all(folder).unwrap();
    let store = Store::open(folder, Clock::manual(NOW)).await.unwrap();
    let size = fill::Size { messages, conversations: (messages / 20).max(1), now: NOW, batch: 500 };
    fill::fill(&store, size, 7).await.unwrap();
    store.close().await;
    std::fs::write(folder.join(engine::server::key::KEY_FILE), KEY.repeat(64)).unwrap();
}

/// The engine over a folder. Nobody answers at its Meta's address.
pub async fn open(folder: &Path) -> Engine {
    let mut config = Config::new(folder);
    config.hosts = Hosts::all_at("http://127.0.0.1:9");
    Engine::open(Opening {
        config,
        // The same each time: the first opening leaves its witness.
        key: MasterKey::from_text(&KEY.repeat(64)).unwrap(),
        key_home: "a benchmark".into(),
        clock: Clock::manual(NOW),
        host: Host::Server,
        demo: None,
    })
    .await
    .unwrap()
}
