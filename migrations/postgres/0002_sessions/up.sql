CREATE TABLE sessions (
    id               uuid        PRIMARY KEY,
    user_id          uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seed             bytea       NOT NULL,
    generation       bigint      NOT NULL,
    amr              text        NOT NULL,
    began_at         timestamptz NOT NULL,
    rotated_at       timestamptz NOT NULL,
    idle_until       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    revoked_at       timestamptz,
    revoked_because  text CHECK (revoked_because IN
        ('logged_out', 'replaced', 'refresh_reuse', 'password_changed', 'deactivated')),
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
);

CREATE INDEX sessions_of_user ON sessions (user_id);
