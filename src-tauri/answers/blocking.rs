//! Blocking a person at Meta's side: kept here only once Meta said so.

use super::{
    Answer, Desk,
    problems::{access, gone, graph_problem, reading, storage},
};
use crate::{
    model::{Activity, Code, Event, Problem, call},
    store::{
        contacts,
        messages::{self, NewLine},
    },
};

impl Answer for call::BlockPerson {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let (conversation, on) = (self.conversation, self.on);
        let found = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            contacts::to_block(&mut conn, conversation).await.map_err(reading)?
        };
        let (account, person) = found.ok_or_else(gone)?;
        let opened = desk.access.of(account).await.map_err(|e| access(&e))?;
        if !opened.block(&person, on).await.map_err(|e| graph_problem(&e))? {
            let what = if on { "block" } else { "unblock" };
            let name = opened.channel().name();
            return Err(Problem::new(
                Code::NotAllowed,
                format!("{name} did not {what} this person. Nothing was changed."),
            ));
        }
        let now = desk.clock.now();
        desk.store
            .write("keep a block", move |conn| {
                Box::pin(async move {
                    contacts::set_blocked(conn, conversation, on.then_some(now)).await?;
                    let line = NewLine::Activity(Activity::Blocked { on });
                    messages::append_line(conn, conversation, &line, now).await
                })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::ConversationChanged { account, conversation });
        desk.events.tell(Event::ThreadChanged { conversation });
        Ok(())
    }
}
