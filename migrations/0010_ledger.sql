-- I6: each row moves one amount from one account to another, so that every entry balances by construction.
-- `entry` names the fact (capture, refund, receipt…) and makes it unique: a fact is booked once.
CREATE TABLE ledger_entries (
  entry TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 1),
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'sale_freight', 'promotion', 'refund', 'refund_freight', 'refund_promotion', 'receipt', 'exclusion', 'adjustment', 'unapplied', 'unapplied_refund')),
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  qty BIGINT NOT NULL CHECK (qty >= 0),
  at BIGINT NOT NULL,
  day TEXT NOT NULL,
  order_id TEXT NOT NULL,
  line_no BIGINT,
  part_no BIGINT,
  after_receipt BOOLEAN NOT NULL,
  coop_id TEXT,
  county_code TEXT,
  pairing TEXT,
  category_code TEXT,
  product_id TEXT,
  sku TEXT,
  channel TEXT,
  outlet TEXT,
  buyer_class TEXT,
  district_code TEXT,
  schemes TEXT,
  payment_method TEXT,
  PRIMARY KEY (entry, n),
  CHECK (debit <> credit)
);
CREATE INDEX ledger_entries_day ON ledger_entries (day, kind);
CREATE INDEX ledger_entries_order ON ledger_entries (order_id);
-- The public journal: sealed by one leased sealer, chained by hash, no personal data.
CREATE TABLE journal_entries (
  seq BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
  hash TEXT NOT NULL UNIQUE,
  ledger_entry TEXT NOT NULL,
  ledger_n BIGINT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (ledger_entry, ledger_n)
);
-- Sums of the sealed journal per day and county: what the counter shows without reading it again.
CREATE TABLE counter_days (
  day TEXT NOT NULL,
  county_code TEXT NOT NULL,
  gross_fen BIGINT NOT NULL,
  refunds_fen BIGINT NOT NULL,
  adjustments_fen BIGINT NOT NULL,
  effective_fen BIGINT NOT NULL,
  excluded_fen BIGINT NOT NULL,
  PRIMARY KEY (day, county_code)
);
CREATE TABLE counter_orders (
  day TEXT NOT NULL PRIMARY KEY,
  orders BIGINT NOT NULL CHECK (orders >= 0)
);
