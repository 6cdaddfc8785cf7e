//! Templates: listed, read again from Meta, sent.

use super::{
    Answer, Desk,
    leaving::Ground,
    problems::{self, gone, graph_problem, reading, storage},
    sending::{check_key, left, queued_already},
    uploads,
};
use crate::{
    model::{AccountId, Code, Content, Detail, Event, Message, Problem, TemplateHeader, TemplateList, call},
    store::{
        attachments,
        messages::{self, NewReply},
        outbox::Job,
        templates, uploads as stored_uploads,
    },
    templates::TemplateError,
};

async fn list(desk: &Desk, account: AccountId) -> Result<TemplateList, Problem> {
    let possible = desk.templates.possible(account).await;
    let mut conn = desk.store.read().await.map_err(reading)?;
    Ok(TemplateList {
        rows: templates::list(&mut conn, account).await.map_err(reading)?,
        synced_at: templates::synced_at(&mut conn, account).await.map_err(reading)?,
        possible,
    })
}

impl Answer for call::ListTemplates {
    async fn answer(self, desk: &Desk) -> Result<TemplateList, Problem> {
        list(desk, self.account).await
    }
}

impl Answer for call::SyncTemplates {
    async fn answer(self, desk: &Desk) -> Result<TemplateList, Problem> {
        desk.templates.refresh(self.account).await.map_err(|error| match error {
            TemplateError::None => {
                Problem::new(Code::NotAllowed, "This account has no templates: Meta offers none here.")
            }
            TemplateError::Access(e) => problems::access(&e),
            TemplateError::Graph(e) => graph_problem(&e),
            TemplateError::Read(e) => reading(e),
            TemplateError::Write(e) => storage(e),
        })?;
        list(desk, self.account).await
    }
}

impl Answer for call::SendTemplate {
    async fn answer(self, desk: &Desk) -> Result<Message, Problem> {
        check_key(&self.key)?;
        if let Some(message) = queued_already(desk, &self.key).await? {
            return Ok(message);
        }
        let ground = Ground::of(desk, self.conversation).await?;
        let id = self.template;
        let template = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            templates::get(&mut conn, id).await.map_err(reading)?.ok_or_else(gone)?
        };
        if template.account != ground.row.account {
            return Err(Problem::new(Code::BadRequest, "This template belongs to another account."));
        }
        let has_file = self.file.is_some();
        let complaint = template.obstacle().or_else(|| template.parts.complaint(&self.filled, has_file));
        if let Some(complaint) = complaint {
            return Err(Problem::new(Code::BadRequest, complaint));
        }
        if let Some(at) = self.send_at {
            ground.chosen(at)?;
        }
        let header = match (self.file, &template.parts.header) {
            (None, _) => None,
            (Some(upload), Some(TemplateHeader::File { file })) => {
                Some(uploads::for_header(desk, &ground.row, *file, upload).await?)
            }
            (Some(_), _) => {
                return Err(Problem::new(Code::BadRequest, "This template has no place for a file."));
            }
        };
        let now = ground.now;
        let look = template.parts.look(&self.filled);
        let (content, word) = match &header {
            Some(ready) => ready.shown(look.words()),
            None => (Content::Text { text: look.words() }, ""),
        };
        let buttons = look.buttons.iter().map(|(words, _)| words.clone()).collect();
        let reply = NewReply {
            job: Job::Template {
                name: template.name,
                language: template.language,
                parts: Box::new(template.parts),
                filled: self.filled,
                file: header.as_ref().map(|ready| Box::new(ready.job())),
            },
            content,
            detail: Detail { buttons, ..Detail::default() },
            due_at: self.send_at.unwrap_or_else(|| ground.held()),
            send_at: self.send_at,
            unless_they_write: self.send_at.is_some() && ground.settings.sending.cancels_if_they_write,
            empties_draft: false,
            ..NewReply::text(self.conversation, "", &self.key, now)
        };
        let queued = desk
            .store
            .write("queue a template", move |c| {
                Box::pin(async move {
                    let Some(queued) = messages::queue(c, &reply, now).await? else { return Ok(None) };
                    let mut unused = Vec::new();
                    if let Some(ready) = header.filter(|_| !queued.already) {
                        attachments::attach(c, queued.message, word, &ready.file).await?;
                        unused = stored_uploads::remove(c, &[ready.upload]).await?;
                    }
                    templates::used(c, id, now).await?;
                    Ok(Some((queued.message, unused)))
                })
            })
            .await
            .map_err(storage)?;
        let (message, unused) = queued.ok_or_else(gone)?;
        uploads::forget(desk, &unused).await;
        if has_file {
            desk.events.tell(Event::UploadsChanged { conversation: self.conversation });
        }
        left(desk, ground.row.account, message).await
    }
}
