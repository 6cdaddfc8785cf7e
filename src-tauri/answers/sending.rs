//! Replies: queued in one transaction with their outbox row, taken back, tried again, looked for.

use super::{
    Answer, Desk,
    problems::{gone, graph_problem, reading, storage},
};
use crate::{
    model::{Action, Code, DeliveryStatus, Event, Message, MessageId, Problem, TextLimit, call},
    outbox::LookError,
    store::{conversations, messages, outbox},
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

impl Answer for call::SendText {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        let now = desk.clock.now();
        if self.key.is_empty() || self.key.len() > KEY_LIMIT {
            return Err(Problem::new(
                Code::BadRequest,
                "A reply needs a key of at most 200 bytes, so that it leaves once.",
            ));
        }
        let text = self.text.trim_end().to_owned();
        if text.trim().is_empty() {
            return Err(Problem::new(Code::BadRequest, "There is nothing to send yet."));
        }
        let row = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            if let Some((_, message, _)) = outbox::by_key(&mut conn, &self.key).await.map_err(reading)? {
                return messages::get(&mut conn, message).await.map_err(reading)?.ok_or_else(gone);
            }
            conversations::get(&mut conn, self.conversation).await.map_err(reading)?.ok_or_else(gone)?
        };
        let limit = TextLimit::of(row.channel);
        if limit.used(&text) > limit.max() {
            let unit = if matches!(limit, TextLimit::Bytes(_)) { "bytes" } else { "characters" };
            return Err(Problem::new(
                Code::TooLong,
                format!(
                    "{} takes at most {} {unit} in one message; this has {}.",
                    row.channel.name(),
                    limit.max(),
                    limit.used(&text)
                ),
            )
            .with(Action::Shorten));
        }
        if !row.window.is_open(now) {
            return Err(Problem::new(
                Code::WindowClosed,
                "The reply window is closed: Meta takes replies within 24 hours of the person's last message.",
            ));
        }
        let reply = messages::NewReply {
            leave_before: row.window.closes_at,
            ..messages::NewReply::text(self.conversation, &text, &self.key, now)
        };
        let queued = desk
            .store
            .write("queue a reply", move |c| Box::pin(async move { messages::queue(c, &reply, now).await }))
            .await
            .map_err(storage)?
            .ok_or_else(gone)?;
        let message = bubble(desk, queued.message).await?;
        tell(desk, row.account, &message);
        desk.outbox.wake();
        Ok(message)
    }
}

impl Answer for call::RetryMessage {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        let now = desk.clock.now();
        let message = bubble(desk, self.message).await?;
        if !matches!(message.status, DeliveryStatus::Failed | DeliveryStatus::Unsure) {
            return Ok(message);
        }
        let row = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            conversations::get(&mut conn, message.conversation).await.map_err(reading)?.ok_or_else(gone)?
        };
        if !row.window.is_open(now) {
            return Err(Problem::new(
                Code::WindowClosed,
                "The reply window has closed since. Only the person can reopen it.",
            ));
        }
        let (id, leave_before) = (self.message, row.window.closes_at);
        desk.store
            .write("retry a reply", move |c| {
                Box::pin(async move { messages::requeue(c, id, now, leave_before).await })
            })
            .await
            .map_err(storage)?;
        let message = bubble(desk, id).await?;
        tell(desk, row.account, &message);
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
