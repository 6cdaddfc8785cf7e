//! The list, its figures, and one row of it.

use super::{
    Answer, Desk,
    problems::{gone, reading, storage},
};
use crate::{
    model::{Code, Conversation, ConversationId, ConversationPage, Counts, Event, Problem, call},
    store::conversations::{self, PageError},
};

/// Longest draft that is kept, in bytes: many times what any channel takes.
pub(super) const DRAFT_LIMIT: usize = 64 * 1024;

/// A page that could not be read.
pub(super) fn page(error: PageError) -> Problem {
    match error {
        PageError::Cursor(_) => {
            Problem::new(Code::BadRequest, "This place in the list is not one that was given out.")
        }
        PageError::Sqlite(e) => reading(e),
    }
}

async fn changed(desk: &Desk, conversation: ConversationId) -> Result<(), Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    if let Some(account) = conversations::account_of(&mut conn, conversation).await.map_err(reading)? {
        desk.events.tell(Event::ConversationChanged { account, conversation });
    }
    Ok(())
}

impl Answer for call::ListConversations {
    async fn answer(self, desk: &Desk) -> Result<ConversationPage, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let now = desk.clock.now();
        conversations::list(&mut conn, &self.filter, self.sort, self.after.as_deref(), self.limit, now)
            .await
            .map_err(page)
    }
}

impl Answer for call::CountConversations {
    async fn answer(self, desk: &Desk) -> Result<Counts, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        conversations::count(&mut conn).await.map_err(reading)
    }
}

impl Answer for call::GetConversation {
    async fn answer(self, desk: &Desk) -> Result<Conversation, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        conversations::get(&mut conn, self.conversation).await.map_err(reading)?.ok_or_else(gone)
    }
}

impl Answer for call::MarkRead {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let id = self.conversation;
        let different = desk
            .store
            .write("mark read", move |c| Box::pin(async move { conversations::mark_read(c, id).await }))
            .await
            .map_err(storage)?;
        if !different {
            return Ok(());
        }
        changed(desk, id).await?;
        super::presence::seen(desk, id).await
    }
}

impl Answer for call::MarkUnread {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let id = self.conversation;
        let different = desk
            .store
            .write("mark unread", move |c| Box::pin(async move { conversations::mark_unread(c, id).await }))
            .await
            .map_err(storage)?;
        if different { changed(desk, id).await } else { Ok(()) }
    }
}

impl Answer for call::SaveDraft {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        if self.text.len() > DRAFT_LIMIT {
            return Err(Problem::new(Code::TooLong, "This is too long to be kept as a draft."));
        }
        let (id, text) = (self.conversation, self.text);
        let different = desk
            .store
            .write("save a draft", move |c| {
                Box::pin(async move { conversations::save_draft(c, id, &text).await })
            })
            .await
            .map_err(storage)?;
        if different { changed(desk, id).await } else { Ok(()) }
    }
}
