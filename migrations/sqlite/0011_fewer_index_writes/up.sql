-- The purge finds sessions by the day of idle_until, counted from 1970. Each renewal changes the time, and seldom the day,
-- so it seldom writes to the index. 0 where the former release began the session: its time decides.
DROP INDEX sessions_by_end;
ALTER TABLE sessions ADD COLUMN idle_day INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET idle_day = coalesce(CAST(strftime('%s', substr(idle_until, 1, 10)) AS INTEGER) / 86400, 0);
CREATE INDEX sessions_by_day ON sessions (idle_day);

-- Few events are counted, and the others need no entry.
DROP INDEX audit_events_by_repeat;
CREATE UNIQUE INDEX audit_events_by_repeat ON audit_events (repeat_key) WHERE repeat_key IS NOT NULL;
