//! The person pane.

use super::{
    Answer, Desk, kin,
    problems::{gone, reading},
};
use crate::{
    model::{Contact, Problem, call},
    store::contacts,
};

impl Answer for call::GetContact {
    async fn answer(self, desk: &Desk) -> Result<Contact, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        let found = contacts::of_conversation(&mut conn, self.conversation).await.map_err(reading)?;
        let mut contact = found.ok_or_else(gone)?;
        contact.deleted_at =
            kin::deleted_at(desk, &mut conn, &[contact.summary.id]).await.map_err(reading)?;
        Ok(contact)
    }
}
