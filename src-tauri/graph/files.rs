//! Files on their way to Meta: uploaded first, for which there is a call per product, then sent by the id that came
//! back (graph-api c.2, g.1, g.2).

use super::{
    Account, Doing, Error, Lane, Priority, SentAs, SentThere,
    client::{Body, Call},
    delivery::{is_bsuid, values::id},
};
use crate::model::{Channel, FileKind, MetaMessageId, MetaPersonId, Timestamp};
use futures_util::StreamExt;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::path::Path;
use tokio_util::io::ReaderStream;

/// Hears how many bytes of a file have left.
pub type Progress = std::sync::Arc<dyn Fn(u64) + Send + Sync>;

/// A file to bring to Meta.
#[derive(Clone, Copy)]
pub struct UploadFile<'a> {
    pub path: &'a Path,
    pub name: &'a str,
    pub mime: &'a str,
    pub kind: FileKind,
    pub bytes: u64,
    /// Told how many bytes have left.
    pub progress: &'a Progress,
}

/// An uploaded file to send.
#[derive(Debug, Clone, Copy)]
pub struct FileSend<'a> {
    /// What [`Account::upload`] gave.
    pub id: &'a str,
    pub kind: FileKind,
    pub name: &'a str,
    /// WhatsApp only.
    pub caption: &'a str,
    pub voice: bool,
    /// Comes back with the echo or the statuses.
    pub key: &'a str,
    pub quotes: Option<&'a MetaMessageId>,
}

/// Bytes read from a file at once.
const PIECE: usize = 64 * 1024;

/// Meta's word for a kind; a file of no kind is a document on WhatsApp.
const fn word(kind: FileKind, channel: Channel) -> &'static str {
    match (kind, channel) {
        (FileKind::Picture, _) => "image",
        (FileKind::Video, _) => "video",
        (FileKind::Sound, _) => "audio",
        (FileKind::File, Channel::WhatsApp) => "document",
        (FileKind::File, _) => "file",
    }
}

impl Account {
    /// Brings a file to Meta; its id is good for weeks, and only for this account. An upload that is never sent is
    /// seen by nobody.
    ///
    /// # Errors
    /// As any call; harmless to repeat.
    pub async fn upload(&self, file: &UploadFile<'_>) -> Result<String, Error> {
        let part = self.part(file).await?;
        let channel = self.channel();
        let (edge, form) = if channel == Channel::WhatsApp {
            let form = Form::new().text("messaging_product", "whatsapp").text("type", file.mime.to_owned());
            ("media", form.part("file", part))
        } else {
            let what =
                json!({"attachment": {"type": word(file.kind, channel), "payload": {"is_reusable": true}}});
            let platform = if channel == Channel::Instagram { "INSTAGRAM" } else { "MESSENGER" };
            let form = Form::new().text("message", what.to_string()).text("platform", platform);
            ("message_attachments", form.part("filedata", part))
        };
        let call =
            Call::post(self.host(), [self.node(), edge], Body::Multipart(Box::new(form)), Doing::Asking);
        let answer = self.call(call, Lane::Messages, Priority::Interactive).await?;
        let answer = answer.as_object();
        answer
            .and_then(|a| id(a, "attachment_id").or_else(|| id(a, "id")))
            .ok_or(Error::Unreadable { doing: Doing::Asking })
    }

    /// The file as a stream that tells how far it is.
    async fn part(&self, file: &UploadFile<'_>) -> Result<Part, Error> {
        let opened = tokio::fs::File::open(file.path).await.map_err(|_| Error::NoFile)?;
        let (progress, mut sent) = (file.progress.clone(), 0_u64);
        let stream = ReaderStream::with_capacity(opened, PIECE).inspect(move |piece| {
            if let Ok(piece) = piece {
                sent += piece.len() as u64;
                progress(sent);
            }
        });
        let body = reqwest::Body::wrap_stream(stream);
        Part::stream_with_length(body, file.bytes)
            .file_name(file.name.to_owned())
            .mime_str(file.mime)
            .map_err(|_| Error::NoFile)
    }

    /// Sends an uploaded file.
    ///
    /// # Errors
    /// With fate `Uncertain` when it may have left all the same.
    pub async fn send_file(&self, to: &MetaPersonId, file: &FileSend<'_>) -> Result<SentAs, Error> {
        let kind = word(file.kind, self.channel());
        let body = if self.channel() == Channel::WhatsApp {
            whatsapp(to, kind, file)
        } else {
            let payload = json!({"attachment_id": file.id});
            let mut body = json!({
                "recipient": {"id": to.as_str()},
                "messaging_type": "RESPONSE",
                "message": {"attachment": {"type": kind, "payload": payload}, "metadata": file.key},
            });
            if let Some(quoted) = file.quotes {
                body["reply_to"] = json!({"mid": quoted.as_str()});
            }
            body
        };
        self.send(body).await
    }

    /// Messages of ours to `person` that are a file without words, not older than `since`, newest first: one of
    /// them may be a send whose answer was lost.
    ///
    /// # Errors
    /// As [`Account::conversations`].
    pub async fn find_sent_file(
        &self,
        person: &MetaPersonId,
        since: Timestamp,
    ) -> Result<Vec<SentThere>, Error> {
        let thread = self.conversation_with(person, super::WITH_DETAILS, Priority::Interactive).await?;
        let newest = thread.and_then(|t| t.messages).unwrap_or_default().data;
        let files = newest.into_iter().filter(|m| {
            m.message.from_us
                && m.message.text.trim().is_empty()
                && !m.message.attachments.is_empty()
                && m.created_time.is_none_or(|at| at >= since)
        });
        Ok(files.map(SentThere::from).collect())
    }
}

fn whatsapp(to: &MetaPersonId, kind: &str, file: &FileSend<'_>) -> Value {
    let mut media = json!({"id": file.id});
    // No words go under sound (graph-api g.1).
    if !file.caption.is_empty() && file.kind != FileKind::Sound {
        media["caption"] = json!(file.caption);
    }
    if file.kind == FileKind::File && !file.name.is_empty() {
        media["filename"] = json!(file.name);
    }
    if file.voice && file.kind == FileKind::Sound {
        media["voice"] = json!(true);
    }
    let field = if is_bsuid(to.as_str()) { "recipient" } else { "to" };
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": kind,
        "biz_opaque_callback_data": file.key,
    });
    body[field] = json!(to.as_str());
    body[kind] = media;
    if let Some(quoted) = file.quotes {
        body["context"] = json!({"message_id": quoted.as_str()});
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatsapp_gets_caption_name_and_voice_where_they_belong() {
        let file = FileSend {
            id: "77",
            kind: FileKind::File,
            name: "rechnung.pdf",
            caption: "Hier",
            voice: true,
            key: "k",
            quotes: Some(&MetaMessageId("wamid.1".into())),
        };
        let person = MetaPersonId("16505551234".into());
        let document = whatsapp(&person, "document", &file);
        assert_eq!(document["document"], json!({"id": "77", "caption": "Hier", "filename": "rechnung.pdf"}));
        assert_eq!(
            (&document["to"], &document["context"]["message_id"]),
            (&json!("16505551234"), &json!("wamid.1"))
        );
        let voice = whatsapp(&person, "audio", &FileSend { kind: FileKind::Sound, ..file });
        assert_eq!(voice["audio"], json!({"id": "77", "voice": true}));
    }
}
