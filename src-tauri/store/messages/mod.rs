//! Messages: taken in whatever their order and however often they come, queued, settled, read back.
//! One message of Meta's is one row, by import, poll, webhook and echo alike.

mod act;
mod again;
mod batch;
mod change;
mod echo;
mod heal;
mod line;
mod queue;
mod read;
mod status;
mod take;

pub use act::{NewAct, act, refuse_act};
pub use again::{discard, requeue, reschedule};
pub use change::{Alter, Altered, alter};
pub use heal::{Crude, crude, heal};
#[cfg(test)]
pub(in crate::store) use line::NOTES;
pub use line::{NewLine, append_line, append_lines, notes, remove_note};
pub use queue::{NewReply, Outcome, Queued, queue, settle};
pub(super) use read::{ATTACHMENT, attachment_of};
#[cfg(test)]
pub(super) use read::{UNKNOWN, stretch_sql};
pub use read::{all_after, find, get, list, newest, unknown, unlisted};
pub use status::{Change, sent_by, status, watermark, watermark_at};
pub use take::{Seen, look_up, take, take_seen};

use super::contacts::Person;
use crate::model::{
    AccountId, Card, Content, ConversationId, DeliveryStatus, Detail, Direction, FileState, JournalId,
    MessageId, MetaMessageId, MetaThreadId, Origin, Timestamp,
};
use sha2::{Digest, Sha256};

/// A message as it came, whichever way.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub account: AccountId,
    pub person: Person,
    pub thread: Option<MetaThreadId>,
    pub meta_id: MetaMessageId,
    pub direction: Direction,
    pub origin: Origin,
    pub content: Content,
    pub answers: Option<Answers>,
    pub detail: Detail,
    /// How long from its time a free reply is allowed, in milliseconds; 0 = it opens no window.
    pub opens_for: i64,
    pub sent_at: Timestamp,
    pub recorded_at: Timestamp,
    pub status: DeliveryStatus,
    pub journal: Option<JournalId>,
    pub attachments: Vec<NewAttachment>,
    /// It counts as unread and waiting. The imported past does so only if Meta said unread.
    pub live: bool,
    /// Our outbox key, if the echo carries it.
    pub echo_key: Option<String>,
}

impl Arrival {
    /// There is more to it than words.
    #[must_use]
    pub fn is_rich(&self) -> bool {
        matches!(self.content, Content::Placeholder { .. })
            || !self.attachments.is_empty()
            || self.answers.is_some()
            || self.detail != Detail::default()
    }
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    Message(MetaMessageId),
    Story { link: Option<String>, ends_at: Timestamp },
}

/// A file or card of an arrival.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewAttachment {
    pub kind: String,
    pub name: String,
    pub mime: String,
    /// Meta's link; it expires.
    pub url: String,
    /// WhatsApp names media by id.
    pub meta_id: String,
    /// Waiting = `url` or `meta_id` is to be fetched.
    pub state: FileState,
    /// A page for people.
    pub link: String,
    pub link_ends_at: Option<Timestamp>,
    pub card: Option<Card>,
    pub length_ms: Option<u32>,
}

/// What became of an [`Arrival`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub account: AccountId,
    pub conversation: ConversationId,
    pub message: MessageId,
    /// A new row. Only one arrival of a message is fresh.
    pub fresh: bool,
    /// Something is different than before: a new row, or a known one that learnt.
    pub changed: bool,
    pub direction: Direction,
    /// It counts as unread now and did not before: somebody just wrote.
    pub live: bool,
    /// It was taken back: what its delivery said of it must not be kept.
    pub unsent: bool,
    /// It was known only from what tells less than a webhook: a list of Meta's, or a phone's history that promised
    /// the media for later.
    pub listed: bool,
    /// Nobody is to be told: it is spam.
    pub silent: bool,
    /// Something of ours waited to leave in its conversation.
    pub sends_wait: bool,
    pub sent_at: Timestamp,
}

/// The short stand-in for Meta's id in the index. Two ids may share one, so the ids are compared too.
fn meta_hash(account: AccountId, meta_id: &MetaMessageId) -> i64 {
    let mut hash = Sha256::new();
    hash.update(account.0.to_le_bytes());
    hash.update(meta_id.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(short)
}
