//! Finding messages and people. The index is caught up first: what just came is found.

use super::{
    Answer, Desk,
    conversations::page,
    problems::{reading, storage},
};
use crate::{
    model::{FoundMessages, Problem, SearchPage, call},
    search::{Asked, understand},
    store::{accounts, search},
};
use jiff::tz::TimeZone;
use sqlx::SqliteConnection;

/// Messages found in one conversation at most: more are counted as "more".
const MOST: u32 = 500;

async fn asked(desk: &Desk, conn: &mut SqliteConnection, text: &str) -> Result<Asked, Problem> {
    let own = accounts::list_all(conn).await.map_err(reading)?;
    let own: Vec<_> = own.into_iter().map(|stored| stored.account).collect();
    Ok(understand(text, desk.clock.now(), &TimeZone::system(), &own))
}

impl Answer for call::FindInConversation {
    async fn answer(self, desk: &Desk) -> Result<FoundMessages, Problem> {
        desk.store.catch_up().await.map_err(storage)?;
        let mut conn = desk.store.read().await.map_err(reading)?;
        let mut wanted = asked(desk, &mut conn, &self.text).await?.wanted;
        if wanted.is_empty() {
            return Ok(FoundMessages::default());
        }
        wanted.conversation = Some(self.conversation);
        let (messages, more) = search::ids(&mut conn, &wanted, MOST).await.map_err(reading)?;
        Ok(FoundMessages { messages, more })
    }
}

impl Answer for call::Search {
    async fn answer(self, desk: &Desk) -> Result<SearchPage, Problem> {
        desk.store.catch_up().await.map_err(storage)?;
        let mut conn = desk.store.read().await.map_err(reading)?;
        let asked = asked(desk, &mut conn, &self.text).await?;
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
