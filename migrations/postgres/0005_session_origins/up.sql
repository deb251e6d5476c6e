-- Where a session is used from, and when its owner last gave the password. Empty where the former release began it.
ALTER TABLE sessions
    ADD COLUMN proven_at   timestamptz,
    ADD COLUMN address     text,
    ADD COLUMN user_agent  text,
    DROP CONSTRAINT sessions_revoked_because_check,
    ADD CONSTRAINT sessions_revoked_because_check CHECK (revoked_because IN
        ('logged_out', 'replaced', 'refresh_reuse', 'password_changed', 'deactivated',
         'ended_by_owner', 'ended_by_operator', 'too_many'));

-- For the purge of those that ran out, beside any number that did not.
CREATE INDEX sessions_by_end ON sessions (idle_until);
