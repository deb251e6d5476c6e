-- Which refresh tokens were issued for which: what a renewal is judged by. Empty where nothing is known but the generation.
ALTER TABLE sessions
    -- It holds for this generation alone: the former release changes the generation and not these.
    ADD COLUMN lineage_of     bigint,
    -- The generation that moved the session on last.
    ADD COLUMN anchor         bigint,
    -- The anchor itself once it came again, else the generation that the anchor was issued for.
    ADD COLUMN parent         bigint,
    -- What was issued for the parent are the generations above this.
    ADD COLUMN children_after bigint;
