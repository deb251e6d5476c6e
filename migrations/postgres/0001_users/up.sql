CREATE TABLE users (
    id                 uuid        PRIMARY KEY,
    email              text        NOT NULL UNIQUE,
    email_verified_at  timestamptz,
    first_name         text        NOT NULL,
    last_name          text        NOT NULL,
    password_hash      text        NOT NULL,
    is_active          boolean     NOT NULL,
    is_staff           boolean     NOT NULL,
    is_superuser       boolean     NOT NULL,
    date_joined        timestamptz NOT NULL,
    last_login         timestamptz
);
