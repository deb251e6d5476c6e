ALTER TABLE sessions
    DROP COLUMN children_after,
    DROP COLUMN parent,
    DROP COLUMN anchor,
    DROP COLUMN lineage_of;
