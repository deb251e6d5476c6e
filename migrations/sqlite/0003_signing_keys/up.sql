CREATE TABLE signing_keys (
    kid                 TEXT PRIMARY KEY NOT NULL,
    algorithm           TEXT NOT NULL CHECK (algorithm IN ('ES256')),
    state               TEXT NOT NULL CHECK (state IN ('active')),
    public_jwk          TEXT NOT NULL,
    sealed_private_key  BLOB NOT NULL,
    created_at          TEXT NOT NULL
) STRICT;

-- Instances that start together on an empty database agree on one key by this.
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';
