//! Files in composers: taken in, put in order, taken out, and queued, each as a message of its own.

use super::{
    Answer, Desk,
    problems::{gone, reading, storage},
};
use crate::{
    media::{self, Fit, Kept, MediaError},
    model::{
        Channel, Code, Content, Conversation, ConversationId, Event, FileKind, FileRules, FileVerdict,
        LARGEST_UPLOAD, LONGEST_CAPTION, Message, MessageId, Problem, TemplateFile, Timestamp, Upload,
        UploadId, call,
    },
    store::{
        attachments::{self, KeptFile},
        conversations, messages,
        outbox::{self, FileJob, Job},
        settings,
        uploads::{self, Chosen},
    },
};
use bytes::Bytes;
use futures_util::Stream;

/// Longest idempotency key, in bytes; each file adds its place.
const KEY_LIMIT: usize = 190;

/// Takes a file into a composer. `voice` = it was recorded there.
///
/// # Errors
/// When it is empty, too large, or cannot be stored.
pub(crate) async fn accept<S, E>(
    desk: &Desk,
    conversation: ConversationId,
    name: &str,
    voice: bool,
    content: S,
) -> Result<Upload, Problem>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
{
    let kept = desk.media.keep_stream(content, LARGEST_UPLOAD).await.map_err(|e| unkept(&e))?;
    let file = looked_at(desk, kept, name, voice).await;
    let now = desk.clock.now();
    let upload = desk
        .store
        .write("take a file into a composer", move |c| {
            Box::pin(async move { uploads::add(c, conversation, &file, voice, now).await })
        })
        .await
        .map_err(storage)?
        .ok_or_else(gone)?;
    desk.events.tell(Event::UploadsChanged { conversation });
    Ok(upload)
}

async fn looked_at(desk: &Desk, kept: Kept, name: &str, voice: bool) -> KeptFile {
    let looks = desk.media.look(&kept).await;
    let mime = match kept.mime.strip_prefix("video/") {
        // A container of films that holds only a voice.
        Some(rest) if voice => format!("audio/{rest}"),
        // What first bytes do not tell, the name may: a text, a table.
        _ if kept.mime == "application/octet-stream" => media::mime_of_name(name).unwrap_or(kept.mime),
        _ => kept.mime,
    };
    let name = media::clean_name(name, &mime);
    let name = if name.is_empty() { media::clean_name("file", &mime) } else { name };
    KeptFile {
        name,
        hash: kept.hash,
        mime,
        bytes: kept.bytes,
        size: looks.size,
        length_ms: looks.length_ms,
        waveform: looks.waveform,
        thumbnail: looks.thumbnail,
    }
}

fn unkept(error: &MediaError) -> Problem {
    match error {
        MediaError::TooLarge(most) => Problem::new(
            Code::TooLong,
            format!("The file is larger than {} MB, which no channel takes.", most / (1024 * 1024)),
        ),
        MediaError::Empty => Problem::new(Code::BadRequest, "The file is empty."),
        MediaError::Broken => Problem::new(Code::BadRequest, "The file did not arrive whole. Try again."),
        error => {
            tracing::error!(%error, "a chosen file could not be stored");
            Problem::new(Code::Storage, "The file could not be stored. Is the disk full?")
        }
    }
}

impl Answer for call::ListUploads {
    async fn answer(self, desk: &Desk) -> Result<Vec<Upload>, Problem> {
        let mut conn = desk.store.read().await.map_err(reading)?;
        uploads::list(&mut conn, self.conversation).await.map_err(reading)
    }
}

impl Answer for call::RemoveUpload {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let id = self.upload;
        let chosen = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            uploads::get(&mut conn, id).await.map_err(reading)?
        };
        // Twice taken out is taken out.
        let Some(chosen) = chosen else { return Ok(()) };
        let unused = desk
            .store
            .write("take a file out of a composer", move |c| {
                Box::pin(async move { uploads::remove(c, &[id]).await })
            })
            .await
            .map_err(storage)?;
        forget(desk, &unused).await;
        desk.events.tell(Event::UploadsChanged { conversation: chosen.upload.conversation });
        Ok(())
    }
}

impl Answer for call::ArrangeUploads {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let (conversation, order) = (self.conversation, self.order);
        desk.store
            .write("put files in order", move |c| {
                Box::pin(async move { uploads::arrange(c, conversation, &order).await })
            })
            .await
            .map_err(storage)?;
        desk.events.tell(Event::UploadsChanged { conversation });
        Ok(())
    }
}

/// A file made ready for its channel.
pub(super) struct Ready {
    pub upload: UploadId,
    key: String,
    caption: String,
    kind: FileKind,
    voice: bool,
    pub file: KeptFile,
}

impl Ready {
    /// How it leaves.
    pub fn job(&self) -> FileJob {
        FileJob {
            file: self.file.hash.clone(),
            name: self.file.name.clone(),
            mime: self.file.mime.clone(),
            kind: self.kind,
            bytes: self.file.bytes,
            voice: self.voice,
            uploaded: None,
            tries: 0,
        }
    }

    /// How its bubble shows it with `text`, and Meta's word for its kind.
    pub fn shown(&self, text: String) -> (Content, &'static str) {
        let (what, word) = match self.kind {
            FileKind::Picture => ("Photo", "image"),
            FileKind::Video => ("Video", "video"),
            FileKind::Sound => ("Audio", "audio"),
            FileKind::File => ("File", "file"),
        };
        (Content::Placeholder { what: what.into(), text }, word)
    }
}

/// A file of the composer, made ready for the header of a template.
pub(super) async fn for_header(
    desk: &Desk,
    row: &Conversation,
    wanted: TemplateFile,
    upload: UploadId,
) -> Result<Ready, Problem> {
    if row.channel != Channel::WhatsApp {
        return Err(bad(
            "Only WhatsApp takes a file of this computer in a header. Give its address instead.",
        ));
    }
    let chosen = of_composer(desk, row.id, upload).await?;
    let rules = FileRules::of(row.channel, false);
    let ready = make_ready(desk, row.channel, &rules, chosen, String::new(), String::new()).await?;
    if ready.kind == wanted.kind() {
        return Ok(ready);
    }
    Err(bad(&format!("The header takes {}: {} is none.", wanted.article(), ready.file.name)))
}

async fn of_composer(desk: &Desk, conversation: ConversationId, upload: UploadId) -> Result<Chosen, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let chosen = uploads::get(&mut conn, upload).await.map_err(reading)?;
    chosen
        .filter(|c| c.upload.conversation == conversation)
        .ok_or_else(|| Problem::new(Code::NotFound, "A file is no longer in the composer. Choose it again."))
}

impl Answer for call::SendFiles {
    async fn answer(self, desk: &Desk) -> Result<Vec<Message>, Problem> {
        let (conversation, now) = (self.conversation, desk.clock.now());
        if self.key.is_empty() || self.key.len() > KEY_LIMIT {
            return Err(bad("A reply needs a key of at most 190 bytes, so that it leaves once."));
        }
        if self.files.is_empty() {
            return Err(bad("There is nothing to send yet."));
        }
        let keys: Vec<String> = (0..self.files.len()).map(|n| format!("{}.{n}", self.key)).collect();
        let (row, known, unproven) = {
            let mut conn = desk.store.read().await.map_err(reading)?;
            let row = conversations::get(&mut conn, conversation).await.map_err(reading)?.ok_or_else(gone)?;
            let known = outbox::by_key(&mut conn, &keys[0]).await.map_err(reading)?.is_some();
            let chosen = settings::get(&mut conn).await.map_err(reading)?;
            (row, known, chosen.composer.unproven_files)
        };
        if known {
            return sent_before(desk, &keys).await;
        }
        if !row.window.is_open(now) {
            return Err(Problem::new(
                Code::WindowClosed,
                "The reply window is closed: Meta takes replies within 24 hours of the person's last message.",
            ));
        }
        let rules = FileRules::of(row.channel, unproven);
        if self.files.len() > rules.at_once {
            return Err(bad(&format!("At most {} files can be sent at once.", rules.at_once)));
        }
        let mut ready = Vec::with_capacity(self.files.len());
        for (wanted, key) in self.files.into_iter().zip(keys) {
            let chosen = of_composer(desk, conversation, wanted.upload).await?;
            let caption = caption(&rules, row.channel, &chosen, wanted.caption)?;
            ready.push(make_ready(desk, row.channel, &rules, chosen, key, caption).await?);
        }
        let leave_before = row.window.closes_at;
        let queued = desk
            .store
            .write("queue files", move |c| {
                Box::pin(async move { queue(c, conversation, &ready, now, leave_before).await })
            })
            .await
            .map_err(storage)?
            .ok_or_else(gone)?;
        forget(desk, &queued.unused).await;
        let messages = bubbles(desk, &queued.messages).await?;
        for message in &messages {
            desk.events.tell(Event::MessageChanged { conversation, message: message.id });
        }
        desk.events.tell(Event::ConversationChanged { account: row.account, conversation });
        desk.events.tell(Event::UploadsChanged { conversation });
        desk.outbox.wake();
        Ok(messages)
    }
}

/// What was queued by the same key; files that were taken back since are left out.
async fn sent_before(desk: &Desk, keys: &[String]) -> Result<Vec<Message>, Problem> {
    let mut ids = Vec::new();
    let mut conn = desk.store.read().await.map_err(reading)?;
    for key in keys {
        ids.extend(outbox::by_key(&mut conn, key).await.map_err(reading)?.map(|row| row.message));
    }
    drop(conn);
    bubbles(desk, &ids).await
}

async fn bubbles(desk: &Desk, ids: &[MessageId]) -> Result<Vec<Message>, Problem> {
    let mut conn = desk.store.read().await.map_err(reading)?;
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.push(messages::get(&mut conn, *id).await.map_err(reading)?.ok_or_else(gone)?);
    }
    Ok(all)
}

fn caption(rules: &FileRules, channel: Channel, chosen: &Chosen, caption: String) -> Result<String, Problem> {
    let caption = caption.trim().to_owned();
    if caption.is_empty() {
        return Ok(caption);
    }
    if !rules.captions(chosen.upload.kind) {
        return Err(bad(&format!(
            "{} shows no words under this file: send them as a message of their own.",
            channel.name()
        )));
    }
    if caption.chars().count() > LONGEST_CAPTION {
        return Err(Problem::new(
            Code::TooLong,
            format!("Words under a file may have at most {LONGEST_CAPTION} characters."),
        ));
    }
    Ok(caption)
}

async fn make_ready(
    desk: &Desk,
    channel: Channel,
    rules: &FileRules,
    chosen: Chosen,
    key: String,
    caption: String,
) -> Result<Ready, Problem> {
    let Upload { id: upload, kind, voice, .. } = chosen.upload;
    let file = chosen.as_kept();
    let ready = |kind, file| Ready { upload, key, caption, kind, voice, file };
    match rules.verdict(kind, &file.mime, file.bytes) {
        FileVerdict::Fine => Ok(ready(kind, file)),
        FileVerdict::AsFile => Ok(ready(FileKind::File, file)),
        FileVerdict::Refused(why) => Err(Problem::new(Code::BadRequest, format!("{}: {why}.", file.name))),
        FileVerdict::Converted { most } => {
            let Some(Fit { kept, looks }) = desk.media.fit(&file.hash, most).await else {
                return Err(Problem::new(
                    Code::BadRequest,
                    format!("{} could not be made into a picture that {} takes.", file.name, channel.name()),
                ));
            };
            let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
            let file = KeptFile {
                name: format!("{stem}.jpg"),
                hash: kept.hash,
                mime: kept.mime,
                bytes: kept.bytes,
                size: looks.size,
                thumbnail: looks.thumbnail,
                ..KeptFile::default()
            };
            Ok(ready(kind, file))
        }
    }
}

/// What queueing did.
struct QueuedFiles {
    messages: Vec<MessageId>,
    unused: Vec<String>,
}

async fn queue(
    conn: &mut sqlx::SqliteConnection,
    conversation: ConversationId,
    ready: &[Ready],
    now: Timestamp,
    leave_before: Option<Timestamp>,
) -> Result<Option<QueuedFiles>, sqlx::Error> {
    let mut messages = Vec::with_capacity(ready.len());
    for one in ready {
        let (content, word) = one.shown(one.caption.clone());
        let reply = messages::NewReply {
            job: Job::File(Box::new(one.job())),
            content,
            leave_before,
            empties_draft: false,
            ..messages::NewReply::text(conversation, "", &one.key, now)
        };
        let Some(queued) = messages::queue(conn, &reply, now).await? else { return Ok(None) };
        if !queued.already {
            attachments::attach(conn, queued.message, word, &one.file).await?;
        }
        messages.push(queued.message);
    }
    let sent: Vec<UploadId> = ready.iter().map(|one| one.upload).collect();
    Ok(Some(QueuedFiles { messages, unused: uploads::remove(conn, &sent).await? }))
}

/// After the commit: what nothing needs is removed.
pub(super) async fn forget(desk: &Desk, files: &[String]) {
    for file in files {
        if let Err(error) = desk.media.remove(file).await {
            tracing::warn!(%error, "a file of nobody stays until the next clearing");
        }
    }
}

fn bad(words: &str) -> Problem {
    Problem::new(Code::BadRequest, words)
}
