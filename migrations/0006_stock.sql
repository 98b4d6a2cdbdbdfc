-- I1: on_hand = sum of movements; held = sum of live holds. A location is `online` or an outlet; online never goes
-- below zero, an outlet only by a sale over its counter.
CREATE TABLE stock_levels (
  sku_id TEXT NOT NULL REFERENCES skus (id),
  location TEXT NOT NULL,
  on_hand BIGINT NOT NULL,
  held BIGINT NOT NULL CHECK (held >= 0),
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (sku_id, location),
  CHECK (location <> 'online' OR on_hand >= held)
);
CREATE INDEX stock_levels_changed ON stock_levels (changed_at);
CREATE TABLE batches (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  sku_id TEXT NOT NULL REFERENCES skus (id),
  plot TEXT NOT NULL,
  village TEXT NOT NULL,
  harvested_on TEXT NOT NULL,
  packhouse TEXT NOT NULL,
  conformity_no TEXT,
  report_no TEXT,
  qty BIGINT NOT NULL CHECK (qty >= 0),
  created_at BIGINT NOT NULL
);
CREATE INDEX batches_sku ON batches (sku_id, harvested_on);
CREATE TABLE stock_movements (
  sku_id TEXT NOT NULL REFERENCES skus (id),
  location TEXT NOT NULL,
  delta BIGINT NOT NULL CHECK (delta <> 0),
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  reason TEXT NOT NULL,
  batch_id TEXT REFERENCES batches (id),
  person_id TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (ref, kind, sku_id, location)
) /* clustered */;
CREATE INDEX stock_movements_sku ON stock_movements (sku_id, location, at);
CREATE TABLE stock_holds (
  order_id TEXT NOT NULL,
  sku_id TEXT NOT NULL REFERENCES skus (id),
  location TEXT NOT NULL,
  qty BIGINT NOT NULL CHECK (qty > 0),
  state TEXT NOT NULL,
  PRIMARY KEY (order_id, sku_id)
) /* clustered */;
CREATE INDEX stock_holds_live ON stock_holds (sku_id) WHERE state = 'live';
-- Whose holds they are, as keyed hashes of persons, phones and addresses; forgotten with the hold.
CREATE TABLE stock_holders (
  holder TEXT NOT NULL,
  order_id TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (holder, order_id)
) /* clustered */;
CREATE INDEX stock_holders_until ON stock_holders (until_at);
