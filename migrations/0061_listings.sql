-- What the operator decided about a submitted product, and why; rows are added, never changed.
CREATE TABLE product_decisions (
  product_id TEXT NOT NULL REFERENCES products (id),
  at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'reject', 'ask')),
  reason TEXT NOT NULL,
  person_id TEXT,
  PRIMARY KEY (product_id, at)
);
-- Who asked for a cooperative's account, and how to reach him while it is decided.
CREATE TABLE coop_applicants (
  coop_id TEXT NOT NULL PRIMARY KEY REFERENCES coops (id),
  person_id TEXT NOT NULL,
  contact TEXT NOT NULL,
  note TEXT NOT NULL,
  sent_at BIGINT NOT NULL
);
CREATE INDEX coop_applicants_person ON coop_applicants (person_id);
