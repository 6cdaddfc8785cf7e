//! Writes what a batch told of people.

use super::{People, Slot};
use crate::store::{Trip, conversations, kin, search};
use sqlx::SqliteConnection;

impl People {
    /// Writes who is new and what was learnt.
    pub(in crate::store) fn write(&self, trip: &mut Trip) -> Result<(), sqlx::Error> {
        let mut new = Vec::new();
        let mut changed = Vec::new();
        let mut threads = Vec::new();
        let mut words = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.same_as.is_none()) {
            let line = serde_json::json!([
                slot.contact,
                slot.account,
                slot.ids[0],
                slot.ids[1],
                slot.ids[2],
                slot.name,
                slot.handle,
                slot.first_seen_at,
                slot.conversation,
                slot.thread
            ]);
            if slot.new || slot.changed {
                let phone = slot.ids[2].as_deref();
                words.push((slot.contact, search::words_of(&slot.name, &slot.handle, phone)));
            }
            if slot.new {
                new.push(line);
            } else {
                if slot.changed {
                    changed.push(line);
                }
                if slot.thread_changed {
                    threads.push((slot.conversation, slot.thread.clone()));
                }
            }
        }
        trip.rows(INSERT, &new)?;
        trip.rows(UPDATE, &changed)?;
        trip.rows(search::FEED_PEOPLE, &words)?;
        trip.rows(THREADS, &threads)
    }
}

const INSERT: &str = "
    INSERT INTO contacts (id, account, person, bsuid, phone, name, handle, first_seen_at)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    FROM json_each($1);
    INSERT INTO conversations (id, account, contact, thread_id, last_at)
    SELECT value ->> 8, value ->> 1, value ->> 0, value ->> 9, value ->> 7 FROM json_each($1)";

const UPDATE: &str = "
    UPDATE contacts AS c SET person = t.value ->> 2, bsuid = t.value ->> 3, phone = t.value ->> 4,
        name = t.value ->> 5, handle = t.value ->> 6
    FROM json_each($1) AS t WHERE c.id = t.value ->> 0";

const THREADS: &str = "
    UPDATE conversations AS v SET thread_id = t.value ->> 1
    FROM json_each($1) AS t WHERE v.id = t.value ->> 0";

/// Moves everything of `drop` to `keep` and removes it.
pub(super) async fn merge(conn: &mut SqliteConnection, keep: &Slot, drop: &Slot) -> Result<(), sqlx::Error> {
    kin::inherit(conn, keep.contact, drop.contact).await?;
    sqlx::query(
        "UPDATE messages SET conversation = $1 WHERE conversation = $2;
         UPDATE uploads SET conversation = $1 WHERE conversation = $2;
         UPDATE outbox SET conversation = $1 WHERE conversation = $2;
         UPDATE conversations AS v SET
             draft = CASE WHEN v.draft = '' THEN o.draft ELSE v.draft END,
             note_draft = CASE WHEN v.note_draft = '' THEN o.note_draft ELSE v.note_draft END,
             assignee = coalesce(v.assignee, o.assignee),
             pinned_at = coalesce(v.pinned_at, o.pinned_at),
             read_through = max(v.read_through, o.read_through),
             delivered_up_to = max(v.delivered_up_to, o.delivered_up_to),
             read_up_to = max(v.read_up_to, o.read_up_to),
             window_closes_at = coalesce(max(v.window_closes_at, o.window_closes_at), v.window_closes_at, o.window_closes_at)
         FROM conversations o WHERE v.id = $1 AND o.id = $2;
         INSERT OR IGNORE INTO labelled (label, conversation, account, state, last_at, waiting_since, window_closes_at)
         SELECT l.label, v.id, v.account, v.state, v.last_at, v.waiting_since, v.window_closes_at
         FROM labelled l JOIN conversations v ON v.id = $1 WHERE l.conversation = $2;
         UPDATE contacts AS c SET
             blocked_at = coalesce(c.blocked_at, o.blocked_at),
             picture = coalesce(c.picture, o.picture),
             first_seen_at = min(c.first_seen_at, o.first_seen_at),
             profile_read_at = coalesce(c.profile_read_at, o.profile_read_at)
         FROM contacts o WHERE c.id = $3 AND o.id = $4;
         DELETE FROM contacts WHERE id = $4",
    )
    .bind(keep.conversation.0)
    .bind(drop.conversation.0)
    .bind(keep.contact.0)
    .bind(drop.contact.0)
    .execute(&mut *conn)
    .await?;
    search::feed_again(conn, keep.conversation.0).await?;
    conversations::recount(conn, &[(keep.conversation, None)]).await
}
