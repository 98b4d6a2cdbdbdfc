-- The first answer to a key is kept as it is; its status follows from the operation.
ALTER TABLE idempotency_keys DROP COLUMN status;
