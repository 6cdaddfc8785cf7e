-- The inbox. Our ids are AUTOINCREMENT so that none is ever reused: an event, a link or a cursor of
-- yesterday must not point at something else today. Times are milliseconds since 1970 UTC; words
-- (channel, status, …) are the model's keys.

-- Where people write to us. Everything that is read for each call stands here; tokens are in `secrets`.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL CHECK (channel IN ('instagram', 'messenger', 'whats_app')),
    login TEXT NOT NULL CHECK (login IN ('facebook_page', 'instagram_login', 'whats_app_cloud')),
    meta_id TEXT NOT NULL,                      -- what a webhook's entry or metadata names
    page_id TEXT NOT NULL DEFAULT '',           -- Instagram through a Page is called on the Page
    waba_id TEXT NOT NULL DEFAULT '',
    own_ids TEXT NOT NULL DEFAULT '[]',         -- JSON: every id this business was seen under
    name TEXT NOT NULL DEFAULT '',
    handle TEXT NOT NULL DEFAULT '',
    picture TEXT,                               -- content hash in the media store
    demo INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL DEFAULT '',            -- all of Meta's hosts are this one; empty = Meta's own
    health TEXT NOT NULL DEFAULT '{}',          -- JSON of model::Health
    import TEXT NOT NULL DEFAULT '{}',          -- JSON of model::Import
    connected_at INTEGER NOT NULL,
    disconnected_at INTEGER,                    -- the token is gone, the history stayed
    UNIQUE (channel, meta_id)
) STRICT;

-- Sealed bytes by owner and purpose ("account 3", "token"): the vault's witness and salt, tokens, app secrets.
CREATE TABLE secrets (
    owner TEXT NOT NULL,
    purpose TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (owner, purpose)
) STRICT, WITHOUT ROWID;

-- The person on the other side, as one account knows them. Meta gives a PSID or IGSID (`person`), or for
-- WhatsApp a business-scoped id or a phone number, either of which may be missing.
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    person TEXT,
    bsuid TEXT,
    phone TEXT,
    name TEXT NOT NULL DEFAULT '',
    handle TEXT NOT NULL DEFAULT '',
    picture TEXT,
    first_seen_at INTEGER NOT NULL,
    profile_read_at INTEGER,                    -- NULL = Meta has not shared it
    profile_asked_at INTEGER NOT NULL DEFAULT 0 -- a refused profile is not asked for all day
) STRICT;
CREATE UNIQUE INDEX contacts_by_person ON contacts (account, person) WHERE person IS NOT NULL;
CREATE UNIQUE INDEX contacts_by_bsuid ON contacts (account, bsuid) WHERE bsuid IS NOT NULL;
CREATE UNIQUE INDEX contacts_by_phone ON contacts (account, phone) WHERE phone IS NOT NULL;
CREATE INDEX contacts_by_asking ON contacts (account, profile_asked_at);

-- A thread with one person. What the list shows and sorts by is kept here and follows from the messages:
-- store/conversations.rs recounts it in the transaction that touched them. The newest message itself is
-- joined by its id, so that its status is never told twice.
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact INTEGER NOT NULL UNIQUE REFERENCES contacts (id) ON DELETE CASCADE,
    thread_id TEXT,                             -- Conversations API; WhatsApp has none
    last_message INTEGER,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL DEFAULT 0,
    waiting_since INTEGER,
    window_closes_at INTEGER,
    failed INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '',
    read_through INTEGER NOT NULL DEFAULT 0,    -- messages.id: what had arrived when it was read here
    delivered_up_to INTEGER NOT NULL DEFAULT 0, -- Meta's watermarks, also for echoes that come later
    read_up_to INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX conversations_newest ON conversations (account, last_at);
CREATE INDEX conversations_newest_unread ON conversations (account, last_at) WHERE unread > 0;
CREATE INDEX conversations_newest_waiting ON conversations (account, last_at) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_newest_drafts ON conversations (account, last_at) WHERE draft <> '';
CREATE INDEX conversations_newest_failed ON conversations (account, last_at) WHERE failed > 0;
CREATE INDEX conversations_waiting ON conversations (account, waiting_since) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_waiting_unread ON conversations (account, waiting_since)
    WHERE waiting_since IS NOT NULL AND unread > 0;
CREATE INDEX conversations_waiting_drafts ON conversations (account, waiting_since)
    WHERE waiting_since IS NOT NULL AND draft <> '';
CREATE INDEX conversations_waiting_failed ON conversations (account, waiting_since)
    WHERE waiting_since IS NOT NULL AND failed > 0;
CREATE INDEX conversations_ending ON conversations (account, window_closes_at) WHERE window_closes_at IS NOT NULL;
CREATE INDEX conversations_ending_unread ON conversations (account, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND unread > 0;
CREATE INDEX conversations_ending_waiting ON conversations (account, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND waiting_since IS NOT NULL;
CREATE INDEX conversations_ending_drafts ON conversations (account, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND draft <> '';
CREATE INDEX conversations_ending_failed ON conversations (account, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND failed > 0;

-- One bubble each. `meta_id` is unique per account; that is kept by store/messages (one writer, which looks
-- before it inserts) over a short hash, since an index of the ids themselves would be the larger half of
-- the database.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    meta_id TEXT,
    meta_hash INTEGER,                          -- of account and meta_id
    direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    origin TEXT NOT NULL CHECK (origin IN ('person', 'heliograph', 'elsewhere')),
    kind TEXT NOT NULL CHECK (kind IN ('text', 'placeholder')),
    what TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    sent_at INTEGER NOT NULL,
    meta_time INTEGER NOT NULL DEFAULT 1,       -- 0 = sent_at is ours, Meta has not told its own yet
    recorded_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('received', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unsure')),
    live INTEGER NOT NULL DEFAULT 0,            -- 0 = past or ours, 1 = unread, 2 = read here
    failure TEXT,                               -- JSON of model::Failure
    journal INTEGER                             -- the delivery it came by; that row may be gone by age
) STRICT;
CREATE INDEX messages_by_time ON messages (conversation, sent_at);
CREATE INDEX messages_by_meta_id ON messages (meta_hash) WHERE meta_hash IS NOT NULL;
CREATE INDEX messages_unread ON messages (conversation) WHERE live = 1;
CREATE INDEX messages_outbound ON messages (conversation, status, sent_at) WHERE direction = 'outbound';

-- Files and cards of messages. `url` is Meta's and expires; `file` is the content hash once kept.
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    mime TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    meta_id TEXT NOT NULL DEFAULT '',           -- WhatsApp names media by id
    file TEXT
) STRICT;
CREATE INDEX attachments_by_message ON attachments (message);

-- Statuses that came before the message they speak of: applied when it arrives.
CREATE TABLE early_statuses (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    meta_id TEXT NOT NULL,
    status TEXT NOT NULL,
    failure TEXT,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (account, meta_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX early_statuses_by_age ON early_statuses (told_at);

-- How far each source of an account was read, so that a restart goes on where it stopped.
CREATE TABLE cursors (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    value TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, source)
) STRICT, WITHOUT ROWID;

-- Raw deliveries as they came, kept for a set time: what cannot be understood today is replayed tomorrow.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- What is to leave, written in the transaction of its cause. A row stays a while after it is settled, since
-- its key answers a second click.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unsure', 'done', 'failed')),
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    attempted_at INTEGER,                       -- when the last call began
    settled_at INTEGER,
    leave_before INTEGER
) STRICT;
CREATE INDEX outbox_open ON outbox (conversation, id) WHERE state IN ('queued', 'sending', 'unsure');
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;

-- What the person at the desk chose, as JSON by key.
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Conversations counted per account, kept by the triggers below: the figures beside the filters are asked
-- after every event and must not be counted then.
CREATE TABLE tallies (
    account INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    conversations INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    drafts INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER tallies_begin AFTER INSERT ON accounts BEGIN
    INSERT INTO tallies (account) VALUES (new.id);
END;
CREATE TRIGGER tallies_more AFTER INSERT ON conversations BEGIN
    UPDATE tallies SET
        conversations = conversations + 1,
        unread = unread + (new.unread > 0),
        waiting = waiting + (new.waiting_since IS NOT NULL),
        drafts = drafts + (new.draft <> ''),
        failed = failed + (new.failed > 0)
    WHERE account = new.account;
END;
CREATE TRIGGER tallies_fewer AFTER DELETE ON conversations BEGIN
    UPDATE tallies SET
        conversations = conversations - 1,
        unread = unread - (old.unread > 0),
        waiting = waiting - (old.waiting_since IS NOT NULL),
        drafts = drafts - (old.draft <> ''),
        failed = failed - (old.failed > 0)
    WHERE account = old.account;
END;
CREATE TRIGGER tallies_other AFTER UPDATE OF unread, waiting_since, draft, failed ON conversations
WHEN (new.unread > 0) <> (old.unread > 0)
    OR (new.waiting_since IS NULL) <> (old.waiting_since IS NULL)
    OR (new.draft <> '') <> (old.draft <> '')
    OR (new.failed > 0) <> (old.failed > 0)
BEGIN
    UPDATE tallies SET
        unread = unread + (new.unread > 0) - (old.unread > 0),
        waiting = waiting + (old.waiting_since IS NULL) - (new.waiting_since IS NULL),
        drafts = drafts + (new.draft <> '') - (old.draft <> ''),
        failed = failed + (new.failed > 0) - (old.failed > 0)
    WHERE account = new.account;
END;

-- Words of messages for searching. A row's id is its place: Meta's time in seconds, moved on where taken,
-- so that the index itself is in order of time and the newest fifty of a hundred thousand hits are read
-- from its end. The words are cut and folded by store/words.rs; the text itself stays in `messages`.
CREATE VIRTUAL TABLE message_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
CREATE TABLE message_places (
    place INTEGER PRIMARY KEY,
    message INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE
) STRICT;
CREATE TRIGGER message_places_gone AFTER DELETE ON message_places BEGIN
    DELETE FROM message_words WHERE rowid = old.place;
END;

-- Words of people: names, handles, numbers. A row's id is the contact's.
CREATE VIRTUAL TABLE people_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
CREATE TRIGGER people_words_gone AFTER DELETE ON contacts BEGIN
    DELETE FROM people_words WHERE rowid = old.id;
END;

-- The last message whose words are in `message_words`: feeding it is done in bulk, behind the writer.
CREATE TABLE words_fed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    through INTEGER NOT NULL
) STRICT;
INSERT INTO words_fed (id, through) VALUES (1, 0);
