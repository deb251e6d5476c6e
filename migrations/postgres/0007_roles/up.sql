-- Separated by single spaces, in alphabetical order.
ALTER TABLE users ADD COLUMN roles text NOT NULL DEFAULT '';
