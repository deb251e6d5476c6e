CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_uuid TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE INDEX notes_by_user ON notes (user_uuid, id);
