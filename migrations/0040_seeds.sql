-- Which parts of the seeds a database holds: each is loaded once, in one transaction with its row.
CREATE TABLE seeds (
  part TEXT NOT NULL PRIMARY KEY,
  detail TEXT NOT NULL,
  loaded_at BIGINT NOT NULL
);
