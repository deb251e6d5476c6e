-- What is to be delivered: letters today. No foreign key: a letter may tell of the end of an account.
CREATE TABLE deliveries (
    id          TEXT    PRIMARY KEY NOT NULL,
    kind        TEXT    NOT NULL,
    -- Which letter it is: the name of its template.
    topic       TEXT    NOT NULL,
    user_id     TEXT,
    recipient   TEXT    NOT NULL,
    -- Sealed, because it may hold a link that changes a password. Empty when it is delivered.
    payload     BLOB    NOT NULL,
    created_at  TEXT    NOT NULL,
    -- When it is tried next. Whoever tries it moves this on first, so nobody else tries it meanwhile.
    due_at      TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    settled_at  TEXT,
    last_error  TEXT,
    CHECK ((state = 'waiting') = (settled_at IS NULL))
) STRICT;

CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'waiting';
-- For the purge.
CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL;
-- For the limits of an address and of an account.
CREATE INDEX deliveries_of_recipient ON deliveries (recipient, created_at);
CREATE INDEX deliveries_of_user ON deliveries (user_id, topic, created_at);

-- A link and a code that prove that somebody reads the mail of an address.
CREATE TABLE proofs (
    id               TEXT    PRIMARY KEY NOT NULL,
    purpose          TEXT    NOT NULL,
    -- NULL where there is no account: nothing fits such a row, and nobody sees the difference.
    user_id          TEXT REFERENCES users (id) ON DELETE CASCADE,
    link_hash        BLOB    NOT NULL,
    code_hash        BLOB    NOT NULL,
    tries_left       INTEGER NOT NULL,
    -- What the purpose needs to know, such as a new address.
    detail           TEXT,
    created_at       TEXT    NOT NULL,
    code_expires_at  TEXT    NOT NULL,
    expires_at       TEXT    NOT NULL,
    used_at          TEXT
) STRICT;

CREATE UNIQUE INDEX proofs_by_link ON proofs (link_hash);
CREATE INDEX proofs_of_user ON proofs (user_id, purpose);
CREATE INDEX proofs_by_end ON proofs (expires_at);
CREATE INDEX proofs_by_detail ON proofs (detail, purpose);

-- The language of letters to somebody, as a tag (BCP 47).
ALTER TABLE users ADD COLUMN language TEXT;
-- Whether somebody wants to hear of logins from browsers and networks that are new.
ALTER TABLE users ADD COLUMN login_notices INTEGER NOT NULL DEFAULT 1;
