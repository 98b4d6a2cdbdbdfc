-- Who signs in, with what, and where a shopper's parcels go.
CREATE TABLE persons (
  id TEXT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  coop_id TEXT,
  outlet_code TEXT,
  state TEXT NOT NULL DEFAULT 'active',
  created_at BIGINT NOT NULL,
  closed_at BIGINT,
  CHECK (role <> 'coop' OR coop_id IS NOT NULL)
);
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES persons (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
-- Failed sign-ins by hashed login, known or unknown alike (A2, A6).
CREATE TABLE sign_in_guards (
  login_hash TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL CHECK (failures >= 0),
  first_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);
CREATE TABLE reset_codes (
  code_hash TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES persons (id),
  issued_by TEXT NOT NULL REFERENCES persons (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE TABLE addresses (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES persons (id),
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  region_code TEXT NOT NULL,
  street TEXT NOT NULL,
  is_default BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX addresses_person ON addresses (person_id);
