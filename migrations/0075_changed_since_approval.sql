-- A version says all that an approval was given to: where it comes from, what kind it is, which
-- certificates came with it. Versions from before hold none of it.
ALTER TABLE product_versions ADD COLUMN county_code TEXT;
ALTER TABLE product_versions ADD COLUMN category_code TEXT;
ALTER TABLE certificates ADD COLUMN product_version BIGINT;
