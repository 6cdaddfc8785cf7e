-- In a burst of webhooks a delivery is answered as soon as the journal has it, and what it means is taken in right
-- afterwards. What was answered and is not taken in yet is named here, so that a kill between the two loses nothing.

-- Deliveries that are still to be taken in, in the order of the journal.
CREATE TABLE backlog (
    delivery INTEGER PRIMARY KEY REFERENCES journal (id) ON DELETE CASCADE,
    failed INTEGER NOT NULL DEFAULT 0           -- 1 = it was tried and could not be: each start tries it again
) STRICT;
