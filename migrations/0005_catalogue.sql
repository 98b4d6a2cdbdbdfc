-- What is sold: products and SKUs with all versions that were ever shown, sets, certificates, schemes.
CREATE TABLE categories (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  position BIGINT NOT NULL
);
CREATE TABLE products (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  coop_id TEXT NOT NULL REFERENCES coops (id),
  county_code TEXT NOT NULL REFERENCES counties (code),
  category_code TEXT NOT NULL REFERENCES categories (code),
  family TEXT,
  version BIGINT NOT NULL CHECK (version >= 1),
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  published_at BIGINT,
  changed_at BIGINT NOT NULL,
  -- The version of the words that the operator approved; 1 for what was on the shelf from the start.
  approved_version BIGINT NOT NULL DEFAULT 1 CHECK (approved_version >= 1)
);
CREATE INDEX products_coop ON products (coop_id);
CREATE INDEX products_changed ON products (changed_at);
CREATE INDEX products_unapproved ON products (state) WHERE approved_version < version;
CREATE INDEX products_submitted ON products (changed_at) WHERE state = 'submitted';
-- What was shown at each time: rows are added, never changed (电商法 art. 31; an order keeps what was sold).
CREATE TABLE product_versions (
  product_id TEXT NOT NULL REFERENCES products (id),
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  summary TEXT NOT NULL,
  summary_en TEXT NOT NULL,
  story TEXT NOT NULL,
  story_en TEXT NOT NULL,
  storage TEXT NOT NULL,
  storage_en TEXT NOT NULL,
  variety TEXT,
  grade TEXT,
  return_class TEXT NOT NULL,
  service TEXT NOT NULL,
  bad_fruit_promise BOOLEAN NOT NULL,
  tags TEXT NOT NULL,
  county_code TEXT,
  category_code TEXT,
  created_at BIGINT NOT NULL,
  created_by TEXT,
  PRIMARY KEY (product_id, version)
);
-- What the operator decided about a submitted product, and why; rows are added, never changed.
CREATE TABLE product_decisions (
  product_id TEXT NOT NULL REFERENCES products (id),
  at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  person_id TEXT,
  PRIMARY KEY (product_id, at)
);
CREATE TABLE product_photos (
  product_id TEXT NOT NULL REFERENCES products (id),
  position BIGINT NOT NULL,
  photo TEXT NOT NULL,
  alt TEXT NOT NULL,
  alt_en TEXT NOT NULL,
  illustration BOOLEAN NOT NULL,
  PRIMARY KEY (product_id, position)
);
CREATE TABLE skus (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  product_id TEXT NOT NULL REFERENCES products (id),
  position BIGINT NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  active BOOLEAN NOT NULL,
  -- The version whose spec, weights and season the operator approved; 0 where none was. A price alone needs none.
  approved_version BIGINT NOT NULL DEFAULT 1 CHECK (approved_version >= 0),
  UNIQUE (product_id, position)
);
CREATE INDEX skus_unapproved ON skus (product_id) WHERE approved_version < version;
CREATE TABLE sku_versions (
  sku_id TEXT NOT NULL REFERENCES skus (id),
  version BIGINT NOT NULL,
  spec TEXT NOT NULL,
  spec_en TEXT NOT NULL,
  diameter_mm BIGINT CHECK (diameter_mm > 0),
  pieces_min BIGINT CHECK (pieces_min > 0),
  pieces_max BIGINT CHECK (pieces_max >= pieces_min),
  pack TEXT,
  net_weight_g BIGINT NOT NULL CHECK (net_weight_g > 0),
  gross_weight_g BIGINT NOT NULL CHECK (gross_weight_g >= net_weight_g),
  price_fen BIGINT NOT NULL CHECK (price_fen BETWEEN 1 AND 100000000),
  season_from TEXT,
  season_to TEXT,
  presale_ships_by TEXT,
  created_at BIGINT NOT NULL,
  created_by TEXT,
  PRIMARY KEY (sku_id, version),
  CHECK ((season_from IS NULL) = (season_to IS NULL))
);
-- Parts of a set (礼盒): its money is split over them by list price (C19).
CREATE TABLE set_parts (
  sku_id TEXT NOT NULL REFERENCES skus (id),
  part_no BIGINT NOT NULL CHECK (part_no >= 1),
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  coop_id TEXT NOT NULL REFERENCES coops (id),
  county_code TEXT NOT NULL REFERENCES counties (code),
  category_code TEXT NOT NULL REFERENCES categories (code),
  list_price_fen BIGINT NOT NULL CHECK (list_price_fen > 0),
  PRIMARY KEY (sku_id, part_no)
);
CREATE TABLE certificates (
  id TEXT NOT NULL PRIMARY KEY,
  product_id TEXT REFERENCES products (id),
  coop_id TEXT NOT NULL REFERENCES coops (id),
  kind TEXT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  holder TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  -- The version of the product that it came with.
  product_version BIGINT,
  CHECK (valid_to >= valid_from)
);
CREATE INDEX certificates_product ON certificates (product_id);
CREATE TABLE product_schemes (
  product_id TEXT NOT NULL REFERENCES products (id),
  scheme_code TEXT NOT NULL REFERENCES schemes (code),
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  document TEXT NOT NULL,
  PRIMARY KEY (product_id, scheme_code, valid_from)
);
-- Paid quantity per product, for "sales" and ranking; recomputed from the ledger by audit.
CREATE TABLE product_sales (
  product_id TEXT NOT NULL PRIMARY KEY REFERENCES products (id),
  qty BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
