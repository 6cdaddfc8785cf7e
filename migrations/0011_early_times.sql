-- A status may come before the answer of the send that it speaks of, and tell by when the message was sent. Where our
-- own clock is ahead, that moment decides whether what was read up to a time includes the message: it is kept too.
ALTER TABLE early_statuses ADD COLUMN sent_by INTEGER;
