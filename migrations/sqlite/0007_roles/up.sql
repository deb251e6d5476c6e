-- Separated by single spaces, in alphabetical order.
ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT '';
