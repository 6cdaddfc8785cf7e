//! Private notes: rows of the thread that never leave this desk.

use super::{
    Answer, Desk,
    conversations::DRAFT_LIMIT,
    problems::{gone, reading, storage},
};
use crate::{
    model::{Code, Event, MessageId, Note, Problem, call},
    store::{
        colleagues, conversations,
        messages::{self, NewLine},
    },
};

impl Answer for call::AddNote {
    async fn answer(self, desk: &Desk) -> Result<MessageId, Problem> {
        let text = self.text.trim().to_owned();
        if text.is_empty() {
            return Err(Problem::new(Code::BadRequest, "An empty note says nothing."));
        }
        if text.len() > DRAFT_LIMIT {
            return Err(Problem::new(Code::TooLong, "This is too long for a note."));
        }
        let (conversation, now) = (self.conversation, desk.clock.now());
        let note = desk
            .store
            .write("add a note", move |conn| {
                Box::pin(async move {
                    let author = colleagues::me(conn).await?;
                    let line = NewLine::Note { text, author };
                    let note = messages::append_line(conn, conversation, &line, now).await?;
                    conversations::save_note_draft(conn, conversation, "").await?;
                    Ok(note)
                })
            })
            .await
            .map_err(storage)?
            .ok_or_else(gone)?;
        desk.events.tell(Event::MessageChanged { conversation, message: note });
        Ok(note)
    }
}

impl Answer for call::ListNotes {
    async fn answer(self, desk: &Desk) -> Result<Vec<Note>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        messages::notes(&mut conn, self.conversation).await.map_err(reading)
    }
}

impl Answer for call::RemoveNote {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let note = self.message;
        let conversation = desk
            .store
            .write("remove a note", move |conn| {
                Box::pin(async move { messages::remove_note(conn, note).await })
            })
            .await
            .map_err(storage)?
            .ok_or_else(gone)?;
        desk.events.tell(Event::ThreadChanged { conversation });
        Ok(())
    }
}

impl Answer for call::SaveNoteDraft {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        if self.text.len() > DRAFT_LIMIT {
            return Err(Problem::new(Code::TooLong, "This is too long to be kept as a draft."));
        }
        let (id, text) = (self.conversation, self.text);
        desk.store
            .write("save a note's draft", move |conn| {
                Box::pin(async move { conversations::save_note_draft(conn, id, &text).await })
            })
            .await
            .map_err(storage)
            .map(drop)
    }
}

impl Answer for call::GetNoteDraft {
    async fn answer(self, desk: &Desk) -> Result<String, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        conversations::note_draft(&mut conn, self.conversation).await.map_err(reading)?.ok_or_else(gone)
    }
}
