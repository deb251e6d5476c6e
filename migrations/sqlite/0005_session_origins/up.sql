-- Where a session is used from, and when its owner last gave the password. Empty where the former release began it.
CREATE TABLE new_sessions (
    id               TEXT    PRIMARY KEY NOT NULL,
    user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seed             BLOB    NOT NULL,
    generation       INTEGER NOT NULL,
    amr              TEXT    NOT NULL,
    began_at         TEXT    NOT NULL,
    rotated_at       TEXT    NOT NULL,
    idle_until       TEXT    NOT NULL,
    expires_at       TEXT    NOT NULL,
    revoked_at       TEXT,
    revoked_because  TEXT CHECK (revoked_because IN
        ('logged_out', 'replaced', 'refresh_reuse', 'password_changed', 'deactivated',
         'ended_by_owner', 'ended_by_operator', 'too_many')),
    proven_at        TEXT,
    address          TEXT,
    user_agent       TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
) STRICT;

INSERT INTO new_sessions
SELECT id, user_id, seed, generation, amr, began_at, rotated_at, idle_until, expires_at, revoked_at, revoked_because,
       NULL, NULL, NULL
FROM sessions;

DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;

CREATE INDEX sessions_of_user ON sessions (user_id);
-- For the purge of those that ran out, beside any number that did not.
CREATE INDEX sessions_by_end ON sessions (idle_until);
