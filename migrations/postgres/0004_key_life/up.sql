-- next → active → retired → gone (no row). A revoked key keeps its row, so that it never comes back.
ALTER TABLE signing_keys
    DROP CONSTRAINT signing_keys_algorithm_check,
    DROP CONSTRAINT signing_keys_state_check,
    ADD CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('ES256', 'EdDSA', 'HS512')),
    ADD CONSTRAINT signing_keys_state_check CHECK (state IN ('next', 'active', 'retired', 'revoked')),
    -- A shared key has no public half.
    ALTER COLUMN public_jwk DROP NOT NULL,
    ADD COLUMN activated_at timestamptz,
    ADD COLUMN retired_at   timestamptz;

UPDATE signing_keys SET activated_at = created_at WHERE state = 'active';

CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (state) WHERE state = 'next';
