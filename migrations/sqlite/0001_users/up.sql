CREATE TABLE users (
    id                 TEXT    PRIMARY KEY NOT NULL,
    email              TEXT    NOT NULL UNIQUE,
    email_verified_at  TEXT,
    first_name         TEXT    NOT NULL,
    last_name          TEXT    NOT NULL,
    password_hash      TEXT    NOT NULL,
    is_active          INTEGER NOT NULL,
    is_staff           INTEGER NOT NULL,
    is_superuser       INTEGER NOT NULL,
    date_joined        TEXT    NOT NULL,
    last_login         TEXT
) STRICT;
