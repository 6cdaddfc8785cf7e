-- The outbox carries jobs of several kinds: a message's words, its files, a template, an emoji on somebody's message.

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
CREATE INDEX outbox_about ON outbox (about) WHERE about IS NOT NULL;
