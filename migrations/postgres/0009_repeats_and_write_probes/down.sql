DROP TABLE write_probes;
DROP INDEX audit_events_by_repeat;
ALTER TABLE audit_events DROP COLUMN repeat_key;
ALTER TABLE audit_events DROP COLUMN last_at;
ALTER TABLE audit_events DROP COLUMN repeats;
