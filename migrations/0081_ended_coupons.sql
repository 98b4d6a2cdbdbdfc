-- When the operator ended a coupon before its last day; orders placed until then keep what it took off.
ALTER TABLE coupons ADD COLUMN ended_at BIGINT;
