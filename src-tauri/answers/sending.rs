//! Replies: queued in one transaction with their outbox row, taken back, tried again, looked for.

use super::{
    Answer, Desk,
    leaving::Ground,
    problems::{gone, graph_problem, reading, storage},
};
use crate::{
    model::{
        AccountId, Action, ButtonLimit, Channel, Code, Content, DeliveryStatus, Detail, Event, Manner,
        Message, MessageId, OutboxEntry, Problem, TextLimit, Timestamp, call,
    },
    outbox::LookError,
    store::{
        messages::{self, NewAct, NewReply},
        outbox::{self, Job},
    },
};

/// Longest idempotency key, in bytes.
const KEY_LIMIT: usize = 200;

/// One bubble as it now stands.
async fn bubble(desk: &Desk, message: MessageId) -> Result<Message, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    messages::get(&mut conn, message).await.map_err(reading)?.ok_or_else(gone)
}

fn tell(desk: &Desk, account: crate::model::AccountId, message: &Message) {
    desk.events.tell(Event::MessageChanged { conversation: message.conversation, message: message.id });
    desk.events.tell(Event::ConversationChanged { account, conversation: message.conversation });
}

/// A key that makes one click at most one send.
pub(super) fn check_key(key: &str) -> Result<(), Problem> {
    if key.is_empty() || key.len() > KEY_LIMIT {
        return Err(Problem::new(
            Code::BadRequest,
            "A reply needs a key of at most 200 bytes, so that it leaves once.",
        ));
    }
    Ok(())
}

/// The message of a key that was used before.
pub(super) async fn queued_already(desk: &Desk, key: &str) -> Result<Option<Message>, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    match outbox::by_key(&mut conn, key).await.map_err(reading)? {
        Some(row) => messages::get(&mut conn, row.message).await.map_err(reading),
        None => Ok(None),
    }
}

/// Queues a reply and tells of it; the worker does the rest.
pub(super) async fn queue(
    desk: &Desk,
    account: AccountId,
    reply: NewReply,
    now: Timestamp,
) -> Result<Message, Problem> {
    let queued = desk
        .store
        .write("queue a reply", move |c| Box::pin(async move { messages::queue(c, &reply, now).await }))
        .await
        .map_err(storage)?
        .ok_or_else(gone)?;
    left(desk, account, queued.message).await
}

/// A message was queued: everybody hears of it, and the worker looks.
pub(super) async fn left(desk: &Desk, account: AccountId, message: MessageId) -> Result<Message, Problem> {
    let message = bubble(desk, message).await?;
    tell(desk, account, &message);
    desk.outbox.wake();
    Ok(message)
}

fn check_text(channel: Channel, text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(Code::BadRequest, "There is nothing to send yet."));
    }
    let limit = TextLimit::of(channel);
    if limit.used(text) <= limit.max() {
        return Ok(());
    }
    let unit = if matches!(limit, TextLimit::Bytes(_)) { "bytes" } else { "characters" };
    Err(Problem::new(
        Code::TooLong,
        format!(
            "{} takes at most {} {unit} in one message; this has {}.",
            channel.name(),
            limit.max(),
            limit.used(text)
        ),
    )
    .with(Action::Shorten))
}

impl Answer for call::SendText {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        check_key(&self.key)?;
        let text = self.text.trim_end().to_owned();
        if let Some(message) = queued_already(desk, &self.key).await? {
            return Ok(message);
        }
        let ground = Ground::of(desk, self.conversation).await?;
        check_text(ground.row.channel, &text)?;
        let Manner { quotes, buttons, send_at, human_agent } = self.manner;
        if let Some(complaint) = ButtonLimit::complaint(ground.row.channel, &text, &buttons) {
            return Err(Problem::new(Code::BadRequest, complaint));
        }
        if let Some(at) = send_at {
            ground.chosen(at)?;
        }
        let now = ground.now;
        let leave = ground.leave(send_at.unwrap_or(now), human_agent)?;
        let reply = NewReply {
            detail: Detail { human_agent: leave.human_agent, buttons, ..Detail::default() },
            quotes,
            due_at: send_at.unwrap_or_else(|| ground.due(leave)),
            send_at,
            leave_before: Some(leave.before),
            unless_they_write: send_at.is_some() && ground.settings.sending.cancels_if_they_write,
            ..NewReply::text(self.conversation, &text, &self.key, now)
        };
        queue(desk, ground.row.account, reply, now).await
    }
}

impl Answer for call::React {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        check_key(&self.key)?;
        let message = bubble(desk, self.message).await?;
        if message.meta_id.is_none()
            || !matches!(message.content, Content::Text { .. } | Content::Placeholder { .. })
        {
            return Err(Problem::new(Code::BadRequest, "An emoji needs a message that Meta has."));
        }
        if self.emoji.as_ref().is_some_and(|e| e.trim().is_empty() || e.chars().count() > 16) {
            return Err(Problem::new(Code::BadRequest, "This is no emoji."));
        }
        let ground = Ground::of(desk, message.conversation).await?;
        let now = ground.now;
        let leave = ground.leave(now, false)?;
        let act = NewAct {
            about: self.message,
            job: Job::Reaction { emoji: self.emoji },
            key: self.key,
            leave_before: Some(leave.before),
        };
        desk.store
            .write("queue an emoji", move |c| Box::pin(async move { messages::act(c, &act, now).await }))
            .await
            .map_err(storage)?
            .ok_or_else(gone)?;
        let message = bubble(desk, self.message).await?;
        tell(desk, ground.row.account, &message);
        desk.outbox.wake();
        Ok(message)
    }
}

impl Answer for call::Reschedule {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        let message = bubble(desk, self.message).await?;
        let ground = Ground::of(desk, message.conversation).await?;
        if let Some(at) = self.send_at {
            ground.chosen(at)?;
        }
        let leave = ground.leave(self.send_at.unwrap_or(ground.now), message.detail.human_agent)?;
        let (id, at, now) = (self.message, self.send_at, ground.now);
        let different = desk
            .store
            .write("give a reply another time", move |c| {
                Box::pin(async move { messages::reschedule(c, id, at, leave.before, now).await })
            })
            .await
            .map_err(storage)?;
        if !different {
            return Err(Problem::new(Code::BadRequest, "It does not wait for a time any more."));
        }
        let message = bubble(desk, id).await?;
        tell(desk, ground.row.account, &message);
        desk.outbox.wake();
        Ok(message)
    }
}

impl Answer for call::RetryMessage {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        let message = bubble(desk, self.message).await?;
        if !matches!(message.status, DeliveryStatus::Failed | DeliveryStatus::Unsure) {
            return Ok(message);
        }
        let ground = Ground::of(desk, message.conversation).await?;
        // A plain reply does not become a human agent's by itself: somebody has to say so.
        let leave = ground.leave(ground.now, message.detail.human_agent)?;
        let (id, now) = (self.message, ground.now);
        desk.store
            .write("retry a reply", move |c| {
                Box::pin(async move { messages::requeue(c, id, now, Some(leave.before)).await })
            })
            .await
            .map_err(storage)?;
        let message = bubble(desk, id).await?;
        tell(desk, ground.row.account, &message);
        desk.outbox.wake();
        Ok(message)
    }
}

impl Answer for call::DiscardMessage {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let id = self.message;
        let discarded = desk
            .store
            .write("discard a reply", move |c| Box::pin(async move { messages::discard(c, id).await }))
            .await
            .map_err(storage)?;
        let Some((account, conversation)) = discarded else {
            return Err(Problem::new(Code::BadRequest, "It has left already and cannot be taken back here."));
        };
        desk.events.tell(Event::MessageChanged { conversation, message: id });
        desk.events.tell(Event::ConversationChanged { account, conversation });
        desk.outbox.wake();
        Ok(())
    }
}

impl Answer for call::CheckMessage {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        match desk.outbox.look(self.message).await {
            Ok(()) | Err(LookError::NotUnsure) => bubble(desk, self.message).await,
            Err(LookError::NotThere) => Err(Problem::new(
                Code::NotFound,
                "Meta does not show this message in the conversation. It was most likely not sent; you can send it again.",
            )
            .with(Action::Retry)),
            Err(LookError::NoWay) => Err(Problem::new(
                Code::NotAllowed,
                "WhatsApp has no way to look for a message. If it was sent, its delivery report will settle it.",
            )),
            Err(LookError::Access(e)) => Err(super::problems::access(&e)),
            Err(LookError::Graph(e)) => Err(graph_problem(&e)),
            Err(LookError::Read(e)) => Err(reading(e)),
            Err(LookError::Write(e)) => Err(storage(e)),
        }
    }
}

impl Answer for call::ListOutbox {
    async fn answer(self, desk: &Desk) -> Result<Vec<OutboxEntry>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        outbox::list(&mut conn).await.map_err(reading)
    }
}
