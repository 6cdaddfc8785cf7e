//! The files of a conversation.

use super::{Answer, Desk, conversations::page, problems::reading};
use crate::{
    model::{MediaPage, Problem, call},
    store::gallery,
};

impl Answer for call::ListMedia {
    async fn answer(self, desk: &Desk) -> Result<MediaPage, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let after = self.after.as_deref();
        gallery::page(&mut conn, self.conversation, &self.kinds, after, self.limit).await.map_err(page)
    }
}
