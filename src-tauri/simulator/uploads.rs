//! Files that a business brings before it sends them: one call per product, Meta's limits, an id that only this
//! account may use (graph-api c.2, g.2).

use crate::accounts::require;
use crate::call::{Call, Part};
use crate::clock::DAY;
use crate::error::GraphError;
use crate::said::Content;
use crate::simulator::Simulator;
use crate::tokens::{Holder, Token};
use crate::world::{Channel, World};
use bytes::Bytes;
use serde_json::{Value, json};

const MIB: usize = 1 << 20;

/// A file that was brought.
#[derive(Debug, Clone)]
pub(crate) struct Uploaded {
    pub account: usize,
    pub id: String,
    /// "image", "video", "audio", "file"; WhatsApp decides when it is sent.
    pub kind: &'static str,
    pub mime: String,
    pub bytes: Bytes,
    /// Not good any more after this time.
    pub ends_at: i64,
}

/// `POST /{page or Instagram account}/message_attachments`.
pub(crate) fn attachment(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Value, GraphError> {
    let account = match call.param("platform") {
        Some("INSTAGRAM") => world.account_of(Channel::Instagram),
        _ => account,
    };
    let scope = match (token.holder, world.accounts[account].channel) {
        (Holder::Instagram(_), _) => "instagram_business_manage_messages",
        (_, Channel::Instagram) => "instagram_manage_messages",
        _ => "pages_messaging",
    };
    require(token, scope)?;
    let message =
        call.value("message").ok_or_else(|| GraphError::param("The parameter message is required"))?;
    let kind = kind_of(message["attachment"]["type"].as_str().unwrap_or_default())
        .ok_or_else(|| GraphError::param("Invalid attachment type"))?;
    let part = call.part("filedata").ok_or_else(|| GraphError::param("(#100) Upload failed: no file"))?;
    let instagram = world.accounts[account].channel == Channel::Instagram;
    if instagram && kind != "image" {
        return Err(GraphError::param("This attachment type is not supported for this platform"));
    }
    let fits = match kind {
        "image" => ["image/png", "image/jpeg", "image/gif"].contains(&part.mime.as_str()),
        "video" => part.mime.starts_with("video/"),
        "audio" => part.mime.starts_with("audio/"),
        _ => true,
    };
    if !fits {
        return Err(GraphError::param("The attachment type does not match the file").sub(2_018_047));
    }
    let most = if kind == "image" { 8 * MIB } else { 25 * MIB };
    if part.bytes.len() > most {
        return Err(GraphError::param("The attachment size exceeds the allowable limit").sub(2_018_109));
    }
    Ok(json!({ "attachment_id": world.take_upload(account, kind, part, 90) }))
}

/// `POST /{phone number}/media`.
pub(crate) fn media(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Value, GraphError> {
    require(token, "whatsapp_business_messaging")?;
    if call.param("messaging_product") != Some("whatsapp") {
        return Err(GraphError::param("The parameter messaging_product is required."));
    }
    let part =
        call.part("file").ok_or_else(|| GraphError::param("(#100) The parameter file is required."))?;
    let most = match part.mime.split('/').next().unwrap_or_default() {
        "image" if part.mime == "image/webp" => MIB / 2,
        "image" => 100 * MIB,
        "audio" | "video" => 100 * MIB,
        _ => 100 * MIB,
    };
    if part.bytes.len() > most {
        return Err(GraphError::param("(#100) Invalid parameter")
            .details("The file is larger than allowed for its type"));
    }
    Ok(json!({ "id": world.take_upload(account, "file", part, 30) }))
}

fn kind_of(word: &str) -> Option<&'static str> {
    ["image", "video", "audio", "file"].into_iter().find(|kind| *kind == word)
}

impl Simulator {
    /// How many files were brought to be sent.
    #[must_use]
    pub fn uploads(&self) -> usize {
        self.shared.world().uploads.len()
    }
}

impl World {
    fn take_upload(&mut self, account: usize, kind: &'static str, part: Part, days: i64) -> String {
        let id = format!("17{:04}{:010}", account + 1, self.uploads.len() + 1);
        self.uploads.push(Uploaded {
            account,
            id: id.clone(),
            kind,
            mime: part.mime,
            bytes: part.bytes,
            ends_at: self.now() + days * DAY,
        });
        id
    }

    /// An upload that this account may still send.
    pub fn usable_upload(&self, account: usize, id: &str) -> Option<usize> {
        self.uploads.iter().position(|u| u.account == account && u.id == id && u.ends_at > self.now())
    }

    /// What a Messenger or Instagram message with an attachment's id says.
    pub fn content_of_upload(&self, account: usize, kind: &str, id: &str) -> Result<Content, GraphError> {
        let gone = || GraphError::param("Upload attachment failure.").sub(2_018_074);
        let at = self.usable_upload(account, id).ok_or_else(gone)?;
        if self.uploads[at].kind != kind {
            return Err(GraphError::param("The attachment type does not match the file").sub(2_018_047));
        }
        Ok(Content::Upload { at, kind: self.uploads[at].kind })
    }

    /// What a WhatsApp message with a media id says; what does not fit its kind is refused.
    pub fn content_of_media(&self, account: usize, kind: &str, media: &Value) -> Result<Content, GraphError> {
        let id = media["id"].as_str().unwrap_or_default();
        let wrong = |details: &str| {
            GraphError::new(131_009, "(#131009) Parameter value is not valid").details(details)
        };
        let at = self.usable_upload(account, id).ok_or_else(|| wrong("Media id does not exist"))?;
        let (mime, bytes) = (self.uploads[at].mime.as_str(), self.uploads[at].bytes.len());
        let (kind, types, most): (_, &[&str], _) = match kind {
            "image" => ("image", &["image/jpeg", "image/png"], 5 * MIB),
            "audio" => {
                ("audio", &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MIB)
            }
            "video" => ("video", &["video/mp4", "video/3gpp"], 16 * MIB),
            "sticker" => ("sticker", &["image/webp"], MIB / 2),
            _ => ("file", &[], 100 * MIB),
        };
        if (!types.is_empty() && !types.contains(&mime)) || bytes > most {
            return Err(GraphError::new(131_053, "(#131053) Media upload error")
                .details("Unsupported media type or size"));
        }
        if kind == "audio" && !media["caption"].is_null() {
            return Err(wrong("Captions are not supported for audio"));
        }
        Ok(Content::Upload { at, kind })
    }
}
