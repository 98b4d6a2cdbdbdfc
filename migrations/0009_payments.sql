-- Money of orders as the providers move it: payments, their events, refunds.
CREATE TABLE payments (
  id TEXT NOT NULL PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  method TEXT NOT NULL,
  state TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  provider_ref TEXT UNIQUE,
  refund_reserved_fen BIGINT NOT NULL CHECK (refund_reserved_fen BETWEEN 0 AND amount_fen),
  refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND refund_reserved_fen),
  created_at BIGINT NOT NULL,
  captured_at BIGINT,
  learned_at BIGINT,
  asked_at BIGINT NOT NULL,
  -- What the provider answered to the opening: kept once, given again to the same key.
  opened_at BIGINT,
  payer_answer TEXT,
  -- Whether the provider is still asked: until it is captured, or both sides agree that it has ended.
  to_ask BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX payments_order ON payments (order_id);
CREATE UNIQUE INDEX payments_one_open ON payments (order_id, method) WHERE state IN ('created', 'pending');
CREATE INDEX payments_to_ask ON payments (method, asked_at) WHERE to_ask;
CREATE INDEX payments_to_give_up ON payments (id) WHERE to_ask AND state = 'cancelled';
-- I3: one effect per event of the provider. Every signed event is kept with what came of it, also one of a kind
-- that is not known (no payment) and one that does not fit, with what differed.
CREATE TABLE payment_events (
  id TEXT NOT NULL PRIMARY KEY,
  payment_id TEXT,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  differed TEXT NOT NULL
);
CREATE INDEX payment_events_payment ON payment_events (payment_id);
CREATE INDEX payment_events_odd ON payment_events (received_at) WHERE outcome <> 'applied';
CREATE TABLE refunds (
  id TEXT NOT NULL PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  state TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  goods_fen BIGINT NOT NULL CHECK (goods_fen >= 0),
  freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
  unapplied BOOLEAN NOT NULL,
  -- The refund whose money stood here again, which this one sends.
  renews TEXT REFERENCES refunds (id),
  reason TEXT NOT NULL,
  requested_by TEXT,
  requested_at BIGINT NOT NULL,
  succeeded_at BIGINT,
  succeeded_on TEXT,
  CHECK (unapplied OR amount_fen = goods_fen + freight_fen)
);
CREATE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_open ON refunds (requested_at) WHERE state = 'requested';
-- By which payments a refund goes back; a part that its provider refused may be followed by another.
CREATE TABLE refund_tenders (
  id TEXT NOT NULL PRIMARY KEY,
  refund_id TEXT NOT NULL REFERENCES refunds (id),
  payment_id TEXT NOT NULL REFERENCES payments (id),
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL,
  promised_at BIGINT NOT NULL,
  provider_ref TEXT UNIQUE,
  -- When the provider is asked again after money that takes its time.
  ask_at BIGINT,
  succeeded_at BIGINT
);
CREATE INDEX refund_tenders_refund ON refund_tenders (refund_id);
CREATE INDEX refund_tenders_payment ON refund_tenders (payment_id);
CREATE TABLE refund_lines (
  refund_id TEXT NOT NULL REFERENCES refunds (id),
  line_no BIGINT NOT NULL,
  qty BIGINT NOT NULL CHECK (qty >= 0),
  withdrawn_qty BIGINT NOT NULL CHECK (withdrawn_qty BETWEEN 0 AND qty),
  goods_fen BIGINT NOT NULL CHECK (goods_fen >= 0),
  freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
  PRIMARY KEY (refund_id, line_no)
);
-- The sandbox provider's own books: what a real provider would know.
CREATE TABLE sandbox_intents (
  provider_ref TEXT NOT NULL PRIMARY KEY,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL,
  settled_at BIGINT,
  refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND amount_fen)
);
CREATE TABLE sandbox_refunds (
  idempotency_key TEXT NOT NULL PRIMARY KEY,
  provider_ref TEXT NOT NULL REFERENCES sandbox_intents (provider_ref),
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL,
  at BIGINT NOT NULL
);
