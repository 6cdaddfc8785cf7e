-- Sending: jobs of several kinds in the outbox, a chosen time, what Meta said of a reply window, and templates.

-- What is to leave, made anew: a row need not be a message any more. `message` leaves by it, or else it acts on the
-- message `about`. The table is small, since settled rows are pruned, and nothing refers to it.
CREATE TABLE outbox_of_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    about INTEGER REFERENCES messages (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,
    job TEXT,                                   -- JSON of store::outbox::Job; NULL = the text of its message
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unsure', 'done', 'failed')),
    queued_at INTEGER NOT NULL,
    send_at INTEGER,                            -- a chosen time; until then those behind it do not wait for it
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    attempted_at INTEGER,                       -- when the last call began
    settled_at INTEGER,
    leave_before INTEGER,
    unless_they_write INTEGER NOT NULL DEFAULT 0, -- 1 = taken back when the person writes before it has left
    failure TEXT,                               -- JSON of model::Failure, where no message keeps it
    CHECK ((message IS NULL) <> (about IS NULL))
) STRICT;
INSERT INTO outbox_of_jobs (id, message, account, conversation, key, state, queued_at, due_at, attempts, attempted_at,
        settled_at, leave_before)
    SELECT id, message, account, conversation, key, state, queued_at, due_at, attempts, attempted_at, settled_at,
        leave_before
    FROM outbox;
-- No id is used twice, also when the newest rows were pruned.
DELETE FROM sqlite_sequence WHERE name = 'outbox_of_jobs';
INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox_of_jobs', seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE outbox;
ALTER TABLE outbox_of_jobs RENAME TO outbox;
CREATE INDEX outbox_open ON outbox (conversation, id) WHERE state IN ('queued', 'sending', 'unsure');
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';
CREATE INDEX outbox_about ON outbox (about) WHERE about IS NOT NULL;

-- A message that waits for a time somebody chose is at the end of its thread and not yet its last word.
ALTER TABLE messages ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;

-- What opened the window: an ad opens WhatsApp's for longer. `window_refused_at`: Meta called it closed, whatever our
-- clock says; the next event of theirs forgets it. `scheduled` counts messages that wait for their time.
ALTER TABLE conversations ADD COLUMN window_by_ad INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN window_refused_at INTEGER;
ALTER TABLE conversations ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversations_newest_scheduled ON conversations (account, last_at) WHERE scheduled > 0;
CREATE INDEX conversations_waiting_scheduled ON conversations (account, waiting_since)
    WHERE waiting_since IS NOT NULL AND scheduled > 0;
CREATE INDEX conversations_ending_scheduled ON conversations (account, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND scheduled > 0;
-- Windows that end while somebody waits, whichever account: what alerts look at.
CREATE INDEX conversations_alerts ON conversations (window_closes_at)
    WHERE window_closes_at IS NOT NULL AND waiting_since IS NOT NULL;
ALTER TABLE tallies ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER tallies_scheduled_fewer AFTER DELETE ON conversations WHEN old.scheduled > 0 BEGIN
    UPDATE tallies SET scheduled = scheduled - 1 WHERE account = old.account;
END;
CREATE TRIGGER tallies_scheduled AFTER UPDATE OF scheduled ON conversations
WHEN (new.scheduled > 0) <> (old.scheduled > 0) BEGIN
    UPDATE tallies SET scheduled = scheduled + (new.scheduled > 0) - (old.scheduled > 0) WHERE account = new.account;
END;

-- Message templates as Meta has approved them, per account: what may be sent when the reply window is closed.
CREATE TABLE templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    meta_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,                       -- Meta's word
    reason TEXT NOT NULL DEFAULT '',            -- why it was refused or paused
    parts TEXT NOT NULL,                        -- JSON of model::TemplateParts
    synced_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, meta_id)
) STRICT;
CREATE INDEX templates_by_use ON templates (account, used_at, name);
