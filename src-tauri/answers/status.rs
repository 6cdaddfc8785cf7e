//! What the frame of the window needs to know.

use super::{Answer, Desk, problems::reading};
use crate::{
    model::{Problem, Status, call},
    store::outbox,
};
use std::sync::atomic::Ordering;

impl Answer for call::GetStatus {
    async fn answer(self, desk: &Desk) -> Result<Status, Problem> {
        let waiting = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            outbox::waiting(&mut conn).await.map_err(reading)?
        };
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").into(),
            now: desk.clock.now(),
            host: desk.host,
            demo: desk.demo_running.load(Ordering::SeqCst),
            demo_possible: desk.demo.is_some(),
            offline_since: desk.sync.offline_since(),
            queued: waiting.0,
            queued_leave_before: waiting.1,
            key_home: desk.key_home.clone(),
            copies_trouble: desk.copier.trouble(),
        })
    }
}
