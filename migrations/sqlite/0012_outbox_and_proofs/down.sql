ALTER TABLE users DROP COLUMN login_notices;
ALTER TABLE users DROP COLUMN language;
DROP TABLE proofs;
DROP TABLE deliveries;
