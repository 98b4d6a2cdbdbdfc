-- What the provider answered to the opening of a payment: kept once, given again to the same key.
ALTER TABLE payments ADD COLUMN opened_at BIGINT;
ALTER TABLE payments ADD COLUMN payer_answer TEXT;
