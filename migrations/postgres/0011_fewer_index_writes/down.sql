DROP INDEX audit_events_by_repeat;
CREATE UNIQUE INDEX audit_events_by_repeat ON audit_events (repeat_key);

DROP INDEX sessions_by_day;
ALTER TABLE sessions DROP COLUMN idle_day;
CREATE INDEX sessions_by_end ON sessions (idle_until);
