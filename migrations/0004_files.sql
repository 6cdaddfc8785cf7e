-- Files of messages are fetched newest first and fairly between accounts, shown as a gallery, and kept for a time.
-- What that is asked by (account, conversation, time, kind) stands beside them, so that no question walks through the
-- messages; triggers keep it in step.

ALTER TABLE attachments ADD COLUMN account INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN conversation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0;
-- Why it was not kept, in words.
ALTER TABLE attachments ADD COLUMN fault TEXT NOT NULL DEFAULT '';
-- As model::FileKind decides; a test compares.
ALTER TABLE attachments ADD COLUMN family TEXT GENERATED ALWAYS AS (CASE
    WHEN kind IN ('image', 'sticker') THEN 'picture'
    WHEN kind = 'video' THEN 'video'
    WHEN kind IN ('audio', 'voice') THEN 'sound'
    WHEN mime LIKE 'image/%' THEN 'picture'
    WHEN mime LIKE 'video/%' THEN 'video'
    WHEN mime LIKE 'audio/%' THEN 'sound'
    ELSE 'file' END) VIRTUAL;

UPDATE attachments SET (account, conversation, sent_at) =
    (SELECT account, conversation, sent_at FROM messages WHERE id = attachments.message);

CREATE INDEX attachments_to_fetch ON attachments (account, sent_at) WHERE state = 'waiting';
CREATE INDEX attachments_by_age ON attachments (account, family, sent_at) WHERE state = 'kept';
CREATE INDEX attachments_oldest ON attachments (sent_at) WHERE state = 'kept';
CREATE INDEX attachments_gallery ON attachments (conversation, sent_at, id) WHERE state <> 'none';
CREATE INDEX attachments_by_thumbnail ON attachments (thumbnail) WHERE thumbnail IS NOT NULL;

CREATE TRIGGER attachments_begin AFTER INSERT ON attachments BEGIN
    UPDATE attachments SET (account, conversation, sent_at) =
        (SELECT account, conversation, sent_at FROM messages WHERE id = new.message)
    WHERE id = new.id;
END;
CREATE TRIGGER attachments_follow AFTER UPDATE OF conversation, sent_at ON messages
WHEN new.conversation <> old.conversation OR new.sent_at <> old.sent_at
BEGIN
    UPDATE attachments SET conversation = new.conversation, sent_at = new.sent_at WHERE message = new.id;
END;

-- Files in a composer: they wait here until they are sent or taken out, also through a restart.
CREATE TABLE uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    file TEXT NOT NULL,                         -- content hash in the media store
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    length_ms INTEGER,
    waveform BLOB,
    thumbnail TEXT,
    voice INTEGER NOT NULL DEFAULT 0,           -- recorded here
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_in_order ON uploads (conversation, place, id);
CREATE INDEX uploads_by_file ON uploads (file);
CREATE INDEX uploads_by_thumbnail ON uploads (thumbnail) WHERE thumbnail IS NOT NULL;
CREATE INDEX uploads_by_age ON uploads (at);
