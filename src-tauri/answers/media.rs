//! The files of a conversation, and those that are wanted again.

use super::{
    Answer, Desk,
    conversations::page,
    problems::{gone, reading, storage},
};
use crate::{
    model::{Code, Event, MediaPage, Problem, call},
    store::{attachments, gallery, messages},
};

impl Answer for call::ListMedia {
    async fn answer(self, desk: &Desk) -> Result<MediaPage, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let after = self.after.as_deref();
        gallery::page(&mut conn, self.conversation, &self.kinds, after, self.limit).await.map_err(page)
    }
}

impl Answer for call::FetchAgain {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let id = self.message;
        let message = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            messages::get(&mut conn, id).await.map_err(reading)?.ok_or_else(gone)?
        };
        let wanted = desk
            .store
            .write("want files again", move |c| Box::pin(async move { attachments::want_again(c, id).await }))
            .await
            .map_err(storage)?;
        if !wanted {
            return Err(Problem::new(
                Code::NotFound,
                "Meta does not give this file again. It may still be in the app it was sent with.",
            ));
        }
        desk.events.tell(Event::MessageChanged { conversation: message.conversation, message: id });
        Ok(())
    }
}
