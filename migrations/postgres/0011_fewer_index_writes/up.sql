-- The purge finds sessions by the day of idle_until, counted from 1970. Each renewal changes the time, and seldom the day,
-- so it seldom writes to the index. 0 where the former release began the session: its time decides.
DROP INDEX sessions_by_end;
ALTER TABLE sessions ADD COLUMN idle_day integer NOT NULL DEFAULT 0;
-- Another type, and be it the same, writes the table anew. An UPDATE of all rows would take several times as long, and leave
-- a dead row for each.
ALTER TABLE sessions ALTER COLUMN idle_day TYPE integer USING floor(extract(epoch FROM idle_until) / 86400)::integer;
CREATE INDEX sessions_by_day ON sessions (idle_day);

-- Few events are counted, and the others need no entry.
DROP INDEX audit_events_by_repeat;
CREATE UNIQUE INDEX audit_events_by_repeat ON audit_events (repeat_key) WHERE repeat_key IS NOT NULL;
