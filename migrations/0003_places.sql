-- Regions, the counties of Yan'an with their paired districts, recognition schemes, halls and zones.
CREATE TABLE regions (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
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
-- Recognition schemes (口径), with the time for which each holds (C1).
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
  kind TEXT NOT NULL,
  county_code TEXT REFERENCES counties (code),
  district_code TEXT NOT NULL,
  address TEXT NOT NULL
);
