CREATE TABLE regions (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('province', 'city', 'county', 'town')),
  parent TEXT
);
CREATE INDEX regions_parent ON regions (parent);
CREATE TABLE counties (
  code TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  short_name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  origin_832 BOOLEAN NOT NULL,
  story TEXT NOT NULL,
  story_en TEXT NOT NULL,
  position BIGINT NOT NULL
);
-- A county of Yan'an and the district of Wuxi it is paired with (结对).
CREATE TABLE pairings (
  county_code TEXT NOT NULL PRIMARY KEY REFERENCES counties (code),
  code TEXT NOT NULL UNIQUE,
  district_code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  hall_name TEXT NOT NULL,
  document TEXT NOT NULL
);
-- Recognition schemes (口径), with the time for which each holds (counting.md 2.1).
CREATE TABLE schemes (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  note TEXT NOT NULL,
  note_en TEXT NOT NULL,
  document TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT
);
CREATE TABLE outlets (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('hall', 'zone', 'cabinet')),
  county_code TEXT REFERENCES counties (code),
  district_code TEXT NOT NULL,
  address TEXT NOT NULL
);
