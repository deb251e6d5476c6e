DROP INDEX signing_keys_one_next;
DELETE FROM signing_keys WHERE state <> 'active' OR algorithm <> 'ES256';
ALTER TABLE signing_keys
    DROP COLUMN activated_at,
    DROP COLUMN retired_at,
    ALTER COLUMN public_jwk SET NOT NULL,
    DROP CONSTRAINT signing_keys_algorithm_check,
    DROP CONSTRAINT signing_keys_state_check,
    ADD CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('ES256')),
    ADD CONSTRAINT signing_keys_state_check CHECK (state IN ('active'));
