CREATE TABLE signing_keys (
    kid                 text        PRIMARY KEY,
    algorithm           text        NOT NULL CHECK (algorithm IN ('ES256')),
    state               text        NOT NULL CHECK (state IN ('active')),
    public_jwk          text        NOT NULL,
    sealed_private_key  bytea       NOT NULL,
    created_at          timestamptz NOT NULL
);

-- Instances that start together on an empty database agree on one key by this.
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';
