-- Messages of people whom a Page does not know are kept apart at Meta, among "message requests", until the Page answers:
-- Messenger's threads tell their folder (graph-api b). 0 = no request, 1 = Meta keeps it among them, 2 = accepted here,
-- which holds until Meta has moved it itself.
ALTER TABLE conversations ADD COLUMN request INTEGER NOT NULL DEFAULT 0 CHECK (request BETWEEN 0 AND 2);
CREATE INDEX conversations_newest_requests ON conversations (account, state, last_at) WHERE request = 1;
CREATE INDEX conversations_waiting_requests ON conversations (account, state, waiting_since)
    WHERE waiting_since IS NOT NULL AND request = 1;
CREATE INDEX conversations_ending_requests ON conversations (account, state, window_closes_at)
    WHERE window_closes_at IS NOT NULL AND request = 1;

-- Their figure beside the list, as of those at work.
ALTER TABLE tallies ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER tallies_requests_fewer AFTER DELETE ON conversations
WHEN old.request = 1 AND old.state IN ('open', 'pending') BEGIN
    UPDATE tallies SET requests = requests - 1 WHERE account = old.account;
END;
CREATE TRIGGER tallies_requests AFTER UPDATE OF request, state ON conversations
WHEN (new.request = 1 AND new.state IN ('open', 'pending')) <> (old.request = 1 AND old.state IN ('open', 'pending')) BEGIN
    UPDATE tallies SET requests = requests
        + (new.request = 1 AND new.state IN ('open', 'pending')) - (old.request = 1 AND old.state IN ('open', 'pending'))
    WHERE account = new.account;
END;
