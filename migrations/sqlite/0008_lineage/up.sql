-- Which refresh tokens were issued for which: what a renewal is judged by. Empty where nothing is known but the generation.
-- It holds for the generation in lineage_of alone: the former release changes the generation and not these.
ALTER TABLE sessions ADD COLUMN lineage_of INTEGER;
-- The generation that moved the session on last.
ALTER TABLE sessions ADD COLUMN anchor INTEGER;
-- The anchor itself once it came again, else the generation that the anchor was issued for.
ALTER TABLE sessions ADD COLUMN parent INTEGER;
-- What was issued for the parent are the generations above this.
ALTER TABLE sessions ADD COLUMN children_after INTEGER;
