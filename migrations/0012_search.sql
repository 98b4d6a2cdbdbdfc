-- Texts that found nothing, for the operator's page: the text only, never who typed it.
CREATE TABLE search_zero_hits (
  text TEXT NOT NULL PRIMARY KEY,
  times BIGINT NOT NULL CHECK (times >= 1),
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
CREATE INDEX search_zero_hits_last ON search_zero_hits (last_at);
