CREATE TABLE coops (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  county_code TEXT NOT NULL REFERENCES counties (code),
  credit_code TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL,
  story TEXT NOT NULL,
  story_en TEXT NOT NULL,
  ship_from TEXT NOT NULL,
  sla_hours BIGINT NOT NULL CHECK (sla_hours > 0),
  licence_valid_to TEXT,
  state TEXT NOT NULL CHECK (state IN ('applied', 'approved', 'rejected', 'suspended')),
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by TEXT,
  reason TEXT
);
-- Households a cooperative works with (带动农户), by salted hash only; never derived from sales.
CREATE TABLE households (
  id_hash TEXT NOT NULL,
  coop_id TEXT NOT NULL REFERENCES coops (id),
  kind TEXT NOT NULL CHECK (kind IN ('poverty_alleviated', 'monitored', 'general')),
  link TEXT NOT NULL CHECK (link IN ('purchase', 'work', 'dividend', 'lease', 'trust')),
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  evidence TEXT NOT NULL,
  evidence_on TEXT NOT NULL,
  PRIMARY KEY (id_hash, coop_id, evidence_on)
);
CREATE INDEX households_day ON households (evidence_on);
-- Freight of a cooperative: one template per service, rules by region prefix, longest prefix wins.
CREATE TABLE freight_templates (
  id TEXT NOT NULL PRIMARY KEY,
  coop_id TEXT NOT NULL REFERENCES coops (id),
  service TEXT NOT NULL CHECK (service IN ('ambient', 'cold_chain')),
  carrier TEXT NOT NULL CHECK (carrier IN ('zto', 'ems', 'jd', 'sf', 'local', 'other')),
  UNIQUE (coop_id, service)
);
CREATE TABLE freight_rules (
  template_id TEXT NOT NULL REFERENCES freight_templates (id),
  region_prefix TEXT NOT NULL,
  blocked BOOLEAN NOT NULL,
  first_g BIGINT NOT NULL CHECK (first_g > 0),
  first_fee_fen BIGINT NOT NULL CHECK (first_fee_fen >= 0),
  step_g BIGINT NOT NULL CHECK (step_g > 0),
  step_fee_fen BIGINT NOT NULL CHECK (step_fee_fen >= 0),
  parcel_g BIGINT NOT NULL CHECK (parcel_g > 0),
  parcel_fee_fen BIGINT NOT NULL CHECK (parcel_fee_fen >= 0),
  free_from_fen BIGINT CHECK (free_from_fen > 0),
  PRIMARY KEY (template_id, region_prefix)
);
