-- C14: whom and what a movement is counted by, one row for each combination that was ever booked. Its number
-- follows from its values, so that a writer needs not look it up. Sums that keep only some dimensions apart have
-- combinations of their own, with `*` in place of the others.
CREATE TABLE dimensions (
  id BIGINT NOT NULL PRIMARY KEY,
  county_code TEXT NOT NULL,
  pairing TEXT NOT NULL,
  coop_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  category_code TEXT NOT NULL,
  channel TEXT NOT NULL,
  outlet TEXT NOT NULL,
  buyer_class TEXT NOT NULL,
  district_code TEXT NOT NULL,
  recognised BOOLEAN NOT NULL
) /* clustered */;
CREATE INDEX dimensions_coop ON dimensions (coop_id);
-- The schemes of a combination: they overlap, so they are rows.
CREATE TABLE dimension_schemes (
  dimension_id BIGINT NOT NULL,
  scheme_code TEXT NOT NULL,
  PRIMARY KEY (dimension_id, scheme_code)
) /* clustered */;
-- I6: each row moves one amount from one account to another, so that every fact balances by construction.
-- A fact belongs to a subject (an order, a voucher batch, a payout, a shift, a month or a correction) and is
-- booked once for it. Kinds and accounts are closed in the program and its audit, not here.
CREATE TABLE ledger_entries (
  subject_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 1),
  kind TEXT NOT NULL,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  net_fen BIGINT NOT NULL,
  effective_fen BIGINT NOT NULL,
  qty BIGINT NOT NULL,
  at BIGINT NOT NULL,
  day TEXT NOT NULL,
  line_no BIGINT,
  part_no BIGINT,
  dimension_id BIGINT,
  late_for TEXT,
  corrects TEXT,
  PRIMARY KEY (subject_id, fact, n)
) /* clustered */;
CREATE INDEX ledger_entries_day ON ledger_entries (day, dimension_id);
-- Months whose books are closed: facts of theirs that come later are booked on the first open day.
CREATE TABLE closed_months (
  month TEXT NOT NULL PRIMARY KEY,
  marked_at BIGINT NOT NULL
);
