-- What names one filling in of the form: pressed twice, it is one note.
ALTER TABLE notes ADD COLUMN once TEXT;

CREATE UNIQUE INDEX notes_once ON notes (user_uuid, once, text);
