DROP INDEX sessions_by_end;
UPDATE sessions SET revoked_because = 'logged_out'
WHERE revoked_because IN ('ended_by_owner', 'ended_by_operator', 'too_many');
ALTER TABLE sessions
    DROP COLUMN proven_at,
    DROP COLUMN address,
    DROP COLUMN user_agent,
    DROP CONSTRAINT sessions_revoked_because_check,
    ADD CONSTRAINT sessions_revoked_because_check CHECK (revoked_because IN
        ('logged_out', 'replaced', 'refresh_reuse', 'password_changed', 'deactivated'));
