//! Every request with its reply. One list, [`calls!`], so that a request without an answer does not
//! compile and nobody writes a stub twice.

pub use crate::sign_in::{Discovery, KeptApp, MetaApp, SignInStarted, SignInState};
use crate::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Something the engine can be asked or told.
pub trait Request: Serialize + DeserializeOwned {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What comes back.
    type Reply: Serialize + DeserializeOwned;
}

/// A request that only reads, and knows which events make its answer stale.
pub trait Query: Request + Clone {
    /// Whether `event` means: ask again.
    fn stale_after(&self, event: &Event) -> bool;
}

/// A call as it travels: `{"call":"ListAccounts","with":{}}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope<T> {
    pub call: String,
    pub with: T,
}

macro_rules! requests {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$fdoc:meta])* $field:ident : $type:ty ),* $(,)? } -> $reply:ty ; )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name { $( $(#[$fdoc])* pub $field: $type ),* }
            impl Request for $name {
                const NAME: &'static str = stringify!($name);
                type Reply = $reply;
            }
        )*
        /// The names of all calls, in order.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
        /// Calls the macro `$callback` with every request type: the engine's dispatcher is made from it.
        #[macro_export]
        macro_rules! calls {
            ($callback:ident) => { $callback! { $($name),* } };
        }
    };
}

requests! {
    // Accounts.
    /// Connected accounts with their health, in the order they were connected.
    ListAccounts {} -> Vec<Account>;
    /// What a pasted token reaches.
    DiscoverAccounts {
        login: Login,
        /// The token; travels only inward and is sealed or forgotten.
        token: SecretText,
        /// Lets the token be inspected and `appsecret_proof` be sent; sealed with the account.
        app: Option<MetaApp>,
    } -> Discovery;
    /// Connects what the person picked from a [`Discovery`].
    ConnectAccounts { discovery: String, picked: Vec<MetaAccountId> } -> Vec<AccountId>;
    /// Begins a sign-in with the person's own Meta app; open `url` in a browser.
    StartSignIn {
        login: Login,
        /// None: the app that `account` was signed in with.
        app: Option<MetaApp>,
        #[serde(default)]
        back: ComeBack,
        /// The account that is to be connected again.
        #[serde(default)]
        account: Option<AccountId>,
    } -> SignInStarted;
    /// How that sign-in is going.
    GetSignIn { sign_in: String } -> SignInState;
    /// Brings back the address the person landed on, or the code in it. Each sign-in takes one.
    FinishSignIn { sign_in: String, landed: SecretText } -> SignInState;
    /// Waits for it no longer.
    CancelSignIn { sign_in: String } -> ();
    /// The app an account was signed in with, where it is kept.
    GetKeptApp { account: AccountId } -> Option<KeptApp>;
    /// What disconnecting the account would take away, here and at Meta's side.
    PlanDisconnect { account: AccountId } -> DisconnectPlan;
    /// Forgets the token; the history stays or goes. An account that is disconnected already may lose its history.
    DisconnectAccount {
        account: AccountId,
        keep_history: bool,
        /// Ends webhooks and permission at Meta's side where no other account needs them.
        at_meta: bool,
    } -> Disconnected;
    /// Disconnected accounts whose history stayed.
    ListFormerAccounts {} -> Vec<FormerAccount>;
    /// Reads the token's scopes and end again, and clears a problem that is gone.
    CheckAccount { account: AccountId } -> Account;
    /// Asks the account for news at once.
    PollNow { account: AccountId } -> ();
    /// Holds the import or goes on with it.
    PauseImport { account: AccountId, paused: bool } -> ();
    /// What Meta tells of the account by webhook, and where to; asks Meta.
    GetSubscriptions { account: AccountId } -> Subscriptions;
    /// Asks Meta to send this account's webhooks.
    Subscribe { account: AccountId } -> ();
    /// Asks Meta to send this account's webhooks no longer.
    Unsubscribe { account: AccountId } -> ();
    /// Gives the account's app this address for webhooks of the account's channel; Meta proves it at once.
    SubscribeApp { account: AccountId, address: String } -> ();
    /// Takes the app's address away, for all accounts of this channel that the app serves.
    UnsubscribeApp { account: AccountId } -> ();
    /// What webhooks missed on each of the last days.
    ListGaps { account: AccountId } -> Vec<GapDay>;
    /// What Meta said of the account as a whole, newest first.
    ListAccountEvents { account: AccountId } -> Vec<AccountEvent>;
    /// Takes note of the account's alert: it is shown no longer.
    DismissAlert { account: AccountId } -> ();
    /// Why it receives nothing: tests the whole chain, or one link of it.
    DiagnoseReceiving { account: AccountId, only: Option<LinkKind> } -> Vec<Link>;

    // Conversations.
    /// A page of the list.
    ListConversations { filter: Filter, sort: Sort, after: Option<String>, limit: u32 } -> ConversationPage;
    /// The figures beside the filters.
    CountConversations {} -> Counts;
    /// One row.
    GetConversation { conversation: ConversationId } -> Conversation;
    /// Marks everything read up to now.
    MarkRead { conversation: ConversationId } -> ();
    /// Makes it count as unread again.
    MarkUnread { conversation: ConversationId } -> ();
    /// Keeps what is in the composer; empty forgets it.
    SaveDraft { conversation: ConversationId, text: String } -> ();
    /// Keeps what is in the composer while it writes a note; empty forgets it.
    SaveNoteDraft { conversation: ConversationId, text: String } -> ();
    /// What is kept of an unfinished note.
    GetNoteDraft { conversation: ConversationId } -> String;
    /// The person pane of a conversation.
    GetContact { conversation: ConversationId } -> Contact;
    /// Reads the person's profile at Meta now; whether Meta shared it.
    RefreshProfile { conversation: ConversationId } -> bool;
    /// Makes two contacts one person. No message moves; `reason` = what spoke for it, empty = only somebody's word.
    MergePeople { one: ContactId, other: ContactId, reason: String } -> ();
    /// Takes that back, exactly.
    SeparatePeople { one: ContactId, other: ContactId } -> ();
    /// Says that two are not the same person, or takes that back.
    NotTheSame { one: ContactId, other: ContactId, on: bool } -> ();
    /// The person of a conversation on every channel, and how much there is of them.
    PlanDeletePerson { conversation: ConversationId } -> PersonPlan;
    /// Deletes everything of the person from this computer, on every channel.
    DeletePerson { conversation: ConversationId } -> Deleted;
    /// Lets Meta's past of a person who was deleted before be read again.
    ReadPastAgain { conversation: ConversationId } -> ();

    // Working the inbox.
    /// Does something with these conversations; `undo` takes back what was just done, and its lines with it.
    ActOn { conversations: Vec<ConversationId>, act: Act, undo: bool } -> Acted;
    /// How many a list holds, counted on the spot: the preview of an act on all of them.
    CountMatching { filter: Filter, sort: Sort } -> u32;
    /// Does something with all of a list, step by step behind the writer.
    ActOnAll { filter: Filter, sort: Sort, act: Act } -> BulkId;
    /// How that is going.
    GetBulk { bulk: BulkId } -> Bulk;
    /// Goes no further; what was done stays.
    StopBulk { bulk: BulkId } -> ();
    /// Undoes it for those it touched, step by step as well.
    UndoBulk { bulk: BulkId } -> BulkId;
    /// Keeps the person from writing to the account at Meta's side, or lets them write again.
    BlockPerson { conversation: ConversationId, on: bool } -> ();
    /// Writes a private note into the thread.
    AddNote { conversation: ConversationId, text: String } -> MessageId;
    /// The notes of a conversation, the newest first, a hundred at most.
    ListNotes { conversation: ConversationId } -> Vec<Note>;
    /// Removes a note; nothing else can be removed by this.
    RemoveNote { message: MessageId } -> ();
    /// The labels by name, each with its count.
    ListLabels {} -> Vec<Label>;
    /// Makes a label (`None`) or changes one.
    SaveLabel { label: Option<LabelId>, name: String, colour: Colour } -> LabelId;
    /// Removes a label from everything that bears it.
    RemoveLabel { label: LabelId } -> ();
    /// Everybody a conversation can be given to; the person at this desk first.
    ListColleagues {} -> Vec<Colleague>;
    /// Adds a colleague (`None`) or renames one.
    SaveColleague { colleague: Option<ColleagueId>, name: String } -> ColleagueId;
    /// Forgets a colleague; what they had is nobody's.
    RemoveColleague { colleague: ColleagueId } -> ();
    /// The saved views in their order, each with its count.
    ListViews {} -> Vec<View>;
    /// Makes a view (`None`) or changes one.
    SaveView { view: Option<ViewId>, name: String, filter: Filter, sort: Sort } -> ViewId;
    RemoveView { view: ViewId } -> ();
    /// Puts the views into this order.
    OrderViews { views: Vec<ViewId> } -> ();

    // Messages.
    /// A stretch of a thread.
    ListMessages { conversation: ConversationId, stretch: Stretch, limit: u32 } -> MessagePage;
    /// Queues a reply. The same `key` twice is one message.
    SendText {
        conversation: ConversationId,
        text: String,
        key: String,
        /// A quote, buttons, a chosen time.
        #[serde(default)]
        manner: Manner,
    } -> Message;
    /// Puts an emoji of ours on a message; none takes it away.
    React { message: MessageId, emoji: Option<String>, key: String } -> Message;
    /// Gives a reply that waits for its time another one; none = now.
    Reschedule { message: MessageId, send_at: Option<Timestamp> } -> Message;
    /// Shows the person that somebody types, if the settings say so.
    ShowTyping { conversation: ConversationId } -> ();
    /// The templates of an account.
    ListTemplates { account: AccountId } -> TemplateList;
    /// Asks Meta for the templates now.
    SyncTemplates { account: AccountId } -> TemplateList;
    /// Queues a template, which may leave whatever the reply window. The same `key` twice is one message.
    SendTemplate {
        conversation: ConversationId,
        template: TemplateId,
        filled: Filled,
        key: String,
        #[serde(default)]
        send_at: Option<Timestamp>,
        /// A file of the composer for the header, instead of an address; on WhatsApp.
        #[serde(default)]
        file: Option<UploadId>,
    } -> Message;
    /// Everything that waits to leave, failed or is unsure; what needs a person first.
    ListOutbox {} -> Vec<OutboxEntry>;
    /// Files in the composer of a conversation, in the order they will leave.
    ListUploads { conversation: ConversationId } -> Vec<Upload>;
    /// Takes a file out of the composer.
    RemoveUpload { upload: UploadId } -> ();
    /// Puts the files of a composer in this order.
    ArrangeUploads { conversation: ConversationId, order: Vec<UploadId> } -> ();
    /// Queues files of the composer, each a message of its own. The same `key` twice sends them once.
    SendFiles { conversation: ConversationId, files: Vec<FileToSend>, key: String } -> Vec<Message>;
    /// A new attempt for a failed send; for an unsure one only after the person said so.
    RetryMessage { message: MessageId } -> Message;
    /// Takes back a send that has not left, or clears away one that failed.
    DiscardMessage { message: MessageId } -> ();
    /// Asks Meta whether an unsure send arrived.
    CheckMessage { message: MessageId } -> Message;
    /// What Meta delivered for this message, as JSON text, if the journal still has it.
    GetRawMessage { message: MessageId } -> Option<String>;

    /// Files of a conversation, newest first; `kinds` without any means all.
    ListMedia { conversation: ConversationId, kinds: Vec<FileKind>, after: Option<String>, limit: u32 } -> MediaPage;
    /// Fetches what is gone of a message's files from Meta again, as far as Meta still gives it.
    FetchAgain { message: MessageId } -> ();

    // Finding.
    /// Words and operators: `from:` `in:` `before:` `after:` `has:`.
    Search { text: String, after: Option<String>, limit: u32 } -> SearchPage;
    /// The same within one conversation.
    FindInConversation { conversation: ConversationId, text: String } -> FoundMessages;

    // The app lock.
    /// Whether the app is locked, and how.
    GetLock {} -> AppLock;
    /// Locks at once; without a passphrase or PIN nothing happens.
    LockNow {} -> ();
    /// Opens the inbox again. Wrong tries make the next one wait.
    Unlock { words: SecretText } -> AppLock;
    /// Sets a passphrase or PIN, or changes it; `current` is needed where there is one.
    SetLock { kind: LockKind, words: SecretText, current: Option<SecretText> } -> AppLock;
    /// Takes the lock off.
    RemoveLock { current: SecretText } -> AppLock;
    /// Somebody is at a window: the time without input begins anew.
    NoteInput {} -> ();

    // The rest.
    GetSettings {} -> Settings;
    SaveSettings { settings: Settings } -> ();
    GetStatus {} -> Status;
    GetStorage {} -> StorageFigures;
    /// How the program itself is doing.
    GetDiagnostics {} -> Diagnostics;
    /// Makes a support bundle to look at; it is saved with `GET /bundle/{id}`, and kept until the next one is made.
    MakeBundle {} -> Bundle;
    /// Backups, daily copies, and what is known of the database's state.
    GetCopies {} -> Copies;
    /// The backup, restore or export that is under way or has just ended.
    GetCopying {} -> Option<Copying>;
    /// Writes everything into one encrypted file.
    StartBackup {
        /// The file, chosen in the desktop's dialog; none = a name in the folder of backups.
        to: Option<String>,
        /// Travels only inward and is forgotten.
        passphrase: SecretText,
        /// Pictures and files too.
        media: bool,
        /// The accounts' tokens too; without them each is signed in again.
        tokens: bool,
    } -> ();
    /// Verifies a backup or daily copy to the last byte and lays it ready beside the data, which stays as it is.
    StartRestore { from: RestoreFrom, passphrase: SecretText } -> ();
    /// Puts what was laid ready in place of the data, which is kept aside; the engine starts again.
    FinishRestore {} -> ();
    /// Writes everything, or one conversation, as JSON and CSV into one zip.
    StartExport { to: Option<String>, conversation: Option<ConversationId>, media: bool } -> ();
    /// Stops what is under way and leaves nothing half done, or clears away what has ended.
    StopCopying {} -> ();
    /// Makes the daily copy now.
    MakeDailyCopy {} -> ();
    /// Removes a copy, or what a restore put aside.
    RemoveCopy { kind: CopyKind, name: String } -> ();
    /// Examines the database now.
    ExamineDatabase {} -> ();
    GetWebhookDoor {} -> WebhookDoor;
    /// Opens or closes the listener.
    SetWebhookDoor { enabled: bool, listen: String } -> WebhookDoor;
    /// Adds an app secret under a name, or replaces it; an empty secret removes it.
    SetAppSecret { name: String, secret: SecretText } -> WebhookDoor;
    /// Connects the built-in demo world.
    StartDemo {} -> ();
    /// Takes it away again with all it brought.
    LeaveDemo {} -> ();
}

/// The calls that a locked window may make.
pub const WHILE_LOCKED: &[&str] = &[GetLock::NAME, LockNow::NAME, Unlock::NAME];
