-- next → active → retired → gone (no row). A revoked key keeps its row, so that it never comes back.
CREATE TABLE new_signing_keys (
    kid                 TEXT PRIMARY KEY NOT NULL,
    algorithm           TEXT NOT NULL CHECK (algorithm IN ('ES256', 'EdDSA', 'HS512')),
    state               TEXT NOT NULL CHECK (state IN ('next', 'active', 'retired', 'revoked')),
    -- A shared key has no public half.
    public_jwk          TEXT,
    sealed_private_key  BLOB NOT NULL,
    created_at          TEXT NOT NULL,
    activated_at        TEXT,
    retired_at          TEXT
) STRICT;

INSERT INTO new_signing_keys
SELECT kid, algorithm, state, public_jwk, sealed_private_key, created_at, created_at, NULL FROM signing_keys;

DROP TABLE signing_keys;
ALTER TABLE new_signing_keys RENAME TO signing_keys;

CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (state) WHERE state = 'next';
