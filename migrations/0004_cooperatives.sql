-- Who sells: cooperatives, who asked for their accounts, the households they work with, their freight.
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
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by TEXT,
  reason TEXT
);
-- Who asked for a cooperative's account, and how to reach him while it is decided.
CREATE TABLE coop_applicants (
  coop_id TEXT NOT NULL PRIMARY KEY REFERENCES coops (id),
  person_id TEXT NOT NULL,
  contact TEXT NOT NULL,
  note TEXT NOT NULL,
  sent_at BIGINT NOT NULL
);
CREATE INDEX coop_applicants_person ON coop_applicants (person_id);
-- Households a cooperative works with (带动农户), by salted hash only; never derived from sales.
CREATE TABLE households (
  id_hash TEXT NOT NULL,
  coop_id TEXT NOT NULL REFERENCES coops (id),
  kind TEXT NOT NULL,
  link TEXT NOT NULL,
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
  service TEXT NOT NULL,
  carrier TEXT NOT NULL,
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
