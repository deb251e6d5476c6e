ALTER TABLE sessions DROP COLUMN children_after;
ALTER TABLE sessions DROP COLUMN parent;
ALTER TABLE sessions DROP COLUMN anchor;
ALTER TABLE sessions DROP COLUMN lineage_of;
