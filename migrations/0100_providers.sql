-- What the provider answered to the opening of a payment: kept once, given again to the same key.
ALTER TABLE payments ADD COLUMN opened_at BIGINT;
ALTER TABLE payments ADD COLUMN payer_answer TEXT;
-- The sandbox knows payments that are on their way, and refunds that take their time or fail.
CREATE TABLE sandbox_intents_new (
  provider_ref TEXT NOT NULL PRIMARY KEY,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'processing', 'succeeded', 'failed', 'cancelled')),
  settled_at BIGINT,
  refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND amount_fen)
);
INSERT INTO sandbox_intents_new (provider_ref, amount_fen, state, settled_at, refunded_fen)
  SELECT provider_ref, amount_fen, state, settled_at, refunded_fen FROM sandbox_intents;
CREATE TABLE sandbox_refunds_new (
  idempotency_key TEXT NOT NULL PRIMARY KEY,
  provider_ref TEXT NOT NULL REFERENCES sandbox_intents_new (provider_ref),
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
  at BIGINT NOT NULL
);
INSERT INTO sandbox_refunds_new (idempotency_key, provider_ref, amount_fen, state, at)
  SELECT idempotency_key, provider_ref, amount_fen, 'succeeded', at FROM sandbox_refunds;
DROP TABLE sandbox_refunds;
DROP TABLE sandbox_intents;
ALTER TABLE sandbox_intents_new RENAME TO sandbox_intents;
ALTER TABLE sandbox_refunds_new RENAME TO sandbox_refunds;
-- Every signed event is kept with what came of it, also one of a kind that is not known (no payment) and one that
-- does not fit, with what differed.
CREATE TABLE payment_events_new (
  id TEXT NOT NULL PRIMARY KEY,
  payment_id TEXT,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  differed TEXT NOT NULL
);
INSERT INTO payment_events_new (id, payment_id, kind, at, received_at, outcome, differed)
  SELECT id, payment_id, kind, at, received_at, outcome, '' FROM payment_events;
DROP TABLE payment_events;
ALTER TABLE payment_events_new RENAME TO payment_events;
CREATE INDEX payment_events_payment ON payment_events (payment_id);
CREATE INDEX payment_events_odd ON payment_events (received_at) WHERE outcome <> 'applied';
-- Whether the provider is still asked after a payment: until it is captured, or both sides agree that it has ended.
ALTER TABLE payments ADD COLUMN to_ask BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE payments SET to_ask = TRUE WHERE captured_at IS NULL;
DROP INDEX payments_open;
CREATE INDEX payments_to_ask ON payments (method, asked_at) WHERE to_ask;
CREATE INDEX payments_to_give_up ON payments (id) WHERE to_ask AND state = 'cancelled';
-- When the provider is asked again after a refund that takes its time.
ALTER TABLE refunds ADD COLUMN ask_at BIGINT;
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
