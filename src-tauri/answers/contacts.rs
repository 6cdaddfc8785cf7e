//! The person pane.

use super::{
    Answer, Desk,
    problems::{gone, reading},
};
use crate::{
    model::{Contact, Problem, call},
    store::contacts,
};

impl Answer for call::GetContact {
    async fn answer(self, desk: &Desk) -> Result<Contact, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        contacts::of_conversation(&mut conn, self.conversation).await.map_err(reading)?.ok_or_else(gone)
    }
}
