//! The other way in: messages that a poll or an import read back. What is not plain text is kept in the
//! journal too, so that a later version can make it real.

use super::{Intake, Source, TakeError, files, meaning, write::forget_unsent};
use crate::{
    graph::{PastMessage, Thread},
    model::{AccountId, Channel, Content, Event, MetaMessageId, Timestamp},
    store::{
        conversations, gaps,
        journal::{self, Delivery},
        messages::{self, Alter, Arrival, Taken},
    },
};
use std::collections::HashSet;

/// A webhook that has not come after this time, in milliseconds, is taken for missed.
const WEBHOOK_LATE: i64 = 90_000;

impl Intake {
    /// Takes `messages` of a thread. `live` = they are news, not the past; of the past the newest ones that
    /// Meta calls unread count as unread too. Answers how many were new.
    ///
    /// # Errors
    /// When they could not be stored.
    pub async fn read(
        &self,
        account: AccountId,
        channel: Channel,
        thread: &Thread,
        messages: Vec<PastMessage>,
        live: bool,
    ) -> Result<usize, TakeError> {
        let now = self.desk.clock.now();
        let known = self.desk.known().await?;
        let mut messages = messages;
        messages.retain(|m| {
            let person = meaning::person(channel, &m.message.person);
            let at = m.created_time.unwrap_or(thread.updated_time);
            !known.is_forgotten(&self.desk.vault, account, &person, at)
        });
        let unread = unread(thread, &messages);
        let arrivals: Vec<Arrival> = messages
            .iter()
            .map(|m| {
                let person = meaning::person(channel, &m.message.person);
                let at = m.created_time.unwrap_or(thread.updated_time);
                let new = live || unread.contains(&m.id);
                let mut arrival = Arrival {
                    thread: Some(thread.id.clone()),
                    recorded_at: now,
                    ..meaning::of_message(account, channel, &m.message, person, at, new)
                };
                files::expire(&mut arrival, now);
                arrival
            })
            .collect();
        let taken: Vec<Taken> = self
            .desk
            .store
            .write("take what was read", move |conn| {
                Box::pin(async move {
                    let mut arrivals = arrivals;
                    let odd: Vec<usize> = (0..arrivals.len())
                        .filter(|n| matches!(arrivals[*n].content, Content::Placeholder { .. }))
                        .collect();
                    let bodies: Vec<Vec<u8>> = odd
                        .iter()
                        .map(|n| serde_json::to_vec(&messages[*n].raw).unwrap_or_default())
                        .collect();
                    let kept: Vec<Delivery<'_>> = bodies
                        .iter()
                        .map(|body| Delivery { source: Source::Poll.key(), received_at: now, body })
                        .collect();
                    for (n, row) in odd.iter().zip(journal::append_all(conn, &kept).await?) {
                        arrivals[*n].journal = Some(row);
                    }
                    let taken = messages::take(conn, &arrivals).await?;
                    forget_unsent(conn, &arrivals, &taken).await?;
                    for (message, arrival) in messages.iter().zip(&arrivals) {
                        for reaction in &message.reactions {
                            let who =
                                if reaction.from_us { String::new() } else { reaction.person.id.0.clone() };
                            let alter = Alter::React { who, emoji: Some(reaction.shown().to_owned()) };
                            messages::alter(conn, account, &message.id, &alter, arrival.sent_at, None, None)
                                .await?;
                        }
                    }
                    let missed: Vec<Timestamp> = (arrivals.iter().zip(&taken))
                        .filter(|(a, t)| live && t.fresh && a.sent_at.until(now) > WEBHOOK_LATE)
                        .map(|(a, _)| a.sent_at)
                        .collect();
                    gaps::count_missed(conn, account, &missed, now).await?;
                    Ok(taken)
                })
            })
            .await?;
        if live {
            self.desk.tell(&taken, &[]);
        }
        Ok(taken.iter().filter(|t| t.fresh).count())
    }
}

impl Intake {
    /// Takes over whether Meta keeps a thread among its message requests, where it tells.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn note_request(
        &self,
        account: AccountId,
        channel: Channel,
        thread: &Thread,
    ) -> Result<(), TakeError> {
        let (Some(held), Some(person)) = (thread.is_request, &thread.person) else { return Ok(()) };
        let person = meaning::person(channel, person);
        let differs = async {
            let mut conn = self.desk.store.read().await?;
            conversations::request_differs(&mut conn, account, &person, held).await
        };
        // Nearly always nothing is to be written.
        if !differs.await.map_err(|e| TakeError::Read(e.into()))? {
            return Ok(());
        }
        let changed = self
            .desk
            .store
            .write("note a message request", move |conn| {
                Box::pin(async move { conversations::note_request(conn, account, &person, held).await })
            })
            .await?;
        if let Some(conversation) = changed {
            self.desk.events.tell(Event::ConversationChanged { account, conversation });
        }
        Ok(())
    }
}

/// The newest inbound messages that Meta counts as unread.
fn unread(thread: &Thread, messages: &[PastMessage]) -> HashSet<MetaMessageId> {
    let count = thread.unread_count.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let mut inbound: Vec<&PastMessage> = messages.iter().filter(|m| !m.message.from_us).collect();
    inbound.sort_by_key(|m| std::cmp::Reverse(m.created_time));
    inbound.into_iter().take(count).map(|m| m.id.clone()).collect()
}
