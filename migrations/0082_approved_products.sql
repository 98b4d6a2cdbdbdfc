-- The version of a product's words that the operator approved; 1 for what was on the shelf from the start.
ALTER TABLE products ADD COLUMN approved_version BIGINT NOT NULL DEFAULT 1 CHECK (approved_version >= 1);
UPDATE products SET approved_version = COALESCE((SELECT MAX(d.version) FROM product_decisions d
  WHERE d.product_id = products.id AND d.decision = 'approve'), 1);
CREATE INDEX products_unapproved ON products (state) WHERE approved_version < version;
CREATE INDEX products_submitted ON products (changed_at) WHERE state = 'submitted';
