-- The same again within a few minutes is counted in the row of the first, so that whoever guesses fills no disk.
ALTER TABLE audit_events ADD COLUMN repeats bigint NOT NULL DEFAULT 0;
ALTER TABLE audit_events ADD COLUMN last_at timestamptz;
-- What "the same" is: event, account, session, network, reason and the stretch of time.
ALTER TABLE audit_events ADD COLUMN repeat_key text;
CREATE UNIQUE INDEX audit_events_by_repeat ON audit_events (repeat_key);

-- What /readyz writes, to see whether anything can be written. It holds a row or two.
CREATE TABLE write_probes (
    id      uuid PRIMARY KEY NOT NULL,
    filler  bytea NOT NULL
);
