//! Everything, or one conversation, as JSON lines and CSV in one zip, as it is at one moment. Read page by page and
//! written as it is read. What a damaged database does not give is left out and named.

mod table;
mod zipped;

use super::{
    Copier, CopyError,
    backup::{MARGIN, blocking, done, stopped_or},
    folder::{self, Unfinished},
    progress::Progress,
};
use crate::{
    media,
    model::{ContactId, Content, Conversation, ConversationId, CopyState, Message, Timestamp},
    store::{
        WriteError,
        export::{BEGINNING, Reading},
        swap,
    },
};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};
use table::Table;
use zipped::Zip;

/// The shape that README.txt in the zip describes.
const SHAPE: u32 = 1;
/// What a message counts as in the progress, in bytes.
const WEIGHT: u64 = 256;

/// How much is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// This conversation alone.
    pub only: Option<ConversationId>,
    /// The files too.
    pub media: bool,
}

/// `heliograph.json`: what is in the zip.
#[derive(Serialize)]
struct About {
    export: u32,
    version: &'static str,
    made_at: Timestamp,
    only_conversation: Option<ConversationId>,
    accounts: u64,
    people: u64,
    conversations: u64,
    messages: u64,
    media_files: u64,
    /// Conversations of which a damaged database did not give everything.
    unreadable: Vec<ConversationId>,
}

/// Writes an export to `to`.
///
/// # Errors
/// Nothing half written is left.
pub(super) async fn write(
    copier: &Copier,
    to: &Path,
    extent: Extent,
    progress: &Progress,
) -> Result<CopyState, CopyError> {
    let (path, media_folder) = (to.to_owned(), copier.0.data.join(swap::MEDIA));
    folder::room(to.parent().unwrap_or(to), MARGIN.min(copier.database_bytes()))?;
    let (unfinished, file) = Unfinished::beside(&path)?;
    let mut zip = Zip::start(unfinished.path(), file, progress);
    let mut work = Work {
        reading: Reading::begin(&copier.0.store).await.map_err(unread)?,
        extent,
        progress: progress.clone(),
        about: About {
            export: SHAPE,
            version: env!("CARGO_PKG_VERSION"),
            made_at: copier.0.clock.now(),
            only_conversation: extent.only,
            accounts: 0,
            people: 0,
            conversations: 0,
            messages: 0,
            media_files: 0,
            unreadable: Vec::new(),
        },
        files: BTreeMap::new(),
        notes: Table::new(table::NOTES),
    };
    let written = work.everything(&mut zip, &media_folder).await;
    // Whoever wrote the zip knows better why it broke off.
    let closed = zip.end().await;
    closed.and(written).map_err(|error| stopped_or(progress, error))?;
    blocking(move || {
        let bytes = folder::size(unfinished.path());
        unfinished.finish()?;
        Ok(done(&path, bytes))
    })
    .await
}

fn unread(error: sqlx::Error) -> CopyError {
    CopyError::Copy(error.into())
}

struct Work {
    reading: Reading,
    extent: Extent,
    progress: Progress,
    about: About,
    /// Files of messages, with the type they have.
    files: BTreeMap<String, String>,
    notes: Table,
}

impl Work {
    async fn everything(&mut self, zip: &mut Zip, media_folder: &Path) -> Result<(), CopyError> {
        let messages = self.reading.count(self.extent.only).await.map_err(unread)?;
        self.progress.enter(CopyState::Writing, messages * 2 * WEIGHT);
        zip.file("README.txt").await?;
        zip.bytes(README.as_bytes().to_vec()).await?;
        self.accounts(zip).await?;
        self.people(zip).await?;
        self.desk(zip).await?;
        self.conversations(zip).await?;
        zip.file("messages.jsonl").await?;
        self.threads(zip, Form::Json).await?;
        zip.file("messages.csv").await?;
        zip.bytes(Table::new(table::MESSAGES).take()).await?;
        self.threads(zip, Form::Table).await?;
        zip.file("notes.csv").await?;
        zip.bytes(self.notes.take()).await?;
        if self.extent.media {
            self.media(zip, media_folder).await?;
        }
        zip.file("heliograph.json").await?;
        zip.bytes(serde_json::to_vec_pretty(&self.about).map_err(|_| CopyError::Broke)?).await
    }

    async fn accounts(&mut self, zip: &mut Zip) -> Result<(), CopyError> {
        let accounts = self.reading.accounts().await.map_err(unread)?;
        self.about.accounts = accounts.len() as u64;
        zip.file("accounts.jsonl").await?;
        zip.bytes(lines(&accounts)?).await
    }

    async fn people(&mut self, zip: &mut Zip) -> Result<(), CopyError> {
        let mut table = Table::new(table::PEOPLE);
        zip.file("people.jsonl").await?;
        let only = match self.extent.only {
            Some(id) => self.reading.conversation(id).await.map_err(unread)?.map(|c| c.contact.id),
            None => None,
        };
        let mut after = ContactId(0);
        loop {
            self.progress.check()?;
            let page = match (self.extent.only, only) {
                (Some(_), None) => return Err(CopyError::Gone),
                (Some(_), Some(contact)) => self.reading.person_of(contact).await,
                (None, _) => self.reading.people(after).await,
            }
            .map_err(unread)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            self.about.people += page.len() as u64;
            zip.bytes(lines(&page)?).await?;
            page.iter().for_each(|person| table.person(person));
            if self.extent.only.is_some() {
                break;
            }
        }
        zip.file("people.csv").await?;
        zip.bytes(table.take()).await
    }

    async fn desk(&mut self, zip: &mut Zip) -> Result<(), CopyError> {
        let (labels, colleagues) = self.reading.desk().await.map_err(unread)?;
        zip.file("labels.jsonl").await?;
        zip.bytes(lines(&labels)?).await?;
        zip.file("colleagues.jsonl").await?;
        zip.bytes(lines(&colleagues)?).await?;
        let mut table = Table::new(table::LABELS);
        labels.iter().for_each(|label| table.label(label));
        zip.file("labels.csv").await?;
        zip.bytes(table.take()).await
    }

    /// A page of the conversations that are exported, after `after`.
    async fn page(&mut self, after: ConversationId) -> Result<Vec<Conversation>, CopyError> {
        self.progress.check()?;
        match self.extent.only {
            Some(id) if after < id => {
                Ok(self.reading.conversation(id).await.map_err(unread)?.into_iter().collect())
            }
            Some(_) => Ok(Vec::new()),
            None => self.reading.conversations(after).await.map_err(unread),
        }
    }

    async fn conversations(&mut self, zip: &mut Zip) -> Result<(), CopyError> {
        let (labels, colleagues) = self.reading.desk().await.map_err(unread)?;
        for form in [Form::Json, Form::Table] {
            let mut table = Table::new(table::CONVERSATIONS);
            zip.file(if form == Form::Json { "conversations.jsonl" } else { "conversations.csv" }).await?;
            let mut after = ConversationId(0);
            loop {
                let page = self.page(after).await?;
                let Some(last) = page.last() else { break };
                after = last.id;
                if form == Form::Json {
                    self.about.conversations += page.len() as u64;
                    zip.bytes(lines(&page)?).await?;
                } else {
                    page.iter().for_each(|one| table.conversation(one, &labels, &colleagues));
                    zip.bytes(table.take()).await?;
                }
            }
        }
        Ok(())
    }

    async fn threads(&mut self, zip: &mut Zip, form: Form) -> Result<(), CopyError> {
        let mut after = ConversationId(0);
        loop {
            let page = self.page(after).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for conversation in &page {
                self.thread(zip, conversation, form).await?;
            }
        }
    }

    async fn thread(&mut self, zip: &mut Zip, of: &Conversation, form: Form) -> Result<(), CopyError> {
        let mut place = BEGINNING;
        loop {
            self.progress.check()?;
            let page = match self.reading.messages(of.id, place).await.map_err(WriteError::from) {
                Ok(page) => page,
                Err(WriteError::Damaged(_)) => {
                    if form == Form::Json {
                        self.about.unreadable.push(of.id);
                    }
                    return Ok(());
                }
                Err(error) => {
                    tracing::warn!(%error, "a thread could not be read for an export");
                    return Err(CopyError::Broke);
                }
            };
            let Some(last) = page.last() else { return Ok(()) };
            place = (last.sent_at, last.id);
            match form {
                Form::Json => {
                    zip.bytes(lines(&page)?).await?;
                    page.iter().for_each(|message| self.note(of, message));
                    self.about.messages += page.len() as u64;
                }
                Form::Table => {
                    let mut table = Table::plain();
                    page.iter().for_each(|message| table.message(of, message));
                    zip.bytes(table.take()).await?;
                }
            }
            self.progress.add(page.len() as u64 * WEIGHT);
        }
    }

    /// What is needed of a message later on.
    fn note(&mut self, of: &Conversation, message: &Message) {
        for attachment in &message.attachments {
            if let Some(file) = &attachment.file {
                self.files.insert(file.clone(), attachment.mime.clone());
            }
        }
        if matches!(message.content, Content::Note { .. }) {
            self.notes.note(of, message);
        }
    }

    async fn media(&mut self, zip: &mut Zip, folder: &Path) -> Result<(), CopyError> {
        let found: Vec<_> = std::mem::take(&mut self.files)
            .into_iter()
            .filter_map(|(hash, mime)| {
                let path = media::path(folder, &hash)?;
                let bytes = path.metadata().ok()?.len();
                Some((zipped::name_of(&hash, &mime), path, bytes))
            })
            .collect();
        self.progress.enter(CopyState::Writing, found.iter().map(|(.., bytes)| bytes).sum());
        for (name, path, _) in found {
            self.progress.check()?;
            zip.media(name, path).await?;
            self.about.media_files += 1;
        }
        Ok(())
    }
}

/// In which form threads are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Table,
}

/// One object a line.
fn lines<T: Serialize>(all: &[T]) -> Result<Vec<u8>, CopyError> {
    let mut text = Vec::new();
    for one in all {
        serde_json::to_writer(&mut text, one).map_err(|_| CopyError::Broke)?;
        text.push(b'\n');
    }
    Ok(text)
}

const README: &str = "\
An export of Heliograph, shape 1.

heliograph.json       what is here: counts, when it was made, what could not be read
accounts.jsonl        your accounts, without their tokens
people.jsonl          who wrote; `id` is what other files call a contact
conversations.jsonl   threads; `contact` is the person, `account` yours
messages.jsonl        everything said, notes and lines between bubbles, thread by thread, oldest first
labels.jsonl          labels; colleagues.jsonl: to whom conversations are given
media/                files by SHA-256 of their content, when they were asked for; an attachment's `file` is that hash

A .jsonl file has one JSON object a line, in UTF-8. Times in it are milliseconds since 1970, UTC. Fields may be added
by later versions; a change of meaning changes the number of the shape.

The .csv files hold the same for a spreadsheet, in UTF-8, with times as 2026-11-25T20:34:05Z. A cell that a spreadsheet
would take for a formula begins with an apostrophe.
";
