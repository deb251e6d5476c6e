-- What is to be delivered: letters today. No foreign key: a letter may tell of the end of an account.
CREATE TABLE deliveries (
    id               uuid        PRIMARY KEY,
    kind             text        NOT NULL,
    -- Which letter it is: the name of its template.
    topic            text        NOT NULL,
    user_id          uuid,
    recipient        text        NOT NULL,
    -- Sealed, because it may hold a link that changes a password. Empty when it is delivered.
    payload          bytea       NOT NULL,
    created_at       timestamptz NOT NULL,
    -- When it is tried next. Whoever tries it moves this on first, so nobody else tries it meanwhile.
    due_at           timestamptz NOT NULL,
    attempts         bigint      NOT NULL,
    state            text        NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    settled_at       timestamptz,
    last_error       text,
    CHECK ((state = 'waiting') = (settled_at IS NULL))
);

CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'waiting';
-- For the purge.
CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL;
-- For the limits of an address and of an account.
CREATE INDEX deliveries_of_recipient ON deliveries (recipient, created_at);
CREATE INDEX deliveries_of_user ON deliveries (user_id, topic, created_at);

-- A link and a code that prove that somebody reads the mail of an address.
CREATE TABLE proofs (
    id               uuid        PRIMARY KEY,
    purpose          text        NOT NULL,
    -- NULL where there is no account: nothing fits such a row, and nobody sees the difference.
    user_id          uuid        REFERENCES users (id) ON DELETE CASCADE,
    link_hash        bytea       NOT NULL,
    code_hash        bytea       NOT NULL,
    tries_left       bigint      NOT NULL,
    -- What the purpose needs to know, such as a new address.
    detail           text,
    created_at       timestamptz NOT NULL,
    code_expires_at  timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    used_at          timestamptz
);

CREATE UNIQUE INDEX proofs_by_link ON proofs (link_hash);
CREATE INDEX proofs_of_user ON proofs (user_id, purpose);
CREATE INDEX proofs_by_end ON proofs (expires_at);
CREATE INDEX proofs_by_detail ON proofs (detail, purpose);

-- The language of letters to somebody, as a tag (BCP 47).
ALTER TABLE users ADD COLUMN language text;
-- Whether somebody wants to hear of logins from browsers and networks that are new.
ALTER TABLE users ADD COLUMN login_notices boolean NOT NULL DEFAULT true;
