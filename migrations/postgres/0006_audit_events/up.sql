-- What happened to accounts, sessions and keys. No foreign keys: the trail outlives what it speaks of.
CREATE TABLE audit_events (
    id          uuid PRIMARY KEY NOT NULL,
    at          timestamptz NOT NULL,
    event       text NOT NULL,
    actor       text NOT NULL CHECK (actor IN ('person', 'operator', 'service')),
    user_id     uuid,
    session_id  uuid,
    address     text,
    user_agent  text,
    request_id  uuid,
    detail      text
);

-- A person's own events, of the few kinds that are shown, among many of others.
CREATE INDEX audit_events_of_user ON audit_events (user_id, event, at);
-- For the purge of old ones.
CREATE INDEX audit_events_by_time ON audit_events (at);
