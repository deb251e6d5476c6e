CREATE TABLE old_signing_keys (
    kid                 TEXT PRIMARY KEY NOT NULL,
    algorithm           TEXT NOT NULL CHECK (algorithm IN ('ES256')),
    state               TEXT NOT NULL CHECK (state IN ('active')),
    public_jwk          TEXT NOT NULL,
    sealed_private_key  BLOB NOT NULL,
    created_at          TEXT NOT NULL
) STRICT;

INSERT INTO old_signing_keys
SELECT kid, algorithm, state, public_jwk, sealed_private_key, created_at
FROM signing_keys WHERE state = 'active' AND algorithm = 'ES256';

DROP TABLE signing_keys;
ALTER TABLE old_signing_keys RENAME TO signing_keys;

CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';
