//! Finding messages and people. The index is caught up first: what just came is found.

use super::{
    Answer, Desk,
    conversations::page,
    problems::{reading, storage},
};
use crate::{
    model::{Problem, SearchPage, call},
    search::understand,
    store::{accounts, search},
};
use jiff::tz::TimeZone;

impl Answer for call::Search {
    async fn answer(self, desk: &Desk) -> Result<SearchPage, Problem> {
        desk.store.catch_up().await.map_err(storage)?;
        let mut conn = desk.store.read().await.map_err(reading)?;
        let own: Vec<_> = accounts::list_all(&mut conn)
            .await
            .map_err(reading)?
            .into_iter()
            .map(|stored| stored.account)
            .collect();
        let asked = understand(&self.text, desk.clock.now(), &TimeZone::system(), &own);
        let after = self.after.as_deref();
        let people = if asked.people && after.is_none() {
            search::people(&mut conn, &asked.wanted.all, &asked.wanted.accounts).await.map_err(reading)?
        } else {
            Vec::new()
        };
        let found = search::messages(&mut conn, &asked.wanted, after, self.limit).await.map_err(page)?;
        Ok(SearchPage {
            people,
            messages: found.messages,
            next: found.next,
            understood: asked.understood,
            warnings: asked.warnings,
            since: found.since,
        })
    }
}
