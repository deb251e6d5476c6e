-- What happened to accounts, sessions and keys. No foreign keys: the trail outlives what it speaks of.
CREATE TABLE audit_events (
    id          TEXT PRIMARY KEY NOT NULL,
    at          TEXT NOT NULL,
    event       TEXT NOT NULL,
    actor       TEXT NOT NULL CHECK (actor IN ('person', 'operator', 'service')),
    user_id     TEXT,
    session_id  TEXT,
    address     TEXT,
    user_agent  TEXT,
    request_id  TEXT,
    detail      TEXT
) STRICT;

-- A person's own events, of the few kinds that are shown, among many of others.
CREATE INDEX audit_events_of_user ON audit_events (user_id, event, at);
-- For the purge of old ones.
CREATE INDEX audit_events_by_time ON audit_events (at);
