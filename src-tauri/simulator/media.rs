//! Media and its links: a CDN link is signed and ends (403); WhatsApp media takes two steps, the token and
//! five minutes (graph-api b, g.2).

use crate::call::{Call, Reply};
use crate::clock::MINUTE;
use crate::drawing;
use crate::error::GraphError;
use crate::faults::Kind;
use crate::random::mix2;
use crate::said::Content;
use crate::signature::digest;
use crate::world::{Channel, World};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The photo that a message carries.
pub(crate) fn picture(thread: u64, index: u64) -> Vec<u8> {
    drawing::photo(mix2(thread, index))
}

/// Lower-case hex, as WhatsApp tells it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl World {
    /// A link that ends after `ttl` milliseconds.
    pub fn cdn(&self, kind: &str, id: &str, ttl: i64) -> String {
        let end = format!("{:x}", (self.now() + ttl) / 1000);
        let signature = self.link_signature(kind, id, &end);
        format!("{}/cdn/{kind}/{id}?oe={end}&signature={signature}", self.origin)
    }

    fn link_signature(&self, kind: &str, id: &str, end: &str) -> String {
        let mut signature =
            hex::encode(digest(self.app.secret.as_bytes(), format!("{kind}/{id}/{end}").as_bytes()));
        signature.truncate(32);
        signature
    }

    /// What a CDN link gives: the file, or 403 once it ended or where it was touched.
    pub fn fetch(&self, kind: &str, id: &str, params: &HashMap<String, String>) -> Reply {
        let word = |name: &str| params.get(name).map_or("", String::as_str);
        let end = i64::from_str_radix(word("oe"), 16).unwrap_or_default() * 1000;
        if word("signature") != self.link_signature(kind, id, word("oe")) {
            return Reply::text(403, "Bad URL hash");
        }
        if end <= self.now() {
            return Reply::text(403, "URL signature expired");
        }
        if kind == "upload" {
            let brought = self.uploads.iter().find(|u| u.id == id);
            return match brought {
                Some(file) => Reply::Bytes { mime: "application/octet-stream", bytes: file.bytes.clone() },
                None => Reply::text(404, "Not found"),
            };
        }
        match self.file(kind, id) {
            Some((mime, bytes)) => Reply::Bytes { mime, bytes },
            None => Reply::text(404, "Not found"),
        }
    }

    /// What happens to a file instead of being given.
    pub fn media_fault(&mut self, call: &Call) -> Option<Reply> {
        let struck = self.faults.strike(&call.words(), |k| {
            matches!(k, Kind::DeadLink | Kind::Media502 | Kind::WrongContent | Kind::RedirectInward)
        })?;
        Some(match struck.kind {
            Kind::DeadLink => Reply::text(403, "URL signature expired"),
            Kind::Media502 => Reply::html(502, "<html><body>Bad Gateway</body></html>"),
            Kind::RedirectInward => Reply::Redirect("http://127.0.0.1:1/admin".to_owned()),
            _ => Reply::Bytes {
                mime: "image/png",
                bytes: Bytes::from_static(b"<!doctype html><script>alert(1)</script>"),
            },
        })
    }

    fn file(&self, kind: &str, id: &str) -> Option<(&'static str, Bytes)> {
        let (mime, bytes) = match kind {
            "profile" => {
                ("image/png", drawing::avatar(id.bytes().fold(self.seed, |h, b| mix2(h, u64::from(b)))))
            }
            _ => {
                let (thread, index) = self.find_media(id)?;
                let hash = mix2(thread as u64, index as u64);
                match kind {
                    "audio" => ("audio/wav", drawing::tone(hash)),
                    "video" => ("video/mp4", drawing::film()),
                    "file" => ("application/pdf", drawing::document()),
                    "sticker" if self.accounts[self.threads[thread].account].channel == Channel::WhatsApp => {
                        ("image/webp", drawing::sticker(hash))
                    }
                    "sticker" => ("image/png", drawing::sticker_png(hash)),
                    "image" | "story" => ("image/png", picture(thread as u64, index as u64)),
                    several => {
                        let n = several.strip_prefix("image")?.parse::<u64>().ok()?;
                        ("image/png", drawing::photo(mix2(hash, n)))
                    }
                }
            }
        };
        Some((mime, Bytes::from(bytes)))
    }

    /// First step of WhatsApp media: where the bytes are for five minutes.
    pub fn whatsapp_media(&self, thread: usize, index: usize) -> Result<Value, GraphError> {
        let id = Self::media_id(thread, index);
        let kind = match self.content(thread, index) {
            Content::Image | Content::Captioned(_) | Content::Images(_) => "image",
            Content::StoryMention | Content::SharedStory => "image",
            Content::Video => "video",
            Content::Audio => "audio",
            Content::File(_) => "file",
            Content::Sticker => "sticker",
            _ => return Err(GraphError::missing("get", &id)),
        };
        let (mime, bytes) = self.file(kind, &id).ok_or_else(|| GraphError::missing("get", &id))?;
        let end = format!("{:x}", (self.now() + 5 * MINUTE) / 1000);
        let hash = self.link_signature(kind, &id, &end);
        Ok(json!({
            "messaging_product": "whatsapp",
            "url": format!("{}/whatsapp_business/attachments/?mid={id}&kind={kind}&ext={end}&hash={hash}", self.origin),
            "mime_type": mime, "sha256": sha256(&bytes), "file_size": bytes.len(), "id": id,
        }))
    }

    /// Second step: the bytes, with the token; 401 without it, 404 after the five minutes.
    pub fn whatsapp_file(&self, params: &HashMap<String, String>, bearer: Option<&str>) -> Reply {
        let word = |name: &str| params.get(name).map_or("", String::as_str);
        if bearer.is_none() || self.token(bearer).is_err() {
            return Reply::html(401, "<html><body>Unauthorized</body></html>");
        }
        let (id, kind, end) = (word("mid"), word("kind"), word("ext"));
        let time = i64::from_str_radix(end, 16).unwrap_or_default() * 1000;
        let genuine = word("hash") == self.link_signature(kind, id, end) && time > self.now();
        match self.file(kind, id).filter(|_| genuine) {
            Some((mime, bytes)) => Reply::Bytes { mime, bytes },
            None => Reply::html(404, "<html><body>Not Found</body></html>"),
        }
    }
}
