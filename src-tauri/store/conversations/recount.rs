//! What the list says of a thread, counted from its messages.

use crate::model::{ConversationId, Timestamp};
use crate::store::row;
use sqlx::SqliteConnection;

/// What the list says of these conversations, from their messages as they are now. With each the end of the
/// reply window that an event of theirs just opened; only such events move it (graph-api c.1, g.1).
///
/// * window: an event of theirs opens it that ends later than all before, or that came after Meta called it closed.
/// * last: the newest bubble by Meta's time, then by arrival; none that waits for a chosen time.
/// * unread: live messages of theirs that nobody read here and nobody answered, wherever the answer was
///   written; at least one while it is marked unread by hand.
/// * waiting: their first live message after our last one that Meta accepted.
///   What was there when it was resolved is neither unread nor waiting.
/// * failed: sends that failed or are unsure.
/// * scheduled: sends that wait for a chosen time.
///
/// # Errors
/// When the database cannot be written.
pub async fn recount(
    conn: &mut SqliteConnection,
    touched: &[(ConversationId, Option<Timestamp>)],
) -> Result<(), sqlx::Error> {
    if touched.is_empty() {
        return Ok(());
    }
    sqlx::query(RECOUNT).bind(row::json(touched)?).execute(conn).await.map(drop)
}

/// As [`recount`] does it.
pub(in crate::store) const RECOUNT: &str = "
    WITH t (id, until, opens, answered, last) AS MATERIALIZED (
        SELECT value ->> 0, value ->> 1,
            (SELECT value ->> 1 > coalesce(window_closes_at, 0) OR value ->> 1 - 86400000 > window_refused_at
                FROM conversations WHERE id = value ->> 0),
            max(
            coalesce((SELECT max(sent_at) FROM messages
                WHERE conversation = value ->> 0 AND direction = 'outbound' AND status = 'sent'), 0),
            coalesce((SELECT max(sent_at) FROM messages
                WHERE conversation = value ->> 0 AND direction = 'outbound' AND status = 'delivered'), 0),
            coalesce((SELECT max(sent_at) FROM messages
                WHERE conversation = value ->> 0 AND direction = 'outbound' AND status = 'read'), 0)),
            (SELECT id FROM messages
                WHERE conversation = value ->> 0 AND form IN ('bubble', 'unsent') AND scheduled = 0
                ORDER BY sent_at DESC, id DESC LIMIT 1)
        FROM json_each($1))
    UPDATE conversations AS v SET
        last_message = t.last,
        last_at = coalesce((SELECT sent_at FROM messages WHERE id = t.last), v.last_at),
        unread = max(v.marked_unread, (
            SELECT count(*) FROM messages WHERE conversation = v.id AND live = 1
                AND sent_at > max(t.answered, v.settled_at))),
        waiting_since = (
            SELECT sent_at FROM messages WHERE conversation = v.id AND live > 0
                AND sent_at > max(t.answered, v.settled_at)
            ORDER BY sent_at LIMIT 1),
        window_closes_at = CASE WHEN t.opens THEN t.until ELSE v.window_closes_at END,
        window_by_ad = CASE WHEN t.opens THEN 0 ELSE v.window_by_ad END,
        window_refused_at = CASE WHEN t.opens THEN NULL ELSE v.window_refused_at END,
        scheduled = (SELECT count(*) FROM outbox
            WHERE conversation = v.id AND state IN ('queued', 'sending', 'unsure') AND send_at IS NOT NULL),
        failed = (SELECT count(*) FROM messages
            WHERE conversation = v.id AND direction = 'outbound' AND status IN ('failed', 'unsure'))
    FROM t WHERE v.id = t.id";
