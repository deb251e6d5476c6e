CREATE TABLE sessions (
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
        ('logged_out', 'replaced', 'refresh_reuse', 'password_changed', 'deactivated')),
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
) STRICT;

CREATE INDEX sessions_of_user ON sessions (user_id);
