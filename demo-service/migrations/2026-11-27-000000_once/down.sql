DROP INDEX notes_once;
ALTER TABLE notes DROP COLUMN once;
