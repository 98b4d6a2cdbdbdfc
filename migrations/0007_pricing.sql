-- I9: uses never exceed the limits; the limit for each buyer is copied so that one row can guard it.
CREATE TABLE coupons (
  code TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  amount_fen BIGINT CHECK (amount_fen > 0),
  bp BIGINT CHECK (bp BETWEEN 1 AND 10000),
  min_goods_fen BIGINT NOT NULL CHECK (min_goods_fen >= 0),
  limit_total BIGINT CHECK (limit_total > 0),
  limit_each BIGINT CHECK (limit_each > 0),
  used BIGINT NOT NULL CHECK (used >= 0),
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  funder TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT,
  -- When the operator ended it before its last day; orders placed until then keep what it took off.
  ended_at BIGINT,
  CHECK ((kind = 'amount') = (amount_fen IS NOT NULL)),
  CHECK ((kind = 'percent') = (bp IS NOT NULL)),
  CHECK (limit_total IS NULL OR used <= limit_total)
);
CREATE TABLE coupon_holders (
  coupon_code TEXT NOT NULL REFERENCES coupons (code),
  holder TEXT NOT NULL,
  used BIGINT NOT NULL CHECK (used >= 0),
  limit_each BIGINT,
  PRIMARY KEY (coupon_code, holder),
  CHECK (limit_each IS NULL OR used <= limit_each)
);
CREATE TABLE coupon_redemptions (
  order_id TEXT NOT NULL PRIMARY KEY,
  coupon_code TEXT NOT NULL REFERENCES coupons (code),
  holder TEXT NOT NULL,
  discount_fen BIGINT NOT NULL CHECK (discount_fen >= 0),
  state TEXT NOT NULL
);
CREATE INDEX coupon_redemptions_code ON coupon_redemptions (coupon_code);
CREATE TABLE quotes (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT,
  body TEXT NOT NULL,
  goods_fen BIGINT NOT NULL CHECK (goods_fen >= 0),
  discount_fen BIGINT NOT NULL CHECK (discount_fen BETWEEN 0 AND goods_fen),
  freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
  total_fen BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CHECK (total_fen = goods_fen - discount_fen + freight_fen)
);
CREATE INDEX quotes_expiry ON quotes (expires_at);
