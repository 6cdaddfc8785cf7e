//! Ids. Ours are integers that SQLite gave and never reuses; Meta's are opaque text.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! our_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

macro_rules! meta_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as Meta wrote it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

our_id! {
    /// A connected account.
    AccountId,
    /// A person who wrote to one of our accounts.
    ContactId,
    /// A thread with one person on one account.
    ConversationId,
    /// A message, ours or theirs.
    MessageId,
    /// A file or card of a message.
    AttachmentId,
    /// A file in the composer.
    UploadId,
    /// A message template of an account.
    TemplateId,
    /// Something that is to leave.
    OutboxId,
    /// A raw delivery as it came.
    JournalId,
    /// A label of this desk.
    LabelId,
    /// Somebody whom a conversation can be given to.
    ColleagueId,
    /// A filter and an order under a name.
    ViewId,
    /// An act on all that match; good while the engine runs.
    BulkId,
}

meta_id! {
    /// Page id, Instagram professional account id, or WhatsApp phone number id: what `entry.id` or
    /// `metadata.phone_number_id` says (graph-api a, d).
    MetaAccountId,
    /// PSID, IGSID, or a WhatsApp id (BSUID or `wa_id`).
    MetaPersonId,
    /// `mid` or `wamid`.
    MetaMessageId,
    /// A thread id of the Conversations API; WhatsApp has none.
    MetaThreadId,
}
