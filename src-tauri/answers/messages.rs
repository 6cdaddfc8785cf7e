//! Stretches of a thread, and what Meta really delivered.

use super::{Answer, Desk, conversations::page, problems::reading};
use crate::{
    model::{MessagePage, Problem, call},
    store::{journal, messages},
};

/// Longest raw delivery that is shown, in bytes.
const RAW_LIMIT: usize = 256 * 1024;

impl Answer for call::ListMessages {
    async fn answer(self, desk: &Desk) -> Result<MessagePage, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        messages::list(&mut conn, self.conversation, &self.stretch, self.limit).await.map_err(page)
    }
}

impl Answer for call::GetRawMessage {
    async fn answer(self, desk: &Desk) -> Result<Option<String>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let kept = journal::of_message(&mut conn, self.message).await.map_err(reading)?;
        Ok(kept.map(|k| {
            let shown = &k.body[..k.body.len().min(RAW_LIMIT)];
            // Laid out for people where it is JSON.
            serde_json::from_slice::<serde_json::Value>(shown)
                .ok()
                .and_then(|v| serde_json::to_string_pretty(&v).ok())
                .unwrap_or_else(|| String::from_utf8_lossy(shown).into_owned())
        }))
    }
}
