//! What a person does with conversations they named.

use super::{
    Answer, Desk,
    problems::{reading, storage},
};
use crate::{
    model::{Act, Acted, Code, ConversationId, Event, Problem, State, Timestamp, call},
    store::conversations::{self, Done},
};

/// Conversations of one call at most; more go by [`call::ActOnAll`].
const MOST: usize = 500;

/// Refuses what makes no sense before anything is written.
pub(super) fn check(act: &Act, now: Timestamp) -> Result<(), Problem> {
    match act {
        Act::Snooze { until: Some(until) } if *until <= now => {
            Err(Problem::new(Code::BadRequest, "This time has passed. Choose a later one."))
        }
        _ => Ok(()),
    }
}

/// Does it and tells what changed. `many` = the caller tells that lists are stale.
pub(super) async fn act(
    desk: &Desk,
    conversations: Vec<ConversationId>,
    act: Act,
    undo: bool,
    many: bool,
) -> Result<Done, Problem> {
    let now = desk.clock.now();
    let snoozes = matches!(act, Act::Snooze { .. })
        || matches!(&act, Act::Restore { was } if was.state == State::Snoozed);
    let lines = !matches!(act, Act::Pin { .. } | Act::Request { .. } | Act::Read | Act::Unread);
    let done = desk
        .store
        .write("act on conversations", move |conn| {
            Box::pin(async move { conversations::act(conn, &conversations, &act, undo, now).await })
        })
        .await
        .map_err(storage)?;
    if done.too_many_pins {
        return Err(Problem::new(
            Code::BadRequest,
            "100 conversations are pinned already. Unpin some first.",
        ));
    }
    if snoozes {
        desk.snooze.changed();
    }
    if !many {
        for (account, conversation) in &done.changed {
            let (account, conversation) = (*account, *conversation);
            desk.events.tell(Event::ConversationChanged { account, conversation });
            if lines {
                desk.events.tell(Event::ThreadChanged { conversation });
            }
        }
    }
    Ok(done)
}

impl Answer for call::ActOn {
    async fn answer(self, desk: &Desk) -> Result<Acted, Problem> {
        if self.conversations.len() > MOST {
            return Err(Problem::new(Code::BadRequest, "These are too many conversations for one call."));
        }
        if !self.undo {
            check(&self.act, desk.clock.now())?;
        }
        let done = act(desk, self.conversations, self.act, self.undo, false).await?;
        Ok(Acted { changed: u32::try_from(done.changed.len()).unwrap_or(u32::MAX), undo: done.undo })
    }
}

impl Answer for call::CountMatching {
    async fn answer(self, desk: &Desk) -> Result<u32, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let found = conversations::matching(&mut conn, &self.filter, self.sort, desk.clock.now())
            .await
            .map_err(reading)?;
        Ok(u32::try_from(found.len()).unwrap_or(u32::MAX))
    }
}
