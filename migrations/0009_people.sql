-- One person on several channels, and people who were deleted. A contact stays what one account knows of somebody; that
-- two contacts are one person is said by somebody at the desk, pair by pair, so that each word can be taken back
-- exactly. A message never moves.

-- What somebody at the desk said of two contacts: the same person, or not. `one` is the smaller id.
CREATE TABLE same_people (
    one INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    same INTEGER NOT NULL,                      -- 0 = somebody said that they are not
    reason TEXT NOT NULL DEFAULT '',            -- what spoke for it, in words; empty = nothing but somebody's word
    at INTEGER NOT NULL,
    PRIMARY KEY (one, other),
    CHECK (one < other)
) STRICT, WITHOUT ROWID;
CREATE INDEX same_people_other ON same_people (other, one);

-- What contacts are known by (`message` 0), or wrote of themselves in a message: a number, an address, a user name, a
-- face with a name. Two who share one might be the same person. Written with the index of words, behind the door.
CREATE TABLE traces (
    trace TEXT NOT NULL,                        -- kinship::Trace
    contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    message INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (trace, contact, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX traces_of_contact ON traces (contact);
CREATE INDEX traces_of_message ON traces (message) WHERE message > 0;
-- Words that go from the index (unsent, edited, deleted) take what they told with them.
CREATE TRIGGER traces_gone AFTER DELETE ON message_places BEGIN
    DELETE FROM traces WHERE message = old.message AND message > 0;
END;
INSERT OR IGNORE INTO traces (trace, contact)
    SELECT 'phone:' || substr(phone, -9), id FROM contacts WHERE length(phone) >= 9;
INSERT OR IGNORE INTO traces (trace, contact)
    SELECT 'instagram:' || lower(c.handle), c.id FROM contacts c JOIN accounts a ON a.id = c.account
    WHERE a.channel = 'instagram' AND c.handle <> '';

-- People who were deleted, so that what Meta has of them from before is not read again: a fingerprint of their id,
-- which only this installation's key can make, and when it was. The id itself is not kept.
CREATE TABLE deleted_people (
    fingerprint TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
