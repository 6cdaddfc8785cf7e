-- Words are found while they are typed: a prefix of four or five letters ("orde", "order") is read from an index of
-- its own as shorter ones are, instead of merging every word that begins so. The words are fed again in the background;
-- searching feeds what is missing first.
DROP TRIGGER message_places_gone;
DELETE FROM message_places;
DROP TABLE message_words;
CREATE VIRTUAL TABLE message_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3 4 5'
);
CREATE TRIGGER message_places_gone AFTER DELETE ON message_places BEGIN
    DELETE FROM message_words WHERE rowid = old.place;
END;
UPDATE words_fed SET through = 0;
