-- An emoji of ours that Meta took may be refused later: WhatsApp tells it by the id it gave the emoji. The outbox keeps
-- that id with what acts on a message, so that the refusal finds it.
ALTER TABLE outbox ADD COLUMN meta_id TEXT;
CREATE INDEX outbox_acts ON outbox (meta_id) WHERE meta_id IS NOT NULL;
