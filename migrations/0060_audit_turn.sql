-- The row on which acts of staff queue while each is put at the end of the audit log's chain.
CREATE TABLE audit_turn (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  n BIGINT NOT NULL
);
INSERT INTO audit_turn (one, n) VALUES (1, 0);
