//! Media by id: where WhatsApp keeps a file for five minutes (graph-api g.2).

use super::{
    Account, Error, Lane, Priority,
    client::Call,
    codes::Class,
    delivery::values::{text, whole},
};
use crate::model::{Channel, DAY, MetaMessageId};

/// How long links and ids of files in messages live, in milliseconds (graph-api b, g.2).
pub const LINK_LIFE: i64 = 7 * DAY;

/// Where a file is, and what Meta says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLink {
    /// Wants the account's token.
    pub url: String,
    pub mime: String,
    /// In hex or base64.
    pub sha256: Option<String>,
    pub bytes: Option<u64>,
}

impl Account {
    /// Where the file of a media id is; `None` = Meta no longer has it.
    ///
    /// # Errors
    /// As any call.
    pub async fn media_link(&self, media: &str, priority: Priority) -> Result<Option<MediaLink>, Error> {
        if self.channel() != Channel::WhatsApp {
            return Err(Error::NoSuchCall);
        }
        let call = Call::get(self.host(), [media]).with("phone_number_id", self.node());
        match self.call(call, Lane::Others, priority).await {
            Ok(answer) => Ok(answer.as_object().and_then(|a| {
                Some(MediaLink {
                    url: text(a, "url")?,
                    mime: text(a, "mime_type").unwrap_or_default(),
                    sha256: text(a, "sha256"),
                    bytes: whole(a, "file_size").and_then(|n| u64::try_from(n).ok()),
                })
            })),
            Err(Error::Failed { status: 404, .. }) => Ok(None),
            Err(e) if e.class() == Some(Class::Missing) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Fresh links of a message's files, in their order, with Meta's words for their kinds. Empty when Meta no
    /// longer shows the message.
    ///
    /// # Errors
    /// As any call.
    pub async fn fresh_links(
        &self,
        message: &MetaMessageId,
        priority: Priority,
    ) -> Result<Vec<(String, Option<String>)>, Error> {
        let read = self.message(message, priority).await?;
        let files = read.map(|read| read.message.attachments).unwrap_or_default();
        Ok(files.into_iter().map(|file| (file.kind.word().to_owned(), file.url)).collect())
    }
}
