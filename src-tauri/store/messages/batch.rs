//! What a batch of arrivals writes: one statement for each kind of change, its rows as one JSON argument.

use crate::model::{ConversationId, State, Timestamp};
use crate::store::{
    Trip,
    conversations::{self, Woken},
};
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// What is to be written, as rows of JSON arguments.
#[derive(Default)]
pub(super) struct Batch {
    pub inserts: Vec<serde_json::Value>,
    pub attachments: Vec<serde_json::Value>,
    pub updates: Vec<serde_json::Value>,
    pub linked: Vec<serde_json::Value>,
    pub early: Vec<(i64, String)>,
    pub touched: HashMap<ConversationId, Option<Timestamp>>,
    /// Conversations that their messages open.
    pub woken: Vec<Woken>,
}

impl Batch {
    /// A message of theirs in a conversation that stands at `state`.
    pub(super) fn wrote(
        &mut self,
        conversation: ConversationId,
        state: State,
        wrote_at: Timestamp,
        recorded_at: Timestamp,
    ) {
        if !state.wakes() {
            return;
        }
        match self.woken.iter_mut().find(|one| one.conversation == conversation) {
            Some(one) => {
                one.wrote_at = one.wrote_at.min(wrote_at);
                one.recorded_at = one.recorded_at.max(recorded_at);
            }
            None => self.woken.push(Woken { conversation, state, wrote_at, recorded_at }),
        }
    }

    /// Adds all of it to `trip`, which goes before its time where something must be read in between.
    pub(super) async fn write(self, conn: &mut SqliteConnection, trip: &mut Trip) -> Result<(), sqlx::Error> {
        trip.rows(LINK, &self.linked)?;
        trip.rows(UPDATE, &self.updates)?;
        trip.rows(INSERT, &self.inserts)?;
        trip.rows(ATTACH, &self.attachments)?;
        trip.rows(NOT_EARLY, &self.early)?;
        if !self.woken.is_empty() {
            trip.go(conn).await?;
            conversations::they_wrote(conn, &self.woken).await?;
        }
        let touched: Vec<_> = self.touched.into_iter().collect();
        trip.rows(conversations::RECOUNT, &touched)
    }
}

const INSERT: &str = "
    INSERT INTO messages (id, account, conversation, meta_id, meta_hash, direction, origin, kind, what, text, sent_at,
        recorded_at, status, live, failure, journal, form, quotes, detail)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15,
        value ->> 16, value ->> 17, value ->> 18
    FROM json_each($1)";

const ATTACH: &str = "
    INSERT INTO attachments (message, kind, name, mime, url, meta_id, state, link, link_ends_at, card, length_ms)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10
    FROM json_each($1)";

const NOT_EARLY: &str = "
    DELETE FROM early_statuses WHERE (account, meta_id) IN
        (SELECT value ->> 0, value ->> 1 FROM json_each($1))";

const UPDATE: &str = "
    UPDATE messages AS m SET
        sent_at = t.value ->> 1, meta_time = 1, status = t.value ->> 2, live = t.value ->> 3,
        failure = CASE WHEN t.value ->> 2 = 'failed' THEN coalesce(t.value ->> 4, m.failure) END
    FROM json_each($1) AS t WHERE m.id = t.value ->> 0";

/// The reply has left: its id is known, and nothing is to be sent any more.
const LINK: &str = "
    UPDATE messages AS m SET meta_id = t.value ->> 1, meta_hash = t.value ->> 2, journal = t.value ->> 3
    FROM json_each($1) AS t WHERE m.id = t.value ->> 0;
    UPDATE outbox AS o SET state = 'done', settled_at = coalesce(attempted_at, queued_at)
    FROM json_each($1) AS t WHERE o.message = t.value ->> 0";
