-- What the database is: demonstration or real, versions, leases, outbox, idempotency keys.
CREATE TABLE market (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE version (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL CHECK (value >= 0)
);
-- `catalogue` rises when anything of it changed; `products` when single products were edited, which processes then
-- read alone, by products.changed_at.
INSERT INTO version (name, value) VALUES ('catalogue', 1), ('products', 1);
CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  topic TEXT NOT NULL,
  subject TEXT NOT NULL,
  key TEXT NOT NULL,
  turn BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX outbox_topic ON outbox (topic, id);
CREATE INDEX outbox_subject ON outbox (subject);
CREATE TABLE idempotency_keys (
  scope TEXT NOT NULL,
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  operation TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  answer TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
-- I17: every act of staff, hash-chained; rows are never changed.
CREATE TABLE audit_log (
  seq BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
  at BIGINT NOT NULL,
  person_id TEXT,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
);
-- The row on which acts of staff queue while each is put at the end of the audit log's chain.
CREATE TABLE audit_turn (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  n BIGINT NOT NULL
);
INSERT INTO audit_turn (one, n) VALUES (1, 0);
-- Which parts of the seeds a database holds: each is loaded once, in one transaction with its row.
CREATE TABLE seeds (
  part TEXT NOT NULL PRIMARY KEY,
  detail TEXT NOT NULL,
  loaded_at BIGINT NOT NULL
);
-- Rows that a job could not do: how often, when next, why. One bad row holds up no other.
CREATE TABLE setbacks (
  job TEXT NOT NULL,
  subject TEXT NOT NULL,
  tries BIGINT NOT NULL CHECK (tries >= 1),
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (job, subject)
);
CREATE INDEX setbacks_last ON setbacks (last_at);
