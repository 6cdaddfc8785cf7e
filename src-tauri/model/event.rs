//! What changed: small facts with ids. Losing some is normal and announced by [`Event::StartOver`];
//! asking again is always right.

use crate::{AccountId, BulkId, ConversationId, Ending, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

/// A fact. Told only after it is committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Events were lost to a slow reader: ask everything again.
    StartOver,
    /// Connected, renamed, healthier, sicker, or gone.
    AccountChanged {
        account: AccountId,
    },
    /// A row of the list looks different or moved.
    ConversationChanged {
        account: AccountId,
        conversation: ConversationId,
    },
    /// A bubble is new or looks different.
    MessageChanged {
        conversation: ConversationId,
        message: MessageId,
    },
    /// Lines or notes of a thread came or went.
    ThreadChanged {
        conversation: ConversationId,
    },
    /// A person wrote just now (not an import of the past): what notifications listen to.
    MessageReceived {
        account: AccountId,
        conversation: ConversationId,
        message: MessageId,
        sent_at: Timestamp,
    },
    /// A send ended for good, or its fate is unsure.
    SendSettled {
        conversation: ConversationId,
        message: MessageId,
        good: bool,
    },
    /// A file of a reply is being brought to Meta.
    SendProgress {
        conversation: ConversationId,
        message: MessageId,
        /// Of a hundred.
        percent: u8,
    },
    /// Files came into a composer, or went.
    UploadsChanged {
        conversation: ConversationId,
    },
    /// Somebody waits, and the reply window ends soon: told two hours and half an hour before.
    WindowEnding {
        account: AccountId,
        conversation: ConversationId,
        closes_at: Timestamp,
    },
    /// A sign-in, or its access to personal data, ends soon: told seven days and one day before.
    SignInEnding {
        account: AccountId,
        of: Ending,
    },
    /// Many rows at once (import, disconnect): lists and counts are stale.
    ManyChanged {
        account: AccountId,
    },
    SettingsChanged,
    /// The app was locked or unlocked, its words changed, or a try was wrong. All that a locked window hears.
    LockChanged,
    /// Labels, colleagues or views of this desk are different.
    DeskChanged,
    /// An act on all that match went on, ended or failed.
    BulkChanged {
        bulk: BulkId,
    },
    /// Offline, queue, key home or demo changed.
    StatusChanged,
    /// Daily copies, backups, or what is known of the database's state are different.
    CopiesChanged,
    /// A backup, restore or export went on or ended.
    CopyingChanged,
    /// The webhook door opened, closed or took something.
    DoorChanged,
    /// Another part of the app asks the window to show this conversation (a clicked notification).
    ShowConversation {
        conversation: ConversationId,
        message: Option<MessageId>,
    },
}
