//! A file or card that travels with a message.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// What a message carries besides words. The file itself is named by its content hash once kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    /// Meta's word: `image`, `video`, `audio`, `file`, `story_mention`, …; open, new ones come weekly.
    pub kind: String,
    pub name: String,
    pub mime: String,
    /// Content hash in the media store; `None` = not kept.
    pub file: Option<String>,
}
