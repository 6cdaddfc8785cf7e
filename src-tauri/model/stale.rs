//! Which events make an answer stale.

use crate::{Event, call::*};

macro_rules! stale {
    ($( $name:ident : |$this:pat_param, $event:ident| $when:expr ; )*) => {$(
        impl Query for $name {
            fn stale_after(&self, event: &Event) -> bool {
                let ($this, $event) = (self, event);
                matches!($event, Event::StartOver) || $when
            }
        }
    )*};
}

stale! {
    ListAccounts: |_, e| matches!(e, Event::AccountChanged { .. });
    PlanDisconnect: |_, _e| false;
    ListFormerAccounts: |_, e| matches!(e, Event::AccountChanged { .. } | Event::ManyChanged { .. });
    ListGaps: |q, e| matches!(e, Event::AccountChanged { account } if *account == q.account);
    ListAccountEvents: |q, e| matches!(e, Event::AccountChanged { account } if *account == q.account);
    GetSignIn: |_, e| matches!(e, Event::AccountChanged { .. } | Event::StatusChanged);
    ListConversations: |_, e| matches!(
        e, Event::ConversationChanged { .. } | Event::ManyChanged { .. } | Event::AccountChanged { .. });
    CountConversations: |_, e| matches!(
        e, Event::ConversationChanged { .. } | Event::ManyChanged { .. } | Event::AccountChanged { .. });
    GetConversation: |q, e| match e {
        Event::ConversationChanged { conversation, .. } => *conversation == q.conversation,
        Event::ManyChanged { .. } => true,
        _ => false,
    };
    GetContact: |q, e| match e {
        Event::ConversationChanged { conversation, .. } => *conversation == q.conversation,
        Event::ManyChanged { .. } => true,
        _ => false,
    };
    PlanDeletePerson: |_, _e| false;
    GetNoteDraft: |q, e| match e {
        Event::ConversationChanged { conversation, .. } => *conversation == q.conversation,
        _ => false,
    };
    ListNotes: |q, e| match e {
        Event::MessageChanged { conversation, .. } | Event::ThreadChanged { conversation } => {
            *conversation == q.conversation
        }
        _ => false,
    };
    GetBulk: |q, e| matches!(e, Event::BulkChanged { bulk } if *bulk == q.bulk);
    CountMatching: |_, _e| false;
    ListLabels: |_, e| matches!(
        e, Event::DeskChanged | Event::ConversationChanged { .. } | Event::ManyChanged { .. });
    ListColleagues: |_, e| matches!(e, Event::DeskChanged);
    ListViews: |_, e| matches!(
        e, Event::DeskChanged | Event::ConversationChanged { .. } | Event::ManyChanged { .. });
    ListMessages: |q, e| match e {
        Event::MessageChanged { conversation, .. } | Event::ThreadChanged { conversation } => *conversation == q.conversation,
        Event::ManyChanged { .. } => true,
        _ => false,
    };
    ListUploads: |q, e| matches!(e, Event::UploadsChanged { conversation } if *conversation == q.conversation);
    ListMedia: |q, e| match e {
        Event::MessageChanged { conversation, .. } => *conversation == q.conversation,
        Event::ManyChanged { .. } => true,
        _ => false,
    };
    Search: |_, e| matches!(e, Event::ManyChanged { .. });
    FindInConversation: |q, e| match e {
        Event::MessageChanged { conversation, .. } => *conversation == q.conversation,
        Event::ManyChanged { .. } => true,
        _ => false,
    };
    GetRawMessage: |q, e| matches!(e, Event::MessageChanged { message, .. } if *message == q.message);
    ListTemplates: |q, e| matches!(e, Event::AccountChanged { account } if *account == q.account);
    ListOutbox: |_, e| matches!(
        e, Event::SendSettled { .. } | Event::MessageChanged { .. } | Event::ManyChanged { .. });
    GetLock: |_, e| matches!(e, Event::LockChanged);
    GetSettings: |_, e| matches!(e, Event::SettingsChanged);
    GetStatus: |_, e| matches!(e, Event::StatusChanged | Event::SendSettled { .. } | Event::MessageChanged { .. });
    GetDiagnostics: |_, e| matches!(
        e, Event::StatusChanged | Event::AccountChanged { .. } | Event::DoorChanged | Event::SettingsChanged
            | Event::SendSettled { .. });
    GetStorage: |_, e| matches!(e, Event::SettingsChanged);
    GetCopies: |_, e| matches!(e, Event::CopiesChanged | Event::SettingsChanged);
    GetCopying: |_, e| matches!(e, Event::CopyingChanged);
    GetWebhookDoor: |_, e| matches!(e, Event::DoorChanged | Event::SettingsChanged);
}
