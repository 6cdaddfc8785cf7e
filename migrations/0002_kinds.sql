-- Every kind of message: what a bubble answers, reactions, edits, unsends, lines between bubbles, cards, and
-- files that are fetched. Columns are added, so that the million rows of a long history stay where they are.

-- `form`: a bubble, one that was taken back, a private note, or a line that tells what happened. `quotes` is the
-- hash of account and Meta's id of the message it answers, as in `meta_hash`. `detail` is JSON of what is rare;
-- see row.rs.
ALTER TABLE messages ADD COLUMN form TEXT NOT NULL DEFAULT 'bubble' CHECK (form IN ('bubble', 'unsent', 'note', 'activity'));
ALTER TABLE messages ADD COLUMN quotes INTEGER;
ALTER TABLE messages ADD COLUMN detail TEXT;

-- Unread until somebody reads it, since a person at the desk said so.
ALTER TABLE conversations ADD COLUMN marked_unread INTEGER NOT NULL DEFAULT 0;

-- `state` says where the file is; a waiting one is fetched when its time comes. `card` is JSON of model::Card.
ALTER TABLE attachments ADD COLUMN state TEXT NOT NULL DEFAULT 'none'
    CHECK (state IN ('none', 'waiting', 'kept', 'expired', 'refused', 'too_large', 'evicted'));
ALTER TABLE attachments ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE attachments ADD COLUMN link_ends_at INTEGER;
ALTER TABLE attachments ADD COLUMN card TEXT;
ALTER TABLE attachments ADD COLUMN bytes INTEGER;
ALTER TABLE attachments ADD COLUMN width INTEGER;
ALTER TABLE attachments ADD COLUMN height INTEGER;
ALTER TABLE attachments ADD COLUMN length_ms INTEGER;
ALTER TABLE attachments ADD COLUMN waveform BLOB;
ALTER TABLE attachments ADD COLUMN thumbnail TEXT;
ALTER TABLE attachments ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX attachments_waiting ON attachments (due_at) WHERE state = 'waiting';
CREATE INDEX attachments_by_file ON attachments (file) WHERE file IS NOT NULL;
UPDATE attachments SET state = 'kept' WHERE file IS NOT NULL;

-- One emoji of each side; in a group `who` tells the members apart.
CREATE TABLE reactions (
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    who TEXT NOT NULL,                          -- '' = us
    emoji TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (message, who)
) STRICT, WITHOUT ROWID;

-- Reactions, edits and unsends that came before the message they speak of (graph-api d.3): applied when it
-- arrives. The newest of each kind and side stands for all.
CREATE TABLE early_changes (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    meta_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reaction', 'edit', 'unsend')),
    who TEXT NOT NULL,
    change TEXT NOT NULL,                       -- JSON of store::messages::Change
    at INTEGER NOT NULL,
    PRIMARY KEY (account, meta_id, kind, who)
) STRICT, WITHOUT ROWID;
CREATE INDEX early_changes_by_age ON early_changes (at);

-- What Meta says of an account as a whole: templates, quality, policy, restrictions.
CREATE TABLE account_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,                         -- Meta's field
    words TEXT NOT NULL,
    grave INTEGER NOT NULL DEFAULT 0,           -- 1 = sending is in danger
    told TEXT NOT NULL,                         -- a hash: the same news twice is one
    UNIQUE (account, told)
) STRICT;
CREATE INDEX account_events_newest ON account_events (account, at);

-- Deliveries per account and day, by the way they came, for the gap finder. `missed` are messages that a poll
-- found and no webhook had brought within its time.
CREATE TABLE arrivals_by_day (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,                       -- days since 1970 UTC, by Meta's time
    by_webhook INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    recovered_at INTEGER,                       -- when the last missed one was found
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

-- Deliveries for accounts that are not ours: counted, never stored.
CREATE TABLE foreign_deliveries (
    channel TEXT NOT NULL,
    meta_id TEXT NOT NULL,
    items INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (channel, meta_id)
) STRICT, WITHOUT ROWID;
