//! What the desk has of its own: labels, colleagues, saved views.

use super::{
    Answer, Desk,
    problems::{reading, storage},
};
use crate::{
    model::{Code, Colleague, ColleagueId, Event, Label, LabelId, Problem, View, ViewId, call},
    store::{colleagues, conversations, labels, views},
    views::MOST,
};
use std::collections::BTreeSet;

/// Longest name of a label, colleague or view, in characters.
const LONGEST: usize = 60;

/// A name as it is kept: without space around it, of some length but not too much.
fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::new(Code::BadRequest, "It needs a name.")),
        n if n > LONGEST => {
            Err(Problem::new(Code::TooLong, format!("A name has at most {LONGEST} characters.")))
        }
        _ => Ok(text.to_owned()),
    }
}

impl Answer for call::ListLabels {
    async fn answer(self, desk: &Desk) -> Result<Vec<Label>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        labels::list(&mut conn).await.map_err(reading)
    }
}

impl Answer for call::SaveLabel {
    async fn answer(self, desk: &Desk) -> Result<LabelId, Problem> {
        let (label, name, colour) = (self.label, name(&self.name)?, self.colour);
        let saved = desk
            .store
            .write("save a label", move |conn| {
                Box::pin(async move { labels::save(conn, label, &name, colour).await })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::DeskChanged);
        saved.ok_or_else(|| Problem::new(Code::BadRequest, "There is a label with this name already."))
    }
}

impl Answer for call::RemoveLabel {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let label = self.label;
        let bore = desk
            .store
            .write("remove a label", move |conn| {
                Box::pin(async move {
                    let bore = labels::remove(conn, label).await?;
                    let facts = conversations::facts_of(conn, &bore).await?;
                    Ok(facts.into_iter().map(|(_, facts)| facts.account).collect::<BTreeSet<_>>())
                })
            })
            .await
            .map_err(storage)?;
        for account in bore {
            desk.events.tell(Event::ManyChanged { account });
        }
        desk.events.tell(Event::DeskChanged);
        Ok(())
    }
}

impl Answer for call::ListColleagues {
    async fn answer(self, desk: &Desk) -> Result<Vec<Colleague>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        colleagues::list(&mut conn).await.map_err(reading)
    }
}

impl Answer for call::SaveColleague {
    async fn answer(self, desk: &Desk) -> Result<ColleagueId, Problem> {
        // The person at the desk may take their name back.
        let mine = self.colleague == Some(ColleagueId::ME) && self.name.trim().is_empty();
        let name = if mine { String::new() } else { name(&self.name)? };
        let colleague = self.colleague;
        let id = desk
            .store
            .write("save a colleague", move |conn| {
                Box::pin(async move { colleagues::save(conn, colleague, &name).await })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::DeskChanged);
        Ok(id)
    }
}

impl Answer for call::RemoveColleague {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let colleague = self.colleague;
        if colleague == ColleagueId::ME {
            return Err(Problem::new(Code::BadRequest, "This is you; only the name can be changed."));
        }
        desk.store
            .write("remove a colleague", move |conn| {
                Box::pin(async move { colleagues::remove(conn, colleague).await })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::StartOver);
        Ok(())
    }
}

impl Answer for call::ListViews {
    async fn answer(self, desk: &Desk) -> Result<Vec<View>, Problem> {
        desk.views.list().await.map_err(reading)
    }
}

impl Answer for call::SaveView {
    async fn answer(self, desk: &Desk) -> Result<ViewId, Problem> {
        let (view, name, filter, sort) = (self.view, name(&self.name)?, self.filter, self.sort);
        if view.is_none() && desk.views.list().await.map_err(reading)?.len() >= MOST {
            return Err(Problem::new(
                Code::BadRequest,
                format!("There are {MOST} views already. Remove one first."),
            ));
        }
        let id = desk
            .store
            .write("save a view", move |conn| {
                Box::pin(async move { views::save(conn, view, &name, &filter, sort).await })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::DeskChanged);
        Ok(id)
    }
}

impl Answer for call::RemoveView {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let view = self.view;
        desk.store
            .write("remove a view", move |conn| Box::pin(async move { views::remove(conn, view).await }))
            .await
            .map_err(storage)?;
        desk.events.tell(Event::DeskChanged);
        Ok(())
    }
}

impl Answer for call::OrderViews {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let views = self.views;
        desk.store
            .write("order the views", move |conn| Box::pin(async move { views::order(conn, &views).await }))
            .await
            .map_err(storage)?;
        desk.events.tell(Event::DeskChanged);
        Ok(())
    }
}
