-- The version of a SKU whose spec, weights, season the operator approved; 0 where none was. A price alone
-- needs no approval. What stood on the shelf until now is approved as it is.
ALTER TABLE skus ADD COLUMN approved_version BIGINT NOT NULL DEFAULT 1 CHECK (approved_version >= 0);
UPDATE skus SET approved_version = version;
CREATE INDEX skus_unapproved ON skus (product_id) WHERE approved_version < version;
