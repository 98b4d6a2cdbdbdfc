-- The public journal: sealed by one leased sealer, chained by hash. What an entry says is read from its row of
-- the ledger; the hash is over that text, so that a changed ledger is a broken chain.
CREATE TABLE journal_entries (
  seq BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
  hash TEXT NOT NULL,
  sealed_at BIGINT NOT NULL,
  subject_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  n BIGINT NOT NULL,
  UNIQUE (subject_id, fact, n)
) /* clustered */;
-- Sums of what is sealed, by day (2026-11-28), month (2026-11) or year (2026) and dimensions, made by the sealer
-- in the transaction of its block. A cut keeps only some of the dimensions apart. `lines` counts sales. An order
-- is counted once in each column: at its first line, at its first line of each county, of each county and
-- cooperative, and so on, since distinct orders do not add.
CREATE TABLE rollups (
  cut TEXT NOT NULL,
  span TEXT NOT NULL,
  dimension_id BIGINT NOT NULL,
  gross_fen BIGINT NOT NULL,
  refunds_fen BIGINT NOT NULL,
  adjustments_fen BIGINT NOT NULL,
  effective_fen BIGINT NOT NULL,
  direct_fen BIGINT NOT NULL,
  recognised_fen BIGINT NOT NULL,
  excluded_fen BIGINT NOT NULL,
  freight_fen BIGINT NOT NULL,
  qty BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  orders BIGINT NOT NULL,
  orders_county BIGINT NOT NULL,
  orders_pairing BIGINT NOT NULL,
  orders_category BIGINT NOT NULL,
  orders_product BIGINT NOT NULL,
  orders_coop BIGINT NOT NULL,
  orders_county_pairing BIGINT NOT NULL,
  orders_county_category BIGINT NOT NULL,
  orders_county_product BIGINT NOT NULL,
  orders_county_coop BIGINT NOT NULL,
  orders_pairing_category BIGINT NOT NULL,
  orders_pairing_product BIGINT NOT NULL,
  orders_pairing_coop BIGINT NOT NULL,
  orders_category_product BIGINT NOT NULL,
  orders_category_coop BIGINT NOT NULL,
  orders_product_coop BIGINT NOT NULL,
  PRIMARY KEY (cut, span, dimension_id)
) /* clustered */;
-- The same numbers of orders for each scheme, and for `none`.
CREATE TABLE rollup_schemes (
  cut TEXT NOT NULL,
  span TEXT NOT NULL,
  scheme_code TEXT NOT NULL,
  dimension_id BIGINT NOT NULL,
  orders BIGINT NOT NULL,
  orders_county BIGINT NOT NULL,
  orders_pairing BIGINT NOT NULL,
  orders_category BIGINT NOT NULL,
  orders_product BIGINT NOT NULL,
  orders_coop BIGINT NOT NULL,
  PRIMARY KEY (cut, span, scheme_code, dimension_id)
) /* clustered */;
-- The row on which those who change the sums queue.
CREATE TABLE rollup_turn (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  n BIGINT NOT NULL
);
INSERT INTO rollup_turn (one, n) VALUES (1, 0);
