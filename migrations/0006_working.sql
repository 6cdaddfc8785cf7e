-- Working the inbox: where a conversation stands, who has it, its labels and pins, and what the desk has of its own
-- for that. The lists are read per account and state, so the state stands in every index of theirs.

-- The person at this desk (1) and those whom a conversation can be given to: names, no accounts.
CREATE TABLE colleagues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL
) STRICT;
INSERT INTO colleagues (id, name) VALUES (1, '');

-- Labels of this desk. `conversations` counts those at work, kept by the triggers below.
CREATE TABLE labels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    colour TEXT NOT NULL,
    conversations INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Filters and orders under a name. They are counted by the engine, in memory.
CREATE TABLE views (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    filter TEXT NOT NULL,                       -- JSON of model::Filter
    sort TEXT NOT NULL,                         -- JSON of model::Sort
    position INTEGER NOT NULL
) STRICT;

-- `snoozed_until` NULL = until they write. What was written up to `settled_at` (Meta's time) was done with when it
-- was resolved: nobody waits for an answer to it. `labels` counts rows of `labelled`, so that a conversation
-- without any costs nothing.
ALTER TABLE conversations ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'pending', 'snoozed', 'resolved', 'spam'));
ALTER TABLE conversations ADD COLUMN snoozed_until INTEGER;
ALTER TABLE conversations ADD COLUMN settled_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN assignee INTEGER REFERENCES colleagues (id);
ALTER TABLE conversations ADD COLUMN pinned_at INTEGER;
ALTER TABLE conversations ADD COLUMN labels INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN note_draft TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN blocked_at INTEGER;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE state = 'snoozed' AND snoozed_until IS NOT NULL;
CREATE INDEX messages_notes ON messages (conversation, sent_at) WHERE form = 'note';
CREATE INDEX conversations_pinned ON conversations (pinned_at) WHERE pinned_at IS NOT NULL;

DROP INDEX conversations_newest;
CREATE INDEX conversations_newest ON conversations (account, state, last_at);
DROP INDEX conversations_newest_unread;
CREATE INDEX conversations_newest_unread ON conversations (account, state, last_at) WHERE unread > 0;
DROP INDEX conversations_newest_waiting;
CREATE INDEX conversations_newest_waiting ON conversations (account, state, last_at) WHERE waiting_since IS NOT NULL;
DROP INDEX conversations_newest_drafts;
CREATE INDEX conversations_newest_drafts ON conversations (account, state, last_at) WHERE draft <> '';
DROP INDEX conversations_newest_failed;
CREATE INDEX conversations_newest_failed ON conversations (account, state, last_at) WHERE failed > 0;
DROP INDEX conversations_waiting;
CREATE INDEX conversations_waiting ON conversations (account, state, waiting_since) WHERE waiting_since IS NOT NULL;
DROP INDEX conversations_waiting_unread;
CREATE INDEX conversations_waiting_unread ON conversations (account, state, waiting_since)
    WHERE waiting_since IS NOT NULL AND unread > 0;
DROP INDEX conversations_waiting_drafts;
CREATE INDEX conversations_waiting_drafts ON conversations (account, state, waiting_since)
    WHERE waiting_since IS NOT NULL AND draft <> '';
DROP INDEX conversations_waiting_failed;
CREATE INDEX conversations_waiting_failed ON conversations (account, state, waiting_since)
    WHERE waiting_since IS NOT NULL AND failed > 0;
DROP INDEX conversations_ending;
CREATE INDEX conversations_ending ON conversations (account, state, window_closes_at)
    WHERE window_closes_at IS NOT NULL;
DROP INDEX conversations_ending_unread;
CREATE INDEX conversations_ending_unread ON conversations (account, state, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND unread > 0;
DROP INDEX conversations_ending_waiting;
CREATE INDEX conversations_ending_waiting ON conversations (account, state, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND waiting_since IS NOT NULL;
DROP INDEX conversations_ending_drafts;
CREATE INDEX conversations_ending_drafts ON conversations (account, state, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND draft <> '';
DROP INDEX conversations_ending_failed;
CREATE INDEX conversations_ending_failed ON conversations (account, state, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND failed > 0;
CREATE INDEX conversations_newest_of ON conversations (assignee, account, state, last_at) WHERE assignee IS NOT NULL;
CREATE INDEX conversations_waiting_of ON conversations (assignee, account, state, waiting_since)
    WHERE assignee IS NOT NULL AND waiting_since IS NOT NULL;
CREATE INDEX conversations_ending_of ON conversations (assignee, account, state, window_closes_at)
    WHERE assignee IS NOT NULL AND window_closes_at IS NOT NULL;

-- Which conversation bears which label, with what a list of the label sorts by; the triggers keep it in step.
CREATE TABLE labelled (
    label INTEGER NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    state TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    waiting_since INTEGER,
    window_closes_at INTEGER,
    PRIMARY KEY (label, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX labelled_by_conversation ON labelled (conversation);
CREATE INDEX labelled_newest ON labelled (label, account, state, last_at, conversation);
CREATE INDEX labelled_waiting ON labelled (label, account, state, waiting_since, conversation) WHERE waiting_since IS NOT NULL;
CREATE INDEX labelled_ending ON labelled (label, account, state, window_closes_at, conversation)
    WHERE window_closes_at IS NOT NULL;
CREATE TRIGGER labelled_more AFTER INSERT ON labelled BEGIN
    UPDATE conversations SET labels = labels + 1 WHERE id = new.conversation;
    UPDATE labels SET conversations = conversations + 1 WHERE id = new.label AND new.state IN ('open', 'pending');
END;
CREATE TRIGGER labelled_fewer AFTER DELETE ON labelled BEGIN
    UPDATE conversations SET labels = labels - 1 WHERE id = old.conversation;
    UPDATE labels SET conversations = conversations - 1 WHERE id = old.label AND old.state IN ('open', 'pending');
END;
CREATE TRIGGER labelled_moved AFTER UPDATE OF state ON labelled WHEN (new.state IN ('open', 'pending')) <> (old.state IN ('open', 'pending')) BEGIN
    UPDATE labels SET conversations = conversations + (new.state IN ('open', 'pending')) - (old.state IN ('open', 'pending')) WHERE id = new.label;
END;
CREATE TRIGGER labelled_other AFTER UPDATE OF state, last_at, waiting_since, window_closes_at ON conversations
WHEN new.labels > 0 BEGIN
    UPDATE labelled SET state = new.state, last_at = new.last_at, waiting_since = new.waiting_since,
        window_closes_at = new.window_closes_at
    WHERE conversation = new.id;
END;

-- The figures beside the filters, by where conversations stand.
ALTER TABLE tallies ADD COLUMN mine INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN unassigned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN snoozed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN resolved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN spam INTEGER NOT NULL DEFAULT 0;
UPDATE tallies SET unassigned = conversations;
DROP TRIGGER tallies_more;
DROP TRIGGER tallies_fewer;
DROP TRIGGER tallies_other;
CREATE TRIGGER tallies_more AFTER INSERT ON conversations BEGIN
    UPDATE tallies SET
        conversations = conversations + (new.state IN ('open', 'pending')),
        unread = unread + (new.state IN ('open', 'pending') AND new.unread > 0),
        waiting = waiting + (new.state IN ('open', 'pending') AND new.waiting_since IS NOT NULL),
        drafts = drafts + (new.state <> 'spam' AND new.draft <> ''),
        failed = failed + (new.state <> 'spam' AND new.failed > 0),
        mine = mine + (new.state IN ('open', 'pending') AND new.assignee IS 1),
        unassigned = unassigned + (new.state IN ('open', 'pending') AND new.assignee IS NULL),
        pending = pending + (new.state = 'pending'),
        snoozed = snoozed + (new.state = 'snoozed'),
        resolved = resolved + (new.state = 'resolved'),
        spam = spam + (new.state = 'spam')
    WHERE account = new.account;
END;
CREATE TRIGGER tallies_fewer AFTER DELETE ON conversations BEGIN
    UPDATE tallies SET
        conversations = conversations - (old.state IN ('open', 'pending')),
        unread = unread - (old.state IN ('open', 'pending') AND old.unread > 0),
        waiting = waiting - (old.state IN ('open', 'pending') AND old.waiting_since IS NOT NULL),
        drafts = drafts - (old.state <> 'spam' AND old.draft <> ''),
        failed = failed - (old.state <> 'spam' AND old.failed > 0),
        mine = mine - (old.state IN ('open', 'pending') AND old.assignee IS 1),
        unassigned = unassigned - (old.state IN ('open', 'pending') AND old.assignee IS NULL),
        pending = pending - (old.state = 'pending'),
        snoozed = snoozed - (old.state = 'snoozed'),
        resolved = resolved - (old.state = 'resolved'),
        spam = spam - (old.state = 'spam')
    WHERE account = old.account;
END;
CREATE TRIGGER tallies_other AFTER UPDATE OF state, unread, waiting_since, draft, failed, assignee ON conversations
WHEN new.state <> old.state
    OR (new.unread > 0) <> (old.unread > 0)
    OR (new.waiting_since IS NULL) <> (old.waiting_since IS NULL)
    OR (new.draft <> '') <> (old.draft <> '')
    OR (new.failed > 0) <> (old.failed > 0)
    OR new.assignee IS NOT old.assignee
BEGIN
    UPDATE tallies SET
        conversations = conversations + (new.state IN ('open', 'pending')) - (old.state IN ('open', 'pending')),
        unread = unread + (new.state IN ('open', 'pending') AND new.unread > 0) - (old.state IN ('open', 'pending') AND old.unread > 0),
        waiting = waiting + (new.state IN ('open', 'pending') AND new.waiting_since IS NOT NULL) - (old.state IN ('open', 'pending') AND old.waiting_since IS NOT NULL),
        drafts = drafts + (new.state <> 'spam' AND new.draft <> '') - (old.state <> 'spam' AND old.draft <> ''),
        failed = failed + (new.state <> 'spam' AND new.failed > 0) - (old.state <> 'spam' AND old.failed > 0),
        mine = mine + (new.state IN ('open', 'pending') AND new.assignee IS 1) - (old.state IN ('open', 'pending') AND old.assignee IS 1),
        unassigned = unassigned + (new.state IN ('open', 'pending') AND new.assignee IS NULL) - (old.state IN ('open', 'pending') AND old.assignee IS NULL),
        pending = pending + (new.state = 'pending') - (old.state = 'pending'),
        snoozed = snoozed + (new.state = 'snoozed') - (old.state = 'snoozed'),
        resolved = resolved + (new.state = 'resolved') - (old.state = 'resolved'),
        spam = spam + (new.state = 'spam') - (old.state = 'spam')
    WHERE account = new.account;
END;
