//! Echoes of our own replies: one that comes before the answer of its call, or instead of it, is that reply.

use super::take::{Incoming, Known};
use crate::model::{ConversationId, Direction, MessageId, Timestamp};
use crate::store::{people::People, row};
use sqlx::SqliteConnection;

/// Clocks differ: an echo may seem this much older than the call that made it.
const SKEW: i64 = 2 * 60_000;
/// An echo with the words of an unsettled reply is that reply when it was sent within this time.
const ECHO: i64 = 10 * 60_000;

/// A reply that an echo may be of: key, text, when it was called, account, and its message as [`Known`] reads it.
type Candidate = (String, String, i64, i64, i64, i64, i64, u8, i64, String);

/// Finds the replies of ours that unknown outbound messages are the echo of: by our key, or by the same
/// words in the same conversation at about the time of the call. A reply that was never called is no
/// candidate, however alike: it is still to be sent.
pub(super) async fn link_echoes(
    conn: &mut SqliteConnection,
    messages: &mut [Incoming<'_>],
    people: &People,
) -> Result<(), sqlx::Error> {
    let mut asked: Vec<(i64, Option<&str>)> = Vec::new();
    for message in messages.iter() {
        let key = message.first.echo_key.as_deref();
        if message.known.is_none()
            && message.first.direction == Direction::Outbound
            && (key.is_some() || people.sends_wait(message.slot))
        {
            let conversation = people.conversation_if_known(message.slot).unwrap_or(ConversationId(0));
            asked.push((conversation.0, key));
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    let rows: Vec<Candidate> = sqlx::query_as(
        "SELECT o.key, m.text, coalesce(o.attempted_at, o.queued_at), m.account,
             m.id, m.conversation, m.sent_at, m.meta_time, m.live, m.status
         FROM outbox o CROSS JOIN messages m ON m.id = o.message
         WHERE o.id IN (
             SELECT o.id FROM json_each($1) j CROSS JOIN outbox o ON o.conversation = j.value ->> 0
             WHERE o.state IN ('queued', 'sending', 'unsure') AND (o.state <> 'queued' OR o.attempts > 0)
             UNION SELECT o.id FROM json_each($1) j CROSS JOIN outbox o ON o.key = j.value ->> 1)
           AND m.meta_id IS NULL
         ORDER BY o.id",
    )
    .bind(row::json(&asked)?)
    .fetch_all(conn)
    .await?;
    let mut candidates = Vec::with_capacity(rows.len());
    for (key, text, called, account, message, conversation, sent_at, meta_time, live, status) in rows {
        let known = (
            MessageId(message),
            ConversationId(conversation),
            Timestamp(sent_at),
            meta_time,
            live,
            status,
            0,
        );
        candidates.push(Some((key, text, called, account, Known::new(known)?)));
    }
    for by_key in [true, false] {
        for message in messages.iter_mut() {
            if message.known.is_some() || message.first.direction != Direction::Outbound {
                continue;
            }
            let is_of = |(key, text, called, account, known): &(String, String, i64, i64, Known)| {
                if *account != message.first.account.0 {
                    return false;
                }
                if by_key {
                    return message.first.echo_key.as_deref() == Some(key);
                }
                people.conversation_if_known(message.slot) == Some(known.conversation)
                    && message.first.echo_key.is_none()
                    && text.trim() == message.first.content.text().trim()
                    // Without words only a file is like a file.
                    && (!text.trim().is_empty() || !message.first.attachments.is_empty())
                    && (called - SKEW..=called + ECHO).contains(&message.sent_at.0)
            };
            // The same words said twice: it is of the call that is nearest.
            let found = candidates
                .iter_mut()
                .filter(|candidate| candidate.as_ref().is_some_and(is_of))
                .min_by_key(|candidate| {
                    candidate
                        .as_ref()
                        .map_or(u64::MAX, |(_, _, called, ..)| called.abs_diff(message.sent_at.0))
                });
            if let Some((.., mut known)) = found.and_then(Option::take) {
                known.linked = true;
                message.known = Some(known);
            }
        }
    }
    Ok(())
}
